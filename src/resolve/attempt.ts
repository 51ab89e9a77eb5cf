import type { PackageName } from "../base/index.ts";
import { canonicalVersion } from "../pep/index.ts";
import { type Derivation, type SolveStats, solve } from "../solver/index.ts";
import { demandsOf } from "./demands.ts";
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

/** What solving a request once came to. */
export type Attempt =
  | {
      readonly kind: "solved";
      readonly lock: Lock;
      readonly notices: readonly string[];
      readonly stats: SolveStats;
      /** The projects that the answer rests on; `undefined` when it rests on what could not be looked at, too. */
      readonly consulted: ReadonlySet<PackageName> | undefined;
    }
  | { readonly kind: "failed"; readonly derivation: Derivation<Pack, Reason> };

export interface AttemptOptions {
  readonly signal: AbortSignal | undefined;
  /** Told whenever another project comes into play: how many they are. */
  readonly onProgress: (projects: number) => void;
}

/** Solves a request once, from its listings; remembers nothing. */
export async function attempt(request: ResolveRequest, options: AttemptOptions): Promise<Attempt> {
  // What was asked for on a guess is dropped when the answer is there.
  const ending = new AbortController();
  const { signal } = options;
  const both = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);
  try {
    return await solveOnce(request, { ...options, signal: both });
  } finally {
    ending.abort();
  }
}

async function solveOnce(
  request: ResolveRequest,
  { signal, onProgress }: AttemptOptions & { readonly signal: AbortSignal },
): Promise<Attempt> {
  const { target, policy, source } = request;
  const reader = new RequirementReader(target.markers);
  const demands = demandsOf(request, reader);
  const chooser = new WheelChooser({ ...policy, target, excludeNewerMs: policy.excludeNewerMs });
  const book = new ProjectBook({
    source,
    chooser,
    pinned: demands.pinned,
    allowsYanked: (name, versionText) => demands.exact.get(name)?.has(canonicalVersion(versionText)) === true,
    signal,
  });
  const needs = new Needs(demands, reader);
  const ranking = new Ranking(policy, demands.direct);
  const provider = new PypiProvider({ demands, book, needs, ranking, chooser, source, signal, onProgress });
  const outcome = await solve<Pack, Reason>(provider, provider.root, { signal });
  if (outcome.kind === "failed") return { kind: "failed", derivation: outcome.derivation };
  const { lock, notices } = lockOfSolution(outcome.chosen, { demands, source, provider, chooser, needs });
  const consulted = provider.isPartial ? undefined : provider.consulted;
  return { kind: "solved", lock, notices, stats: outcome.stats, consulted };
}
