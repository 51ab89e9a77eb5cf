import { compareDotted } from "../base/index.ts";
import type { ElfFacts } from "../codec/index.ts";
import { type CpuLevel, isVariant, levelOfBits } from "./cpu-level.ts";

/** The newest version of a symbol family that something needs, and a file that needs it. */
export interface SymbolNeed {
  /** `2.38` of `GLIBC_2.38`. */
  readonly version: string;
  /** As the wheel names it. */
  readonly file: string;
}

/** Families of symbol versions that tell how new a system must be. */
export type SymbolFamily = "GLIBC" | "GLIBCXX" | "CXXABI";

/** What the dynamic ELF files of one wheel need together, for one kind of machine. */
export interface NativeNeeds {
  /** `e_machine`: 62 is x86-64. */
  readonly machine: number;
  readonly wordBits: 32 | 64;
  /** C libraries that they are linked with; empty for files that need none. */
  readonly libc: readonly ("glibc" | "musl")[];
  /** One of the files. */
  readonly file: string;
  readonly symbols: Readonly<Partial<Record<SymbolFamily, SymbolNeed>>>;
  /** The level of x86-64 that a file says it can't run below. */
  readonly cpu?: { readonly level: CpuLevel; readonly file: string };
  /** Libraries that neither the wheel nor every Linux has: they may well be here; for whoever looks for a fault. */
  readonly elsewhere: readonly string[];
}

/** An ELF file of a wheel. */
export interface NativeFile {
  /** As the wheel names it. */
  readonly path: string;
  readonly elf: ElfFacts;
}

/** Joins what the files of a wheel need, machine by machine. Libraries that the wheel brings along ask nothing of a system. */
export function nativeNeeds(files: readonly NativeFile[]): NativeNeeds[] {
  const byMachine = new Map<string, NativeFile[]>();
  for (const file of files) {
    if (file.elf.needed.length === 0 && file.elf.interpreter === undefined) continue;
    const key = `${file.elf.machine} ${file.elf.wordBits}`;
    byMachine.set(key, [...(byMachine.get(key) ?? []), file]);
  }
  return [...byMachine.values()].map(needsOf);
}

function needsOf(files: readonly NativeFile[]): NativeNeeds {
  const { path: file, elf } = files[0] as NativeFile;
  const brought = new Set(files.flatMap(({ path, elf: { soname } }) => [lastPart(path), soname ?? ""]));
  const libc = new Set<"glibc" | "musl">();
  const symbols: Partial<Record<SymbolFamily, SymbolNeed>> = {};
  const elsewhere = new Set<string>();
  for (const { path, elf: facts } of files) {
    for (const library of [...facts.needed, lastPart(facts.interpreter ?? "")]) {
      if (brought.has(library)) continue;
      const kind = libcOf(library);
      if (kind !== undefined) libc.add(kind);
      if (library !== "" && !everywhere.test(library)) elsewhere.add(library);
    }
    for (const [library, versions] of facts.versions) {
      if (brought.has(library)) continue;
      for (const version of versions) {
        if (!facts.weakVersions.has(`${library} ${version}`)) raise(symbols, version, path);
      }
    }
  }
  const { machine, wordBits } = elf;
  const cpu = cpuOf(files);
  return {
    ...{ machine, wordBits, libc: [...libc].sort(), file, symbols },
    ...(cpu === undefined ? {} : { cpu }),
    elsewhere: [...elsewhere].sort(),
  };
}

/** The highest level, of files that are there for every processor. */
function cpuOf(files: readonly NativeFile[]): NativeNeeds["cpu"] {
  let found: NativeNeeds["cpu"];
  for (const { path, elf } of files) {
    const level = levelOfBits(elf.isaNeeded);
    if (level > (found?.level ?? 1) && !isVariant(path)) found = { level, file: path };
  }
  return found;
}

function raise(symbols: Partial<Record<SymbolFamily, SymbolNeed>>, symbol: string, file: string): void {
  const [, family, number] = /^(GLIBC|GLIBCXX|CXXABI)_(\d+(?:\.\d+)*)$/.exec(needNotNumbered[symbol] ?? symbol) ?? [];
  if (family === undefined || number === undefined) return;
  const known = symbols[family as SymbolFamily];
  if (known !== undefined && compareDotted(known.version, number) >= 0) return;
  symbols[family as SymbolFamily] = { version: number, file };
}

/** Marks for what the loader must be able to do; the version that learned it. */
const needNotNumbered: Readonly<Record<string, string>> = { GLIBC_ABI_DT_RELR: "GLIBC_2.36" };

/** The C library that a file linked with this library runs on. */
function libcOf(library: string): "glibc" | "musl" | undefined {
  if (/^(?:libc\.musl-|ld-musl-)/.test(library)) return "musl";
  return /^(?:libc\.so\.6|ld-linux)/.test(library) ? "glibc" : undefined;
}

/** What PEP 513, 571, 599 and 600 let wheels rely on (as auditwheel lists it), and the C libraries themselves. */
const everywhere = new RegExp(
  `^(?:${[
    "libc\\.musl-.*|ld-musl-.*|ld-linux.*|ld64\\.so.*|libc\\.so",
    "lib(?:gcc_s|anl|rt|c|nsl|util|pthread|dl|m|resolv|atomic|stdc\\+\\+|z)\\.so\\..*",
    "lib(?:X11|Xext|Xrender|ICE|SM|GL|gobject-2\\.0|gthread-2\\.0|glib-2\\.0|expat|mvec|crypt)\\.so\\..*",
  ].join("|")})$`,
);

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
