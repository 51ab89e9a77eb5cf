import type { CandidateSet } from "./candidate-set.ts";
import { type Incompatibility, type PackageId, termOf } from "./incompatibility.ts";

/** One step of what is believed: a decision (no cause) or a consequence. */
interface Assignment<Why> {
  /** What is left for the package after this step. */
  readonly left: CandidateSet;
  readonly level: number;
  readonly order: number;
  readonly cause: Incompatibility<Why> | undefined;
  readonly decided: number;
}

interface Belief<Why> {
  readonly any: CandidateSet;
  readonly steps: Assignment<Why>[];
}

export type Satisfier<Why> =
  /** The conflict leads back to an earlier level. */
  | { readonly package: PackageId; readonly backTo: number }
  /** It follows from this level alone: resolve with the cause and look again. */
  | { readonly package: PackageId; readonly cause: Incompatibility<Why> };

/** Decisions and their consequences in the order made; the solver's working memory. */
export class PartialSolution<Why> {
  readonly #beliefs: Belief<Why>[] = [];
  readonly #trail: PackageId[] = [];
  #level = 0;

  get level(): number {
    return this.#level;
  }

  addPackage(any: CandidateSet): void {
    this.#beliefs.push({ any, steps: [] });
  }

  /** What may still be chosen for a package. */
  left(id: PackageId): CandidateSet {
    const belief = this.#beliefs[id] as Belief<Why>;
    return belief.steps.length === 0 ? belief.any : (belief.steps[belief.steps.length - 1] as Assignment<Why>).left;
  }

  /** The candidate decided on, or -1. */
  decided(id: PackageId): number {
    const steps = (this.#beliefs[id] as Belief<Why>).steps;
    return steps.length === 0 ? -1 : (steps[steps.length - 1] as Assignment<Why>).decided;
  }

  decide(id: PackageId, candidate: number, only: CandidateSet): void {
    this.#level += 1;
    this.#push(id, { left: only, level: this.#level, order: this.#trail.length, cause: undefined, decided: candidate });
  }

  derive(id: PackageId, left: CandidateSet, cause: Incompatibility<Why>): void {
    this.#push(id, {
      left,
      level: this.#level,
      order: this.#trail.length,
      cause,
      decided: this.decided(id),
    });
  }

  #push(id: PackageId, step: Assignment<Why>): void {
    (this.#beliefs[id] as Belief<Why>).steps.push(step);
    this.#trail.push(id);
  }

  /** Forgets everything above `level`. */
  backtrack(level: number): void {
    for (;;) {
      const id = this.#trail[this.#trail.length - 1];
      if (id === undefined) break;
      const steps = (this.#beliefs[id] as Belief<Why>).steps;
      if ((steps[steps.length - 1] as Assignment<Why>).level <= level) break;
      steps.pop();
      this.#trail.pop();
    }
    this.#level = level;
  }

  /** The level at which the package was decided, or -1. */
  decisionLevel(id: PackageId): number {
    for (const step of (this.#beliefs[id] as Belief<Why>).steps) if (step.cause === undefined) return step.level;
    return -1;
  }

  /** Finds the step that made `incompat` true, and how far back the rest of it was true already. */
  satisfier(incompat: Incompatibility<Why>): Satisfier<Why> {
    let latest: Assignment<Why> | undefined;
    let latestId = -1;
    let backTo = 0;
    for (let i = 0; i < incompat.packages.length; i++) {
      const id = incompat.packages[i] as PackageId;
      const step = this.#firstWithin(id, (incompat.sets[i] as CandidateSet).complement());
      if (latest === undefined || step.order > latest.order) {
        if (latest !== undefined) backTo = Math.max(backTo, latest.level);
        latest = step;
        latestId = id;
      } else {
        backTo = Math.max(backTo, step.level);
      }
    }
    if (latest === undefined) throw new Error("an incompatibility without terms has no satisfier");
    // Level 1 is the decision for the root, which is never given up.
    if (latest.cause === undefined) return { package: latestId, backTo: Math.max(backTo, 1) };
    backTo = Math.max(backTo, 1, this.#levelBefore(latestId, latest.cause, incompat));
    if (backTo < latest.level) return { package: latestId, backTo };
    return { package: latestId, cause: latest.cause };
  }

  /** Why nothing but `set` is left for a package; `undefined` when that was decided. */
  causeOf(id: PackageId, set: CandidateSet): Incompatibility<Why> | undefined {
    return this.#firstWithin(id, set.complement()).cause;
  }

  /** The satisfier alone may not be enough: the earlier step on the same package that it needs. */
  #levelBefore(id: PackageId, cause: Incompatibility<Why>, incompat: Incompatibility<Why>): number {
    const own = (termOf(cause, id) as CandidateSet).complement();
    const rest = own.and((termOf(incompat, id) as CandidateSet).complement());
    if (rest.isEmpty) return 0;
    return this.#firstWithin(id, rest).level;
  }

  /** The first step after which nothing of `outside` is left for the package. */
  #firstWithin(id: PackageId, outside: CandidateSet): Assignment<Why> {
    const steps = (this.#beliefs[id] as Belief<Why>).steps;
    let low = 0;
    let high = steps.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((steps[middle] as Assignment<Why>).left.isDisjointFrom(outside)) high = middle;
      else low = middle + 1;
    }
    return steps[low] as Assignment<Why>;
  }
}
