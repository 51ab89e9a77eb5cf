import { type AbsPath, hasCode } from "../base/index.ts";
import { sweepStages, withStage } from "../disk/index.ts";
import type { EnvContext } from "./change.ts";
import { isChangedByHand } from "./collect.ts";
import { listTrash } from "./deleted.ts";
import { unlinkDirectoryTree } from "./directory-tree.ts";
import type { EnvIo } from "./env-io.ts";
import { readCurrent } from "./environment.ts";
import {
  currentLink,
  currentTarget,
  generationDir,
  generationsDir,
  innerDirectory,
  intentFile,
  materialisedVersions,
  usesDir,
} from "./place.ts";
import { isInUse } from "./plain-moves.ts";

/**
 * Moves what an environment is from one directory to another. Where one rename can't do it (another disk, a loaded file
 * on Windows), what is needed to build it again is copied, with the trees that hands changed, and appears whole; only then the original goes, by one rename
 * where that is possible. A kill leaves the original, or both, or the copy, and never half of either.
 */
export async function moveAcross(
  io: EnvIo,
  context: Pick<EnvContext, "store">,
  from: AbsPath,
  to: AbsPath,
): Promise<void> {
  const { fs } = io;
  try {
    return await fs.rename(from, to);
  } catch (error) {
    if (!isInUse(error) && !hasCode(error, "EXDEV")) throw error;
  }
  await withStage(io, fs.path.directory(to), `${innerDirectory}-moved`, async (stage) => {
    const copy = fs.path.join(stage, "whole");
    await copyCore(io, context, from, copy);
    await fs.rename(copy, to);
  });
  try {
    await removeWhole(io, from);
  } catch (error) {
    // A program that has one of the files loaded keeps Windows from renaming the directory, but not the file.
    if (!isInUse(error)) throw error;
    await fs.remove(intentFile(fs, { dir: from }));
    await moveRest(io, from, to);
  }
}

/** Takes a directory out of sight by one rename, so that it is there or not there, and removes it then. */
export async function removeWhole(io: EnvIo, dir: AbsPath): Promise<void> {
  const { fs } = io;
  await withStage(io, fs.path.directory(dir), `${innerDirectory}-gone`, (bin) =>
    fs.rename(dir, fs.path.join(bin, fs.path.name(dir))),
  );
}

/**
 * Finishes what a kill left of a deletion in a directory: an inner directory without an intent, whose environment lies in
 * the trash. True when there was such a thing.
 */
export async function finishDeletion(io: EnvIo, context: Pick<EnvContext, "layout">, root: AbsPath): Promise<boolean> {
  const { fs } = io;
  await sweepStages(io, root);
  const dir = fs.path.join(root, innerDirectory);
  if ((await fs.linkInfo(dir))?.kind !== "directory") return false;
  if ((await fs.linkInfo(intentFile(fs, { dir }))) !== undefined) return false;
  const deleted = (await listTrash(io, context)).find((item) => item.directory === root);
  if (deleted === undefined) return false;
  await moveRest(io, dir, deleted.dir);
  await unlinkDirectoryTree(io, root);
  return true;
}

/** All but the trees that can be made again from their locks, and notes of processes. */
async function copyCore(io: EnvIo, { store }: Pick<EnvContext, "store">, from: AbsPath, to: AbsPath): Promise<void> {
  const { fs } = io;
  const left = [currentLink, generationsDir, usesDir].map((path) => fs.path.name(path(fs, { dir: from })));
  await copyTree(io, from, to, left);
  await fs.makeDir(generationsDir(fs, { dir: to }));
  for (const number of await materialisedVersions(fs, { dir: from })) {
    const tree = generationDir(fs, { dir: from }, number);
    if (await isChangedByHand(io, store, tree)) await copyTree(io, tree, generationDir(fs, { dir: to }, number));
  }
  const current = await readCurrent(fs, { dir: from });
  if (current !== undefined) await fs.symlink(currentTarget(current), currentLink(fs, { dir: to }), "directory");
}

async function copyTree(io: EnvIo, from: AbsPath, to: AbsPath, left: readonly string[] = []): Promise<void> {
  const { fs } = io;
  await fs.makeDir(to);
  for (const { name, kind } of (await fs.list(from)) ?? []) {
    if (left.includes(name) || name.startsWith(".tmp-")) continue;
    const [source, target] = [fs.path.join(from, name), fs.path.join(to, name)];
    if (kind === "directory") await copyTree(io, source, target);
    else if (kind === "symlink") await copyLink(io, source, target);
    else if (kind === "file") {
      await fs.copyFile(source, target);
      const info = await fs.linkInfo(source);
      // When a file was written tells whether somebody edited it.
      if (info !== undefined) await fs.setTimes(target, info.modifiedMs);
    }
  }
  await fs.syncDir(to);
}

async function copyLink({ fs }: EnvIo, from: AbsPath, to: AbsPath): Promise<void> {
  const isDirectory = (await fs.info(from))?.kind === "directory";
  await fs.symlink(await fs.readLink(from), to, isDirectory ? "directory" : "file");
}

/** One by one, what is not there yet; on another disk it only goes. */
async function moveRest(io: EnvIo, from: AbsPath, to: AbsPath): Promise<void> {
  const { fs } = io;
  await fs.makeDir(to);
  for (const { name, kind } of (await fs.list(from)) ?? []) {
    const [source, target] = [fs.path.join(from, name), fs.path.join(to, name)];
    if (kind === "directory") await moveRest(io, source, target);
    else if ((await fs.linkInfo(target)) !== undefined) await fs.remove(source);
    else await moveOne(io, source, target);
  }
  await fs.remove(from);
}

async function moveOne({ fs }: EnvIo, from: AbsPath, to: AbsPath): Promise<void> {
  try {
    await fs.rename(from, to);
  } catch (error) {
    if (!hasCode(error, "EXDEV")) throw error;
    await fs.remove(from);
  }
}
