import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { embeddedRoot, isBun } from "./platform.ts";
import { type SentError, unpackError } from "./sent-error.ts";
import { startThread, type Thread } from "./thread.ts";
import { doWork, type Work } from "./work.ts";

export interface RunOptions<W extends Work> {
  readonly signal?: AbortSignal;
  readonly onDone?: (work: W, digests: readonly string[]) => void;
}

/** What a thread answers. */
export type Answer =
  | { readonly ready: true }
  | { readonly id: number; readonly digests: readonly string[] }
  | { readonly id: number; readonly error: SentError };

interface Job {
  readonly work: Work;
  readonly settle: { readonly done: (digests: readonly string[]) => void; readonly fail: (error: unknown) => void };
}

interface Lane {
  readonly thread: Thread;
  readonly jobs: Map<number, Job>;
  isReady: boolean;
}

/** More threads than this only wait for the disk. */
const mostLanes = 4;
/** One runs, one waits, so that no thread is idle while an answer travels. */
const jobsPerLane = 2;

/**
 * Threads for file work, started when there is enough to do and kept while the process lives; they don't hold it up. Where
 * threads can't be had (from TypeScript sources on Node), everything runs here.
 */
export class Lanes {
  readonly #queue: Job[] = [];
  readonly #file: URL | string | undefined = workerFile();
  #lanes: Lane[] = [];
  #hasFailed = false;
  #lastId = 0;

  get isStarted(): boolean {
    return this.#lanes.length > 0;
  }

  /** Threads that are up or coming up. */
  get count(): number {
    return this.#lanes.length;
  }

  /** Starts threads beside this one; they come up while the caller prepares what they will do. */
  warmUp(): void {
    this.#grow(availableParallelism() - 1);
  }

  /** Does all of the work. The first failure is thrown once nothing runs any more; what waits then is dropped. */
  async runAll<W extends Work>(works: readonly W[], { signal, onDone }: RunOptions<W> = {}): Promise<void> {
    const waiting = new Set<Job>();
    const running = works.map(
      (work) =>
        new Promise<void>((resolve, reject) => {
          const done = (digests: readonly string[]): void => {
            onDone?.(work, digests);
            resolve();
          };
          const job = { work, settle: { done, fail: reject } };
          waiting.add(job);
        }),
    );
    this.#queue.push(...waiting);
    const drop = (reason: unknown): void => {
      for (let at = this.#queue.length - 1; at >= 0; at--) {
        const job = this.#queue[at];
        if (job === undefined || !waiting.has(job)) continue;
        this.#queue.splice(at, 1);
        job.settle.fail(reason);
      }
    };
    const abort = (): void => drop(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    for (const promise of running) promise.catch(drop);
    try {
      // Many callers with one work each need as many threads as one caller with many. Links are done here as well.
      const jobs = [...this.#queue, ...this.#lanes.flatMap((lane) => [...lane.jobs.values()])];
      const alone = jobs.filter((job) => job.work.kind !== "link");
      this.#grow(Math.min(alone.length, availableParallelism()));
      this.#pump();
      if (!this.isStarted) await this.#help(waiting);
      const ended = await Promise.allSettled(running);
      for (const end of ended) if (end.status === "rejected") throw end.reason;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Works here until nothing waits. */
  async #help(waiting: ReadonlySet<Job>): Promise<void> {
    for (;;) {
      const at = this.#queue.findIndex((job) => waiting.has(job));
      const [job] = at < 0 ? [] : this.#queue.splice(at, 1);
      if (job === undefined) return;
      await runHere(job);
      await setImmediate();
    }
  }

  /** A thread that is still coming up gets work too, so that it can begin while this one is busy. */
  #pump(): void {
    for (const lane of this.#lanes) {
      while (lane.jobs.size < jobsPerLane) {
        const job = this.#queue.shift();
        if (job === undefined) return;
        this.#send(lane, job);
      }
    }
  }

  #send(lane: Lane, job: Job): void {
    const id = ++this.#lastId;
    if (lane.jobs.size === 0) lane.thread.hold(true);
    lane.jobs.set(id, job);
    // One text is copied much faster than ten thousand objects.
    const text = JSON.stringify(job.work);
    lane.thread.send(job.work.kind === "link" ? { id, text, turns: job.work.turns.memory } : { id, text });
  }

  #grow(wanted: number): void {
    const count = Math.min(wanted, mostLanes);
    if (this.#file === undefined || this.#hasFailed) return;
    while (this.#lanes.length < count) this.#lanes.push(this.#startOne(this.#file));
  }

  #startOne(file: URL | string): Lane {
    const jobs: Lane["jobs"] = new Map();
    const thread = startThread(file, {
      answer: (message) => {
        const answer = message as Answer;
        if ("ready" in answer) lane.isReady = true;
        else this.#settle(lane, answer);
        this.#pump();
        // Idle, it must not keep the process alive; while it comes up or works, it must.
        if (jobs.size === 0) thread.hold(false);
      },
      ended: (error) => this.#lose(lane, error ?? new Error("a thread for file work ended")),
    });
    const lane: Lane = { thread, jobs, isReady: false };
    return lane;
  }

  #settle(lane: Lane, answer: Exclude<Answer, { readonly ready: true }>): void {
    const job = lane.jobs.get(answer.id);
    lane.jobs.delete(answer.id);
    if ("error" in answer) job?.settle.fail(unpackError(answer.error));
    else job?.settle.done(answer.digests);
  }

  /** A thread that never came up is no failure: the others, or this one, do its work. */
  #lose(lane: Lane, error: unknown): void {
    this.#hasFailed = true;
    this.#lanes = this.#lanes.filter((other) => other !== lane);
    if (!lane.isReady) this.#queue.unshift(...lane.jobs.values());
    else for (const job of lane.jobs.values()) job.settle.fail(error);
    lane.jobs.clear();
    if (!this.isStarted) for (const job of this.#queue.splice(0)) void runHere(job);
  }
}

async function runHere({ work, settle }: Job): Promise<void> {
  try {
    settle.done(await doWork(work));
  } catch (error) {
    settle.fail(error);
  }
}

/** The thread's program: beside this file in the sources, below `node/` in the package and in the binary. */
function workerFile(): URL | string | undefined {
  // Bytecode keeps the path of the source in `import.meta.url`, so the binary is asked first.
  const embedded = embeddedRoot();
  if (embedded !== undefined) return `${embedded}/node/worker.js`;
  if (import.meta.url.endsWith(".ts")) return isBun ? new URL("./worker.ts", import.meta.url) : undefined;
  const built = new URL("./node/worker.js", import.meta.url);
  return existsSync(fileURLToPath(built)) ? built : undefined;
}
