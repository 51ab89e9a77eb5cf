import { type AbsPath, isVenvoyError } from "../base/index.ts";
import { aborted, callFailed, laneFault, laneUnknown, sessionClosed } from "./errors.ts";
import {
  type LaneId,
  type RemoteError,
  type RequestName,
  type RunId,
  type SessionListener,
  type Tell,
  teller,
} from "./events.ts";
import type {
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
import type { Answer, Lane, LaneIo } from "./lane.ts";
import { Lanes } from "./lanes.ts";
import { type LaneLimits, limitsFrom } from "./limits.ts";
import type { Needs, Planner, Purpose } from "./needs.ts";
import { type ArrayPlace, type SharedArray, Shares } from "./shares.ts";
import { decodeValue, encodeValue, type Value } from "./values.ts";
import { type Ended, type Job, shell, Workplace } from "./work.ts";

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

/** Throws `ARGUMENT_INVALID` for limits that make no sense. */
export async function openSession(io: LaneIo, setup: SessionSetup): Promise<Session> {
  const limits = limitsFrom(setup.limits);
  const shares = await Shares.open(io, setup.shareDir);
  return new RunningSession(io, { ...setup, limits }, shares);
}

class RunningSession implements Session {
  readonly #io: LaneIo;
  readonly #setup: SessionSetup;
  readonly #shares: Shares;
  readonly #lanes: Lanes;
  readonly #limits: LaneLimits;
  readonly #tell: Tell;
  readonly #workplace: Workplace;
  readonly #running = new Set<Promise<unknown>>();
  readonly #requests = new Map<RunId, RequestName>();
  readonly #closing = new AbortController();
  readonly #warming: Promise<void>;
  #runs = 0;

  constructor(io: LaneIo, setup: SessionSetup & { readonly limits: LaneLimits }, shares: Shares) {
    this.#io = io;
    this.#setup = setup;
    this.#shares = shares;
    this.#limits = setup.limits;
    const tell = teller(
      () => io.clock.now(),
      setup.onEvent,
      (run) => this.#requests.get(run),
    );
    this.#tell = (event) => {
      if ((event.type === "stdout" || event.type === "stderr") && !event.late && event.run !== undefined)
        this.#workplace.keepText(event.run, event.type, event.text);
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
    this.#workplace = new Workplace({ lanes: this.#lanes, limits: this.#limits, tell: this.#tell, cwd: setup.cwd });
    this.#warming = (setup.warm?.() ?? Promise.resolve(undefined)).then(
      (needs) => needs && this.#lanes.warm(needs.interpreter, needs.spare),
      // Whoever runs a script is told then.
      () => {},
    );
  }

  async run(file: string, { args = [], stdin, signal, request }: RunOptions = {}): Promise<RunResult> {
    const given = typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
    const ended = await this.#do({
      kind: "run",
      what: file,
      message: given === undefined ? {} : { stdin: 0 },
      attachments: given === undefined ? [] : [given],
      lane: undefined,
      signal,
      request,
      needs: (stop) => this.#setup.planner.script(file, { args, ...purposeOf(stop, request) }),
    });
    return resultOf(ended);
  }

  async call(target: string, values: readonly Value[] = [], options: CallOptions = {}): Promise<Value> {
    const { named = {}, lane, signal, request } = options;
    const { value, attachments } = encodeValue([values, named]);
    const [module = ""] = target.split(":");
    const ended = await this.#do({
      kind: "call",
      what: target,
      message: { target, values: value },
      attachments,
      lane,
      signal,
      request,
      needs: (stop) => this.#setup.planner.place(options, { module, ...purposeOf(stop, request) }),
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
      request: options.request,
      needs: (stop) => this.#setup.planner.place(options, purposeOf(stop, options.request)),
    });
    return { ...resultOf(ended), complete: ended.answer.status !== "incomplete" };
  }

  async complete(
    text: string,
    cursor: number,
    options: EvaluateOptions = {},
  ): Promise<{ readonly start: number; readonly words: readonly string[] }> {
    const { signal, request } = options;
    const needs = await this.#setup.planner.place(options, purposeOf(this.#stopping(signal), request));
    const lane = this.#shellLane(needs, options);
    // While something runs there, words can't be looked up; a shell must not wait for them.
    if (lane === undefined || lane.isRunning) return { start: cursor, words: [] };
    const { message } = await this.#ask(lane, { kind: "complete", text, cursor }, signal);
    const words = message["words"];
    return { start: Number(message["start"] ?? cursor), words: Array.isArray(words) ? words.map(String) : [] };
  }

  async paths(options: EvaluateOptions = {}): Promise<PathsReport> {
    const { signal, request } = options;
    const needs = await this.#setup.planner.place(options, purposeOf(this.#stopping(signal), request));
    const lane = this.#shellLane(needs, options);
    const told = { environment: needs.environment, python: needs.tree.python, sitePackages: needs.tree.sites };
    if (lane === undefined || lane.isRunning) return { ...told, lane: lane?.id, path: [] };
    const { message } = await this.#ask(lane, { kind: "paths" }, signal);
    const path = message["path"];
    return { ...told, lane: lane.id, path: Array.isArray(path) ? path.map(String) : [] };
  }

  async prepare(files: readonly string[], { signal, request }: AskOptions = {}): Promise<readonly PreparedFile[]> {
    const outcomes: PreparedFile[] = [];
    for (const file of files) {
      this.#closing.signal.throwIfAborted();
      try {
        const purpose = purposeOf(this.#stopping(signal), request);
        const needs = await this.#setup.planner.script(file, { args: [], ...purpose });
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
    await Promise.allSettled([...this.#running, this.#warming]);
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
    if (job.request !== undefined) this.#requests.set(run, job.request);
    this.#tell({ type: "run:waiting", run, what: job.what });
    let lane: LaneId | undefined;
    const work = this.#workplace.place(job, run, {
      signal: this.#stopping(job.signal),
      inLane: (found) => {
        lane = found;
      },
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
      this.#requests.delete(run);
    }
    throw this.#closing.signal.aborted ? sessionClosed() : aborted(job.what);
  }

  #isStopped({ signal }: Job): boolean {
    return signal?.aborted === true || this.#closing.signal.aborted;
  }

  #shellLane(needs: Needs, { lane }: EvaluateOptions): Lane | undefined {
    if (lane !== undefined) {
      const found = this.#lanes.find(lane);
      if (found === undefined) throw laneUnknown(lane);
      return found;
    }
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
        runsCode: false,
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
}

function purposeOf(signal: AbortSignal, request: RequestName | undefined): Purpose {
  return { signal, ...(request === undefined ? {} : { request }) };
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
