import type { AbsPath } from "../base/index.ts";
import type { MarkerEnvironment } from "../pep/index.ts";

export type Implementation = "cpython" | "pypy" | "graalpy" | "other";

/** Where an environment of this interpreter keeps things: names relative to its root, with `/`. */
export interface PathScheme {
  readonly purelib: string;
  readonly platlib: string;
  readonly scripts: string;
  readonly include: string;
  readonly data: string;
}

/**
 * What venvoy knows of one Python installation. It is never a virtual environment: those are seen through to the
 * Python they stand on. All of it comes from the interpreter itself, asked once.
 */
export interface Interpreter {
  /** The program, with all links followed; below `prefix` whenever it can be reached there. */
  readonly executable: AbsPath;
  /** `sys.base_prefix`: the root of the installation. */
  readonly prefix: AbsPath;
  /** As `platform.python_version()` says it: `3.11.7`, `3.14.0rc1`. */
  readonly version: string;
  readonly versionInfo: readonly [major: number, minor: number, micro: number];
  readonly prerelease: boolean;
  readonly implementation: Implementation;
  /** The version of the implementation itself: `7.3.17` for PyPy. */
  readonly implementationVersion: string;
  /** Of the build, not of the kernel: a 32-bit Python on a 64-bit machine says `i686`. */
  readonly machine: string;
  /** `sysconfig.get_platform()`: `linux-x86_64`, `macosx-11.0-arm64`, `win-amd64`. */
  readonly platformTag: string;
  readonly pointerBits: 32 | 64;
  /** Built without the global lock (PEP 703). */
  readonly freeThreaded: boolean;
  readonly debug: boolean;
  /** `cpython-311-x86_64-linux-gnu`. */
  readonly soabi: string | undefined;
  readonly extSuffix: string | undefined;
  /** The C library it runs on; `undefined` outside Linux. */
  readonly libc: { readonly kind: "glibc" | "musl"; readonly version: readonly [number, number] } | undefined;
  /** The macOS that it sees; `undefined` elsewhere. */
  readonly macos: readonly [number, number] | undefined;
  readonly paths: PathScheme;
  readonly markers: MarkerEnvironment;
  /** The pip wheel that `ensurepip` would install; usable without network. */
  readonly bundledPip: AbsPath | undefined;
  /** Every wheel beside it (`pip`, and `setuptools` up to 3.11). */
  readonly bundledWheels: readonly AbsPath[];
  /** Its own packages belong to the system's package manager (PEP 668). */
  readonly externallyManaged: boolean;
  readonly stdlib: AbsPath;
  /** Where its own packages are, seen by environments with system packages. */
  readonly sitePackages: readonly AbsPath[];
  readonly userSite: AbsPath | undefined;
  /** It has the standard library's `venv`/`ensurepip`; Debian splits them off. */
  readonly hasEnsurepip: boolean;
}

/** How an interpreter was come by. */
export type Source =
  | "given"
  | "active environment"
  | "path"
  | "venvoy"
  | "pyenv"
  | "asdf"
  | "mise"
  | "uv"
  | "rye"
  | "homebrew"
  | "python.org"
  | "system"
  | "conda"
  | "registry"
  | "launcher";

/** A path where a Python may be, and how it was come by. */
export interface Candidate {
  readonly path: AbsPath;
  readonly source: Source;
}

/** One line of `venvoy python list`: a Python, or a thing that looks like one and why it is of no use. */
export type InterpreterReport =
  | {
      readonly path: AbsPath;
      readonly source: Source;
      readonly ok: Interpreter;
      /** Other paths that lead to the same program, in the order they were met. */
      readonly aliases: readonly AbsPath[];
    }
  | { readonly path: AbsPath; readonly source: Source; readonly reason: string };

/** The oldest and the newest Python that environments are made for, as minor versions of Python 3. */
export const supportedMinors = { oldest: 8, newest: 14 } as const;

/** True when venvoy makes environments for it (3.8 to 3.14). */
export function isSupported(interpreter: Interpreter): boolean {
  const [major, minor] = interpreter.versionInfo;
  return major === 3 && minor >= supportedMinors.oldest && minor <= supportedMinors.newest;
}

/** `CPython 3.13.0 (free-threaded)`: how it is named to a person. */
export function interpreterName(interpreter: Interpreter): string {
  const names: Record<Implementation, string> = {
    cpython: "Python",
    pypy: "PyPy",
    graalpy: "GraalPy",
    other: interpreter.markers.platform_python_implementation,
  };
  const notes = [interpreter.freeThreaded ? "free-threaded" : "", interpreter.debug ? "debug" : ""].filter(Boolean);
  return `${names[interpreter.implementation]} ${interpreter.version}${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`;
}
