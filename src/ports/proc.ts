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

/** What a program that is talked to says; each is called as it comes, in order. */
export interface OpenListener {
  control(bytes: Uint8Array): void;
  stdout(bytes: Uint8Array): void;
  stderr(bytes: Uint8Array): void;
  /** Called once, after all the others: when the program has ended and its outputs are empty. */
  ended(end: { readonly exit: number | undefined; readonly killedBy: string | undefined }): void;
}

/** A program that lives beside this one and is talked to. */
export interface OpenProgram {
  readonly pid: number;
  /** Settles when the bytes are on their way; what can't be delivered any more is told by `ended` alone. */
  send(bytes: Uint8Array): Promise<void>;
  /** With `group`, the whole process group that the program leads, as far as it leads one. */
  kill(signal: "SIGTERM" | "SIGKILL", options?: { readonly group?: boolean }): void;
  /** While held, this process stays because of the program; a new one is held. */
  hold(isHeld: boolean): void;
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
  /**
   * Starts a program with empty input, two outputs that are read, and a control channel of its own, both ways, which no
   * child of it inherits. `VENVOY_LANE` says how the program finds it: `fd:3`, or `port:NUMBER:TOKEN` on this machine,
   * where the program sends the token first. Throws (`ENOENT`, `EACCES`) when it can't be started.
   */
  open(request: StartRequest, listener: OpenListener): Promise<OpenProgram>;
  isAlive(pid: number): boolean;
}
