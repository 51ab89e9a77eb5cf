import type { AbsPath } from "../base/index.ts";

export type Environ = Readonly<Record<string, string | undefined>>;

export interface ProcRequest {
  /** Program and arguments; never a shell string. */
  readonly argv: readonly [string, ...string[]];
  /** The whole environment of the child. */
  readonly env: Environ;
  readonly cwd?: AbsPath;
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Output past this is cut off (default 16 MiB). */
  readonly maxOutputBytes?: number;
}

export interface ProcResult {
  /** `undefined` when a signal ended it. */
  readonly exit: number | undefined;
  readonly killedBy: string | undefined;
  readonly timedOut: boolean;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

export interface StartRequest {
  readonly argv: readonly [string, ...string[]];
  readonly env: Environ;
  readonly cwd?: AbsPath;
}

export interface StartResult {
  /** The exit status as a shell reports it: 128 + n for signal n. */
  readonly exit: number;
}

export interface Proc {
  /** Runs a program and collects what it prints. Throws (`ENOENT`, `EACCES`) when it can't be started. */
  run(request: ProcRequest): Promise<ProcResult>;
  /**
   * Gives the terminal to a program: standard streams and signals are the program's. Where the system can, the program
   * replaces this process and the promise never settles.
   */
  start(request: StartRequest): Promise<StartResult>;
  /** Starts a program that outlives this one, with low priority and no terminal; failures are not reported. */
  startDetached(request: StartRequest): void;
  isAlive(pid: number): boolean;
}
