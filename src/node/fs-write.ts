import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fsync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  statfsSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type AbsPath, hasCode } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";
import { isWindows, randomName } from "./platform.ts";
import { renameRetrying } from "./rename.ts";

export function fsyncAsync(file: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fsync(file, (error) => (error === null ? resolve() : reject(error)));
  });
}

type WriteSide = Pick<
  Fs,
  | "makeDir"
  | "makeStage"
  | "write"
  | "writeAtomic"
  | "symlink"
  | "replaceLink"
  | "hardLink"
  | "copyFile"
  | "rename"
  | "setMode"
  | "setTimes"
  | "syncDir"
  | "canReflink"
>;

export const writeSide: WriteSide = {
  makeDir: async (path) => void mkdirSync(path, { recursive: true }),
  makeStage: async (parent, prefix) => makeStage(parent, prefix),
  write: async (path, data, options) => writeFileSync(path, data, { mode: options?.mode ?? 0o666 }),
  writeAtomic: (path, data, options) => writeAtomic(path, data, options?.mode),
  symlink: async (target, path, kind) => makeLink(target, path, kind),
  replaceLink: (target, path, kind) => replaceLink(target, path, kind),
  hardLink: async (existing, path) => linkSync(existing, path),
  copyFile: async (from, to) => copyFileSync(from, to, constants.COPYFILE_FICLONE),
  rename: (from, to) => renameRetrying(from, to),
  setMode: async (path, mode) => chmodSync(path, mode),
  setTimes: async (path, modifiedMs) => utimesSync(path, modifiedMs / 1000, modifiedMs / 1000),
  syncDir: (path) => syncDir(path),
  canReflink: async (from, to) => canReflink(from, to),
};

function makeStage(parent: AbsPath, prefix: string): AbsPath {
  for (;;) {
    const stage = join(parent, `${prefix}-${randomName(8)}`) as AbsPath;
    try {
      // An ordinary mode, not the private one of mkdtemp: the stage becomes the published directory.
      mkdirSync(stage);
      return stage;
    } catch (error) {
      if (hasCode(error, "ENOENT")) mkdirSync(parent, { recursive: true });
      else if (!hasCode(error, "EEXIST")) throw error;
    }
  }
}

/**
 * Replaces what is at `path` (a link too, not its target). Without `mode` an existing file's mode stays. The rename
 * itself is made durable by the file system's own order or by `syncDir`; a reader never sees half of the bytes.
 */
async function writeAtomic(path: AbsPath, data: string | Uint8Array, mode: number | undefined): Promise<void> {
  const before = lstatSync(path, { throwIfNoEntry: false });
  const kept = mode === undefined && before?.isFile() === true ? before.mode & 0o7777 : undefined;
  const staged = join(dirname(path), `.tmp-${randomName(12)}`);
  const file = openSync(staged, "wx", mode ?? 0o666);
  try {
    try {
      writeFileSync(file, data);
      if (kept !== undefined) fchmodSync(file, kept);
      await fsyncAsync(file);
    } finally {
      closeSync(file);
    }
    await renameRetrying(staged, path);
  } catch (error) {
    removeQuietly(staged);
    throw error;
  }
}

function makeLink(target: string, path: string, kind: "file" | "directory"): void {
  // A junction needs no privilege, but it holds an absolute path.
  if (!isWindows) symlinkSync(target, path);
  else if (kind === "directory") symlinkSync(resolve(dirname(path), target), path, "junction");
  else symlinkSync(target, path, "file");
}

async function replaceLink(target: string, path: AbsPath, kind: "file" | "directory"): Promise<void> {
  try {
    return makeLink(target, path, kind);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  }
  const staged = join(dirname(path), `.tmp-${randomName(12)}`);
  makeLink(target, staged, kind);
  try {
    // Windows refuses to rename over a junction, so there the old one goes first: a reader may meet a short gap.
    if (isWindows && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) unlinkSync(path);
    await renameRetrying(staged, path);
  } catch (error) {
    removeQuietly(staged);
    throw error;
  }
}

async function syncDir(path: AbsPath): Promise<void> {
  // Windows can't open a directory for this; NTFS journals its entries itself.
  if (isWindows) return;
  const directory = openSync(path, "r");
  try {
    await fsyncAsync(directory);
  } catch (error) {
    // Some network and FUSE file systems don't know the call for directories.
    if (!hasCode(error, "EINVAL", "ENOTSUP", "ENOSYS")) throw error;
  } finally {
    closeSync(directory);
  }
}

/** File systems of Linux that have no reflinks (`statfs`): ext2 to ext4, and memory. Most trees lie on one of them. */
const withoutReflinks: ReadonlySet<number> = new Set([0xef53, 0x01021994]);

function canReflink(from: AbsPath, to: AbsPath): boolean {
  if (process.platform === "linux" && withoutReflinks.has(statfsSync(to).type)) return false;
  const source = join(from, `.tmp-${randomName(12)}`);
  const copy = join(to, `.tmp-${randomName(12)}`);
  try {
    writeFileSync(source, "reflink?");
    copyFileSync(source, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV", "EINVAL", "ENOTTY", "EROFS", "EACCES", "EPERM")) {
      return false;
    }
    throw error;
  } finally {
    removeQuietly(source);
    removeQuietly(copy);
  }
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It may never have been made; the first failure is the one to tell.
  }
}
