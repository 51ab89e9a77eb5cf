import type { AbsPath } from "../base/index.ts";
import type { RequestName } from "./events.ts";

/** The tree of an environment, as a lane needs to know it. */
export interface LaneTree {
  readonly root: AbsPath;
  readonly prefix: AbsPath;
  readonly python: AbsPath;
  readonly sites: readonly AbsPath[];
  /** Distribution -> what tells it from every other build of it; only equal ones may be exchanged under a running process. */
  readonly packages: Readonly<Record<string, string>>;
  /** The Python's own packages are seen, too. */
  readonly systemSites: boolean;
  /** The lane is a process of the tree's own Python, and can't go elsewhere. */
  readonly inPlace: boolean;
}

/** How a spare process is started that can enter every tree on its Python. */
export interface SpareStart {
  readonly python: AbsPath;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Everything that decides where something can run. */
export interface Needs {
  /** Trees with the same one can be served by the same process. */
  readonly interpreter: string;
  readonly environment: {
    readonly name: string;
    readonly path: AbsPath;
    readonly version: number | undefined;
  };
  readonly tree: LaneTree;
  /** Absent where only the tree's own Python will do. */
  readonly spare: SpareStart | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Variables that only count when a process starts, and differ from a spare's. */
  readonly startVariables: Readonly<Record<string, string>>;
  /** First on `sys.path`: the script's own directory, PYTHONPATH, `env:` lines. */
  readonly front: readonly string[];
  /** The script, for `run`. */
  readonly file: AbsPath | undefined;
  readonly argv: readonly string[];
  readonly isAsync: boolean;
  readonly keepsScope: boolean;
  /** Wants a process of its own for each run. */
  readonly reloads: boolean;
  /** Worth showing to a person. */
  readonly notes: readonly string[];
  /** Tells the environment that a process stands in it. */
  markUse(pid: number): Promise<void>;
}

/** What `call` and `evaluate` stand in; the first that is given counts. */
export interface Where {
  /** A script, whose header decides. */
  readonly script?: string;
  /** An environment's name. */
  readonly environment?: string;
}

/** For what something is made ready. */
export interface Purpose {
  readonly signal?: AbortSignal;
  readonly request?: RequestName;
}

/** Finds out what something needs, and makes it ready. The session's way to everything else of venvoy. */
export interface Planner {
  script(file: string, purpose: Purpose & { readonly args: readonly string[] }): Promise<Needs>;
  place(where: Where, purpose: Purpose & { readonly module?: string }): Promise<Needs>;
}
