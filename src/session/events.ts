/** Names one call of `run`, `call` or `evaluate` in its session. */
export type RunId = string;
/** Names one process of a session; never used again. */
export type LaneId = string;

export type RunStatus = "done" | "failed" | "cancelled" | "crashed" | "refused";

/** An error that Python code raised. */
export interface RemoteError {
  readonly type: string;
  readonly module: string;
  readonly message: string;
  /** As Python prints it. */
  readonly traceback: string;
  readonly file?: string;
  readonly line?: number;
}

type Told =
  /** A run was asked for. */
  | { readonly type: "run:waiting"; readonly run: RunId; readonly what: string }
  /** Its environment is ready, it has a lane, and its first line is about to be run. */
  | { readonly type: "run:started"; readonly run: RunId; readonly lane: LaneId; readonly environment: string }
  /** Text of a run. `late`: the run was over, and a thread or a program that it left behind wrote it. */
  | {
      readonly type: "stdout" | "stderr";
      readonly run: RunId | undefined;
      readonly lane: LaneId;
      readonly text: string;
      readonly late: boolean;
    }
  /** Comes exactly once for every run; without a lane when it never got one. */
  | {
      readonly type: "run:ended";
      readonly run: RunId;
      readonly lane: LaneId | undefined;
      readonly status: RunStatus;
      readonly exit: number | undefined;
      readonly elapsedMs: number;
      readonly error?: RemoteError;
    }
  | { readonly type: "lane:started"; readonly lane: LaneId; readonly pid: number; readonly python: string }
  /** The lane stands in another environment, or another version of it; nothing that is loaded was touched. */
  | { readonly type: "lane:entered"; readonly lane: LaneId; readonly run: RunId; readonly environment: string }
  | {
      readonly type: "lane:crashed";
      readonly lane: LaneId;
      readonly run: RunId | undefined;
      readonly exit: number | undefined;
      readonly signal: string | undefined;
      readonly why: string;
    }
  | { readonly type: "lane:ended"; readonly lane: LaneId; readonly why: "closed" | "idle" | "replaced" | "cancelled" }
  /** One sentence worth showing. */
  | { readonly type: "notice"; readonly run: RunId | undefined; readonly lane?: LaneId; readonly text: string };

/** What a caller calls one of its calls: all that is told and asked because of it carries the name. */
export type RequestName = string | number;

/** What happens in a session. `seq` counts from 1 without gaps, in the order in which things happened. */
export type SessionEvent = Told & { readonly seq: number; readonly atMs: number; readonly request?: RequestName };

export type SessionListener = (event: SessionEvent) => void;

export type Tell = (event: Told) => void;

/** Numbers events and gives them to a listener; whatever the listener throws is its own business. */
export function teller(
  now: () => number,
  listener: SessionListener | undefined,
  requestOf: (run: RunId) => RequestName | undefined,
): Tell {
  let seq = 0;
  return (event) => {
    seq++;
    const request = "run" in event && event.run !== undefined ? requestOf(event.run) : undefined;
    try {
      listener?.({ ...event, seq, atMs: now(), ...(request === undefined ? {} : { request }) });
    } catch {
      // A host's window may be gone; the session goes on.
    }
  };
}
