import { type AbsPath, parseSha256, type Sha256 } from "../base/index.ts";
import type { EnvContext } from "./change.ts";
import type { EnvIo } from "./env-io.ts";
import { readIfThere } from "./environment.ts";
import { generationsDir, historyDir, type Place } from "./place.ts";
import { readReceipt } from "./receipt.ts";
import { listPlaces } from "./registry.ts";
import { listScriptEnvironments } from "./script-environment.ts";
import { listDeleted } from "./trash.ts";

/**
 * Every artifact that something here may need: trees on the disk (a folded one needs the store to live), and the locks
 * of all versions, so that undo and restore work offline. What is not among them can be collected.
 */
export async function referencedArtifacts(
  io: Pick<EnvIo, "fs">,
  context: Pick<EnvContext, "layout">,
): Promise<ReadonlySet<Sha256>> {
  const found = new Set<Sha256>();
  const places: Pick<Place, "dir">[] = [
    ...(await listPlaces(io.fs, context.layout)),
    ...(await listDeleted(io, context)),
  ];
  for (const place of places) {
    await addTrees(io, generationsDir(io.fs, place), found);
    await addLocks(io, historyDir(io.fs, place), found);
  }
  for (const { receipt } of await listScriptEnvironments(io, context)) {
    for (const item of receipt.packages) found.add(item.sha256);
  }
  return found;
}

async function addTrees(io: Pick<EnvIo, "fs">, directory: AbsPath, found: Set<Sha256>): Promise<void> {
  for (const { name, kind } of (await io.fs.list(directory)) ?? []) {
    if (kind !== "directory") continue;
    const receipt = await readReceipt(io.fs, io.fs.path.join(directory, name));
    for (const item of receipt?.packages ?? []) found.add(item.sha256);
  }
}

/** By their form, without parsing: a broken record must not make its artifacts look unused. */
async function addLocks(io: Pick<EnvIo, "fs">, directory: AbsPath, found: Set<Sha256>): Promise<void> {
  for (const { name } of (await io.fs.list(directory)) ?? []) {
    const text = (await readIfThere(io.fs, io.fs.path.join(directory, name))) ?? "";
    for (const [digest] of text.matchAll(/\b[0-9a-f]{64}\b/g)) found.add(parseSha256(digest));
  }
}
