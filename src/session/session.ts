import { type AbsPath, isVenvoyError } from "../base/index.ts";
import { aborted, callFailed, laneFault, laneUnknown, sessionClosed } from "./errors.ts";
import { type LaneId, type RemoteError, type RunId, type SessionListener, type Tell, teller } from "./events.ts";
import { type Answer, type Lane, type LaneIo, NotBegun } from "./lane.ts";
import { type LaneLimits, Lanes } from "./lanes.ts";
import type { Needs, Planner, Where } from "./needs.ts";
import { type ArrayPlace, type SharedArray, Shares } from "./shares.ts";
import { decodeValue, encodeValue, type Value } from "./values.ts";

export interface SessionSetup {
  readonly planner: Planner;
  readonly cwd: AbsPath;
  /** Holds the package `venvoy_lane`. */
  readonly agent: AbsPath;
  /** Where shared arrays go that don't fit into memory. */
  readonly shareDir: AbsPath;
  readonly onEvent?: SessionListener | undefined;
  readonly limits?: Partial<LaneLimits> | undefined;
  /** False: no process is started before it is needed. */
  readonly keepsSpares?: boolean | undefined;
  /** Told of environments when the session begins, so that their Python is warm. */
  readonly warm?: (() => Promise<Pick<Needs, "interpreter" | "spare"> | undefined>) | undefined;
}

export interface RunOptions {
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

export interface CallOptions extends Where {
  readonly lane?: LaneId;
  readonly signal?: AbortSignal;
  /** Arguments by name. */
  readonly named?: Readonly<Record<string, Value>>;
}

export interface EvaluateOptions extends Where {
  readonly lane?: LaneId;
  readonly signal?: AbortSignal;
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
  prepare(files: readonly string[], options?: { readonly signal?: AbortSignal }): Promise<readonly PreparedFile[]>;
  /** An array of this program in shared memory. */
  array(bytes: Uint8Array, shape: Pick<ArrayPlace, "dtype" | "shape">): Promise<SharedArray>;
  lanes(): readonly LaneReport[];
  /** Ends a process; what runs in it crashes, what it kept is lost, its scripts get a new one. */
  restart(lane: LaneId): Promise<void>;
  close(): Promise<void>;
}

const defaultLimits: LaneLimits = { idleMs: 600_000, memoryBytes: undefined, lanes: 16, graceMs: 2_000 };
/** Of a run's text in its result; events carry all of it. */
const mostText = 16 << 20;
const shell = "shell";

export async function openSession(io: LaneIo, setup: SessionSetup): Promise<Session> {
  const shares = await Shares.open(io, setup.shareDir);
  return new RunningSession(io, setup, shares);
}

interface Job {
  readonly kind: "run" | "call" | "evaluate";
  readonly what: string;
  readonly message: Readonly<Record<string, unknown>>;
  readonly attachments: readonly Uint8Array[];
  readonly lane: LaneId | undefined;
  readonly signal: AbortSignal | undefined;
  needs(signal: AbortSignal | undefined): Promise<Needs>;
}

interface Ended {
  readonly run: RunId;
  readonly lane: Lane;
  readonly needs: Needs;
  readonly answer: Answer;
  readonly text: Readonly<Record<"stdout" | "stderr", string>>;
}

class RunningSession implements Session {
  readonly #io: LaneIo;
  readonly #setup: SessionSetup;
  readonly #shares: Shares;
  readonly #lanes: Lanes;
  readonly #limits: LaneLimits;
  readonly #tell: Tell;
  readonly #texts = new Map<RunId, { stdout: string; stderr: string }>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();
  #runs = 0;

