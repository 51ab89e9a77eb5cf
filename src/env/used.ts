import { type AbsPath, hasCode } from "../base/index.ts";
import type { EnvIo } from "./env-io.ts";
import { type Place, usedFile, usedFromFile } from "./place.ts";
import { readIfThere } from "./read-files.ts";

const hourMs = 3_600_000;
/** So many directories are remembered, the latest. */
const mostDirectories = 100;
/** A file of more lines is written anew: shells add one at every activation. */
const mostLines = 400;

/**
 * Notes that an environment is used now, and from where. At most one write an hour, save for a directory that is new; a
 * read-only home is no reason to fail.
 */
export async function noteUse(
  io: Pick<EnvIo, "fs" | "clock">,
  place: Pick<Place, "dir">,
  from?: AbsPath,
): Promise<void> {
  const file = usedFile(io.fs, place);
  const nowMs = io.clock.now();
  const info = await io.fs.info(file);
  try {
    if (from !== undefined) await noteDirectory(io, place, from);
    if (info !== undefined && nowMs - info.modifiedMs < hourMs) return;
    if (info === undefined) await io.fs.write(file, "");
    await io.fs.setTimes(file, nowMs);
  } catch (error) {
    if (!hasCode(error, "EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "ENOENT")) throw error;
  }
}

/** When it was last used; `undefined` when nobody noted it. */
export async function lastUsedMs(io: Pick<EnvIo, "fs">, place: Pick<Place, "dir">): Promise<number | undefined> {
  return (await io.fs.info(usedFile(io.fs, place)))?.modifiedMs;
}

/** Directories that it was used from and that are still there, the latest first. */
export async function usedFrom(io: Pick<EnvIo, "fs">, place: Pick<Place, "dir">): Promise<readonly AbsPath[]> {
  const there: AbsPath[] = [];
  for (const directory of distinct(io, await readLines(io, place)))
    if ((await io.fs.info(directory))?.kind === "directory") there.push(directory);
  return there;
}

async function noteDirectory(io: Pick<EnvIo, "fs">, place: Pick<Place, "dir">, from: AbsPath): Promise<void> {
  const lines = await readLines(io, place);
  const isKnown = lines.includes(from);
  if ((isKnown && lines.length <= mostLines) || from.includes("\n")) return;
  const kept = [from, ...(await usedFrom(io, place)).filter((one) => one !== from)].slice(0, mostDirectories);
  await io.fs.writeAtomic(usedFromFile(io.fs, place), `${kept.reverse().join("\n")}\n`);
}

async function readLines(io: Pick<EnvIo, "fs">, place: Pick<Place, "dir">): Promise<readonly string[]> {
  return ((await readIfThere(io.fs, usedFromFile(io.fs, place))) ?? "").split("\n").filter((line) => line !== "");
}

/** The latest first, each once. */
function distinct({ fs }: Pick<EnvIo, "fs">, lines: readonly string[]): readonly AbsPath[] {
  const latest = [...new Set([...lines].reverse())].slice(0, mostDirectories);
  return latest.filter((line): line is AbsPath => fs.path.isAbsolute(line));
}
