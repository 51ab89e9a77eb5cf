import type { AbsPath, EnvId, PackageName } from "../base/index.ts";

/** One package that a change adds, removes or moves to another version. */
export interface PackageChange {
  readonly name: PackageName;
  readonly from?: string;
  readonly to?: string;
  /** Asked for by name (typed or by a header), not only needed by others. */
  readonly requested: boolean;
  /** `to` is older than `from`. */
  readonly downgrade?: boolean;
}

/** Work that a change needs; known before it starts. */
export interface Cost {
  readonly downloadBytes: number;
  readonly downloads: number;
  /** Downloads that no index tells the size of; they are not counted in `downloadBytes`. */
  readonly unknownSizes: number;
  /** Packages that the store has already. */
  readonly reused: number;
  /** What those take there, unpacked. */
  readonly reusedBytes: number;
}

/** What every changing operation returns. With `dryRun` nothing was changed and `version` is the one that would be. */
export interface ChangeReport {
  readonly environment: { readonly name: string; readonly id: EnvId; readonly path: AbsPath };
  readonly version: number;
  readonly previousVersion: number | undefined;
  readonly changed: boolean;
  readonly dryRun: boolean;
  /** Whoever was asked said no. */
  readonly declined?: true;
  readonly python: string;
  readonly changes: readonly PackageChange[];
  readonly packageCount: number;
  readonly cost: Cost;
  readonly elapsedMs: number;
  /** The script whose header asks for it, when a run does. */
  readonly askedBy?: AskedBy;
  /** `3.12`: the Python that it stood on and that is gone, which is why it is built on another. */
  readonly gonePython?: string;
  /** Sentences that a person should read; already printable. */
  readonly notes: readonly string[];
}

/** A script's header, as a person is told of it. */
export interface AskedBy {
  readonly script: string;
  readonly packages: readonly string[];
  /** Ascending; empty when nothing has lines. */
  readonly lines: readonly number[];
  /** True when the environment is the script's own; else it is the named one of the report. */
  readonly own: boolean;
}

export interface EnvironmentSummary {
  readonly name: string;
  readonly id: EnvId | undefined;
  readonly path: AbsPath;
  readonly python: string | undefined;
  readonly packages: number;
  readonly version: number | undefined;
  readonly createdMs: number;
  readonly usedMs: number;
  readonly purpose?: string;
  /** Missing when it isn't. */
  readonly protected?: true;
  /** It goes to the trash when nobody used it for a day. */
  readonly temporary?: boolean;
  /** It is a copy of a release; `newest` is the one that was current when that was last looked at, if it is another. */
  readonly publication?: {
    readonly from: string;
    readonly release: number;
    readonly pinned: boolean;
    readonly newest?: number;
  };
  /** Why `list --here` names it: scripts that claim something, directories that it was used in. */
  readonly here?: readonly string[];
  readonly problem?: string;
}

/** An environment that `restore` can bring back. */
export interface DeletedSummary {
  readonly name: string;
  readonly id: EnvId;
  readonly deletedMs: number;
}

export interface AskedFor {
  readonly text: string;
  /** `typed`, or where it stands: "a.py line 3". */
  readonly origin: string;
}

export interface EnvironmentDetails extends EnvironmentSummary {
  readonly askedFor: readonly AskedFor[];
  readonly installed: readonly {
    readonly name: string;
    readonly version: string;
    readonly requested: boolean;
    readonly installer: string;
  }[];
  /** Files of projects that every change of what is asked for is written to. */
  readonly tracked: readonly string[];
  /** What another tool installed or removed by hand since the current version was built. */
  readonly byHand: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
    /** Installed into a version before this one since this one was begun, by a program that still runs there. */
    readonly late?: readonly { readonly version: number; readonly packages: readonly string[] }[];
    /** Files of packages, within their package. */
    readonly edited: readonly string[];
    readonly deleted: readonly string[];
    /** Files that no package brought. */
    readonly extra: readonly string[];
  };
  readonly ownBytes: number;
  /** It also sees the packages of its Python; missing when it doesn't. */
  readonly systemSitePackages?: true;
  /** The build for hardware that it keeps to; `taken` is what its packages are built for. */
  readonly backend?: { readonly asked: string; readonly taken?: string };
  /** The machine that it is for, when it is not this one. */
  readonly forHost?: string;
}

