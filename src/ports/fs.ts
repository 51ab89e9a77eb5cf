import type { AbsPath, Sha256 } from "../base/index.ts";
import type { ArchivePlan } from "./archive.ts";
import type { UnpackPlan } from "./unpack.ts";

/** Path arithmetic of one platform, so that the memory file system can be a Windows disk on Linux. */
export interface PathStyle {
  readonly kind: "posix" | "windows";
  readonly separator: "/" | "\\";
  /** Joins and normalises; a `part` must not be absolute. */
  join(base: AbsPath, ...parts: readonly string[]): AbsPath;
  /** Resolves a path from outside against `from`. */
  resolve(from: AbsPath, path: string): AbsPath;
  directory(path: AbsPath): AbsPath;
  name(path: string): string;
  relative(from: AbsPath, to: AbsPath): string;
  isAbsolute(path: string): boolean;
  /** True when `path` is `root` or lies below it (lexically; case-insensitive on Windows). */
  isInside(root: AbsPath, path: AbsPath): boolean;
}

export type FileKind = "file" | "directory" | "symlink" | "other";

export interface FileInfo {
  readonly kind: FileKind;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
  readonly mode: number;
  readonly device: number;
  readonly inode: number;
  readonly links: number;
  readonly owner: number;
}

export interface DirEntry {
  readonly name: string;
  readonly kind: FileKind;
}

/** What `scan` tells of one entry. */
export interface ScannedEntry {
  /** Relative to where the scan began, with `/`; empty for that itself. */
  readonly path: string;
  readonly kind: FileKind;
  readonly device: number;
  readonly inode: number;
  readonly links: number;
  /** Space that it takes on the disk. Where the system doesn't tell (Windows), the size. */
  readonly diskBytes: number;
}

export type LinkMode = "hardlink" | "reflink" | "copy";

interface LinkPlanBase {
  readonly from: AbsPath;
  readonly to: AbsPath;
  readonly mode: LinkMode;
  /**
   * Into a tree that somebody uses: what is there stays as it is, and a directory is only made where its parent is still
   * there, so that nothing comes back that was removed meanwhile. What is gone, here or there, is no error.
   */
  readonly gently?: boolean;
}

/** `directories` lists parents before children; directories of `files` need not be in it. */
export interface NamedPaths extends LinkPlanBase {
  readonly directories: readonly string[];
  readonly files: readonly string[];
  /** Where each of `files` comes from, in their order; left out: they have the same path there. */
  readonly sources?: readonly string[];
}

/** The paths stand in a file of path lists (see `codec`), which is read where the work is done. */
export interface ListedPaths extends LinkPlanBase {
  readonly listing: {
    readonly file: AbsPath;
    /** The name of the list in the file. */
    readonly list: string;
    /** About how many files it names; only the sharing of the work depends on it. */
    readonly files: number;
    /** Files that are left out. */
    readonly except: readonly string[];
  };
}

/**
 * Materialises one stored directory into a tree. Paths are relative to both roots, with `/`, already proven safe. Copies
 * keep mode and modification time. A file that is there already is an error (`EEXIST`), a directory isn't.
 */
export type LinkTreePlan = NamedPaths | ListedPaths;

/** A file that is to have the content of another. */
export interface CopiedFile {
  readonly from: AbsPath;
  readonly to: AbsPath;
  /** Of `from`, as it was seen; so many bytes are copied. */
  readonly sizeBytes: number;
  /** What it has in the end, whatever this person's umask says. */
  readonly mode: number;
  /** Compared before the copy gets its name. */
  readonly sha256?: Sha256;
}

export interface CopyPlan {
  readonly files: readonly CopiedFile[];
  /** An empty directory on the disk of the copies; what a failure leaves is in it. */
  readonly stage: AbsPath;
  /** The modification time of all copies; left out: now. */
  readonly modifiedMs?: number;
  /** Each copy is on the disk before it gets its name, and the names are when this ends. */
  readonly durable?: boolean;
}

