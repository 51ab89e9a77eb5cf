import type { AbsPath } from "../../base/index.ts";
import type { ChangeOptions, OperationOptions, ResolveChoices } from "../requests.ts";
import type { HeaderLine } from "../script-edit.ts";

export interface CheckRequest extends OperationOptions, ResolveChoices {
  /** Scripts, directories that are searched for scripts, and patterns (`scripts/*.py`). */
  readonly files: readonly string[];
  /** Make every script's environment, as a run would. */
  readonly prepare?: boolean;
  /** Write the `# venv:` lines that put scripts apart which can't be in one environment. */
  readonly write?: boolean;
  readonly dryRun?: boolean;
  /** Asked before a `venv:` line that is there already is replaced; left out, such a line stays. */
  readonly confirmWrite?: (line: WrittenLine) => Promise<boolean>;
  /** Asked, with `prepare`, before an environment is made or changed. */
  readonly confirm?: ChangeOptions["confirm"];
}

/** Whether scripts can live together, and how they are parted where they can't. Nothing was run or made to say so. */
export interface CheckReport {
  /** One lane serves all scripts, every environment can hold its own, and every script can be served. */
  readonly together: boolean;
  readonly scripts: readonly CheckedScript[];
  readonly environments: readonly CheckedEnvironment[];
  readonly clashes: readonly Clash[];
  readonly lanes: readonly CheckedLane[];
  /** `lanes` are as few as can be when `exact`; else `atLeast` so many are needed. */
  readonly fewest: { readonly exact: boolean; readonly atLeast: number };
  /** How many sets of requirements the resolver was asked about. */
  readonly solved: number;
  /** Lines that were written, or would be, or that somebody has to decide about. */
  readonly lines: readonly WrittenLine[];
  /** What became of every environment, with `prepare`. */
  readonly prepared: readonly PreparedScript[];
  /** Sentences worth telling; already printable. */
  readonly notes: readonly string[];
}

export interface CheckedScript {
  readonly script: string;
  readonly path: AbsPath;
  /** `none` for a file without a header. */
  readonly header: "none" | "rhino" | "pep723" | "both" | "declaration";
  readonly asks: readonly HeaderLine[];
  /** Where a run would take it; absent when its header can't be read, or its host runs it. */
  readonly environment?: string;
  /** That environment is the script's alone; missing when it has a name. */
  readonly ownEnvironment?: true;
  /** Counted from 1; absent when nothing here serves it. */
  readonly lane?: number;
  /** What its header asks of the Python, and where. */
  readonly python?: HeaderLine;
  /** The host that its header names. */
  readonly platform?: HeaderLine;
  /** Why it can't be served at all. */
  readonly problem?: ScriptProblem;
  /** Why it isn't venvoy's to serve: another language. */
  readonly leftToHost?: string;
}

export interface ScriptProblem {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface CheckedEnvironment {
  readonly name: string;
  /** `named` ones are shared; `own` is one script's; `foreign` was made by another tool and is active. */
  readonly kind: "named" | "own" | "foreign";
  readonly exists: boolean;
  /** The version of its Python, or of the one that it would get. */
  readonly python: string;
  readonly scripts: readonly string[];
  /** False when its scripts can't all be in it. */
  readonly holdsAll: boolean;
  /** What it holds, or would hold, of what its scripts need; empty when they can't all be in it. */
  readonly packages: readonly VersionedPackage[];
}

export interface VersionedPackage {
  readonly name: string;
  readonly version: string;
}

/** Scripts that can't be in one environment (`install`) or in one process (`import`). */
export interface Clash {
  readonly kind: "install" | "import";
  /** What they disagree about. */
  readonly about: "package" | "python" | "host" | "index";
  /** Two; more where each pair would do but all of them together don't. */
  readonly scripts: readonly string[];
  /** The package in question, and all others in which they differ. */
  readonly package?: string;
  readonly alsoDiffering: readonly string[];
  /** One sentence without a final period. */
  readonly sentence: string;
  /** Who requires whom, down to the package; one for each script. */
  readonly chains: readonly ClashChain[];
  /** What the resolver says, where that is more than the chains. */
  readonly because?: string;
  /**
   * One set of versions would serve them, were they in one environment; of the package in question this one. Without a
   * version: they would do without it.
   */
  readonly wouldShare?: { readonly name: string; readonly version?: string };
}

export interface ClashChain {
  readonly script: string;
  /** The line of the header. Absent where the environment itself is asked for it. */
  readonly line?: number;
  /** The requirement as written there. */
  readonly asks: string;
  readonly steps: readonly ChainStep[];
}

/** A package that is taken, and what it needs of the next. */
export interface ChainStep extends VersionedPackage {
  readonly needs?: string;
}

/** One interpreter process and one set of versions, for all its scripts. */
export interface CheckedLane {
  readonly number: number;
  readonly python: string;
  readonly platform?: string;
  readonly scripts: readonly string[];
  readonly environments: readonly string[];
  readonly packages: readonly VersionedPackage[];
}

/** A `# venv:` line that puts a script apart. */
export interface WrittenLine {
  readonly script: string;
  readonly line: number;
  readonly text: string;
  /** The line that it replaces. */
  readonly replaced?: string;
  readonly environment: string;
  readonly state: "written" | "planned" | "declined";
  /** The change as `diff -u` shows it. */
  readonly diff: string;
}

export interface PreparedScript {
  readonly script: string;
  readonly environment?: string;
  /** Something was made or changed. */
  readonly changed: boolean;
  readonly problem?: ScriptProblem;
}
