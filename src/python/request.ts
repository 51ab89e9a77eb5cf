import type { AbsPath } from "../base/index.ts";
import { type SpecifierSet, tryParseSpecifierSet, tryParseVersion } from "../pep/index.ts";
import { requestInvalid } from "./errors.ts";
import type { Implementation, Interpreter } from "./interpreter.ts";

/** What somebody asks of a Python. `text` is how it was written. */
export type PythonRequest =
  | { readonly kind: "any"; readonly text: string }
  | VersionRequest
  | RangeRequest
  /** A program, or the root of an installation or environment; absolute, or relative to the current directory. */
  | { readonly kind: "path"; readonly text: string; readonly path: string }
  /** A program of this name on PATH (`mayapy`). */
  | { readonly kind: "command"; readonly text: string; readonly name: string };

export interface VersionRequest {
  readonly kind: "version";
  readonly text: string;
  readonly implementation: Implementation | undefined;
  /** The leading numbers that must agree: `[3]`, `[3, 11]`, `[3, 11, 7]`; none for `pypy`. */
  readonly release: readonly number[];
  /** A prerelease named exactly (`3.14.0rc1`). */
  readonly exact: string | undefined;
  readonly freeThreaded: boolean;
  readonly debug: boolean;
}

export interface RangeRequest {
  readonly kind: "range";
  readonly text: string;
  readonly implementation: Implementation | undefined;
  readonly specifier: SpecifierSet;
}

const implementations: Readonly<Record<string, Implementation | undefined>> = {
  python: undefined,
  py: undefined,
  cpython: "cpython",
  cp: "cpython",
  pypy: "pypy",
  pp: "pypy",
  graalpy: "graalpy",
  gp: "graalpy",
};

/**
 * Reads `3`, `3.11`, `3.11.7`, `3.14.0rc1`, `3.13t`, `>=3.9,<3.13`, `python3.11`, `cpython@3.12`, `pypy@>=3.9`, `pypy`,
 * `any`, a path, or the name of a program on PATH. Throws `PYTHON_REQUEST_INVALID`.
 */
export function parsePythonRequest(text: string): PythonRequest {
  const trimmed = text.trim();
  if (trimmed === "") throw requestInvalid(text, "it is empty");
  if (trimmed.includes("\0")) throw requestInvalid(text, "it holds a null character");
  if (trimmed === "any" || trimmed === "default") return { kind: "any", text: trimmed };
  if (/^(?:[<>=!]|~=)/.test(trimmed)) return rangeRequest(trimmed, undefined, trimmed);
  if (looksLikePath(trimmed)) return { kind: "path", text: trimmed, path: trimmed };
  const match = /^([A-Za-z]*)(@|-(?=\d))?(.*)$/s.exec(plainName(trimmed));
  const [, word = "", separator, rest = ""] = match ?? [];
  const name = word.toLowerCase();
  const isKnown = name === "" || Object.hasOwn(implementations, name);
  if (isKnown && !(name === "" && separator !== undefined)) {
    const implementation = implementations[name];
    if (/^(?:[<>=!]|~=)/.test(rest)) return rangeRequest(rest, implementation, trimmed);
    const version = versionRequest(rest, implementation, trimmed);
    if (version !== undefined) return version;
    if (rest === "" && separator === undefined) return wholeImplementation(name, implementation, trimmed);
  }
  if (/^\d/.test(trimmed) || separator === "@") throw requestInvalid(text, "the version is not understood");
  if (!/^[A-Za-z_][A-Za-z0-9._+-]*$/.test(trimmed)) throw requestInvalid(text, "it is neither a version nor a path");
  return { kind: "command", text: trimmed, name: trimmed };
}

/** The request that a `requires-python` makes. Throws `PYTHON_REQUEST_INVALID`. */
export function requiresPythonRequest(specifier: string): RangeRequest {
  return rangeRequest(specifier, undefined, specifier);
}

/**
 * Other tools write more into a name: uv the platform (`cpython-3.12.4-linux-x86_64-gnu`), pyenv the release of the
 * implementation (`pypy3.10-7.3.17`) or of the source (`3.14-dev`).
 */
function plainName(text: string): string {
  return text
    .replace(/^(cpython|pypy|graalpy)-(\d[^-]*)-(linux|macos|darwin|windows)-[\w.-]+$/, "$1-$2")
    .replace(/^(pypy\d+\.\d+)-v?\d[\w.-]*$/, "$1")
    .replace(/^(\d+\.\d+t?)-dev$/, "$1");
}

