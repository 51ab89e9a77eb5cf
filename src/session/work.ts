import type { AbsPath } from "../base/index.ts";
import { laneCrashed, laneFault, laneUnknown } from "./errors.ts";
import type { LaneId, RequestName, RunId, Tell } from "./events.ts";
import { type Answer, type Lane, NotBegun } from "./lane.ts";
import { type Lanes, mostStarts } from "./lanes.ts";
import type { LaneLimits } from "./limits.ts";
import type { Needs } from "./needs.ts";
import { staleNote, whyRefused } from "./refusal.ts";

/** What the shell's namespace is called among those that lanes keep. */
export const shell = "shell";

/** Of a run's text in its result; events carry all of it. */
const mostText = 16 << 20;

/** One run, call or line of a shell. */
export interface Job {
  readonly kind: "run" | "call" | "evaluate";
  readonly what: string;
  readonly message: Readonly<Record<string, unknown>>;
  readonly attachments: readonly Uint8Array[];
  readonly lane: LaneId | undefined;
  readonly signal: AbortSignal | undefined;
  readonly request: RequestName | undefined;
  needs(signal: AbortSignal): Promise<Needs>;
}

export interface Ended {
  readonly run: RunId;
  readonly lane: Lane;
  readonly needs: Needs;
  readonly answer: Answer;
  readonly text: Readonly<Record<"stdout" | "stderr", string>>;
}

export interface WorkplaceOptions {
  readonly lanes: Lanes;
  readonly limits: LaneLimits;
  readonly tell: Tell;
  readonly cwd: AbsPath;
}

/** Brings jobs into lanes: finds one that serves, lets it decide, goes on to another when it refuses. */
export class Workplace {
  readonly #lanes: Lanes;
  readonly #limits: LaneLimits;
  readonly #tell: Tell;
  readonly #cwd: AbsPath;
  readonly #texts = new Map<RunId, { stdout: string; stderr: string }>();

  constructor({ lanes, limits, tell, cwd }: WorkplaceOptions) {
    this.#lanes = lanes;
    this.#limits = limits;
    this.#tell = tell;
    this.#cwd = cwd;
  }

  /** `inLane` is told where it begins. */
  async place(
    job: Job,
    run: RunId,
    { signal, inLane }: { readonly signal: AbortSignal; readonly inLane: (lane: LaneId) => void },
  ): Promise<Ended> {
    const needs = await job.needs(signal);
    const keeps = job.kind === "evaluate" ? shell : needs.keepsScope ? needs.file : undefined;
    const refused = new Set<Lane>();
    if (needs.reloads) await this.#retire(needs, refused);
    const wanted = job.lane === undefined ? undefined : this.#lanes.find(job.lane);
    if (job.lane !== undefined && wanted === undefined) throw laneUnknown(job.lane);
    for (let losses = 0; ; ) {
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
        // Somebody may have ended it; what can't begin anywhere ends every time.
        if (++losses === mostStarts) throw laneCrashed({ lane: lane.id, what: job.what, ...lane.lastEnd });
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
      message: { ...job.message, ...messageOf(job.kind, needs, this.#cwd) },
      attachments: job.attachments,
      runsCode: true,
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
      this.#texts.delete(run);
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

  /** Text of a run that goes on. */
  keepText(run: RunId, stream: "stdout" | "stderr", text: string): void {
    const kept = this.#texts.get(run);
    if (kept === undefined || kept[stream].length >= mostText) return;
    kept[stream] += text.slice(0, mostText - kept[stream].length);
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
