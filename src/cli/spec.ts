/**
 * A command is data plus a short function. The same spec drives parsing, help, completion, the reference page and the
 * types that the function sees: a mistyped `args.nam` is a compile error.
 */
import type { Outcome } from "./outcome.ts";
import type { Session } from "./session.ts";

/** What a value can be, for completion: the words themselves, or where they are found. */
export type Values = readonly string[] | ValueKind;

export type ValueKind =
  /** Names of environments. */
  | "environment"
  /** The same, and directories. */
  | "place"
  /** Names that `restore` can bring back. */
  | "deleted"
  /** Packages installed in the environment of `-n`, else in the active one. */
  | "package"
  /** What can be imported there from packages. */
  | "module"
  /** Numbers of the environment's versions. */
  | "version"
  /** Versions of the Pythons on this machine. */
  | "python"
  /** What `run` starts: a file, or a program of the environment. */
  | "program"
  | "file"
  | "directory"
  /** Free text. */
  | "nothing";

/** What completion offers for the words that stand for values in help; `values` of a flag or argument goes before it. */
export const valuesByWord: Readonly<Record<string, ValueKind>> = {
  DIR: "directory",
  DIRECTORY: "directory",
  ENVIRONMENT: "environment",
  ENVIRONMENTS: "environment",
  FILE: "file",
  FILES: "file",
  NAME: "environment",
  NAMES: "environment",
  PACKAGE: "package",
  PACKAGES: "package",
  MODULE: "module",
  PATH: "file",
  PLACE: "file",
  PYTHON: "python",
  VERSION: "version",
};

export type FlagSpec =
  | { readonly kind: "boolean"; readonly summary: string; readonly short?: string }
  | (ValueFlag & { readonly kind: "text" })
  | (ValueFlag & { readonly kind: "list" });

interface ValueFlag {
  /** The word that stands for the value in help. */
  readonly value: string;
  readonly summary: string;
  readonly short?: string;
  readonly values?: Values;
}

export interface ArgSpec {
  /** `one` and `many` are required; `maybe` is one or none; `any` is any number. */
  readonly kind: "one" | "maybe" | "many" | "any";
  readonly summary: string;
  readonly values?: Values;
}

export type Group =
  | "scripts"
  | "environments"
  | "packages"
  | "time"
  | "files"
  | "shell"
  | "python"
  | "hosts"
  | "sharing"
  | "health";

export interface CommandSpec {
  /** The words that a person types: `create`, `python list`. */
  readonly path: string;
  readonly group: Group;
  readonly summary: string;
  /** Shown by `venvoy` alone. */
  readonly everyday?: boolean;
  readonly args: Readonly<Record<string, ArgSpec>>;
  readonly flags: Readonly<Record<string, FlagSpec>>;
  /** Words after the first positional (or after `-m MOD`, `-c CODE`) belong to the program. */
  readonly passthrough?: true;
  /** Changes something: takes `--dry-run` and `--yes`. */
  readonly changes?: true;
  readonly examples: readonly string[];
}

type ArgValue<A extends ArgSpec> = A["kind"] extends "one"
  ? string
  : A["kind"] extends "maybe"
    ? string | undefined
    : readonly string[];

type FlagValue<F extends FlagSpec> = F["kind"] extends "boolean"
  ? boolean
  : F["kind"] extends "list"
    ? readonly string[]
    : string | undefined;

