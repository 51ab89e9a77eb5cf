import { hostInvalid } from "./errors.ts";
import type { ElfMachine } from "./machines.ts";
import type { SymbolFamily } from "./native-needs.ts";

/** A machine that wheels shall run on: this one, or one that a person describes. What is `undefined` is not judged. */
export interface Host {
  readonly machine: ElfMachine | undefined;
  readonly libc: HostLibc | undefined;
  /** The newest symbols of its C++ library. */
  readonly cxx: () => Promise<CxxSymbols>;
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
  readonly libc: HostLibc;
  readonly cxx: CxxSymbols;
}

/** Reads `glibc=2.17`, `musl=1.2`, `glibc=2.17,glibcxx=3.4.19,cxxabi=1.3.7`. Throws `ARGUMENT_INVALID`. */
export function parseHost(text: string): DeclaredHost {
  let libc: HostLibc | undefined;
  const cxx: { GLIBCXX?: string; CXXABI?: string } = {};
  for (const part of text.split(",")) {
    const [, key, version = ""] = /^(glibc|musl|glibcxx|cxxabi)=(\d{1,4}(?:\.\d{1,4}){1,3})$/i.exec(part.trim()) ?? [];
    if (key === undefined) throw hostInvalid(text);
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const kind = key.toLowerCase();
    if (kind === "glibc" || kind === "musl") {
      if (libc !== undefined) throw hostInvalid(text);
      libc = { kind, version: [major, minor] };
    } else cxx[kind === "glibcxx" ? "GLIBCXX" : "CXXABI"] = version;
  }
  if (libc === undefined) throw hostInvalid(text);
  return { libc, cxx };
}