  constructor(io: LaneIo, setup: SessionSetup, shares: Shares) {
    this.#io = io;
    this.#setup = setup;
    this.#shares = shares;
    this.#limits = { ...defaultLimits, ...setup.limits };
    const tell = teller(() => io.clock.now(), setup.onEvent);
    this.#tell = (event) => {
      if ((event.type === "stdout" || event.type === "stderr") && !event.late && event.run !== undefined)
        this.#keepText(event.run, event.type, event.text);
      tell(event);
    };
    this.#lanes = new Lanes(io, {
      limits: this.#limits,
      agent: setup.agent,
      cwd: setup.cwd,
      shares,
      tell: this.#tell,
      keepsSpares: setup.keepsSpares ?? true,
    });
    void setup.warm?.().then(
      (needs) => needs && this.#lanes.warm(needs.interpreter, needs.spare),
      () => {},
    );
  }

  async run(file: string, { args = [], stdin, signal }: RunOptions = {}): Promise<RunResult> {
    const given = typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
    const ended = await this.#do({
      kind: "run",
      what: file,
      message: given === undefined ? {} : { stdin: 0 },
      attachments: given === undefined ? [] : [given],
      lane: undefined,
      signal,
      needs: (stop) => this.#setup.planner.script(file, { args, ...(stop === undefined ? {} : { signal: stop }) }),
    });
    return resultOf(ended);
  }

  async call(target: string, values: readonly Value[] = [], options: CallOptions = {}): Promise<Value> {
    const { named = {}, lane, signal } = options;
    const { value, attachments } = encodeValue([values, named]);
    const [module = ""] = target.split(":");
    const ended = await this.#do({
      kind: "call",
      what: target,
      message: { target, values: value },
      attachments,
      lane,
      signal,
      needs: (stop) => this.#setup.planner.place(options, { module, ...(stop === undefined ? {} : { signal: stop }) }),
    });
    const { message, attachments: parts } = ended.answer;
    const error = message["error"];
    if (isRemote(error)) throw callFailed(target, error);
    try {
      return decodeValue({ value: message["value"] ?? null, attachments: parts }, this.#shares);
    } catch (fault) {
      throw laneFault({ lane: ended.lane.id, what: target }, fault instanceof Error ? fault.message : String(fault));
    }
  }

  async evaluate(text: string, options: EvaluateOptions = {}): Promise<EvaluateResult> {
    const ended = await this.#do({
      kind: "evaluate",
      what: "<input>",
      message: { text },
      attachments: [],
      lane: options.lane,
      signal: options.signal,
      needs: (stop) => this.#setup.planner.place(options, stop === undefined ? {} : { signal: stop }),
    });
    return { ...resultOf(ended), complete: ended.answer.status !== "incomplete" };
  }

  async complete(
    text: string,
    cursor: number,
    options: EvaluateOptions = {},
  ): Promise<{ readonly start: number; readonly words: readonly string[] }> {
    const { signal } = options;
    const needs = await this.#setup.planner.place(options, signal === undefined ? {} : { signal });
    const lane = this.#shellLane(needs, options);
    // While something runs there, words can't be looked up; a shell must not wait for them.
    if (lane === undefined || lane.isRunning) return { start: cursor, words: [] };
    const { message } = await this.#ask(lane, { kind: "complete", text, cursor }, signal);
    const words = message["words"];
    return { start: Number(message["start"] ?? cursor), words: Array.isArray(words) ? words.map(String) : [] };
  }

  async paths(options: EvaluateOptions = {}): Promise<PathsReport> {
    const { signal } = options;
    const needs = await this.#setup.planner.place(options, signal === undefined ? {} : { signal });
    const lane = this.#shellLane(needs, options);
    const told = { environment: needs.environment, python: needs.tree.python, sitePackages: needs.tree.sites };
    if (lane === undefined || lane.isRunning) return { ...told, lane: lane?.id, path: [] };
    const { message } = await this.#ask(lane, { kind: "paths" }, signal);
    const path = message["path"];
    return { ...told, lane: lane.id, path: Array.isArray(path) ? path.map(String) : [] };
  }

  async prepare(
    files: readonly string[],
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<readonly PreparedFile[]> {
    const outcomes: PreparedFile[] = [];
    for (const file of files) {
      this.#closing.signal.throwIfAborted();
      try {
        const stop = this.#stopping(signal);
        const needs = await this.#setup.planner.script(file, { args: [], signal: stop });
        this.#lanes.warm(needs.interpreter, needs.spare);
        outcomes.push({ file, environment: needs.environment, notes: needs.notes });
      } catch (error) {
        signal?.throwIfAborted();
        if (!isVenvoyError(error)) throw error;
        outcomes.push({ file, error });
      }
    }
    await this.#lanes.settled();
    return outcomes;
  }

  array(bytes: Uint8Array, shape: Pick<ArrayPlace, "dtype" | "shape">): Promise<SharedArray> {
    return this.#shares.make(bytes, shape);
  }

  lanes(): readonly LaneReport[] {
    return this.#lanes.all.map((lane) => ({
      id: lane.id,
      pid: lane.pid,
      python: lane.python,
      environment: lane.tree?.root,
      isBusy: lane.gate.isTaken,
      loaded: Object.fromEntries(
        Object.entries(lane.distributions).map(([name, identity]) => [name, identity.split(" ")[0] ?? identity]),
      ),
      kept: lane.kept,
    }));
  }

  async restart(id: LaneId): Promise<void> {
    const lane = this.#lanes.find(id);
    if (lane === undefined) throw laneUnknown(id);
    await this.#lanes.end(lane, "replaced");
  }

  async close(): Promise<void> {
    this.#closing.abort(sessionClosed());
    await this.#lanes.close();
    await Promise.allSettled([...this.#running]);
    await this.#shares.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** A run from its first event to its last. */
  async #do(job: Job): Promise<Ended> {
    if (this.#closing.signal.aborted) throw sessionClosed();
    const run = `run-${++this.#runs}`;
    const startedMs = this.#io.clock.elapsed();
    this.#tell({ type: "run:waiting", run, what: job.what });
    let lane: LaneId | undefined;
    const work = this.#place(job, run, (found) => {
      lane = found;
    });
    this.#running.add(work);
    const elapsed = (): number => Math.round((this.#io.clock.elapsed() - startedMs) * 10) / 10;
    try {
      const ended = await work;
      const { message, status } = ended.answer;
      const isStopped = status === "cancelled" && this.#isStopped(job);
      const error = isRemote(message["error"]) ? message["error"] : undefined;
      const told = isStopped ? "cancelled" : error !== undefined || status === "failed" ? "failed" : "done";
      const exit = Number(message["exit"] ?? 0);
      const facts = { exit, elapsedMs: elapsed(), ...(error === undefined ? {} : { error }) };
      this.#tell({ type: "run:ended", run, lane: ended.lane.id, status: told, ...facts });
      if (!isStopped) return ended;
    } catch (error) {
      const isStopped = this.#isStopped(job) || isVenvoyError(error, "ABORTED");
      const status = isStopped ? "cancelled" : lane === undefined ? "refused" : "crashed";
      this.#tell({ type: "run:ended", run, lane, status, exit: undefined, elapsedMs: elapsed() });
      if (!isStopped) throw error;
    } finally {
      this.#running.delete(work);
      this.#texts.delete(run);
    }
    throw this.#closing.signal.aborted ? sessionClosed() : aborted(job.what);
  }

  #isStopped({ signal }: Job): boolean {
    return signal?.aborted === true || this.#closing.signal.aborted;
  }

  async #place(job: Job, run: RunId, inLane: (lane: LaneId) => void): Promise<Ended> {
    const signal = this.#stopping(job.signal);
    const needs = await job.needs(signal);
    const keeps = job.kind === "evaluate" ? shell : needs.keepsScope ? needs.file : undefined;
    const refused = new Set<Lane>();
    if (needs.reloads) await this.#retire(needs, refused);
    const wanted = job.lane === undefined ? undefined : this.#lanes.find(job.lane);
    if (job.lane !== undefined && wanted === undefined) throw laneUnknown(job.lane);
    for (;;) {
      const lane = await this.#lanes.enter(needs, { run, keeps, lane: wanted, signal, refused });
      try {
        const ended = await this.#workIn(lane, { job, run, needs, inLane, signal });
        if (ended.answer.status !== "refused") return ended;
        if (wanted !== undefined) throw laneFault({ lane: lane.id, what: job.what }, whyRefused(ended.answer));
        this.#tellRefusal(run, lane, ended.answer, keeps);
        refused.add(lane);
      } catch (error) {
        if (!(error instanceof NotBegun) || wanted !== undefined) throw error;
        // It ended before the first line was run: another one takes it.
        signal.throwIfAborted();
        refused.add(lane);
      }
    }
  }

  async #workIn(
    lane: Lane,
    {
      job,
      run,
      needs,
      inLane,
      signal,
    }: {
      readonly job: Job;
      readonly run: RunId;
      readonly needs: Needs;
      readonly inLane: (lane: LaneId) => void;
      readonly signal: AbortSignal;
    },
  ): Promise<Ended> {
    const before = lane.tree;
    this.#texts.set(run, { stdout: "", stderr: "" });
    const doing = lane.do({
      run,
      what: job.what,
      message: { ...job.message, ...messageOf(job.kind, needs, this.#setup.cwd) },
      attachments: job.attachments,
      began: (stale) => {
        inLane(lane.id);
        lane.tree = needs.tree;
        if (needs.file !== undefined) lane.scripts.add(needs.file);
        if (before !== undefined && before.root !== needs.tree.root)
          this.#tell({ type: "lane:entered", lane: lane.id, run, environment: needs.environment.name });
        this.#tell({ type: "run:started", run, lane: lane.id, environment: needs.environment.name });
        for (const text of [...needs.notes, ...stale.map(staleNote)])
          this.#tell({ type: "notice", run, lane: lane.id, text });
        void needs.markUse(lane.pid).catch(() => {});
      },
    });
    const stop = (): void => void lane.cancel(run, this.#limits.graceMs, doing);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const { memoryBytes } = this.#limits;
    if (memoryBytes !== undefined) void lane.watchMemory(memoryBytes, doing);
    let free: Promise<void> = Promise.resolve();
    try {
      const done = await doing;
      free = done.free;
      return { run, lane, needs, answer: done.answer, text: this.#texts.get(run) ?? { stdout: "", stderr: "" } };
    } finally {
      signal.removeEventListener("abort", stop);
      // What it has loaded is known then, so the next one is placed rightly.
      void free.then(() => {
        this.#lanes.leave(lane);
        this.#lanes.warm(needs.interpreter, needs.spare);
      });
    }
  }

  /** `python.reloadEngine`: a fresh process for each run. The one before goes, unless it keeps something for others. */
  async #retire(needs: Needs, refused: Set<Lane>): Promise<void> {
    for (const lane of this.#lanes.all) {
      refused.add(lane);
      const isOwn = needs.file !== undefined && lane.scripts.has(needs.file);
      const keepsForOthers = lane.kept.some((name) => name !== needs.file);
      if (isOwn && !lane.gate.isTaken && !keepsForOthers) await this.#lanes.end(lane, "replaced");
    }
  }

  #shellLane(needs: Needs, { lane }: EvaluateOptions): Lane | undefined {
    if (lane !== undefined) return this.#lanes.find(lane);
    const fitting = this.#lanes.all.filter((one) => one.fits(needs));
    return fitting.find((one) => one.kept.includes(shell)) ?? fitting.find((one) => one.tree?.root === needs.tree.root);
  }

  /** A question that runs nothing of a script's. */
  async #ask(lane: Lane, message: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<Answer> {
    if (!(await lane.gate.enter(signal))) throw sessionClosed();
    try {
      const run = `ask-${++this.#runs}`;
      const { answer } = await lane.do({
        run,
        what: String(message["kind"]),
        message,
        attachments: [],
        began: () => {},
      });
      return answer;
    } finally {
      this.#lanes.leave(lane);
    }
  }

  #stopping(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]);
  }

  #keepText(run: RunId, stream: "stdout" | "stderr", text: string): void {
    const kept = this.#texts.get(run);
    if (kept === undefined || kept[stream].length >= mostText) return;
    kept[stream] = (kept[stream] + text).slice(0, mostText);
  }

  #tellRefusal(run: RunId, lane: Lane, answer: Answer, keeps: string | undefined): void {
    const lost = keeps !== undefined && lane.kept.includes(keeps) ? "; what it kept there stays behind" : "";
    this.#tell({
      type: "notice",
      run,
      lane: lane.id,
      text: `it runs in another process: ${whyRefused(answer)}${lost}`,
    });
  }
}

