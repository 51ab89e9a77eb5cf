import type { AbsPath } from "../base/index.ts";
import type { LaneId, RemoteError, RequestName, RunId } from "./events.ts";
import type { Needs, Where } from "./needs.ts";
import type { ArrayPlace, SharedArray } from "./shares.ts";
import type { Value } from "./values.ts";

/** What every call of a session takes. */
export interface AskOptions {
  readonly signal?: AbortSignal;
  /** Comes back with everything that is told and asked because of this call, so that a host knows whose it is. */
  readonly request?: RequestName;
}

export interface RunOptions extends AskOptions {
  readonly args?: readonly string[];
  /** What the script reads from standard input; else it is empty. */
  readonly stdin?: string | Uint8Array;
  /** First asks the script to stop, then ends its process. */
  readonly signal?: AbortSignal;
}

/** How a script ended. One that failed is an answer, too; cancelled and crashed runs throw. */
export interface RunResult {
  readonly run: RunId;
  readonly lane: LaneId;
  readonly environment: Needs["environment"];
  readonly exit: number;
  readonly error: RemoteError | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly notes: readonly string[];
}

export interface EvaluateResult extends RunResult {
  /** False when the text is the beginning of something: nothing was run, more lines are needed. */
  readonly complete: boolean;
}

export interface CallOptions extends Where, AskOptions {
  readonly lane?: LaneId;
  /** Arguments by name. */
  readonly named?: Readonly<Record<string, Value>>;
}

export interface EvaluateOptions extends Where, AskOptions {
  readonly lane?: LaneId;
}

export interface PathsReport {
  readonly lane: LaneId | undefined;
  readonly environment: Needs["environment"];
  readonly python: string;
  /** Where pip installs to. */
  readonly sitePackages: readonly string[];
  /** `sys.path` of the lane; empty when no lane serves it yet. */
  readonly path: readonly string[];
}

export interface LaneReport {
  readonly id: LaneId;
  readonly pid: number;
  readonly python: string;
  readonly environment: AbsPath | undefined;
  readonly isBusy: boolean;
  /** Loaded distributions and their versions. */
  readonly loaded: Readonly<Record<string, string>>;
  readonly kept: readonly string[];
}

export interface PreparedFile {
  readonly file: string;
  readonly environment?: Needs["environment"];
  readonly notes?: readonly string[];
  readonly error?: unknown;
}

/** A host's running set of scripts. */
export interface Session extends AsyncDisposable {
  /** Runs a script in the lane that it fits into; makes its environment ready first. */
  run(file: string, options?: RunOptions): Promise<RunResult>;
  /** Calls `package.module:function`; the values are its arguments. Throws `CALL_FAILED` with the traceback as data. */
  call(target: string, values?: readonly Value[], options?: CallOptions): Promise<Value>;
  /** What a Python shell does with what is typed. Names last until the lane ends. */
  evaluate(text: string, options?: EvaluateOptions): Promise<EvaluateResult>;
  /** What may stand at the cursor of a shell; `start` is where the words begin that they replace. */
  complete(
    text: string,
    cursor: number,
    options?: EvaluateOptions,
  ): Promise<{ readonly start: number; readonly words: readonly string[] }>;
  paths(options?: EvaluateOptions): Promise<PathsReport>;
  /** Makes environments ready before anybody clicks; one outcome per file. */
  prepare(files: readonly string[], options?: AskOptions): Promise<readonly PreparedFile[]>;
  /** An array of this program in shared memory. */
  array(bytes: Uint8Array, shape: Pick<ArrayPlace, "dtype" | "shape">): Promise<SharedArray>;
  lanes(): readonly LaneReport[];
  /** Ends a process; what runs in it crashes, what it kept is lost, its scripts get a new one. */
  restart(lane: LaneId): Promise<void>;
  close(): Promise<void>;
}