/** A file that is written piece by piece (downloads). `close` syncs. */
export interface FileWriter extends AsyncDisposable {
  write(chunk: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface FsLock extends AsyncDisposable {
  readonly path: AbsPath;
}

export interface LockRequest {
  /** What the holder does, for the person who waits: "add numpy to demo". */
  readonly purpose: string;
  readonly signal?: AbortSignal;
  /** Called once when somebody else holds the lock; says who. */
  readonly onWait?: (holder: { readonly pid: number; readonly host: string; readonly purpose: string }) => void;
}

/**
 * The file system in venvoy's own terms. Failures are operating-system errors with `code` (`ENOENT` …), save where
 * `undefined` is said. Nothing follows symbolic links out of a directory that it removes.
 */
export interface Fs {
  readonly path: PathStyle;
  read(path: AbsPath): Promise<Uint8Array>;
  readText(path: AbsPath): Promise<string>;
  readRange(path: AbsPath, offset: number, length: number): Promise<Uint8Array>;
  /** The same while the caller waits: for a few kilobytes that are most likely in memory, where code can't be asynchronous. */
  readRangeNow(path: AbsPath, offset: number, length: number): Uint8Array;
  /** Entries in code-point order; `undefined` when there is no such directory. */
  list(path: AbsPath): Promise<readonly DirEntry[] | undefined>;
  /** Follows links; `undefined` when absent or dangling. */
  info(path: AbsPath): Promise<FileInfo | undefined>;
  /** Does not follow a link; `undefined` when absent. */
  linkInfo(path: AbsPath): Promise<FileInfo | undefined>;
  /**
   * Tells everything at and below a path, parents first, without following links. What vanishes meanwhile, or may not be
   * read, is left out; nothing is told where nothing is.
   */
  scan(path: AbsPath, visit: (entry: ScannedEntry) => void): Promise<void>;
  /** `linkInfo` of many: some microseconds each, which is what looking at a whole tree needs. */
  linkInfos(paths: readonly AbsPath[]): Promise<readonly (FileInfo | undefined)[]>;
  realPath(path: AbsPath): Promise<AbsPath>;
  readLink(path: AbsPath): Promise<string>;
  makeDir(path: AbsPath): Promise<void>;
  /** A fresh, empty directory `parent/prefix-xxxxxxxx`. */
  makeStage(parent: AbsPath, prefix: string): Promise<AbsPath>;
  /** Plain write; for files inside a stage that nobody sees yet. */
  write(path: AbsPath, data: string | Uint8Array, options?: { readonly mode?: number }): Promise<void>;
  /** Temporary file beside it, sync, rename: readers see the old bytes or the new ones. */
  writeAtomic(path: AbsPath, data: string | Uint8Array, options?: { readonly mode?: number }): Promise<void>;
  openWriter(path: AbsPath, options?: { readonly append?: boolean }): Promise<FileWriter>;
  symlink(target: string, path: AbsPath, kind: "file" | "directory"): Promise<void>;
  /** Makes or replaces a link in one step (a junction on Windows). */
  replaceLink(target: string, path: AbsPath, kind: "file" | "directory"): Promise<void>;
  hardLink(existing: AbsPath, path: AbsPath): Promise<void>;
  copyFile(from: AbsPath, to: AbsPath): Promise<void>;
  rename(from: AbsPath, to: AbsPath): Promise<void>;
  /** Removes a file, link or whole directory; absent is fine. */
  remove(path: AbsPath): Promise<void>;
  setMode(path: AbsPath, mode: number): Promise<void>;
  setTimes(path: AbsPath, modifiedMs: number): Promise<void>;
  /** Makes entries of a directory durable before a rename publishes it. */
  syncDir(path: AbsPath): Promise<void>;
  freeSpace(path: AbsPath): Promise<{ readonly bytes: number; readonly files: number }>;
  /** True when `reflink` works between the two directories. */
  canReflink(from: AbsPath, to: AbsPath): Promise<boolean>;
  /**
   * Says that much linking is coming, so that threads come up while the caller still prepares it. Costs a core for some
   * milliseconds; changes nothing else.
   */
  expectLinks(): void;
  /** Makes all of them, several at a time. `onProgress` is told the number of files that are done. */
  linkTrees(
    plans: readonly LinkTreePlan[],
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (done: number) => void },
  ): Promise<void>;
  /**
   * Copies contents, several at a time: each is whole, and compared, before it takes its name, in place of what has it. The
   * directories have to be there. Throws `DIGEST_MISMATCH` with `data.path`; what was named by then stays.
   */
  copyFiles(
    plan: CopyPlan,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (files: number, bytes: number) => void },
  ): Promise<void>;
  /**
   * Writes the entries of a zip archive as files, several at a time, each checked against its local header, CRC and
   * promised digest. Gives the sha256 of every file in the plan's order (base64url, no padding). Throws `ARCHIVE_INVALID`,
   * or `DIGEST_MISMATCH` with `data.path`; what was written by then stays. Nothing is synced.
   */
  unpack(plan: UnpackPlan): Promise<readonly string[]>;
  /**
   * Writes an archive of a tree, several pieces of it at a time; the same tree makes the same bytes, on however many cores.
   * Pieces lie beside the archive until they are joined. Throws `ARGUMENT_INVALID` where this runtime lacks the compression.
   */
  writeArchive(plan: ArchivePlan): Promise<void>;
  /** The sha256 of each file's content; `undefined` for what is absent or not a file. */
  digests(paths: readonly AbsPath[]): Promise<readonly (Sha256 | undefined)[]>;
  /** Advisory lock of all processes and hosts that see the file; a dead holder's lock is taken over. */
  lock(path: AbsPath, request: LockRequest): Promise<FsLock>;
}
