import type { AbsPath, EnvName } from "../base/index.ts";
import { explainingDisk, sweepStages } from "../disk/index.ts";
import type { EnvContext } from "./change.ts";
import { appear, register } from "./create.ts";
import { type Deleted, listTrash, originFile } from "./deleted.ts";
import { holdsOthers, linkDirectoryTree, unlinkDirectoryTree } from "./directory-tree.ts";
import type { EnvIo } from "./env-io.ts";
import { readCurrent, readIntentFile, settleCurrent } from "./environment.ts";
import { directoryTaken } from "./errors.ts";
import { dropNames } from "./former-names.ts";
import { isMaterialised } from "./materialised.ts";
import { finishDeletion, moveAcross, removeWhole } from "./move-across.ts";
import { centralPlace, directoryPlace, generationDir, isInPlace, type Place, trashDir } from "./place.ts";
import { deploy, withdraw } from "./plain-swap.ts";
import { linkText } from "./read-files.ts";
import { readReceipt } from "./receipt.ts";
import { ownerOf } from "./registry.ts";

/** Deleted environments can be restored for this long. */
export const trashLifetimeMs = 30 * 24 * 3_600_000;

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
    await moveOut(io, context, place, dir);
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
  await appear(io, place, () => explainingDisk(place.dir, () => fs.rename(deleted.dir, place.dir)));
  const current = await readCurrent(fs, place);
  if (current !== undefined) await settleCurrent(fs, place, current);
  return place;
}

/** Removes what was deleted more than 30 days ago; returns how many went. */
export async function emptyTrash(io: EnvIo, context: EnvContext, { all = false } = {}): Promise<number> {
  await sweepStages(io, trashDir(io.fs, context.layout));
  const old = (await listTrash(io, context)).filter((item) => all || io.clock.now() - item.deletedMs > trashLifetimeMs);
  for (const item of old) await removeWhole(io, item.dir);
  return old.length;
}

async function bringBackDirectory(io: EnvIo, context: EnvContext, deleted: Deleted, root: AbsPath): Promise<Place> {
  const { fs } = io;
  const place = directoryPlace(fs, deleted.name, deleted.id, root);
  await finishDeletion(io, context, root);
  const intent = await readIntentFile(fs, { ...place, dir: deleted.dir });
  const inPlace = isInPlace(place, intent);
  if (inPlace ? (await fs.linkInfo(place.dir)) !== undefined : await holdsOthers(io, root, ".gitignore"))
    throw directoryTaken(root);
  // Known first: what a kill brings back only in part is found by whoever lists, and mended by the next operation.
  await register(io, context, place);
  await explainingDisk(root, async () => {
    await fs.makeDir(root);
    await moveAcross(io, context, deleted.dir, place.dir);
  });
  await fs.remove(originFile(io, place.dir));
  const current = inPlace ? undefined : await readCurrent(fs, place);
  if (inPlace && (await isMaterialised(io, place, intent.standing.generation)))
    await deploy(io, place, intent.standing.generation);
  if (current !== undefined) {
    await linkDirectoryTree(io, root, generationDir(fs, place, current));
    await settleCurrent(fs, place, current);
  }
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

async function moveOut(io: EnvIo, context: EnvContext, place: Place, to: AbsPath): Promise<void> {
  if (place.kind === "central") return io.fs.rename(place.dir, to);
  return moveAcross(io, context, place.dir, to);
}

/** The version that lies in the directory itself, where that is how it is laid out. */
async function versionInPlace(io: EnvIo, place: Place): Promise<number | undefined> {
  const receipt = place.kind === "directory" ? await readReceipt(io.fs, place.root) : undefined;
  return receipt?.inPlace === true ? receipt.generation : undefined;
}
