import { constants, copyFileSync, linkSync, mkdirSync, statSync, utimesSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { hasCode } from "../base/index.ts";
import type { LinkMode } from "../ports/index.ts";

/** A part of a tree, for one thread. Plain data. */
export interface LinkPart {
  readonly from: string;
  readonly to: string;
  readonly directories: readonly string[];
  readonly files: readonly string[];
  readonly mode: LinkMode;
}

/** Files between two breaths, so that heart-beats and progress are not held up. */
const filesAtATime = 2_000;

/** `made`: roots that are known to be there, for callers with many small parts. */
export async function linkFiles(part: LinkPart, made: Set<string> = new Set()): Promise<void> {
  const { from, to, directories, files, mode } = part;
  if (!made.has(to)) mkdirSync(to, { recursive: true });
  made.add(to);
  for (const directory of directories) makeOne(`${to}/${directory}`);
  const place = placers[mode];
  let done = 0;
  for (const file of files) {
    place(`${from}/${file}`, `${to}/${file}`);
    if (++done % filesAtATime === 0) await setImmediate();
  }
}

/** Directories relative to `to`, parents before children. */
export function makeDirectories(to: string, directories: readonly string[]): void {
  mkdirSync(to, { recursive: true });
  for (const directory of directories) makeOne(`${to}/${directory}`);
}

function makeOne(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) mkdirSync(path, { recursive: true });
    // Several artifacts share a directory.
    else if (!hasCode(error, "EEXIST")) throw error;
  }
}

const placers: Readonly<Record<LinkMode, (from: string, to: string) => void>> = {
  hardlink(from, to) {
    try {
      linkSync(from, to);
    } catch (error) {
      // A file has all the links that the file system allows (65,000 on ext4): this one becomes a copy.
      if (!hasCode(error, "EMLINK")) throw error;
      copyKeepingTime(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    }
  },
  reflink: (from, to) => copyKeepingTime(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE),
  copy: (from, to) => copyKeepingTime(from, to, constants.COPYFILE_EXCL),
};

/** Bytecode is valid for a source of one modification time, so copies keep it. */
function copyKeepingTime(from: string, to: string, flags: number): void {
  copyFileSync(from, to, flags);
  const { mtimeMs } = statSync(from);
  utimesSync(to, mtimeMs / 1000, mtimeMs / 1000);
}
