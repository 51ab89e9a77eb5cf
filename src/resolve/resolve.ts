import { canonicalVersion } from "../pep/index.ts";
import { inOp, type OpId, type Reporter } from "../ports/index.ts";
import { type SolveStats, solve } from "../solver/index.ts";
import { demandsOf } from "./demands.ts";
import { failureOf } from "./failure/failure.ts";
import type { Lock } from "./lock.ts";
import { lockOfSolution } from "./lock-of-solution.ts";
import { Needs } from "./needs.ts";
import { ProjectBook } from "./project-book.ts";
import { type Pack, PypiProvider } from "./pypi-provider.ts";
import { Ranking } from "./ranking.ts";
import type { Reason } from "./reasons.ts";
import type { ResolveRequest } from "./request.ts";
import { RequirementReader } from "./requirement-reader.ts";
import { WheelChooser } from "./wheel-choice.ts";

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
    return await solveFor(io, request, { id, signal });
  });
}

interface Work {
  readonly id: OpId;
  readonly signal: AbortSignal | undefined;
}

async function solveFor(io: ResolveIo, request: ResolveRequest, { id, signal }: Work): Promise<Resolution> {
  // What was asked for on a guess is dropped when the answer is there.
  const ending = new AbortController();
  const both = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);
  try {
    return await solveNow(io, request, { id, signal: both });
  } finally {
    ending.abort();
  }
}

async function solveNow(
  io: ResolveIo,
  request: ResolveRequest,
  { id, signal }: Work & { signal: AbortSignal },
): Promise<Resolution> {
  const { target, policy, source } = request;
  const reader = new RequirementReader(target.markers);
  const demands = demandsOf(request, reader);
  const chooser = new WheelChooser({ target, excludeNewerMs: policy.excludeNewerMs });
  const book = new ProjectBook({
    source,
    chooser,
    pinned: demands.pinned,
    allowsYanked: (name, versionText) => demands.exact.get(name)?.has(canonicalVersion(versionText)) === true,
    signal,
  });
  const onProgress = (done: number): void => io.reporter.emit({ type: "op:progress", id, done });
  const needs = new Needs(demands, reader);
  const ranking = new Ranking(policy, demands.direct);
  const provider = new PypiProvider({ demands, book, needs, ranking, chooser, source, signal, onProgress });
  const outcome = await solve<Pack, Reason>(provider, provider.root, { signal });
  if (outcome.kind === "failed") throw await failureOf(outcome.derivation, request);
  const { lock, notices } = lockOfSolution(outcome.chosen, { demands, source, provider, chooser, needs });
  if (!provider.isPartial) await request.memo?.keep(request, { lock, notices }, provider.consulted);
  return { lock, notices, stats: outcome.stats, isRemembered: false };
}
