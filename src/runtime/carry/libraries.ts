import { type AbsPath, byCodePoint } from "../../base/index.ts";
import { readElf } from "../../codec/index.ts";
import type { Fs } from "../../ports/index.ts";

/**
 * The C library itself, and what is bound to it: a loader and its libc must be of one build, so the machine's are used
 * (the same line that manylinux draws, PEP 513).
 */
const ofTheMachine =
  /^(?:ld-linux[\w-]*|ld-musl[\w-]*|ld64|linux-vdso|libc|libc\.musl[\w-]*|libm|libmvec|libdl|libpthread|librt|libutil|libresolv|libanl|libnsl|libnss_\w+|libBrokenLocale|libthread_db)\.so(?:\.\d+)*$/;

/** Where loaders look by custom, besides what `ld.so.cache` names. */
const places = ["/lib64", "/usr/lib64", "/lib", "/usr/lib"];

export interface SystemLibrary {
  /** As it is asked for: `libffi.so.8`. */
  readonly soname: string;
  readonly path: AbsPath;
}

/** Libraries of the system that a tree needs, and those that are not on this machine. */
export interface SystemLibraries {
  readonly found: readonly SystemLibrary[];
  readonly missing: readonly string[];
  /** Files of the tree that look for libraries in a place of this machine, relative to its root with `/`. */
  readonly bound: readonly string[];
}

/**
 * The libraries that programs and libraries of a tree ask for, and that neither the tree nor the C library has; with what
 * those ask for in turn. `asks` leaves out files whose wishes are known already.
 */
export async function systemLibraries(
  fs: Fs,
  root: AbsPath,
  asks: (path: string) => boolean = () => true,
): Promise<SystemLibraries> {
  const files: AbsPath[] = [];
  const inTree = new Set<string>();
  await fs.scan(root, ({ path, kind }) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (/\.so(?:\.[\w.]+)?$/.test(name)) inTree.add(name);
    if (kind !== "file" || !asks(path)) return;
    if (/\.so(?:\.[\w.]+)?$/.test(name) || /^bin\/[^/]+$/.test(path)) {
      files.push(fs.path.join(root, ...path.split("/")));
    }
  });
  const machine = await firstMachine(fs, files);
  const cache = await cachedLibraries(fs);
  const found = new Map<string, AbsPath>();
  const missing = new Set<string>();
  const bound: string[] = [];
  for (let next = files.shift(); next !== undefined; next = files.shift()) {
    const elf = await elfOf(fs, next);
    if (elf === undefined) continue;
    const fixed = elf.searchPath.filter((entry) => fs.path.isAbsolute(entry)).map((entry) => entry as AbsPath);
    if (fixed.length > 0 && fs.path.isInside(root, next))
      bound.push(fs.path.relative(root, next).replaceAll(fs.path.separator, "/"));
    const own = [fs.path.directory(next), ...fixed];
    for (const soname of elf.needed) {
      if (inTree.has(soname) || found.has(soname) || missing.has(soname) || ofTheMachine.test(soname)) continue;
      const path = await locate(fs, soname, { cache, machine, own });
      if (path === undefined) missing.add(soname);
      else {
        found.set(soname, path);
        files.push(path);
      }
    }
  }
  return {
    found: [...found].map(([soname, path]) => ({ soname, path })).sort((a, b) => byCodePoint(a.soname, b.soname)),
    missing: [...missing].sort(byCodePoint),
    bound: bound.sort(byCodePoint),
  };
}

async function elfOf(fs: Fs, path: AbsPath): ReturnType<typeof readElf> {
  return readElf((offset, length) => fs.readRange(path, offset, length));
}

interface Machine {
  readonly machine: number;
  readonly wordBits: number;
}

async function firstMachine(fs: Fs, files: readonly AbsPath[]): Promise<Machine | undefined> {
  for (const file of files) {
    const elf = await elfOf(fs, file);
    if (elf !== undefined) return elf;
  }
  return undefined;
}

/** Every path in the loader's cache, by soname. Its text part is a list of strings with zero bytes between. */
async function cachedLibraries(fs: Fs): Promise<ReadonlyMap<string, readonly AbsPath[]>> {
  const file = "/etc/ld.so.cache" as AbsPath;
  const bytes = (await fs.info(file)) === undefined ? new Uint8Array() : await fs.read(file);
  const byName = new Map<string, AbsPath[]>();
  for (const path of Buffer.from(bytes)
    .toString("latin1")
    .match(/\/[^\0]+(?=\0)/g) ?? []) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    byName.set(name, [...(byName.get(name) ?? []), path as AbsPath]);
  }
  return byName;
}

async function locate(
  fs: Fs,
  soname: string,
  {
    cache,
    machine,
    own,
  }: {
    readonly cache: ReadonlyMap<string, readonly AbsPath[]>;
    readonly machine: Machine | undefined;
    /** Where the one that asks looks itself. */
    readonly own: readonly AbsPath[];
  },
): Promise<AbsPath | undefined> {
  if (soname.includes("/")) return undefined;
  const within = (directories: readonly string[]): readonly AbsPath[] =>
    directories.map((directory) => fs.path.join(directory as AbsPath, soname));
  for (const path of [...within(own), ...(cache.get(soname) ?? []), ...within(places)]) {
    const elf = (await fs.info(path))?.kind === "file" ? await elfOf(fs, path) : undefined;
    const fits = machine === undefined || (elf?.machine === machine.machine && elf.wordBits === machine.wordBits);
    if (elf !== undefined && fits) return fs.realPath(path);
  }
  return undefined;
}
