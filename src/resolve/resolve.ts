import { inOp, type Reporter } from "../ports/index.ts";
import type { SolveStats } from "../solver/index.ts";
import { attempt } from "./attempt.ts";
import { failureOf } from "./failure/failure.ts";
import type { Lock } from "./lock.ts";
import type { ResolveRequest } from "./request.ts";

export interface ResolveIo {
  readonly reporter: Reporter;
}

export interface Resolution {
  readonly lock: Lock;
  /** Sentences worth telling: a withdrawn version was taken, an extra does not exist. */
  readonly notices: readonly string[];
  readonly stats: SolveStats;
  /** The answer was remembered; nothing was solved. */
  readonly isRemembered: boolean;
}

const nothingSolved: SolveStats = { decisions: 0, conflicts: 0, incompatibilities: 0, waits: 0 };

/**
 * Finds the set of wheels that satisfies a request. Throws `RESOLUTION_IMPOSSIBLE`, `PACKAGE_UNKNOWN`,
 * `PACKAGE_BLOCKED` (only a source archive would do) or `OFFLINE_MISSING` with an explanation in plain sentences, and
 * whatever the source throws.
 */
export async function resolve(
  io: ResolveIo,
  request: ResolveRequest,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Resolution> {
  return await inOp(io.reporter, { kind: "resolve", label: "packages" }, async (id) => {
    const remembered = await request.memo?.find(request);
    if (remembered !== undefined) return { ...remembered, stats: nothingSolved, isRemembered: true };
    const onProgress = (done: number): void => io.reporter.emit({ type: "op:progress", id, done });
    const outcome = await attempt(request, { signal, onProgress });
    if (outcome.kind === "failed") throw await failureOf(outcome.derivation, request);
    const { lock, notices, stats, consulted } = outcome;
    if (consulted !== undefined) await request.memo?.keep(request, { lock, notices }, consulted);
    return { lock, notices, stats, isRemembered: false };
  });
}
