import type { PackageName } from "../base/index.ts";
import type { Requirement, Target } from "../pep/index.ts";
import type { PackageSource } from "../pypi/index.ts";
import type { SolutionMemo } from "./memo.ts";
import type { UnfitFiles } from "./wheel-choice.ts";

/** Where a requirement comes from; words failures ("a.py line 3 wants numpy <2"). */
export type Origin =
  | { readonly kind: "typed"; readonly text: string }
  | { readonly kind: "script"; readonly file: string; readonly line: number; readonly text: string }
  | { readonly kind: "file"; readonly file: string; readonly line: number; readonly text: string }
  /** What building a package needs. */
  | { readonly kind: "build"; readonly of: string; readonly text: string }
  /** A program's own packages, which are there whatever is asked. */
  | { readonly kind: "host"; readonly name: string; readonly text: string }
  /** Asked of a named environment earlier. */
  | { readonly kind: "environment"; readonly name: string; readonly text: string };

export interface AskedRequirement {
  readonly requirement: Requirement;
  readonly origin: Origin;
}

export interface ResolvePolicy {
  /**
   * `if-necessary-or-explicit` takes a pre-release only where no final version will do; `allow` treats them alike;
   * `disallow` never takes one.
   */
  readonly prerelease: "if-necessary-or-explicit" | "allow" | "disallow";
  readonly resolution: "highest" | "lowest" | "lowest-direct";
  /** Files uploaded at or after this time are as good as absent, and so are those without a time on an index. */
  readonly excludeNewerMs?: number;
  /** Versions (canonical texts) that may be taken although they are younger: they repair what older ones suffer from. */
  readonly admitted?: ReadonlyMap<PackageName, ReadonlySet<string>>;
  /** Versions to keep while they fit: what is locked. */
  readonly preferences: ReadonlyMap<PackageName, string>;
  /** Packages whose preference is ignored. */
  readonly upgrade: "none" | "all" | ReadonlySet<PackageName>;
  /** Packages that may be built from source where no wheel fits; building runs their code. */
  readonly build: PackageChoice;
  /** True where nothing can really be built, on another machine: an sdist is taken only of a project without a wheel for it. */
  readonly wheelsFirst?: boolean;
  /** Packages whose wheels are passed over, so that they are built. */
  readonly noWheels: PackageChoice;
  /** Files that are known not to run on the machine that this is for. */
  readonly unfit: UnfitFiles;
}

/** A choice of packages; with `all`, those named are the exceptions. */
export interface PackageChoice {
  readonly all: boolean;
  readonly names: ReadonlySet<PackageName>;
}

export const noPackages: PackageChoice = { all: false, names: new Set() };
export const allPackages: PackageChoice = { all: true, names: new Set() };

export function isChosen(choice: PackageChoice, name: PackageName): boolean {
  return choice.names.has(name) !== choice.all;
}

export const defaultPolicy: ResolvePolicy = {
  prerelease: "if-necessary-or-explicit",
  resolution: "highest",
  preferences: new Map(),
  upgrade: "none",
  build: noPackages,
  noWheels: noPackages,
  unfit: new Map(),
};

export interface ResolveRequest {
  readonly requirements: readonly AskedRequirement[];
  /** Limit versions of packages that something else asks for. */
  readonly constraints: readonly AskedRequirement[];
  /** Replace whatever is said of these packages elsewhere. */
  readonly overrides: readonly AskedRequirement[];
  readonly target: Target;
  readonly policy: ResolvePolicy;
  readonly source: PackageSource;
  /** Where earlier answers are found again; without it every question is solved anew. */
  readonly memo?: SolutionMemo;
}
