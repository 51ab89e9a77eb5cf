/**
 * solver: PubGrub over an abstract provider; knows neither Python nor conda. Packages and candidates in, one candidate
 * per package or the proof that there is none out. A term is a finite bit set of candidates with one more bit for "left
 * out", so intersection, subset and negation are word operations.
 * Invariants: no I/O of its own, the same answers in give the same answer out; a solution satisfies every dependency
 * and a failure is a derivation from what the provider said. No wait where the provider answers plainly.
 * Standard: Weizenbaum, "PubGrub: next-generation version solving" (dart-lang/pub, doc/solver.md).
 */
export { CandidateSet } from "./candidate-set.ts";
export type {
  Cause,
  Dependencies,
  Dependency,
  Derivation,
  Outcome,
  Provider,
  Refusal,
  SolveStats,
  Term,
} from "./provider.ts";
export { solve } from "./solve.ts";
