import { compatibleTags, linuxPlatforms, macPlatforms, type Target, windowsPlatforms } from "../pep/index.ts";
import type { BaseFacts } from "./base-key.ts";
import { markersOfBase } from "./base-markers.ts";
import { targetInvalid } from "./errors.ts";

/** A Python on a platform that need not be here, by the name that a person writes. */
export interface NamedTarget {
  /** The canonical form: `linux-x86_64-cp311`, `linux-aarch64-musl1.2-pp310`, `macos-arm64-11.0-cp313t`. */
  readonly name: string;
  readonly target: Target;
}

type Pair = readonly [major: number, minor: number];
type Os = BaseFacts["os"];

/** What a platform is taken for when the name doesn't say: old enough for machines that still get updates. */
export const assumed = { glibc: [2, 28], macos: [13, 0] } as const satisfies Record<string, Pair>;

/** A release that all shut-out early ones (`!=3.9.0,!=3.9.1`) are behind. */
const latePatch = 20;

/** How each system calls its machines; the second word is the one of its tags and markers. */
const machines: Readonly<Record<Os, Readonly<Record<string, string>>>> = {
  linux: {
    x86_64: "x86_64",
    amd64: "x86_64",
    aarch64: "aarch64",
    arm64: "aarch64",
    i686: "i686",
    armv7l: "armv7l",
    ppc64le: "ppc64le",
    s390x: "s390x",
    riscv64: "riscv64",
    loongarch64: "loongarch64",
  },
  windows: { amd64: "amd64", x86_64: "amd64", arm64: "arm64", aarch64: "arm64", x86: "x86", i686: "x86" },
  macos: { arm64: "arm64", aarch64: "arm64", x86_64: "x86_64", amd64: "x86_64" },
};

/** The names of Windows' platform tags. */
const windowsNames: Readonly<Record<string, string>> = { amd64: "win-amd64", arm64: "win-arm64", x86: "win32" };

/**
 * Reads `SYSTEM-MACHINE[-LIBRARY]-PYTHON`, the one form of a target's name. LIBRARY is `glibc2.17` or `musl1.2` on Linux
 * and the system's version (`11.0`) on macOS; PYTHON is `cp311`, `cp313t`, `pp310`, or a full version, `cp3.9.2`. Without
 * one every release of the minor version is meant: markers are answered as the first release does, so that nothing is
 * left out that one of them needs, and `Requires-Python` as a late one does. Throws `ARGUMENT_INVALID`.
 */
export function parseTarget(text: string): NamedTarget {
  const [system = "", machineText = "", ...rest] = text.trim().toLowerCase().split("-");
  const pythonText = rest.pop();
  const library = rest.pop();
  const os = system === "linux" || system === "windows" || system === "macos" ? system : undefined;
  if (os === undefined || pythonText === undefined || rest.length > 0) throw targetInvalid(text);
  const machine = machines[os][machineText];
  if (machine === undefined) {
    throw targetInvalid(text, `\`${machineText}\` is no machine of ${os}: ${Object.keys(machines[os]).join(", ")}`);
  }
  const python = readPython(pythonText);
  if (python === undefined) throw targetInvalid(text, `\`${pythonText}\` is no Python`);
  const platform = readPlatform(os, machine, library);
  if (platform === undefined) throw targetInvalid(text, `\`${library}\` says nothing about ${os}`);
  return {
    name: [os, machine, ...platform.named, python.name].join("-"),
    target: targetFrom(python, platform.platforms, { os, machine }),
  };
}

interface NamedPython {
  readonly name: string;
  readonly implementation: "cpython" | "pypy";
  readonly version: Pair;
  readonly patch: number | undefined;
  readonly freeThreaded: boolean;
}

function readPython(text: string): NamedPython | undefined {
  const [, short, major, minor, patch, threaded] = /^(cp|pp)(3)\.?(\d{1,2})(?:\.(\d{1,2}))?(t?)$/.exec(text) ?? [];
  if (short === undefined || (short === "pp" && threaded === "t")) return undefined;
  const version: Pair = [Number(major), Number(minor)];
  const name = patch === undefined ? `${short}${version.join("")}` : `${short}${version.join(".")}.${Number(patch)}`;
  return {
    name: `${name}${threaded}`,
    implementation: short === "cp" ? "cpython" : "pypy",
    version,
    patch: patch === undefined ? undefined : Number(patch),
    freeThreaded: threaded === "t",
  };
}

interface NamedPlatform {
  /** What the name must say, beside system and machine. */
  readonly named: readonly string[];
  readonly platforms: readonly string[];
}

function readPlatform(os: Os, machine: string, library: string | undefined): NamedPlatform | undefined {
  const [, word, major, minor] = /^(glibc|musl|)(\d{1,2})\.(\d{1,2})$/.exec(library ?? "") ?? [];
  if (library !== undefined && word === undefined) return undefined;
  const version: Pair | undefined = word === undefined ? undefined : [Number(major), Number(minor)];
  const said = (usual: Pair | undefined, prefix: string): readonly string[] =>
    version === undefined || version.join(".") === usual?.join(".") ? [] : [`${prefix}${version.join(".")}`];
  switch (os) {
    case "windows":
      return library === undefined
        ? { named: [], platforms: windowsPlatforms(windowsNames[machine] ?? "") }
        : undefined;
    case "macos":
      if (version !== undefined && word !== "") return undefined;
      return {
        named: said(assumed.macos, ""),
        platforms: macPlatforms({ version: version ?? assumed.macos, machine }),
      };
    case "linux": {
      if (word === "") return undefined;
      const libc = word === "musl" ? { musl: version } : { glibc: version ?? assumed.glibc };
      return {
        named: said(word === "musl" ? undefined : assumed.glibc, word ?? ""),
        platforms: linuxPlatforms({ machine, ...libc }),
      };
    }
  }
}

function targetFrom(
  { implementation, version, patch, freeThreaded }: NamedPython,
  platforms: readonly string[],
  { os, machine }: { readonly os: Os; readonly machine: string },
): Target {
  const [major, minor] = version;
  const facts = { implementation, version, freeThreaded, debug: false, os, machine, musl: false, suffix: undefined };
  const markers = markersOfBase(facts, `${major}.${minor}.${patch ?? 0}`);
  const flags = major === 3 && minor < 8 ? "m" : freeThreaded ? "t" : "";
  const abi = implementation === "cpython" ? `cp${major}${minor}${flags}` : `pypy${major}${minor}_pp73`;
  return {
    pythonVersion: `${major}.${minor}.${patch ?? latePatch}`,
    implementation,
    tags: compatibleTags({ implementation, pythonVersion: version, abis: [abi], platforms }),
    // PyPy counts its own releases; every one for these Pythons is a 7.3.
    markers: implementation === "pypy" ? { ...markers, implementation_version: "7.3.0" } : markers,
  };
}
