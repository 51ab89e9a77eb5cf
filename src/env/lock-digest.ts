import { byCodePoint } from "../base/index.ts";
import { createHash } from "../codec/index.ts";
import type { Lock } from "../resolve/index.ts";

/**
 * Digest of what a lock puts into a tree: names, versions, artifacts and which of them were asked for. Where files came
 * from doesn't count.
 */
export function lockDigest(lock: Pick<Lock, "packages">): string {
  const lines = lock.packages.map(({ name, version, wheel, requested, directUrl, origin }) => {
    const facts = [name, version, wheel.sha256, requested, directUrl ?? null];
    return JSON.stringify(origin === undefined ? facts : [...facts, origin]);
  });
  return createHash("sha256").update(lines.sort(byCodePoint).join("\n")).digest("hex");
}
