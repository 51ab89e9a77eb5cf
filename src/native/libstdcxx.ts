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
  const cached = (await textOf(fs, "/etc/ld.so.cache" as AbsPath)).match(/\/[^\0]*\/libstdc\+\+\.so\.6(?=\0)/g) ?? [];
  const searched = (system.env["LD_LIBRARY_PATH"] ?? "").split(":").filter((place) => place.startsWith("/"));
  const places = [...searched, `${prefix}/lib`, ...usualPlaces].map((place) => `${place}/${library}`);
  const seen = new Set<string>();
  let best: CxxSymbols = {};
  for (const path of [...cached, ...places] as AbsPath[]) {
    const real = await fs.realPath(path).catch(() => undefined);
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
  let found: CxxSymbols = {};
  for (const [, family, version] of (await textOf(fs, path)).matchAll(/\0(GLIBCXX|CXXABI)_(\d+(?:\.\d+)*)(?=\0)/g)) {
    if (family !== undefined && version !== undefined) found = newer(found, { [family]: version });
  }
  return found;
}

/** Bytes as text, one character each; empty when it can't be read. */
async function textOf(fs: Fs, path: AbsPath): Promise<string> {
  const size = (await fs.info(path))?.sizeBytes ?? 0;
  if (size === 0 || size > largestLibrary) return "";
  return fs.read(path).then(
    (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1"),
    () => "",
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