function looksLikePath(text: string): boolean {
  return (
    /[\\/]/.test(text) ||
    /^[A-Za-z]:/.test(text) ||
    text === "." ||
    text === ".." ||
    text === "~" ||
    /\.exe$/i.test(text)
  );
}

function rangeRequest(text: string, implementation: Implementation | undefined, whole: string): RangeRequest {
  // requires-python texts in the wild have blanks and a stray comma at the end.
  const specifier = tryParseSpecifierSet(text) ?? tryParseSpecifierSet(text.replace(/[\s,]+$/, ""));
  if (specifier === undefined) throw requestInvalid(whole, "the range is not written as PEP 440 says");
  return { kind: "range", text: whole, implementation, specifier };
}

function versionRequest(
  text: string,
  implementation: Implementation | undefined,
  whole: string,
): VersionRequest | undefined {
  const match =
    /^(\d+(?:\.\d+){0,2})((?:a|b|rc)\d+)?(t)?(d)?$/.exec(text) ??
    /^(\d+(?:\.\d+){0,2})((?:a|b|rc)\d+)?\+(freethreaded)?(debug)?$/.exec(text);
  if (match === null) return undefined;
  const [, numbers = "", pre, threaded, debug] = match;
  let release = numbers.split(".").map(Number);
  // `python311` and `cp311` are how tags and Windows folders write 3.11.
  if (release.length === 1 && /^[23]\d+$/.test(numbers)) release = [Number(numbers[0]), Number(numbers.slice(1))];
  if (release.some((part) => !Number.isSafeInteger(part) || part > 9999)) return undefined;
  return {
    kind: "version",
    text: whole,
    implementation,
    release,
    exact: pre === undefined ? undefined : `${release.concat(0, 0).slice(0, 3).join(".")}${pre}`,
    freeThreaded: threaded !== undefined,
    debug: debug !== undefined,
  };
}

function wholeImplementation(name: string, implementation: Implementation | undefined, text: string): PythonRequest {
  if (implementation === undefined && name === "python") return { kind: "any", text };
  if (implementation === undefined || name.length === 2) return { kind: "command", text, name: text };
  return { kind: "version", text, implementation, release: [], exact: undefined, freeThreaded: false, debug: false };
}

/** What a request asks about: of an interpreter that is here, or of one that could be installed. */
export type AskedFacts = Pick<Interpreter, "version" | "versionInfo" | "implementation" | "freeThreaded" | "debug">;

/** True when the interpreter is one that was asked for. Paths and commands are decided where they are looked up. */
export function fits(request: PythonRequest, interpreter: AskedFacts): boolean {
  switch (request.kind) {
    case "any":
      return !interpreter.freeThreaded && !interpreter.debug;
    case "version":
      return (
        fitsImplementation(request, interpreter) &&
        request.release.every((part, index) => interpreter.versionInfo[index] === part) &&
        (request.exact === undefined || request.exact === interpreter.version) &&
        request.freeThreaded === interpreter.freeThreaded &&
        request.debug === interpreter.debug
      );
    case "range":
      return fitsImplementation(request, interpreter) && !interpreter.debug && inRange(request.specifier, interpreter);
    default:
      return true;
  }
}

function fitsImplementation(
  { implementation }: { readonly implementation: Implementation | undefined },
  interpreter: AskedFacts,
): boolean {
  return implementation === undefined || implementation === interpreter.implementation;
}

function inRange(specifier: SpecifierSet, interpreter: AskedFacts): boolean {
  // A build from a checkout says `3.14.0+`.
  const version =
    tryParseVersion(interpreter.version.replace(/\+$/, "")) ?? tryParseVersion(interpreter.versionInfo.join("."));
  return version !== undefined && !interpreter.freeThreaded && specifier.contains(version, { prereleases: true });
}

/** The `3.11` in a request that names one minor version: the place to look first. */
export function minorOf(request: PythonRequest): readonly [number, number] | undefined {
  if (request.kind === "version") {
    const [major, minor] = request.release;
    return major === undefined || minor === undefined ? undefined : [major, minor];
  }
  return undefined;
}

/** The path as given by a person: `~` is the home directory, the rest is relative to the current one. */
export function expandHome(path: string, home: AbsPath): string {
  return path === "~" || path.startsWith("~/") || path.startsWith("~\\") ? home + path.slice(1) : path;
}
