import type { Event } from "../../ports/index.ts";
import type {
  EvaluateResult,
  LaneLimits,
  LaneReport,
  PathsReport,
  PreparedFile,
  RequestName,
  RunResult,
  SessionEvent,
} from "../../session/index.ts";
import type { CheckReport } from "../check/check-types.ts";
import type { ChangeReport } from "../outcomes.ts";
import type { WireArray, WireValue } from "./wire-values.ts";

/** What `host serve` speaks; raised when a program that knows the last one could be misled. */
export const protocolVersion = 1;

/** What a shell or a call stands in; the first that is given counts. */
interface WireWhere {
  readonly script?: string;
  readonly environment?: string;
  readonly lane?: string;
}

/** Every method of `host serve`: what it takes and what it answers. Absent and `null` are the same. */
export interface HostMethods {
  /** Optional, and first: what each side can do. With `confirm`, the server asks before environments are made or changed. */
  initialize: {
    params: { protocol?: number; client?: string; capabilities?: { confirm?: boolean } };
    result: {
      name: "venvoy";
      version: string;
      protocol: number;
      methods: readonly string[];
      limits: { messageBytes: number; requests: number };
    };
  };
  /** Opens the session of this connection; without it, the first method that needs one opens it in the server's directory. */
  open: {
    params: { cwd?: string; profile?: string; environment?: string; limits?: Partial<LaneLimits>; spares?: boolean };
    result: { cwd: string };
  };
  run: {
    params: { file: string; args?: readonly string[]; stdin?: string };
    result: RunResult;
  };
  call: {
    params: WireWhere & {
      target: string;
      values?: readonly WireValue[];
      named?: Readonly<Record<string, WireValue>>;
    };
    result: { value: WireValue };
  };
  evaluate: { params: WireWhere & { text: string }; result: EvaluateResult };
  complete: {
    params: WireWhere & { text: string; cursor?: number };
    result: { start: number; words: readonly string[] };
  };
  paths: { params: WireWhere; result: PathsReport };
  prepare: { params: { files: readonly string[] }; result: { files: readonly PreparedFile[] } };
  check: { params: { files: readonly string[] }; result: CheckReport };
  lanes: { params: Record<string, never>; result: { lanes: readonly LaneReport[] } };
  restart: { params: { lane: string }; result: null };
  /** Puts an array into memory that lanes share. */
  array: { params: { base64: string; dtype: string; shape: readonly number[] }; result: { value: WireArray } };
  /** Lets go of an array that `array` made or a call answered. */
  release: { params: { file: string }; result: null };
  /** Ends every lane. The next method opens a new session. */
  close: { params: Record<string, never>; result: null };
}

export type HostMethod = keyof HostMethods;

/** The parameters that each method knows. */
export const hostMethods: { readonly [M in HostMethod]: readonly string[] } = {
  initialize: ["protocol", "client", "capabilities"],
  open: ["cwd", "profile", "environment", "limits", "spares"],
  run: ["file", "args", "stdin"],
  call: ["target", "values", "named", "script", "environment", "lane"],
  evaluate: ["text", "script", "environment", "lane"],
  complete: ["text", "cursor", "script", "environment", "lane"],
  paths: ["script", "environment", "lane"],
  prepare: ["files"],
  check: ["files"],
  lanes: [],
  restart: ["lane"],
  array: ["base64", "dtype", "shape"],
  release: ["file"],
  close: [],
};

/** The request of a client that something is told or asked for, where there is one. */
interface OfRequest {
  readonly request?: RequestName;
}

type Told<T extends SessionEvent["type"]> = Extract<SessionEvent, { readonly type: T }>;

/** What the server tells without being asked. `seq` of a session's events counts from 1; a gap in `output` was dropped. */
export interface HostNotifications {
  /** Downloads, unpacking and the like, as they go on. */
  progress: Exclude<Event, { readonly type: "notice" }> & OfRequest;
  output: Told<"stdout" | "stderr">;
  run: Told<"run:waiting" | "run:started" | "run:ended">;
  lane: Told<"lane:started" | "lane:entered" | "lane:crashed" | "lane:ended">;
  /** A sentence worth showing. */
  log: (Extract<Event, { readonly type: "notice" }> & OfRequest) | Told<"notice">;
}

/** What the server asks a client that can `confirm`. */
export interface ClientMethods {
  confirm: { params: { change: ChangeReport } & OfRequest; result: { agreed: boolean } };
}
