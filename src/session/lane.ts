import type { AbsPath, VenvoyError } from "../base/index.ts";
import type { OpenProgram, Ports } from "../ports/index.ts";
import { laneCrashed, laneFault, laneOutOfMemory, laneProtocol, tooLarge } from "./errors.ts";
import type { LaneId, RunId } from "./events.ts";
import { encodeFrame, type Frame, FrameReader, MalformedFrame } from "./frames.ts";
import { Gate } from "./gate.ts";
import type { LaneTree, Needs } from "./needs.ts";
import { OutputReader } from "./output.ts";

export type LaneIo = Pick<Ports, "clock" | "fs" | "proc" | "system">;

export interface LaneStart {
  readonly id: LaneId;
  readonly python: AbsPath;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: AbsPath;
  /** Holds the package `venvoy_lane`. */
  readonly agent: AbsPath;
  readonly directories: readonly AbsPath[];
  readonly idleMs: number;
}

export interface LaneHooks {
  output(stream: "stdout" | "stderr", text: string, run: RunId | undefined, late: boolean): void;
  ended(end: LaneEnd): void;
}

export interface LaneEnd {
  readonly exit: number | undefined;
  readonly killedBy: string | undefined;
  /** Present when the lane was ended from here, or said that it would end. */
  readonly why: "closed" | "idle" | "replaced" | "cancelled" | undefined;
  readonly run: RunId | undefined;
}

/** One thing for a lane to do. */
export interface Work {
  readonly run: RunId;
  /** What messages call it. */
  readonly what: string;
  readonly message: Readonly<Record<string, unknown>>;
  readonly attachments: readonly Uint8Array[];
  /** Code of a user's runs, behind which the lane tells what it has loaded. */
  readonly runsCode: boolean;
  /** The lane has entered the environment and begins; `stale`: files that changed and are not taken up. */
  readonly began: (stale: readonly string[]) => void;
}

export interface Answer {
  readonly status: string;
  readonly message: Readonly<Record<string, unknown>>;
  readonly attachments: readonly Uint8Array[];
}

/** The lane ended before the work began, so that it can be done elsewhere. */
export class NotBegun extends Error {}

interface Current {
  readonly work: Work;
  hasBegun: boolean;
  readonly answered: (answer: Answer) => void;
  readonly failed: (error: unknown) => void;
}

/** What every system can wait for; a lane that may be idle for longer never ends for that. */
const longestWaitMs = 2 ** 31 - 1;

/** One interpreter process, as the session sees it. It does one thing at a time: whoever holds its gate. */
export class Lane {
  readonly id: LaneId;
  /** One holder at a time; `close`d when the process is gone. */
  readonly gate = new Gate();
  /** What is loaded: distribution -> identity. */
  distributions: Readonly<Record<string, string>> = {};
  /** Names of kept namespaces: scripts, and `shell`. */
  kept: readonly string[] = [];
  tree: LaneTree | undefined;
  readonly interpreter: string;
  /** What it was started with beyond others of its interpreter. */
  readonly startKey: string;
  /** The scripts that ran in it, the last one last. */
  readonly scripts = new Set<string>();
  lastUsedMs = 0;
  python = "";
  pid = 0;
  readonly #io: LaneIo;
  readonly #hooks: LaneHooks;
  readonly #start: LaneStart;
  readonly #frames = new FrameReader();
  readonly #outputs: Readonly<Record<"stdout" | "stderr", OutputReader>>;
  #program: OpenProgram | undefined;
  #current: Current | undefined;
  #lastRun: RunId | undefined;
  #why: LaneEnd["why"];
  #holds = 0;
  #fault: VenvoyError | undefined;
  #reported: (() => void) | undefined;
  #hello: (() => void) | undefined;
  readonly #gone: Promise<void>;
  readonly #setGone: () => void;
  isGone = false;
  lastEnd: { readonly exit: number | undefined; readonly signal: string | undefined } = {
    exit: undefined,
    signal: undefined,
  };
  /** Settles when `start` has. */
  ready: Promise<void> = Promise.resolve();

