import type { Interpreter } from "./interpreter.ts";

/** What the name of a base link says. */
export interface BaseFacts {
  readonly implementation: string;
  readonly version: readonly [major: number, minor: number];
  readonly freeThreaded: boolean;
  readonly debug: boolean;
  readonly os: "linux" | "macos" | "windows";
  readonly machine: string;
  readonly musl: boolean;
  /** Tells a second installation of the same minor version from the first; `undefined` for the first. */
  readonly suffix: string | undefined;
}

/** `cpython-3.11-linux-x86_64`, `cpython-3.13t-macos-arm64`, `pypy-3.10-linux-x86_64-musl`. */
export function baseKey(interpreter: Interpreter): string {
  const { versionInfo, freeThreaded, debug, platformTag, machine, libc } = interpreter;
  const implementation = interpreter.markers.implementation_name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const version = `${versionInfo[0]}.${versionInfo[1]}${freeThreaded ? "t" : ""}${debug ? "d" : ""}`;
  const os = platformTag.startsWith("win") ? "windows" : platformTag.startsWith("macosx") ? "macos" : "linux";
  const parts = [implementation, version, os, machine.toLowerCase().replace(/[^a-z0-9_]/g, "_")];
  return (libc?.kind === "musl" ? [...parts, "musl"] : parts).join("-");
}

/** Reads a key back; `undefined` for a name that is none. */
export function parseBaseKey(key: string): BaseFacts | undefined {
  const match =
    /^([a-z0-9]+)-(\d+)\.(\d+)(t?)(d?)-(linux|macos|windows)-([a-z0-9_]+?)(-musl)?(?:-([0-9a-f]{6}))?$/.exec(key);
  if (match === null) return undefined;
  const [, implementation = "", major, minor, threaded, debug, os, machine = "", musl, suffix] = match;
  return {
    implementation,
    version: [Number(major), Number(minor)],
    freeThreaded: threaded === "t",
    debug: debug === "d",
    os: os as BaseFacts["os"],
    machine,
    musl: musl !== undefined,
    suffix,
  };
}
