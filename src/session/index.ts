/**
 * session: a host's running set of scripts. In: what a script needs (a `Planner` finds out), values, text typed into a
 * shell. Out: results, values, events. A lane is one interpreter process; a script goes to the lane in which all it needs
 * is loaded or can be added without touching what is loaded, else to a new one.
 * Invariants: a process never holds two versions of a distribution; every run has exactly one `run:ended`; the control
 * channel is never standard output; nothing that was started stays when the session, or this program, is gone.
 * Companion: `assets/venvoy_lane`, the Python side.
 */
export { agentFiles } from "./agent-files.ts";
export type {
  LaneId,
  RemoteError,
  RequestName,
  RunId,
  RunStatus,
  SessionEvent,
  SessionListener,
} from "./events.ts";
export type {
  AskOptions,
  CallOptions,
  EvaluateOptions,
  EvaluateResult,
  LaneReport,
  PathsReport,
  PreparedFile,
  RunOptions,
  RunResult,
  Session,
} from "./face.ts";
export type { LaneLimits } from "./limits.ts";
export type { LaneTree, Needs, Planner, Purpose, SpareStart, Where } from "./needs.ts";
export type { SessionSetup } from "./session.ts";
export { openSession } from "./session.ts";
export type { ArrayPlace, ArrayType } from "./shares.ts";
export { SharedArray } from "./shares.ts";
export type { Value } from "./values.ts";
export { FileValue } from "./values.ts";
