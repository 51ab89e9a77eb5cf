import type { AbsPath } from "../../base/index.ts";
import type { Fs } from "../../ports/index.ts";
import { fileMode, makeDirLike, writeOpenly } from "../access.ts";
import type { ShareIo } from "../share-io.ts";

/** A file that starts a program of a publication. */
export interface LauncherFile {
  /** `python`, `python.cmd`. */
  readonly name: string;
  readonly text: string;
  readonly executable: boolean;
}

/** Marks files in `bin` as ours, so that nothing else is written over or removed. */
export const launcherMark = "Made by venvoy publish";

/** What every launcher takes away: settings that would lead a Python into another one's files. */
export const clearedVariables = ["PYTHONHOME", "PYTHONPATH", "PYTHONEXECUTABLE", "PYTHONPLATLIBDIR"] as const;

/** Writes launchers that are missing or differ, each in one step. Tells names that somebody else's files have. */
export async function writeLaunchers(
  io: Pick<ShareIo, "fs" | "system">,
  directory: AbsPath,
  launchers: readonly LauncherFile[],
  mode: number,
): Promise<readonly string[]> {
  const taken: string[] = [];
  const { fs } = io;
  await makeDirLike(io, directory, mode);
  for (const { name, text, executable } of launchers) {
    const file = fs.path.join(directory, name);
    const info = await fs.linkInfo(file);
    const there = info?.kind === "file" && info.sizeBytes < 1 << 20 ? await fs.readText(file) : undefined;
    if (there === text) continue;
    if (info !== undefined && there?.includes(launcherMark) !== true) taken.push(name);
    else await writeOpenly(io, file, { text }, fileMode(mode, executable));
  }
  return taken;
}

/** Removes launchers of ours for programs that no release has any more. */
export async function removeLaunchers(fs: Fs, directory: AbsPath, wanted: ReadonlySet<string>): Promise<void> {
  for (const { name, kind } of (await fs.list(directory)) ?? []) {
    if (wanted.has(name) || kind !== "file") continue;
    const file = fs.path.join(directory, name);
    if ((await fs.readText(file)).includes(launcherMark)) await fs.remove(file);
  }
}
