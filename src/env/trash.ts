import { type AbsPath, type EnvId, type EnvName, hasCode } from "../base/index.ts";
import { explainingDisk } from "../disk/index.ts";
import type { EnvContext } from "./change.ts";
import { linkName, register } from "./create.ts";
import { holdsOthers, linkDirectoryTree, unlinkDirectoryTree } from "./directory-tree.ts";
import type { EnvIo } from "./env-io.ts";
import { readCurrent, readIntentFile, settleCurrent } from "./environment.ts";
import { parseDirectoryName } from "./environment-id.ts";
import { directoryTaken } from "./errors.ts";
import { dropNames } from "./former-names.ts";
import { isMaterialised } from "./materialised.ts";
import {
  centralPlace,
  currentLink,
  currentTarget,
  directoryPlace,
  generationDir,
  historyDir,
  intentFile,
  isInPlace,
  type Place,
  trashDir,
} from "./place.ts";
import { isInUse } from "./plain-moves.ts";
import { deploy, withdraw } from "./plain-swap.ts";
import { linkText, readIfThere } from "./read-files.ts";
import { readReceipt } from "./receipt.ts";
import { ownerOf } from "./registry.ts";

/** Deleted environments can be restored for this long. */
export const trashLifetimeMs = 30 * 24 * 3_600_000;

export interface Deleted {
  readonly name: EnvName;
  readonly id: EnvId;
  readonly deletedMs: number;
  /** Where it lies now. */
  readonly dir: AbsPath;
  /** The directory that a person had chosen for it; `undefined` for a central one. */
  readonly directory: AbsPath | undefined;
}

/** All deleted environments, the latest first. */
export async function listDeleted(
  io: Pick<EnvIo, "fs">,
  context: Pick<EnvContext, "layout">,
): Promise<readonly Deleted[]> {
  const { fs } = io;
  const parent = trashDir(fs, context.layout);
  const found: Deleted[] = [];
  for (const entry of (await fs.list(parent)) ?? []) {
    const [base = "", time = ""] = entry.name.split("@");
    const parsed = parseDirectoryName(base);
    if (parsed === undefined || !/^\d+$/.test(time)) continue;
    const dir = fs.path.join(parent, entry.name);
    const directory = (await readIfThere(fs, originFile(io, dir)))?.trimEnd();
    found.push({ ...parsed, deletedMs: Number(time), dir, directory: directory as AbsPath | undefined });
  }
  return found.sort((a, b) => b.deletedMs - a.deletedMs);
}

/** Moves an environment out of sight; one rename, so it is there or gone. Its lock is held. */
export async function moveToTrash(io: EnvIo, context: EnvContext, place: Place): Promise<Deleted> {
  const { fs } = io;
  const deletedMs = Math.round(io.clock.now());
  const dir = fs.path.join(trashDir(fs, context.layout), `${place.name}-${place.id}@${deletedMs}`);
  const directory = place.kind === "directory" ? place.root : undefined;
  await explainingDisk(dir, async () => {
    await fs.makeDir(fs.path.directory(dir));
    if (directory !== undefined) await fs.write(originFile(io, place.dir), `${directory}\n`);
    const inPlace = await versionInPlace(io, place);
    if (inPlace !== undefined) await withdraw(io, place, inPlace);
    await moveOut(io, place, dir);
  });
  await forget(io, context, place);
  return { name: place.name, id: place.id, deletedMs, dir, directory };
}

/** Brings one back under its name, or under another. Its name's lock is held and the name is free. */
export async function bringBack(
  io: EnvIo,
  context: EnvContext,
  deleted: Deleted,
  name: EnvName = deleted.name,
): Promise<Place> {
  const { fs } = io;
  if (deleted.directory !== undefined) return bringBackDirectory(io, context, deleted, deleted.directory);
  const place = centralPlace(fs, context.layout, name, deleted.id);
  await explainingDisk(place.dir, () => fs.rename(deleted.dir, place.dir));
  const current = await readCurrent(fs, place);
  if (current !== undefined) await settleCurrent(fs, place, current);
  await linkName(io, place);
  return place;
}

/** Removes what was deleted more than 30 days ago; returns how many went. */
export async function emptyTrash(io: EnvIo, context: EnvContext, { all = false } = {}): Promise<number> {
  const old = (await listDeleted(io, context)).filter(
    (item) => all || io.clock.now() - item.deletedMs > trashLifetimeMs,
  );
  for (const item of old) await io.fs.remove(item.dir);
  return old.length;
}

