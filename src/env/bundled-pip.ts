import { parseSha256, type Sha256 } from "../base/index.ts";
import { createHash } from "../codec/index.ts";
import type { Base } from "../python/index.ts";
import type { Lock } from "../resolve/index.ts";
import type { Artifact, Store } from "../store/index.ts";
import type { EnvIo } from "./env-io.ts";

/**
 * What a named environment holds beside its lock: pip, when the lock has none. It comes from the wheel that the base
 * itself carries for `ensurepip`, so that no network is needed. A Python without one (Debian splits it off) gets none.
 */
export async function seedsFor(
  io: Pick<EnvIo, "fs">,
  store: Store,
  { lock, base }: { readonly lock: Pick<Lock, "packages">; readonly base: Base },
): Promise<readonly Artifact[]> {
  const wheel = base.interpreter.bundledPip;
  if (wheel === undefined || lock.packages.some((item) => item.name === "pip")) return [];
  const sha256 = digestOf(await io.fs.read(wheel));
  const found = await store.find(sha256);
  return [found ?? (await store.add(wheel, { filename: io.fs.path.name(wheel), sha256 }))];
}

function digestOf(bytes: Uint8Array): Sha256 {
  return parseSha256(createHash("sha256").update(bytes).digest("hex"));
}
