import type { EnvIo } from "./env-io.ts";
import { generationDir, generationsDir, type Place } from "./place.ts";

const retiredPrefix = ".retired";

/**
 * Takes a tree out of sight by a rename, so that it is there or not there, never half; then removes it. On Windows the
 * rename fails while a program has one of its files loaded, which is the proof that it is in use: false then.
 */
export async function retireTree(io: Pick<EnvIo, "fs">, place: Place, number: number): Promise<boolean> {
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