  constructor(
    io: LaneIo,
    start: LaneStart,
    {
      interpreter,
      startKey,
      hooks,
    }: { readonly interpreter: string; readonly startKey: string; readonly hooks: LaneHooks },
  ) {
    this.#io = io;
    this.#start = start;
    this.#hooks = hooks;
    this.id = start.id;
    this.interpreter = interpreter;
    this.startKey = startKey;
    ({ promise: this.#gone, resolve: this.#setGone } = settling());
    const reader = (stream: "stdout" | "stderr"): OutputReader =>
      new OutputReader((text, late) => hooks.output(stream, text, this.#current?.work.run ?? this.#lastRun, late));
    this.#outputs = { stdout: reader("stdout"), stderr: reader("stderr") };
  }

  /** Starts the process; settles when it can be talked to. */
  start(): Promise<void> {
    const { promise, resolve } = settling();
    this.ready = promise;
    return this.#begin().finally(resolve);
  }

  async #begin(): Promise<void> {
    const { python, agent, env, cwd, id, directories, idleMs } = this.#start;
    const { fs, proc } = this.#io;
    const hello = settling();
    this.#hello = hello.resolve;
    const release = this.#hold();
    const program = await proc.open(
      { argv: [python, fs.path.join(agent, "venvoy_lane")], env, cwd },
      {
        control: (bytes) => this.#hear(bytes),
        stdout: (bytes) => this.#outputs.stdout.push(bytes),
        stderr: (bytes) => this.#outputs.stderr.push(bytes),
        ended: (end) => this.#over(end),
      },
    );
    this.#program = program;
    this.pid = program.pid;
    if (this.isGone) program.kill("SIGKILL", { group: true });
    await Promise.race([hello.promise, this.#gone]);
    if (this.isGone) throw this.#fault ?? laneCrashed({ lane: id, what: python, ...this.lastEnd });
    await this.#send({
      kind: "setup",
      lane: id,
      directories,
      idleSeconds: idleMs > longestWaitMs ? null : idleMs / 1000,
    });
    release();
  }

  /**
   * Does one thing. The caller holds the gate, and lets it go when `free` settles. Throws `NotBegun`, `LANE_CRASHED`,
   * `LANE_PROTOCOL`, `LANE_MEMORY`.
   */
  async do(work: Work): Promise<{ readonly answer: Answer; readonly free: Promise<void> }> {
    if (this.isGone) throw new NotBegun();
    const marker = Buffer.from(this.#io.system.random(18)).toString("base64");
    const marked = Promise.all([this.#outputs.stdout.begin(marker), this.#outputs.stderr.begin(marker)]);
    const reported = new Promise<void>((resolve) => {
      if (work.runsCode) this.#reported = resolve;
      else resolve();
    });
    const release = this.#hold();
    this.#lastRun = work.run;
    const answered = new Promise<Answer>((resolve, reject) => {
      this.#current = { work, hasBegun: false, answered: resolve, failed: reject };
    });
    try {
      await this.#sendWork(work, marker);
      const answer = await answered;
      if (answer.message["marked"] !== true) this.#endOutputs();
      await marked;
      if (answer.status === "fault")
        throw laneFault({ lane: this.id, what: work.what }, String(answer.message["message"]));
      const free = Promise.race([reported, this.#gone]).then(() => {
        this.lastUsedMs = this.#io.clock.elapsed();
        release();
      });
      return { answer, free };
    } catch (error) {
      this.#endOutputs();
      release();
      throw error;
    } finally {
      this.#current = undefined;
    }
  }

  /** Asks what is running to stop; then ends the process, which others in it pay with what they kept. */
  async cancel(run: RunId, graceMs: number, over: Promise<unknown>): Promise<void> {
    const { clock } = this.#io;
    const stop = new AbortController();
    const settled = over.then(
      () => stop.abort(),
      () => stop.abort(),
    );
    const wait = (ms: number): Promise<unknown> =>
      Promise.race([settled, clock.sleep(ms, stop.signal).catch(() => {})]);
    await this.#send({ kind: "cancel", id: run });
    await wait(graceMs);
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      if (stop.signal.aborted || this.isGone) return;
      this.#why = "cancelled";
      this.#program?.kill(signal, { group: true });
      await wait(1_000);
    }
  }

  /** Ends the process at once, with everything that it started. */
  kill(why: NonNullable<LaneEnd["why"]>): void {
    this.#why ??= why;
    // Its end is waited for.
    this.#hold();
    if (this.#program === undefined) this.#over({ exit: undefined, killedBy: undefined });
    else this.#program.kill("SIGKILL", { group: true });
  }

  /** Ends an idle process as Python ends, so that its exit handlers run; what doesn't end in time is killed. */
  async close(why: NonNullable<LaneEnd["why"]>, graceMs: number): Promise<void> {
    this.#why ??= why;
    const stop = new AbortController();
    this.#hold();
    await this.#send({ kind: "close" });
    await Promise.race([this.#gone, this.#io.clock.sleep(graceMs, stop.signal).catch(() => {})]);
    stop.abort();
    if (!this.isGone) this.kill(why);
    await this.#gone;
  }

  /** Something of a script's runs in it; a holder of the gate may also only be waiting for its report. */
  get isRunning(): boolean {
    return this.#current !== undefined;
  }

  /** Settles when the process is gone. */
  get gone(): Promise<void> {
    return this.#gone;
  }

  /** Ends the lane when its process takes more memory than it may. */
  async watchMemory(limitBytes: number, over: Promise<unknown>): Promise<void> {
    const { clock, fs, system } = this.#io;
    if (system.os !== "linux") return;
    const stop = new AbortController();
    over.then(
      () => stop.abort(),
      () => stop.abort(),
    );
    while (!stop.signal.aborted && !this.isGone) {
      const text = await fs.readText(`/proc/${this.pid}/status` as AbsPath).catch(() => "");
      const [, resident = "0"] = /^VmRSS:\s*(\d+) kB$/m.exec(text) ?? [];
      if (Number(resident) * 1024 > limitBytes) {
        this.#fault = laneOutOfMemory({ lane: this.id, what: this.#current?.work.what ?? this.id }, limitBytes);
        return void this.#program?.kill("SIGKILL", { group: true });
      }
      await clock.sleep(100, stop.signal).catch(() => {});
    }
  }

  /** True when what is loaded here may stay while the needs' environment is entered. */
  fits(needs: Needs): boolean {
    if (this.isGone || this.interpreter !== needs.interpreter || this.startKey !== startKeyOf(needs)) return false;
    if (this.tree?.inPlace === true && this.tree.root !== needs.tree.root) return false;
    return Object.entries(this.distributions).every(
      ([name, identity]) => (needs.tree.packages[name] ?? identity) === identity,
    );
  }

  /**
   * While anybody waits for something of the process, it keeps the program that opened the session; one that only stands by
   * must not. Several may wait at once: a run for its answer, and who ends the process for its end.
   */
  #hold(): () => void {
    this.#holds += 1;
    this.#program?.hold(true);
    return () => {
      this.#holds -= 1;
      if (this.#holds === 0) this.#program?.hold(false);
    };
  }

  #endOutputs(): void {
    this.#outputs.stdout.end();
    this.#outputs.stderr.end();
  }

  /** What doesn't fit into a message is the caller's doing. */
  async #sendWork({ run, what, message, attachments }: Work, marker: string): Promise<void> {
    try {
      await this.#send({ ...message, id: run, marker }, attachments);
    } catch (error) {
      if (error instanceof MalformedFrame) throw tooLarge(what, error);
      throw error;
    }
  }

  async #send(message: Frame["message"], attachments: readonly Uint8Array[] = []): Promise<void> {
    await this.#program?.send(encodeFrame({ message, attachments }));
  }

  #hear(bytes: Uint8Array): void {
    try {
      for (const frame of this.#frames.push(bytes)) this.#take(frame);
    } catch (error) {
      if (!(error instanceof MalformedFrame)) throw error;
      this.#fault ??= laneProtocol({ lane: this.id, what: this.#current?.work.what ?? this.id }, error.message);
      this.#program?.kill("SIGKILL", { group: true });
    }
  }

  #take({ message, attachments }: Frame): void {
    const current = this.#current;
    const { kind, stale, distributions, kept } = message as Readonly<
      Record<"kind" | "stale" | "distributions" | "kept", unknown>
    >;
    switch (kind) {
      case "hello":
        this.python = String(message["python"]);
        this.#hello?.();
        break;
      case "began":
        if (current === undefined) break;
        current.hasBegun = true;
        current.work.began(Array.isArray(stale) ? stale.map(String) : []);
        break;
      case "answer":
        if (message["id"] === current?.work.run)
          current?.answered({ status: String(message["status"]), message, attachments });
        break;
      case "loaded":
        if (typeof distributions === "object" && distributions !== null)
          this.distributions = distributions as Record<string, string>;
        if (Array.isArray(kept)) this.kept = kept.map(String);
        this.#reported?.();
        break;
      case "idle":
        this.#why ??= "idle";
        this.gate.close();
        break;
      default:
        throw new MalformedFrame("a message of an unknown kind");
    }
  }

  #over(end: { readonly exit: number | undefined; readonly killedBy: string | undefined }): void {
    if (this.isGone) return;
    this.isGone = true;
    this.lastEnd = { exit: end.exit, signal: end.killedBy };
    // What it started and left running goes with it.
    this.#program?.kill("SIGKILL", { group: true });
    this.#endOutputs();
    const current = this.#current;
    this.gate.close();
    this.#hooks.ended({ ...end, why: this.#fault === undefined ? this.#why : undefined, run: current?.work.run });
    const { id } = this;
    if (current !== undefined) {
      const crash = laneCrashed({ lane: id, what: current.work.what, exit: end.exit, signal: end.killedBy });
      current.failed(this.#fault ?? (current.hasBegun ? crash : new NotBegun()));
    }
    this.#setGone();
  }
}

function settling(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

export function startKeyOf({ startVariables }: Pick<Needs, "startVariables">): string {
  return JSON.stringify(Object.entries(startVariables).sort(([a], [b]) => (a < b ? -1 : 1)));
}
