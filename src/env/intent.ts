import type { EnvId, EnvName } from "../base/index.ts";
import type { LinkMode } from "../ports/index.ts";

/** Where a requirement that somebody asked for came from. */
export type RequirementSource =
  | { readonly kind: "typed" }
  | { readonly kind: "file"; readonly file: string; readonly line: number }
  /** Installed in the tree by another tool and taken over. */
  | { readonly kind: "noticed"; readonly installer: string };

/** One requirement as somebody wrote it. */
export interface AskedFor {
  readonly text: string;
  readonly source: RequirementSource;
}

export interface ClaimedRequirement {
  readonly text: string;
  readonly line: number;
}

/** What one script's header asks of a shared environment. */
export interface Claim {
  /** The script's real path, or the id that a host gives it. */
  readonly script: string;
  /** Digest of the header; a run with the same digest has nothing to change. */
  readonly digest: string;
  readonly requirements: readonly ClaimedRequirement[];
  readonly python: string | undefined;
  /** When the script was last run with this header. */
  readonly seenMs: number;
}

/** The program that an environment is made for. */
export interface HostChoice {
  /** The name of its profile. */
  readonly name: string;
  /** Packages that it brings, and that the environment may bring in another version all the same. */
  readonly override: readonly string[];
}

export type Layout = "venv" | "plain" | "standalone" | "conda";

/** The release that a version is a copy of, and where it is published. */
export interface PublicationOf {
  /** The directory as it was typed, absolute. */
  readonly from: string;
  /** Which publication that was then: another one may lie there some day. */
  readonly id: string;
  readonly release: number;
  /** Somebody asked for this very release: a refresh stays at it. */
  readonly pinned: boolean;
}

/** The part of the intent that a lock answers; each version keeps its own, and undo brings it back. */
export interface Wanted {
  readonly requirements: readonly AskedFor[];
  readonly claims: readonly Claim[];
  /** As typed: `3.11`, `>=3.9,<3.13`, a path. */
  readonly python: string | undefined;
  readonly layout: Layout;
  readonly linkMode: LinkMode | undefined;
  readonly systemSitePackages: boolean;
  /** The build for hardware of packages that have several, as typed: `auto`, `cu126`. */
  readonly backend: string | undefined;
  /** The machine that it is for, when it is not the one that it is on, as typed: `glibc=2.17`. */
  readonly forHost: string | undefined;
  readonly host?: HostChoice | undefined;
  /** Its versions are copies of releases; nobody changes its packages here. */
  readonly publication?: PublicationOf | undefined;
}

/** The part that belongs to the environment whatever its version. */
export interface Keeping {
  readonly owner: string;
  readonly purpose: string | undefined;
  /** Set on activation, run and in kernels. */
  readonly variables: Readonly<Record<string, string>>;
  readonly protected: boolean;
  /** Goes by itself when unused for a day. */
  readonly temporary: boolean;
  /** Files of a project that every change of what is asked for is written to. */
  readonly tracked: readonly string[];
}

/** What the current version stands on; written with the intent so that listing many environments reads one file each. */
export interface Standing {
  /** The version that this intent belongs to; the pointer `current` decides when the two differ. */
  readonly generation: number;
  /** The highest version that ever was current; a higher number on disk is a change that did not finish. */
  readonly latest: number;
  readonly base: string;
  readonly pythonVersion: string;
  readonly packages: number;
  /** The version that undo came from, while nothing was changed since; where `redo` leads to. */
  readonly undone?: number | undefined;
}

/** A name that an environment had. */
export interface FormerName {
  readonly name: EnvName;
  /** When it was given up. */
  readonly untilMs: number;
}

export interface Intent extends Wanted, Keeping {
  readonly id: EnvId;
  readonly createdMs: number;
  /** Names by which it may still be meant, oldest first. */
  readonly former: readonly FormerName[];
  readonly standing: Standing;
}

export const nothingWanted: Wanted = {
  requirements: [],
  claims: [],
  python: undefined,
  layout: "venv",
  linkMode: undefined,
  systemSitePackages: false,
  backend: undefined,
  forHost: undefined,
};

/** The wanted part alone: callers hand in whole intents, and what those keep beside it must not come along. */
export function wantedOf(wanted: Wanted): Wanted {
  const { requirements, claims, python, layout, linkMode, systemSitePackages, backend, forHost, host, publication } =
    wanted;
  return {
    requirements,
    claims,
    python,
    layout,
    linkMode,
    systemSitePackages,
    backend,
    forHost,
    ...(host === undefined ? {} : { host }),
    ...(publication === undefined ? {} : { publication }),
  };
}
