import { type AbsPath, hasCode } from "../base/index.ts";
import type { EnvIo } from "./env-io.ts";
import { generationDir, generationsDir, type Place } from "./place.ts";

const retiredPrefix = ".retired";

/**
 * Takes a tree out of sight by a rename, so that it is there or not there, never half; then removes it. On Windows the
 * rename fails while a program has one of its files loaded, which is the proof that it is in use: false then.
 *
 * A link to the current version stays in its place: `sys.executable` of a Python in a version names its tree, and
 * kernels, hooks and timetables write that path down for good.
 */
export async function collectTree(
  io: Pick<EnvIo, "fs">,
  place: Place,
  number: number,
  into?: AbsPath,
): Promise<boolean> {
  const isAway = into !== undefined && (await moveTree(io, place, number, into));
  if (!isAway && !(await removeTree(io, place, number))) return false;
  await linkToCurrent(io, place, number);
  return true;
}

export function linkToCurrent(io: Pick<EnvIo, "fs">, place: Place, number: number): Promise<void> {
  return io.fs.symlink("../current", generationDir(io.fs, place, number), "directory");
}

/** The same for a tree that never was a version: nothing stays. */
export async function removeTree(io: Pick<EnvIo, "fs">, place: Place, number: number): Promise<boolean> {
  const { fs } = io;
  const parent = generationsDir(fs, place);
  const bin = await fs.makeStage(parent, retiredPrefix);
  try {
    await fs.rename(generationDir(fs, place, number), fs.path.join(bin, String(number)));
  } catch (error) {
    await fs.remove(bin);
    if (isInUse(error)) return false;
    throw error;
  }
  await fs.remove(bin);
  return true;
}

/** False where a rename can't do it: another disk, or a file in use on Windows. */
async function moveTree({ fs }: Pick<EnvIo, "fs">, place: Place, number: number, into: AbsPath): Promise<boolean> {
  try {
    await fs.rename(generationDir(fs, place, number), fs.path.join(into, String(number)));
    return true;
  } catch (error) {
    if (hasCode(error, "EXDEV") || isInUse(error)) return false;
    throw error;
  }
}

/** Finishes removals that a kill cut short. */
export async function removeRetired(io: Pick<EnvIo, "fs">, place: Place): Promise<void> {
  const { fs } = io;
  const parent = generationsDir(fs, place);
  for (const { name } of (await fs.list(parent)) ?? []) {
    if (name.startsWith(`${retiredPrefix}-`)) await fs.remove(fs.path.join(parent, name));
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["EPERM", "EACCES", "EBUSY"].includes(String(error.code));
}
