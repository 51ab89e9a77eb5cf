import { closeSync, openSync, statfsSync } from "node:fs";
import { release } from "node:os";
import { fsyncAsync } from "./fs-write.ts";
import { isBun, isWindows } from "./platform.ts";

/** Waits of the disk at the same time: a journal is written once for all that wait for it. */
const atOnce = 16;

/**
 * Makes what is written from now on to the disk of a directory durable. It is opened before the first byte: what goes wrong behind that is told
 * by the kernel to whoever has it open.
 */
export class DiskSync implements Disposable {
  readonly #descriptor: number | undefined;

  constructor(directory: string) {
    syncfs ??= loadSyncfs();
    const isWhole = syncfs !== false && wholeDisks.has(statfsSync(directory).type);
    this.#descriptor = isWhole ? openSync(directory, "r") : undefined;
  }

  /** The bytes of files that are closed. */
  async files(files: readonly string[]): Promise<void> {
    if (!this.#all()) await inTurns(files, (file) => syncOne(file, "r+"));
  }

  /** The names in directories. */
  async names(directories: readonly string[]): Promise<void> {
    // Windows can't open a directory for this; NTFS journals its entries itself.
    if (!isWindows && !this.#all()) await inTurns(directories, (directory) => syncOne(directory, "r"));
  }

  [Symbol.dispose](): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
  }

  /** All of the disk at once; false where it has to be asked file by file. */
  #all(): boolean {
    return this.#descriptor !== undefined && typeof syncfs === "function" && syncfs(this.#descriptor) === 0;
  }
}

async function inTurns(paths: readonly string[], sync: (path: string) => Promise<void>): Promise<void> {
  for (let from = 0; from < paths.length; from += atOnce) await Promise.all(paths.slice(from, from + atOnce).map(sync));
}

async function syncOne(path: string, flags: "r" | "r+"): Promise<void> {
  const file = openSync(path, flags);
  try {
    await fsyncAsync(file);
  } catch (error) {
    // Some network and FUSE file systems don't know the call for directories.
    const code = (error as { readonly code?: unknown }).code;
    if (flags === "r+" || !["EINVAL", "ENOTSUP", "ENOSYS"].includes(String(code))) throw error;
  } finally {
    closeSync(file);
  }
}

/** ext4, XFS, Btrfs, F2FS, tmpfs: on these syncfs(2) means what fsync of every file means. A server's disk is another matter. */
const wholeDisks = new Set([0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x01021994]);

let syncfs: ((descriptor: number) => number) | false | undefined;

/** Where the kernel tells when it failed (Linux 5.8), and it can be called. */
function loadSyncfs(): ((descriptor: number) => number) | false {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  if (!isBun || process.platform !== "linux" || major < 5 || (major === 5 && minor < 8)) return false;
  const ffi = (globalThis as unknown as { readonly Bun: { readonly FFI: Ffi } }).Bun.FFI;
  for (const library of ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1", "libc.so"]) {
    try {
      const { symbols } = ffi.dlopen(library, { syncfs: { args: ["i32"], returns: "i32" } });
      return symbols.syncfs;
    } catch {
      // Another C library, or none that can be loaded: then file by file.
    }
  }
  return false;
}

/** What is used of `bun:ffi` (see `exec.ts`). */
interface Ffi {
  dlopen(
    library: string,
    symbols: { readonly syncfs: { readonly args: readonly string[]; readonly returns: string } },
  ): { readonly symbols: { readonly syncfs: (descriptor: number) => number } };
}
