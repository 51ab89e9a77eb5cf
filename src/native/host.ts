import { type CpuLevel, parseLevel } from "./cpu-level.ts";
import { hostInvalid } from "./errors.ts";
import type { ElfMachine } from "./machines.ts";
import type { SymbolFamily } from "./native-needs.ts";

/** A machine that wheels shall run on: this one, or one that a person describes. What is `undefined` is not judged. */
export interface Host {
  readonly machine: ElfMachine | undefined;
  readonly libc: HostLibc | undefined;
  /** The newest symbols of its C++ library. */
  readonly cxx: () => Promise<CxxSymbols>;
  /** The level of its processor. */
  readonly cpu: () => Promise<CpuLevel | undefined>;
  /** A person said what it has; this machine was not asked. */
  readonly isDeclared: boolean;
}

export interface HostLibc {
  readonly kind: "glibc" | "musl";
  readonly version: readonly [major: number, minor: number];
}

export type CxxSymbols = Readonly<Partial<Record<Exclude<SymbolFamily, "GLIBC">, string>>>;

/** What a person says of a machine. */
export interface DeclaredHost {
  /** Left out: as on this machine. */
  readonly libc?: HostLibc;
  readonly cxx: CxxSymbols;
  readonly cpu?: CpuLevel;
}

/** Reads `glibc=2.17`, `musl=1.2`, `glibc=2.17,glibcxx=3.4.19,cxxabi=1.3.7`, `cpu=x86-64-v2`. Throws `ARGUMENT_INVALID`. */
export function parseHost(text: string): DeclaredHost {
  let libc: HostLibc | undefined;
  const cxx: { GLIBCXX?: string; CXXABI?: string } = {};
  let cpu: CpuLevel | undefined;
  for (const part of text.split(",")) {
    const level = /^cpu=(.*)$/i.exec(part.trim())?.[1];
    if (level !== undefined && cpu === undefined) {
      cpu = parseLevel(level);
      if (cpu !== undefined) continue;
    }
    const [, key, version = ""] = /^(glibc|musl|glibcxx|cxxabi)=(\d{1,4}(?:\.\d{1,4}){1,3})$/i.exec(part.trim()) ?? [];
    if (key === undefined) throw hostInvalid(text);
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const kind = key.toLowerCase();
    if (kind === "glibc" || kind === "musl") {
      if (libc !== undefined) throw hostInvalid(text);
      libc = { kind, version: [major, minor] };
    } else cxx[kind === "glibcxx" ? "GLIBCXX" : "CXXABI"] = version;
  }
  if (libc === undefined && (cpu === undefined || Object.keys(cxx).length > 0)) throw hostInvalid(text);
  return { ...(libc === undefined ? {} : { libc }), cxx, ...(cpu === undefined ? {} : { cpu }) };
}
