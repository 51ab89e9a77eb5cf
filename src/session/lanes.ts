import { type AbsPath, isVenvoyError } from "../base/index.ts";
import { sessionClosed } from "./errors.ts";
import type { LaneId, RunId, Tell } from "./events.ts";
import { Lane, type LaneEnd, type LaneIo, type LaneStart, startKeyOf } from "./lane.ts";
import type { LaneLimits } from "./limits.ts";
import type { Needs, SpareStart } from "./needs.ts";
import type { Shares } from "./shares.ts";

export interface LanesOptions {
  readonly limits: LaneLimits;
  readonly agent: AbsPath;
  readonly cwd: AbsPath;
  readonly shares: Shares;
  readonly tell: Tell;
  /** False: no process is started before it is needed. */
  readonly keepsSpares: boolean;
}

/** What a use of a lane wants, beyond the needs. */
export interface Wish {
  readonly run: RunId;
  /** Names what is kept: a script, or `shell`. */
  readonly keeps: string | undefined;
  /** This one and no other. */
  readonly lane: Lane | undefined;
  readonly signal: AbortSignal | undefined;
  /** Lanes that refused. */
  readonly refused: ReadonlySet<Lane>;
}

/** How often a process is started again that ends before it does anything. */
export const mostStarts = 5;

const noMore = new Set(["closed", "idle", "replaced", "cancelled"]);

/** The processes of a session: which there are, which one something runs in, and a spare one per Python. */
export class Lanes {
  readonly #io: LaneIo;
  readonly #options: LanesOptions;
  readonly #lanes = new Set<Lane>();
  readonly #spares = new Map<string, Lane>();
  /** Those whose beginning was told, so that their end must be. */
  readonly #told = new Set<Lane>();
  readonly #changed = new Set<() => void>();
  #count = 0;
  #isClosed = false;

  constructor(io: LaneIo, options: LanesOptions) {
    this.#io = io;
    this.#options = options;
  }

