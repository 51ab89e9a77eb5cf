/** What callers ask of the operations. Every field that may be left out has a default that suits a person at a shell. */

export interface OperationOptions {
  /** Aborting leaves everything as it was. */
  readonly signal?: AbortSignal;
}

export interface ResolveChoices {
  /** A request for a Python: `3.12`, `>=3.9,<3.13`, `pypy@3.10`, a path. */
  readonly python?: string;
  readonly indexUrl?: string;
  readonly extraIndexUrls?: readonly string[];
  /** Indexes with names, asked before the extra ones; an explicit one only for packages that `pins` sends there. */
  readonly indexes?: readonly { readonly url: string; readonly name?: string; readonly explicit?: boolean }[];
  /** Package -> name of the only index that may provide it. */
  readonly pins?: Readonly<Record<string, string>>;
  readonly findLinks?: readonly string[];
  readonly noIndex?: boolean;
  readonly indexStrategy?: "first-index" | "unsafe-first-match" | "unsafe-best-match";
  readonly prerelease?: "if-necessary-or-explicit" | "allow" | "disallow";
  readonly resolution?: "highest" | "lowest" | "lowest-direct";
  /** A date (`2026-10-01`, the whole day counts), a time (RFC 3339), or a span back from now (`3d`, `P3D`). */
  readonly excludeNewer?: string;
  /**
   * Records in the OSV format: a directory, a `.json` or `.zip` file, or the address of one. A release that is younger
   * than `excludeNewer` allows is taken when it is the nearest one that repairs what they tell of the older version.
   */
  readonly advisories?: string;
  readonly constraintFiles?: readonly string[];
  readonly overrideFiles?: readonly string[];
  /** Requirements that only limit versions. */
  readonly constraintTexts?: readonly string[];
  /** Requirements that replace those of packages. */
  readonly overrideTexts?: readonly string[];
  /** Packages that must not be built from source: all, or these. */
  readonly noBuild?: "all" | readonly string[];
  /** Packages that must be built from source, wheels or not. */
  readonly noBinary?: "all" | readonly string[];
  /** Packages that are built with what the Python itself has installed. */
  readonly noBuildIsolation?: "all" | readonly string[];
  /** Given to build backends (PEP 517). */
  readonly configSettings?: Readonly<Record<string, string | readonly string[]>>;
  /** The same for single packages, before those for all. */
  readonly packageSettings?: Readonly<Record<string, NonNullable<ResolveChoices["configSettings"]>>>;
  /** Files whose requirements limit what builds use. */
  readonly buildConstraintFiles?: readonly string[];
  /** Builds may use the network, and see the person's files. */
  readonly buildNetwork?: boolean;
  /** Every file that is installed must have a hash in a requirements file (as with pip: all or nothing). */
  readonly requireHashes?: boolean;
  /**
   * The build for hardware of packages that have several: `auto`, `cpu`, `cu126`, `rocm6.4`, `xpu`. An environment keeps it;
   * `none` takes it away.
   */
  readonly backend?: string;
  /**
   * The machine that it is for, when it is not this one: `glibc=2.17`, `musl=1.2`, `glibc=2.17,glibcxx=3.4.19`. An
   * environment keeps it; `none` takes it away.
   */
  readonly forHost?: string;
  readonly refresh?: boolean;
  readonly linkMode?: "hardlink" | "reflink" | "copy";
  readonly compile?: "now" | "later" | "never";
}

/** What is wanted of files that describe a project, beside its own dependencies. */
export interface FileWish {
  /** Optional dependencies of a `pyproject.toml` or a lock. */
  readonly extras?: "all" | readonly string[];
  /** Dependency groups of such a file. */
  readonly groups?: "all" | readonly string[];
  /** False: of a lock only the groups that are named, not those that its tool installs by itself. */
  readonly defaultGroups?: boolean;
  /** Of a `pyproject.toml` nothing but the groups. */
  readonly onlyGroups?: boolean;
}

export interface ChangeOptions extends OperationOptions, ResolveChoices {
  readonly dryRun?: boolean;
  /**
   * Called once with what will be done, before anything is changed. Answering false ends the operation with nothing
   * changed; the report then says `changed: false`.
   */
  readonly confirm?: (plan: import("./outcomes.ts").ChangeReport) => Promise<boolean>;
  /** The words that the history keeps: what a person typed. */
  readonly command?: string;
  /** False for a caller that has another way out when nothing fits: no proposals are looked for. */
  readonly proposes?: boolean;
  /** The script that asks, for whoever is shown the plan. */
  readonly askedBy?: import("./outcomes.ts").AskedBy;
}

/** The program that an environment is made for. */
export interface HostWish {
  /** The name of a host (`host add`): its Python, and versions that agree with what it brings. */
  readonly host?: string;
  /** Packages that the host brings and that may come in another version all the same. */
  readonly overrideBundled?: readonly string[];
  /** A script that asks for another Python than the host's gets that, without what the host brings. */
  readonly hostMayNotFit?: boolean;
}

export interface CreateRequest extends ChangeOptions, FileWish, HostWish {
  /**
   * `plain`: packages alone, for the search path of some program. `standalone`: the tree carries its Python, and can be moved.
   * Left out: `plain` for a host, else `venv`.
   */
  readonly layout?: "venv" | "plain" | "standalone";
  /** A name, or a directory that is written as one (`./env`, `/abs/env`), where the tree is made. */
  readonly name?: string;
  /** A directory, in any form, in place of the name. */
  readonly at?: string;
  readonly requirements?: readonly string[];
  readonly files?: readonly string[];
  readonly purpose?: string;
  readonly systemSitePackages?: boolean;
  /** Goes to the trash when nobody used it for a day. */
  readonly temporary?: boolean;
}

export interface ContentRequest extends ChangeOptions {
  /** The environment; else the active one. */
  readonly name?: string;
}

export interface AddRequest extends ContentRequest, FileWish, Pick<HostWish, "overrideBundled"> {
  readonly requirements: readonly string[];
  readonly files?: readonly string[];
  /** Take newer versions of what is asked for, or of everything; left out, what is there keeps its version. */
  readonly upgrade?: "asked" | "all";
  /** Make a new version even when nothing changes. */
  readonly reinstall?: boolean;
}

export interface RemoveRequest extends ContentRequest {
  readonly packages: readonly string[];
}

export interface UpgradeRequest extends ContentRequest {
  /** None means all. */
  readonly packages?: readonly string[];
}

export interface SyncRequest extends ContentRequest, FileWish {
  readonly files: readonly string[];
}

export interface UndoRequest extends ContentRequest {
  /** The version to go to; else the one before the current. */
  readonly version?: number;
}

/** What to run. */
export type RunTarget =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "stdin"; readonly text: string }
  | { readonly kind: "module"; readonly module: string }
  | { readonly kind: "code"; readonly code: string }
  | { readonly kind: "command"; readonly program: string };

export interface RunRequest extends OperationOptions, ResolveChoices, HostWish {
  readonly target: RunTarget;
  readonly args?: readonly string[];
  readonly name?: string;
  readonly with?: readonly string[];
  readonly isolated?: boolean;
  /** Refuses a run that would change a named environment. */
  readonly frozen?: boolean;
  readonly project?: boolean;
  readonly confirm?: ChangeOptions["confirm"];
  /** Called with the finished plan when the environment's Python is gone; left out, nothing is rebuilt for a run. */
  readonly confirmRebuild?: ChangeOptions["confirm"];
}