async function bringBackDirectory(io: EnvIo, context: EnvContext, deleted: Deleted, root: AbsPath): Promise<Place> {
  const { fs } = io;
  const place = directoryPlace(fs, deleted.name, deleted.id, root);
  const intent = await readIntentFile(fs, { ...place, dir: deleted.dir });
  const inPlace = isInPlace(place, intent);
  if (inPlace ? (await fs.linkInfo(place.dir)) !== undefined : await holdsOthers(io, root)) throw directoryTaken(root);
  await explainingDisk(root, async () => {
    await fs.makeDir(root);
    await moveAcross(io, deleted.dir, place.dir);
  });
  await fs.remove(originFile(io, place.dir));
  const current = inPlace ? undefined : await readCurrent(fs, place);
  if (inPlace && (await isMaterialised(io, place, intent.standing.generation)))
    await deploy(io, place, intent.standing.generation);
  if (current !== undefined) {
    await linkDirectoryTree(io, root, generationDir(fs, place, current));
    await settleCurrent(fs, place, current);
  }
  await register(io, context, place);
  return place;
}

async function forget(io: EnvIo, context: EnvContext, place: Place): Promise<void> {
  const { fs } = io;
  if (place.kind === "directory") {
    await unlinkDirectoryTree(io, place.root);
    await fs.remove(fs.path.join(context.layout.envs, `${place.name}-${place.id}`));
    return;
  }
  // Another environment may have taken the name by now.
  if (ownerOf(await linkText(fs, place.root))?.id === place.id) await fs.remove(place.root);
  await dropNames(io, context.layout, place);
}

async function moveOut(io: EnvIo, place: Place, to: AbsPath): Promise<void> {
  if (place.kind === "central") return io.fs.rename(place.dir, to);
  return moveAcross(io, place.dir, to);
}

/** The version that lies in the directory itself, where that is how it is laid out. */
async function versionInPlace(io: EnvIo, place: Place): Promise<number | undefined> {
  const receipt = place.kind === "directory" ? await readReceipt(io.fs, place.root) : undefined;
  return receipt?.inPlace === true ? receipt.generation : undefined;
}

/** A directory on another disk can't be renamed here: what is needed to build it again is copied, the trees go. */
async function moveAcross(io: EnvIo, from: AbsPath, to: AbsPath): Promise<void> {
  const { fs } = io;
  try {
    return await fs.rename(from, to);
  } catch (error) {
    // A program that has one of the files loaded keeps Windows from renaming the directory, but not the file.
    if (isInUse(error)) return moveEach(io, from, to);
    if (!hasCode(error, "EXDEV")) throw error;
  }
  const stage = await fs.makeStage(fs.path.directory(to), ".moving");
  const history = historyDir(fs, { dir: from });
  await fs.makeDir(historyDir(fs, { dir: stage }));
  for (const { name } of (await fs.list(history)) ?? []) {
    await fs.copyFile(fs.path.join(history, name), fs.path.join(historyDir(fs, { dir: stage }), name));
  }
  await fs.copyFile(intentFile(fs, { dir: from }), intentFile(fs, { dir: stage }));
  const origin = originFile(io, from);
  if ((await fs.info(origin)) !== undefined) await fs.copyFile(origin, originFile(io, stage));
  const current = await readCurrent(fs, { dir: from });
  if (current !== undefined) await fs.symlink(currentTarget(current), currentLink(fs, { dir: stage }), "directory");
  await fs.rename(stage, to);
  await fs.remove(from);
}

async function moveEach(io: EnvIo, from: AbsPath, to: AbsPath): Promise<void> {
  const { fs } = io;
  await fs.makeDir(to);
  for (const { name, kind } of (await fs.list(from)) ?? []) {
    const [source, target] = [fs.path.join(from, name), fs.path.join(to, name)];
    if (kind === "directory") await moveEach(io, source, target);
    else await fs.rename(source, target);
  }
  await fs.remove(from);
}

/** Names the directory that a deleted environment came from. */
function originFile(io: Pick<EnvIo, "fs">, dir: AbsPath): AbsPath {
  return io.fs.path.join(dir, "directory");
}
