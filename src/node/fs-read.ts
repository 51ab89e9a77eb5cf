import {
  closeSync,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
  statfsSync,
  statSync,
} from "node:fs";
import { setImmediate } from "node:timers/promises";
import { type AbsPath, byCodePoint, hasCode } from "../base/index.ts";
import type { DirEntry, FileInfo, FileKind, Fs } from "../ports/index.ts";
import { scan } from "./scan.ts";

type ReadSide = Pick<
  Fs,
  | "read"
  | "readText"
  | "readRange"
  | "readRangeNow"
  | "list"
  | "info"
  | "linkInfo"
  | "scan"
  | "linkInfos"
  | "realPath"
  | "readLink"
  | "freeSpace"
>;

/*
 * Calls are synchronous inside: a read that the page cache answers takes 5-20 µs, a trip through the thread pool 60 and
 * more. What takes long (sync to disk, downloads) is asynchronous.
 */
export const readSide: ReadSide = {
  read: async (path) => readFileSync(path),
  readText: async (path) => readFileSync(path, "utf8"),
  readRange: async (path, offset, length) => readRange(path, offset, length),
  readRangeNow: readRange,
  list: async (path) => listSync(path),
  info: async (path) => statOrUndefined(path, statSync),
  linkInfo: async (path) => statOrUndefined(path, lstatSync),
  scan,
  linkInfos,
  realPath: async (path) => realpathSync.native(path) as AbsPath,
  readLink: async (path) => readlinkSync(path),
  freeSpace: async (path) => {
    const stats = statfsSync(path);
    // File systems without a fixed inode table (btrfs, zfs, many network mounts) report 0 of 0 files.
    const files = stats.files === 0 ? Number.MAX_SAFE_INTEGER : stats.ffree;
    return { bytes: stats.bavail * stats.bsize, files };
  },
};

/** Files between two breaths, so that heart-beats are not held up. */
const infosAtATime = 2_000;

async function linkInfos(paths: readonly AbsPath[]): Promise<readonly (FileInfo | undefined)[]> {
  const found: (FileInfo | undefined)[] = [];
  for (const path of paths) {
    found.push(statOrUndefined(path, lstatSync));
    if (found.length % infosAtATime === 0) await setImmediate();
  }
  return found;
}

function readRange(path: AbsPath, offset: number, length: number): Uint8Array {
  const file = openSync(path, "r");
  try {
    const available = Math.max(0, Math.min(length, fstatSync(file).size - offset));
    const bytes = Buffer.allocUnsafe(available);
    let done = 0;
    while (done < available) {
      const count = readSync(file, bytes, done, available - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  } finally {
    closeSync(file);
  }
}

export function listSync(path: AbsPath): DirEntry[] | undefined {
  let entries: Dirent[];
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
  return entries
    .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
    .sort((a, b) => byCodePoint(a.name, b.name));
}

function kindOf(entry: Dirent | Stats): FileKind {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "directory";
  if (entry.isSymbolicLink()) return "symlink";
  return "other";
}

function statOrUndefined(path: AbsPath, stat: typeof statSync | typeof lstatSync): FileInfo | undefined {
  let stats: Stats | undefined;
  try {
    stats = stat(path, { throwIfNoEntry: false });
  } catch (error) {
    // ENOTDIR: something on the way is a file, so there is nothing. ELOOP: the link leads nowhere.
    if (hasCode(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
    throw error;
  }
  if (stats === undefined) return undefined;
  return {
    kind: kindOf(stats),
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
    changedMs: stats.ctimeMs,
    mode: stats.mode & 0o7777,
    device: stats.dev,
    inode: stats.ino,
    links: stats.nlink,
    owner: stats.uid,
  };
}