function staleNote(file: string): string {
  return `\`${file}\` has changed since it was imported; \`# flag: python.reloadEngine\` takes it up`;
}

/** One sentence for people. */
function whyRefused({ message }: Answer): string {
  const { reason, clashes, files } = message;
  if (reason === "clash" && Array.isArray(clashes)) {
    const version = (identity: unknown): string => String(identity).split(" ")[0] ?? "";
    return (clashes as readonly Readonly<Record<string, unknown>>[])
      .map(
        ({ name, loaded, wanted }) =>
          `${String(name)} ${version(loaded)} is loaded here, and it needs ${version(wanted)}`,
      )
      .join("; ");
  }
  if (reason === "moved") return "modules of another directory are loaded here, and something here keeps them";
  return `${Array.isArray(files) ? files.map(String).join(", ") : "a module"} has changed, and something here keeps the old one`;
}

function messageOf(kind: Job["kind"], needs: Needs, cwd: AbsPath): Readonly<Record<string, unknown>> {
  const { tree, env, front, file, argv } = needs;
  return {
    kind,
    tree,
    env,
    front,
    cwd,
    argv,
    ...(file === undefined ? {} : { file }),
    keep: kind === "run" && needs.keepsScope,
  };
}

function resultOf({ run, lane, needs, answer, text }: Ended): RunResult {
  const error = answer.message["error"];
  return {
    run,
    lane: lane.id,
    environment: needs.environment,
    exit: Number(answer.message["exit"] ?? 0),
    error: isRemote(error) ? error : undefined,
    stdout: text.stdout,
    stderr: text.stderr,
    notes: needs.notes,
  };
}

function isRemote(value: unknown): value is RemoteError {
  return typeof value === "object" && value !== null && "traceback" in value;
}
