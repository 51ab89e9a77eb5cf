import { type AbsPath, compareDotted } from "../base/index.ts";
import { readElf } from "../codec/index.ts";
import type { Fs, Ports } from "../ports/index.ts";
import type { CxxSymbols } from "./host.ts";
import type { ElfMachine } from "./machines.ts";

const library = "libstdc++.so.6";

/** Where distributions put libraries, besides what the loader's cache names. */
const usualPlaces = ["/usr/lib64", "/usr/lib", "/lib64", "/lib", "/usr/local/lib"];

const largestLibrary = 64 << 20;

/**
 * The newest GLIBCXX and CXXABI symbols that a C++ library on this machine offers. Every one that a loader could come to
 * is looked at, and the newest counts: a wheel is never refused for a library that it would not have got. Empty when none
 * is found.
 */
export async function cxxSymbols(
  { fs, system }: Pick<Ports, "fs" | "system">,
  /** `prefix` is the Python's own root, which may have a library of its own (conda). */
  { machine, prefix }: { readonly machine: ElfMachine | undefined; readonly prefix: AbsPath },
): Promise<CxxSymbols> {
  const cached =
    (await bytesOf(fs, "/etc/ld.so.cache" as AbsPath))
      .toString("latin1")
      .match(/\/[^\0]*\/libstdc\+\+\.so\.6(?=\0)/g) ?? [];
  const searched = (system.env["LD_LIBRARY_PATH"] ?? "").split(":").filter((place) => place.startsWith("/"));
  const places = [...searched, `${prefix}/lib`, ...usualPlaces].map((place) => `${place}/${library}`);
  const seen = new Set<string>();
  let best: CxxSymbols = {};
  for (const path of [...cached, ...places] as AbsPath[]) {
    // Most places have none, and to be told so by an error costs more than to ask.
    const isThere = (await fs.info(path).catch(() => undefined)) !== undefined;
    const real = isThere ? await fs.realPath(path).catch(() => undefined) : undefined;
    if (real === undefined || seen.has(real)) continue;
    seen.add(real);
    best = newer(best, await offered(fs, real, machine));
  }
  return best;
}

async function offered(fs: Fs, path: AbsPath, machine: ElfMachine | undefined): Promise<CxxSymbols> {
  const elf = await readElf((offset, length) => fs.readRange(path, offset, length)).catch(() => undefined);
  if (elf === undefined) return {};
  if (machine !== undefined && (elf.machine !== machine.machine || elf.wordBits !== machine.wordBits)) return {};
  const bytes = await bytesOf(fs, path);
  let found: CxxSymbols = {};
  for (const family of ["GLIBCXX", "CXXABI"] as const) {
    for (const version of versionsIn(bytes, family)) found = newer(found, { [family]: version });
  }
  return found;
}

/** The versions of a family of symbols: texts of their own among two megabytes that needn't be looked at otherwise. */
function* versionsIn(bytes: Buffer, family: string): Generator<string> {
  const start = `\0${family}_`;
  for (let at = bytes.indexOf(start, 0, "latin1"); at >= 0; at = bytes.indexOf(start, at + 1, "latin1")) {
    const from = at + start.length;
    const version = /^\d+(?:\.\d+)*(?=\0)/.exec(bytes.toString("latin1", from, from + 32))?.[0];
    if (version !== undefined) yield version;
  }
}

/** Empty when it can't be read. */
async function bytesOf(fs: Fs, path: AbsPath): Promise<Buffer> {
  const none = Buffer.alloc(0);
  const size = (await fs.info(path))?.sizeBytes ?? 0;
  if (size === 0 || size > largestLibrary) return none;
  return fs.read(path).then(
    (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    () => none,
  );
}

function newer(a: CxxSymbols, b: CxxSymbols): CxxSymbols {
  const pick = (one: string | undefined, other: string | undefined): string | undefined =>
    one === undefined || (other !== undefined && compareDotted(other, one) > 0) ? other : one;
  const [glibcxx, cxxabi] = [pick(a.GLIBCXX, b.GLIBCXX), pick(a.CXXABI, b.CXXABI)];
  return {
    ...(glibcxx === undefined ? {} : { GLIBCXX: glibcxx }),
    ...(cxxabi === undefined ? {} : { CXXABI: cxxabi }),
  };
}
