import type { CandidateSet } from "./candidate-set.ts";

/**
 * What one candidate asks of another package. `Why` is the provider's own note (a requirement, its origin) and comes
 * back untouched in the derivation of a failure.
 */
export interface Dependency<P, Why> {
  readonly package: P;
  /** The candidates that will do; empty when none would. */
  readonly allowed: CandidateSet;
  readonly why: Why;
  /** Means one version and no other: such packages are decided early. */
  readonly isExact?: boolean;
  /** Does not want the package; if something else does, only `allowed` will do. */
  readonly ifPresent?: boolean;
}

/** Candidates that can never be chosen, and why. */
export interface Refusal<Why> {
  readonly versions: CandidateSet;
  readonly why: Why;
}

export type Dependencies<P, Why> = readonly Dependency<P, Why>[] | { readonly refused: Why };

/**
 * Everything the solver knows about its world. Packages are compared by identity (strings, or objects made once).
 * Candidates are numbered from 0; the order has no meaning to the solver. Answers that are at hand are returned
 * plainly, so that a solve whose data is in memory never waits; promises are for those that are not.
 */
export interface Provider<P, Why> {
  /** How many candidates there are. Asked once, when a dependency first names the package. */
  candidates(name: P): number;
  /** The best candidate in `allowed`, or the reasons that rule out all of them (together they cover `allowed`). */
  choose(name: P, allowed: CandidateSet): number | readonly Refusal<Why>[] | Promise<number | readonly Refusal<Why>[]>;
  dependencies(name: P, candidate: number): Dependencies<P, Why> | Promise<Dependencies<P, Why>>;
  /** Candidates ruled out before anything is tried, such as by a constraint. Asked once. */
  refusals?(name: P): readonly Refusal<Why>[];
  /** Packages of a higher tier are decided first, whatever the conflicts: 0 is ordinary. */
  tier?(name: P): number;
  /**
   * The package that this one is a part of: same candidates, same choice always (an extra of a package). The provider
   * must ask for the whole wherever it asks for the part.
   */
  whole?(name: P): P | undefined;
  /** Called before the solver waits: what is wanted and still undecided. */
  prefetch?(wanted: readonly { readonly package: P; readonly allowed: CandidateSet }[]): void;
}

/** Why a combination can't be. A directed acyclic graph: nodes are shared between branches. */
export interface Derivation<P, Why> {
  /** All of these together are impossible. Empty, or the root alone: nothing is possible. */
  readonly terms: readonly Term<P>[];
  readonly cause: Cause<P, Why>;
}

export interface Term<P> {
  readonly package: P;
  readonly set: CandidateSet;
}

export type Cause<P, Why> =
  | { readonly kind: "root" }
  | {
      readonly kind: "dependency";
      readonly package: P;
      readonly versions: CandidateSet;
      readonly dependency: P;
      readonly allowed: CandidateSet;
      readonly ifPresent: boolean;
      readonly why: Why;
    }
  | { readonly kind: "refused"; readonly package: P; readonly versions: CandidateSet; readonly why: Why }
  | { readonly kind: "whole"; readonly part: P; readonly whole: P }
  | { readonly kind: "derived"; readonly left: Derivation<P, Why>; readonly right: Derivation<P, Why> };

export interface SolveStats {
  readonly decisions: number;
  readonly conflicts: number;
  readonly incompatibilities: number;
  /** How often the solver had to wait for its provider. */
  readonly waits: number;
}

export type Outcome<P, Why> =
  | { readonly kind: "solved"; readonly chosen: ReadonlyMap<P, number>; readonly stats: SolveStats }
  | { readonly kind: "failed"; readonly derivation: Derivation<P, Why>; readonly stats: SolveStats };