export interface HistoryEntry {
  readonly version: number;
  readonly current: boolean;
  readonly madeMs: number;
  readonly command: string;
  readonly python: string;
  readonly changes: readonly PackageChange[];
  readonly packageCount: number;
}

export interface TreeNode {
  readonly name: string;
  readonly version: string | undefined;
  readonly requirement: string | undefined;
  readonly dependencies: readonly TreeNode[];
  /** True when the node's dependencies were shown further up. */
  readonly repeated: boolean;
}

/** Whether another version would fit beside everything that is asked for. */
export interface OtherVersion {
  readonly wanted: string;
  /** True also when it fits only with other versions of what is there: then `changes` has those. */
  readonly fits: boolean;
  /** What would change besides the package itself. */
  readonly changes: readonly PackageChange[];
  /** What is there and wants something else of the package. */
  readonly excludedBy: readonly { readonly name: string; readonly version: string; readonly wants: string }[];
  /** Why it doesn't fit at all. */
  readonly reason?: string;
}

/** A package, and what wants it; the roots of an inverted tree are packages, its leaves what somebody asked for. */
export interface WhyNode {
  readonly name: string;
  readonly version: string;
  /** What this one wants of the one that it hangs below; nothing for the first. */
  readonly wants: string | undefined;
  readonly askedFor: readonly AskedFor[];
  readonly neededBy: readonly WhyNode[];
  /** True when what needs it was shown further up. */
  readonly repeated: boolean;
}

export interface WhyReport {
  readonly name: string;
  /** Missing when the package is not there, and another version was asked about. */
  readonly version: string | undefined;
  /** The answer to `why PKG==V`. */
  readonly other?: OtherVersion;
  /** Chains from something asked for down to the package. */
  readonly chains: readonly (readonly { readonly name: string; readonly version: string; readonly wants: string }[])[];
  readonly askedFor: readonly AskedFor[];
}

export interface VerifyReport {
  /** Packages. */
  readonly checked: number;
  /** Files of releases that were pulled, each compared. */
  readonly files: number;
  readonly damaged: readonly {
    readonly artifact: string;
    readonly file: string;
    readonly problem: "changed" | "missing";
    /** It is as it was unpacked again. */
    readonly restored: boolean;
    /** Why it isn't; a sentence. */
    readonly why?: string;
    /** The environment that has the edited file as its own now. */
    readonly keptIn?: string;
    /** Where edited files are that no environment has as its own. */
    readonly keptAs?: AbsPath;
    /** Environments that shared the edit and have the original again. */
    readonly relinked?: readonly string[];
  }[];
  /** Files that no package brought: written through a folded tree. They are left. */
  readonly extra: readonly { readonly artifact: string; readonly file: string }[];
}

export interface InterpreterSummary {
  readonly path: AbsPath;
  readonly version: string | undefined;
  readonly implementation: string | undefined;
  /** Where it was found: `PATH`, `pyenv`, … */
  readonly source: string;
  readonly isDefault: boolean;
  /** Environments can be made for it. */
  readonly supported: boolean;
  /** Why it can't be used. */
  readonly problem?: string;
}

/** What a run would do, and why; nothing was made or changed to say so. */
export interface RunExplanation {
  /** The environment that is meant. */
  readonly environment: string;
  /** Its current version, where it has versions and exists. */
  readonly version: number | undefined;
  /** The run would start at once. */
  readonly ready: boolean;
  /** One sentence each, in the order of the decision. */
  readonly reasons: readonly string[];
  readonly starts: readonly string[];
}

/** How to start what was asked to run. */
export interface RunPlan {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly environment: { readonly name: string; readonly path: AbsPath; readonly version: number | undefined };
  /** Why this environment, one sentence each, in the order of the decision. */
  readonly reasons: readonly string[];
  /** What the run changed first, when it did. */
  readonly change?: ChangeReport;
  readonly notes: readonly string[];
}
