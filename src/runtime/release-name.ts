import type { Implementation } from "../python/index.ts";

/** How the files of a release lie in its archive. */
export type ReleaseForm =
  /** python-build-standalone, `install_only`: `python/bin/…`. */
  | "standalone"
  /** python-build-standalone, `full`: `python/install/bin/…` beside what it was built from. */
  | "standalone-full"
  /** python.org's embeddable package for Windows: `python.exe` at the top, the standard library in a zip. */
  | "embeddable"
  /** The packages of python.org on NuGet: `tools/python.exe`. */
  | "nuget";

/** What the file name of a released Python says. */
export interface PythonRelease {
  readonly filename: string;
  readonly form: ReleaseForm;
  readonly implementation: Extract<Implementation, "cpython">;
  /** `3.11.7`, `3.14.0rc1`. */
  readonly version: string;
  /** The day on which it was built, as in the name: several builds of one version come out. */
  readonly build: string;
  readonly os: "linux" | "macos" | "windows";
  readonly machine: string;
  readonly libc: "glibc" | "musl" | undefined;
  /** 1 runs on every x86-64; 2 to 4 ask for newer processors. */
  readonly level: 1 | 2 | 3 | 4;
  readonly freeThreaded: boolean;
  readonly debug: boolean;
  /** Without debug symbols: a quarter of the size. */
  readonly stripped: boolean;
}

const standalone =
  /^cpython-(\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?)\+(\d{8})-([a-z0-9_]+)-(unknown-linux-(?:gnu|musl)|apple-darwin|pc-windows-msvc)(?:-shared|-static)?((?:-[a-z0-9_+]+)*)\.tar\.(?:gz|zst)$/;
const embeddable = /^python-(\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?)-embed-(amd64|win32|arm64)\.zip$/;
const nuget = /^python(x86|arm64)?(-freethreaded)?\.(\d+\.\d+\.\d+)(?:-((?:a|b|rc)\d+))?\.nupkg$/i;

/** Reads the name of a release's archive; `undefined` for a name that is none. */
export function parseReleaseName(filename: string): PythonRelease | undefined {
  return standaloneRelease(filename) ?? embeddableRelease(filename) ?? nugetRelease(filename);
}

const plain = {
  implementation: "cpython",
  build: "",
  libc: undefined,
  level: 1,
  debug: false,
  stripped: true,
} as const;

function standaloneRelease(filename: string): PythonRelease | undefined {
  const match = standalone.exec(filename);
  if (match === null) return undefined;
  const [, version = "", build = "", machineText = "", platform = "", rest = ""] = match;
  const words = rest.split(/[-+]/).filter((word) => word !== "");
  const [, machine = machineText, level] = /^(x86_64)_v([2-4])$/.exec(machineText) ?? [];
  const isInstallOnly = words.some((word) => word === "install_only" || word === "install_only_stripped");
  return {
    ...plain,
    filename,
    form: isInstallOnly ? "standalone" : "standalone-full",
    version,
    build,
    os: platform.includes("linux") ? "linux" : platform === "apple-darwin" ? "macos" : "windows",
    machine: machineNames[machine] ?? machine,
    libc: platform.endsWith("gnu") ? "glibc" : platform.endsWith("musl") ? "musl" : undefined,
    level: level === undefined ? 1 : (Number(level) as 2 | 3 | 4),
    freeThreaded: words.includes("freethreaded"),
    debug: words.includes("debug"),
    stripped: words.includes("install_only_stripped"),
  };
}

function embeddableRelease(filename: string): PythonRelease | undefined {
  const [, version, machine] = embeddable.exec(filename) ?? [];
  if (version === undefined || machine === undefined) return undefined;
  return {
    ...plain,
    filename,
    form: "embeddable",
    version,
    os: "windows",
    machine: windowsMachine(machine),
    freeThreaded: false,
  };
}

function nugetRelease(filename: string): PythonRelease | undefined {
  const [, machine = "amd64", threaded, release, pre = ""] = nuget.exec(filename) ?? [];
  if (release === undefined) return undefined;
  return {
    ...plain,
    filename,
    form: "nuget",
    version: `${release}${pre}`,
    os: "windows",
    machine: windowsMachine(machine.toLowerCase()),
    freeThreaded: threaded !== undefined,
  };
}

/** One name for each machine, the one of `uname` on Linux. */
const machineNames: Readonly<Record<string, string>> = {
  amd64: "x86_64",
  arm64: "aarch64",
  win32: "i686",
  x86: "i686",
  armv7: "armv7l",
};

function windowsMachine(name: string): string {
  return machineNames[name] ?? name;
}

/** The same name for what systems and releases call the same machine. */
export function machineName(name: string): string {
  const lower = name.toLowerCase();
  return machineNames[lower] ?? lower;
}

/** `cpython-3.11.7-linux-x86_64`, `cpython-3.13.1t-linux-aarch64-musl`: where it lies once it is installed. */
export function releaseKey(
  release: Pick<PythonRelease, "version" | "freeThreaded" | "debug" | "os" | "machine" | "libc">,
): string {
  const { version, freeThreaded, debug, os, machine, libc } = release;
  const musl = libc === "musl" ? "-musl" : "";
  return `cpython-${version}${freeThreaded ? "t" : ""}${debug ? "d" : ""}-${os}-${machine}${musl}`;
}
