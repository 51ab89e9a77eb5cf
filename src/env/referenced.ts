import { type AbsPath, parseSha256, type Sha256 } from "../base/index.ts";
import type { EnvContext } from "./change.ts";
import { listDeleted } from "./deleted.ts";
import type { EnvIo } from "./env-io.ts";
import { readCurrent } from "./environment.ts";
import { generationsDir, historyDir, type Place, releaseListFile, versionNumbers } from "./place.ts";
import { readIfThere } from "./read-files.ts";
import { readReceipt } from "./receipt.ts";
import { listPlaces } from "./registry.ts";
import { listScriptEnvironments } from "./script-environment.ts";

/** A version that was left longer ago than this may have to download for an undo: its packages are no longer kept. */
const offlineUndoMs = 30 * 24 * 3_600_000;

/**
 * Every artifact, and every file of a release, that something here may need: trees on the disk (a folded one needs the store to live), the locks of the
 * current version and the one before, and of those that were left within 30 days, so that undo and restore work offline.
 * What is not among them can be collected.
 */
export async function referencedArtifacts(
  io: Pick<EnvIo, "fs" | "clock">,
  context: Pick<EnvContext, "layout">,
): Promise<ReadonlySet<Sha256>> {
  const found = new Set<Sha256>();
  const places: Pick<Place, "dir">[] = [
    ...(await listPlaces(io.fs, context.layout)),
    ...(await listDeleted(io, context)),
  ];
  for (const place of places) for (const sha256 of await artifactsOf(io, place)) found.add(sha256);
  for (const { receipt } of await listScriptEnvironments(io, context)) {
    for (const item of receipt.packages) found.add(item.sha256);
  }
  return found;
}

/** What one environment may need, deleted or not; `without` the trees of some versions. */
export async function artifactsOf(
  io: Pick<EnvIo, "fs" | "clock">,
  place: Pick<Place, "dir">,
  { without = [] }: { readonly without?: readonly number[] } = {},
): Promise<ReadonlySet<Sha256>> {
  const found = new Set<Sha256>();
  await addTrees(io, generationsDir(io.fs, place), found, without);
  await addLocks(io, place, found);
  return found;
}

async function addTrees(
  io: Pick<EnvIo, "fs">,
  directory: AbsPath,
  found: Set<Sha256>,
  without: readonly number[],
): Promise<void> {
  for (const { name, kind } of (await io.fs.list(directory)) ?? []) {
    if (kind !== "directory" || without.includes(Number(name))) continue;
    const tree = io.fs.path.join(directory, name);
    const receipt = await readReceipt(io.fs, tree);
    for (const item of receipt?.packages ?? []) found.add(item.sha256);
    if (receipt?.pulled === true) await addDigestsIn(io, io.fs.path.join(tree, ".venvoy", "files"), found);
    if (receipt?.python !== undefined) found.add(receipt.python);
  }
}

/** By their form, without parsing: a broken record must not make its artifacts look unused. */
async function addLocks(io: Pick<EnvIo, "fs" | "clock">, place: Pick<Place, "dir">, found: Set<Sha256>): Promise<void> {
  const directory = historyDir(io.fs, place);
  const current = await readCurrent(io.fs, place);
  const files = ((await io.fs.list(directory)) ?? []).map(({ name }) => io.fs.path.join(directory, name));
  const numbered = files
    .flatMap((file) => versionNumbers([{ name: io.fs.path.name(file) }], ".toml").map((number) => ({ file, number })))
    .sort((a, b) => a.number - b.number);
  for (const [index, { file, number }] of numbered.entries()) {
    const next = numbered[index + 1];
    const isNear = current === undefined || number === current || (number < current && (next?.number ?? 0) >= current);
    // It was left when the next one was made; what was undone counts from when it was made itself.
    const left = isNear
      ? undefined
      : await io.fs.info(number < (current ?? 0) && next !== undefined ? next.file : file);
    if (left !== undefined && io.clock.now() - left.modifiedMs > offlineUndoMs) continue;
    // The wheels in the lock of a release were its publisher's.
    const list = releaseListFile(io.fs, place, number);
    await addDigestsIn(io, (await io.fs.info(list)) === undefined ? file : list, found);
  }
}

async function addDigestsIn(io: Pick<EnvIo, "fs">, file: AbsPath, found: Set<Sha256>): Promise<void> {
  const text = (await readIfThere(io.fs, file)) ?? "";
  for (const [digest] of text.matchAll(/\b[0-9a-f]{64}\b/g)) found.add(parseSha256(digest));
}