export interface CommonFlags {
  readonly json: boolean;
  readonly offline: boolean;
  readonly quiet: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

export interface Input<S extends CommandSpec> {
  readonly args: { readonly [K in keyof S["args"]]: ArgValue<S["args"][K]> };
  readonly flags: { readonly [K in keyof S["flags"]]: FlagValue<S["flags"][K]> };
  readonly common: CommonFlags;
  readonly session: Session;
}

export interface Command {
  readonly spec: CommandSpec;
  readonly run: (input: Input<CommandSpec>) => Promise<Outcome>;
}

/** Joins a spec and its function; the function's input is typed by the spec. */
export function command<const S extends CommandSpec>(spec: S, run: (input: Input<S>) => Promise<Outcome>): Command {
  return { spec, run: run as unknown as Command["run"] };
}

/** Flags that every command takes. */
export const commonFlags = {
  json: { kind: "boolean", summary: "print the answer as JSON" },
  offline: { kind: "boolean", summary: "don't use the network" },
  quiet: { kind: "boolean", short: "q", summary: "print the answer and nothing else" },
} as const satisfies Record<string, FlagSpec>;

/** Flags of commands that change something. */
export const changeFlags = {
  "dry-run": { kind: "boolean", summary: "say what would be done, and change nothing" },
  yes: { kind: "boolean", short: "y", summary: "don't ask" },
} as const satisfies Record<string, FlagSpec>;

/** `-n NAME`: the environment that a command about content works on. */
export const nameFlag = {
  name: { kind: "text", value: "NAME", short: "n", summary: "the environment (else the active one)" },
} as const satisfies Record<string, FlagSpec>;

/** `-e DIR`, in commands that take requirements. */
export const editableFlag = {
  editable: { kind: "list", value: "DIR", short: "e", summary: "a project that is used where it lies, edits included" },
} as const satisfies Record<string, FlagSpec>;

/** For environments of a host. */
export const overrideBundledFlag = {
  "override-bundled": {
    kind: "list",
    value: "NAME",
    summary: "this package of the host may come in another version",
    values: "nothing",
  },
} as const satisfies Record<string, FlagSpec>;

/** What is wanted of a `pyproject.toml` or a lock beside the project's own dependencies. */
export const wishFlags = {
  extra: {
    kind: "list",
    value: "NAME",
    summary: "also these optional dependencies of the file's project",
    values: "nothing",
  },
  "all-extras": { kind: "boolean", summary: "all optional dependencies of the file's project" },
  group: {
    kind: "list",
    value: "NAME",
    summary: "also this dependency group of the file's project",
    values: "nothing",
  },
  "all-groups": { kind: "boolean", summary: "all dependency groups of the file's project" },
  "no-default-groups": {
    kind: "boolean",
    summary: "of a lock only the groups that are named, not those that its tool installs by itself",
  },
} as const satisfies Record<string, FlagSpec>;

/** Choices of commands that resolve. */
export const resolveFlags = {
  python: {
    kind: "text",
    value: "REQUEST",
    short: "p",
    summary: "the Python: 3.12, >=3.9,<3.13, pypy@3.10, a path",
    values: "python",
  },
  "index-url": { kind: "text", value: "URL", summary: "the main index" },
  "extra-index-url": { kind: "list", value: "URL", summary: "a further index, asked before the main one" },
  "find-links": { kind: "list", value: "PLACE", summary: "a directory or page with package files" },
  "no-index": { kind: "boolean", summary: "use only --find-links" },
  "index-strategy": {
    kind: "text",
    value: "STRATEGY",
    summary: "first-index, unsafe-first-match or unsafe-best-match",
    values: ["first-index", "unsafe-first-match", "unsafe-best-match"],
  },
  prerelease: {
    kind: "text",
    value: "POLICY",
    summary: "if-necessary-or-explicit, allow or disallow",
    values: ["if-necessary-or-explicit", "allow", "disallow"],
  },
  resolution: {
    kind: "text",
    value: "WHICH",
    summary: "highest, lowest or lowest-direct",
    values: ["highest", "lowest", "lowest-direct"],
  },
  "exclude-newer": { kind: "text", value: "DATE", summary: "ignore files uploaded after this date (or within 3d)" },
  advisories: {
    kind: "text",
    value: "PLACE",
    summary: "known faults (OSV records): what repairs one may be younger than --exclude-newer",
    values: "file",
  },
  constraint: { kind: "list", value: "FILE", summary: "a file whose requirements limit versions" },
  override: { kind: "list", value: "FILE", summary: "a file whose requirements replace those of packages" },
  "no-build": { kind: "boolean", summary: "take only wheels: build nothing from source" },
  "no-build-package": { kind: "list", value: "NAME", summary: "take only wheels of this package" },
  "no-binary": { kind: "list", value: "NAME", summary: "build this package from source (:all: for every one)" },
  "only-binary": { kind: "list", value: "NAME", summary: "take only wheels of this package (:all: for every one)" },
  "no-build-isolation": { kind: "boolean", summary: "build with what the Python itself has installed" },
  "no-build-isolation-package": { kind: "list", value: "NAME", summary: "the same for one package" },
  "config-settings": { kind: "list", value: "KEY=VALUE", summary: "a setting for build backends" },
  "build-constraint": { kind: "list", value: "FILE", summary: "a file whose requirements limit what builds use" },
  "build-network": { kind: "boolean", summary: "let builds use the network and see your files" },
  "require-hashes": { kind: "boolean", summary: "install only files that a requirements file has a --hash of" },
  backend: {
    kind: "text",
    value: "NAME",
    summary: "the build for hardware, of packages that have several: auto, cpu, cu126, rocm6.4, xpu",
    values: ["auto", "cpu", "cu118", "cu126", "cu128", "cu130", "rocm6.4", "xpu", "none"],
  },
  "for-host": {
    kind: "text",
    value: "WHAT",
    summary: "the machine that it is for, not this one: glibc=2.17, musl=1.2 (none: this one again)",
  },
  refresh: { kind: "boolean", summary: "ask the indexes again" },
  "link-mode": {
    kind: "text",
    value: "MODE",
    summary: "hardlink, reflink or copy",
    values: ["hardlink", "reflink", "copy"],
  },
  compile: {
    kind: "text",
    value: "WHEN",
    summary: "bytecode: now, later or never",
    values: ["now", "later", "never"],
  },
} as const satisfies Record<string, FlagSpec>;