  get all(): readonly Lane[] {
    return [...this.#lanes];
  }

  find(id: LaneId): Lane | undefined {
    return this.all.find((lane) => lane.id === id);
  }

  /**
   * A lane that serves the needs, with its gate entered. A script waits for the lane that it belongs into; an `async` one
   * never does, it gets another. `leave` is the caller's to call.
   */
  async enter(needs: Needs, wish: Wish): Promise<Lane> {
    for (let failures = 0; ; ) {
      wish.signal?.throwIfAborted();
      if (this.#isClosed) throw sessionClosed();
      const lane = wish.lane ?? this.#best(needs, wish);
      if (lane === undefined) {
        try {
          const made = await this.#another(needs, wish.signal);
          if (made !== undefined) return made;
        } catch (error) {
          // Somebody may have ended it; a Python that can't be started ends every time.
          if (!isVenvoyError(error, "LANE_CRASHED") || ++failures === mostStarts) throw error;
        }
        continue;
      }
      if (!(await lane.gate.enter(wish.signal))) {
        if (wish.lane !== undefined) throw sessionClosed();
        continue;
      }
      if (wish.lane !== undefined || lane.fits(needs)) return lane;
      // What ran while we waited has loaded something else.
      lane.gate.leave();
    }
  }

  leave(lane: Lane): void {
    lane.gate.leave();
    this.#wake();
  }

  /** Has a spare process ready for the needs' Python. */
  warm(interpreter: string, spare: SpareStart | undefined): void {
    if (spare === undefined || this.#isClosed || !this.#options.keepsSpares || this.#spares.has(interpreter)) return;
    const lane = this.#make(interpreter, "[]", spare);
    this.#spares.set(interpreter, lane);
    const forget = (): void => {
      if (this.#spares.get(interpreter) === lane) this.#spares.delete(interpreter);
    };
    lane.start().catch(forget);
    lane.gone.then(forget);
  }

  /** Settles when every spare that is being started can be used. */
  async settled(): Promise<void> {
    await Promise.all([...this.#spares.values()].map((lane) => Promise.race([lane.ready, lane.gone])));
  }

  /** Ends the lane and forgets what it kept; the next use gets a new one. */
  async end(lane: Lane, why: "closed" | "replaced"): Promise<void> {
    this.#lanes.delete(lane);
    if (lane.gate.isTaken) lane.kill(why);
    else {
      lane.gate.close();
      await lane.close(why, 1_000);
    }
    await lane.gone;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    for (const spare of this.#spares.values()) spare.kill("closed");
    await Promise.all([
      ...[...this.#spares.values()].map((lane) => lane.gone),
      ...this.all.map((lane) => this.end(lane, "closed")),
    ]);
  }

  #best(needs: Needs, { keeps, refused }: Wish): Lane | undefined {
    const fitting = this.all.filter(
      (lane) => !refused.has(lane) && lane.fits(needs) && !(needs.isAsync && lane.gate.isTaken),
    );
    const worth = (lane: Lane): readonly number[] => [
      Number(keeps !== undefined && lane.kept.includes(keeps)),
      Number(lane.tree?.root === needs.tree.root),
      Object.keys(lane.distributions).filter((name) => name in needs.tree.packages).length,
      Number(!lane.gate.isTaken),
      lane.lastUsedMs,
    ];
    return fitting.sort((a, b) => byWorth(worth(b), worth(a)))[0];
  }

  /** A new lane, with its gate entered; `undefined` when there may be no more and something else has become possible. */
  async #another(needs: Needs, signal: AbortSignal | undefined): Promise<Lane | undefined> {
    if (this.#lanes.size >= this.#options.limits.lanes && !this.#makeRoom()) {
      await this.#nextChange(signal);
      return undefined;
    }
    const startKey = startKeyOf(needs);
    const spare = startKey === "[]" ? this.#spares.get(needs.interpreter) : undefined;
    if (spare !== undefined) this.#spares.delete(needs.interpreter);
    const isUsable = spare !== undefined && !spare.isGone;
    const lane = isUsable ? spare : this.#make(needs.interpreter, startKey, ownStart(needs));
    lane.tree = needs.tree;
    this.#lanes.add(lane);
    await lane.gate.enter();
    try {
      await (isUsable ? lane.ready : lane.start());
      if (lane.isGone) throw sessionClosed();
    } catch (error) {
      this.#lanes.delete(lane);
      lane.gate.close();
      lane.kill("closed");
      // A spare that died while it waited says nothing about the next one.
      if (isUsable && !this.#isClosed) return undefined;
      throw error;
    }
    this.#told.add(lane);
    this.#options.tell({ type: "lane:started", lane: lane.id, pid: lane.pid, python: lane.python });
    return lane;
  }

  /** Ends the idle lane that was used longest ago, first of those that keep nothing. */
  #makeRoom(): boolean {
    const idle = this.all.filter((lane) => !lane.gate.isTaken);
    const order = (lane: Lane): readonly number[] => [lane.kept.length, lane.lastUsedMs];
    const [oldest] = idle.sort((a, b) => byWorth(order(a), order(b)));
    if (oldest === undefined) return false;
    void this.end(oldest, "replaced");
    return true;
  }

  #make(interpreter: string, startKey: string, { python, env }: SpareStart): Lane {
    const { agent, cwd, limits, shares } = this.#options;
    const start: LaneStart = {
      id: `lane-${++this.#count}`,
      python,
      env,
      cwd,
      agent,
      directories: shares.directories,
      idleMs: limits.idleMs,
    };
    const lane: Lane = new Lane(this.#io, start, {
      interpreter,
      startKey,
      hooks: {
        output: (stream, text, run, late) => this.#options.tell({ type: stream, run, lane: start.id, text, late }),
        ended: (end) => this.#ended(lane, end),
      },
    });
    return lane;
  }

  #ended(lane: Lane, end: LaneEnd): void {
    const wasTold = this.#told.delete(lane);
    this.#lanes.delete(lane);
    void this.#options.shares.forget(lane.id);
    this.#wake();
    if (!wasTold) return;
    const { tell } = this.#options;
    if (end.why !== undefined && noMore.has(end.why)) tell({ type: "lane:ended", lane: lane.id, why: end.why });
    else {
      const why =
        lane.kept.length === 0 ? "the process ended by itself" : `what was kept is lost: ${lane.kept.join(", ")}`;
      tell({ type: "lane:crashed", lane: lane.id, run: end.run, exit: end.exit, signal: end.killedBy, why });
    }
  }

  #wake(): void {
    for (const wake of [...this.#changed]) wake();
  }

  #nextChange(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.#changed.delete(wake);
        signal?.removeEventListener("abort", stop);
      };
      const wake = (): void => {
        done();
        resolve();
      };
      const stop = (): void => {
        done();
        reject(signal?.reason);
      };
      this.#changed.add(wake);
      signal?.addEventListener("abort", stop, { once: true });
    });
  }
}

/** Without a spare: the spare's Python where there is one, so that the lane can enter other environments later. */
function ownStart({ spare, tree, env, startVariables }: Needs): SpareStart {
  if (spare === undefined) return { python: tree.python, env };
  return { python: spare.python, env: { ...spare.env, ...startVariables } };
}

function byWorth(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
