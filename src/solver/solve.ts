import { CandidateSet } from "./candidate-set.ts";
import { Clauses } from "./clauses.ts";
import { DecisionOrder } from "./decision-order.ts";
import { type Incompatibility, incompatibility, type PackageId, toDerivation } from "./incompatibility.ts";
import { PartialSolution } from "./partial-solution.ts";
import { propagate } from "./propagation.ts";
import type { Dependencies, Dependency, Outcome, Provider, Refusal, SolveStats } from "./provider.ts";

/**
 * Finds one candidate for every package that `root` needs, or proves that there is none. `root` has candidate 0 only.
 * Throws the signal's reason when aborted; errors of the provider pass through.
 */
export async function solve<P, Why>(
  provider: Provider<P, Why>,
  root: P,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Outcome<P, Why>> {
  return await new Solver(provider, root, signal).run();
}

class Solver<P, Why> {
  readonly #provider: Provider<P, Why>;
  readonly #signal: AbortSignal | undefined;
  readonly #ids = new Map<P, PackageId>();
  readonly #names: P[] = [];
  readonly #counts: number[] = [];
  /** The package that this one is a part of, or -1. */
  readonly #wholes: PackageId[] = [];
  readonly #solution = new PartialSolution<Why>();
  readonly #clauses = new Clauses<Why>();
  readonly #order = new DecisionOrder();
  #decisions = 0;
  #conflicts = 0;
  #waits = 0;

  constructor(provider: Provider<P, Why>, root: P, signal: AbortSignal | undefined) {
    this.#provider = provider;
    this.#signal = signal;
    this.#enter(root, 1);
    const absent = CandidateSet.all(1).complement();
    const rootWanted = incompatibility<Why>([[0, absent]], { kind: "root" });
    if (rootWanted !== undefined) this.#clauses.add(rootWanted);
  }

  async run(): Promise<Outcome<P, Why>> {
    let changed: readonly PackageId[] = [0];
    for (;;) {
      this.#signal?.throwIfAborted();
      const propagated = propagate(this.#solution, this.#clauses, changed);
      if (propagated.kind === "impossible") return this.#failed(propagated.proof);
      for (const { affected, learned } of propagated.conflicts) this.#recordConflict(affected, learned);
      changed = this.#reorder();
      if (changed.length > 0) continue;
      const next = this.#pick();
      if (next < 0) return this.#solved();
      changed = [next];
      if (this.#tie(next)) continue;
      const allowed = this.#solution.left(next);
      const choosing = this.#provider.choose(this.#names[next] as P, allowed);
      const choice = choosing instanceof Promise ? await this.#wait(choosing) : choosing;
      if (typeof choice !== "number") {
        this.#refuse(next, choice);
        continue;
      }
      const asking = this.#provider.dependencies(this.#names[next] as P, choice);
      const answer = asking instanceof Promise ? await this.#wait(asking) : asking;
      this.#decide(next, choice, answer);
    }
  }

  async #wait<T>(answer: Promise<T>): Promise<T> {
    this.#waits += 1;
    if (this.#provider.prefetch !== undefined) {
      const wanted: { package: P; allowed: CandidateSet }[] = [];
      for (let id = 1; id < this.#names.length; id++) {
        const allowed = this.#solution.left(id);
        if (allowed.isPositive && this.#solution.decided(id) < 0)
          wanted.push({ package: this.#names[id] as P, allowed });
      }
      this.#provider.prefetch(wanted);
    }
    const value = await answer;
    this.#signal?.throwIfAborted();
    return value;
  }

  #enter(name: P, count: number): PackageId {
    const id = this.#names.length;
    this.#ids.set(name, id);
    this.#names.push(name);
    this.#counts.push(count);
    this.#wholes.push(-1);
    this.#solution.addPackage(CandidateSet.any(count));
    this.#clauses.addPackage();
    this.#order.addPackage(this.#provider.tier?.(name) ?? 0);
    return id;
  }

  #idOf(name: P): PackageId {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const whole = this.#provider.whole?.(name);
    const wholeId = whole === undefined ? -1 : this.#idOf(whole);
    const id = this.#enter(name, this.#provider.candidates(name));
    this.#wholes[id] = wholeId;
    for (const refusal of this.#provider.refusals?.(name) ?? []) this.#addRefusal(id, refusal);
    return id;
  }

  /**
   * The undecided package that is wanted and ranks highest, or -1 when all are decided. A part ranks as its whole, and
   * once that is decided as something in one exact version, so that it comes right after it: what its version brings is
   * known before anything is built on the whole.
   */
  #pick(): PackageId {
    let best = -1;
    let bestRank = -1;
    let bestPlace = -1;
    for (let id = 0; id < this.#names.length; id++) {
      const left = this.#solution.left(id);
      if (!left.isPositive || this.#solution.decided(id) >= 0) continue;
      const subject = this.#subject(id);
      const isTied = subject !== id && this.#solution.decided(subject) >= 0;
      const rank = this.#order.rank(subject, isTied);
      if (rank < bestRank || (rank === bestRank && subject >= bestPlace)) continue;
      best = id;
      bestRank = rank;
      bestPlace = subject;
    }
    const whole = best < 0 ? -1 : (this.#wholes[best] as PackageId);
    return whole >= 0 && this.#solution.decided(whole) < 0 && this.#solution.left(whole).isPositive ? whole : best;
  }

  /** Makes a part follow its whole before it is decided; true when something new must be propagated. */
  #tie(part: PackageId): boolean {
    const whole = this.#wholes[part] as PackageId;
    if (whole < 0) return false;
    const wanted = this.#solution.left(part);
    const given = this.#solution.left(whole);
    const outside = wanted.minus(given);
    if (outside.isEmpty) return false;
    const cause = { kind: "whole", part, whole } as const;
    const tie = incompatibility<Why>(
      [
        [part, outside],
        [whole, outside.complement()],
      ],
      cause,
    );
    if (tie !== undefined) this.#clauses.add(tie);
    return true;
  }

  #refuse(id: PackageId, refusals: readonly Refusal<Why>[]): void {
    if (refusals.length === 0) throw new Error("the provider refused every candidate without a reason");
    for (const refusal of refusals) this.#addRefusal(id, refusal);
  }

  #addRefusal(id: PackageId, { versions, why }: Refusal<Why>): void {
    const made = incompatibility<Why>([[id, versions]], { kind: "refused", package: id, versions, why });
    if (made === undefined) return;
    this.#clauses.add(made);
    const left = this.#solution.left(id);
    if (left.isDisjointFrom(versions) || left.isSubsetOf(versions)) return;
    // Drawn at once, so that whoever needs one of these is refused before it is decided on.
    this.#solution.derive(id, left.minus(versions), made);
    this.#clauses.markContradicted(made, this.#solution.level);
  }

  /** Adds what the candidate asks for; decides on it unless that contradicts what is believed already. */
  #decide(id: PackageId, candidate: number, answer: Dependencies<P, Why>): void {
    const only = CandidateSet.of(this.#counts[id] as number, candidate);
    if ("refused" in answer) {
      this.#addRefusal(id, { versions: only, why: answer.refused });
      return;
    }
    let broken: Incompatibility<Why> | undefined;
    for (const dependency of answer) {
      const made = this.#addDependency(id, only, dependency);
      if (made !== undefined && broken === undefined && this.#breaks(made, id, only)) broken = made;
    }
    if (broken !== undefined) {
      this.#recordConflict(id, broken, this.#deciders(broken, id));
      return;
    }
    this.#decisions += 1;
    this.#solution.decide(id, candidate, only);
  }

  #addDependency(id: PackageId, only: CandidateSet, dependency: Dependency<P, Why>): Incompatibility<Why> | undefined {
    const { allowed, why, ifPresent = false } = dependency;
    const target = this.#idOf(dependency.package);
    if (dependency.isExact === true) this.#order.markExact(this.#subject(target));
    return this.#clauses.addDependency(id, only, target, { allowed, ifPresent, why });
  }

  /** True when all terms would hold if `id` were `only`. */
  #breaks(incompat: Incompatibility<Why>, id: PackageId, only: CandidateSet): boolean {
    return incompat.packages.every((other, i) =>
      (other === id ? only : this.#solution.left(other)).isSubsetOf(incompat.sets[i] as CandidateSet),
    );
  }

  #recordConflict(affected: PackageId, incompat: Incompatibility<Why>, deciders: readonly PackageId[] = []): void {
    this.#conflicts += 1;
    const subject = this.#subject(affected);
    const others = [...incompat.packages, ...deciders].map((id) => this.#subject(id)).filter((id) => id !== subject);
    this.#order.recordConflict(subject, [...new Set(others)]);
  }

  /** What was decided before and left so little of the packages, not decided themselves, that `affected` broke with. */
  #deciders(broken: Incompatibility<Why>, affected: PackageId): readonly PackageId[] {
    return broken.packages.flatMap((id, i) => {
      if (id === affected || this.#solution.decided(id) >= 0) return [];
      const cause = this.#solution.causeOf(id, broken.sets[i] as CandidateSet);
      return (cause?.packages ?? []).filter((one) => one !== id && this.#solution.decided(one) >= 0);
    });
  }

  #subject(id: PackageId): PackageId {
    const whole = this.#wholes[id] as PackageId;
    return whole < 0 ? id : whole;
  }

  /** Undoes what stands in the way of the new order; returns what has to be propagated again. */
  #reorder(): PackageId[] {
    const again: PackageId[] = [];
    for (const id of this.#order.reorder()) {
      const level = this.#solution.decisionLevel(id);
      if (level <= 1) continue;
      this.#solution.backtrack(level - 1);
      again.push(...this.#clauses.backtrack(level - 1));
    }
    return again;
  }

  #solved(): Outcome<P, Why> {
    const chosen = new Map<P, number>();
    for (let id = 0; id < this.#names.length; id++) {
      const candidate = this.#solution.decided(id);
      if (candidate >= 0) chosen.set(this.#names[id] as P, candidate);
    }
    return { kind: "solved", chosen, stats: this.#stats() };
  }

  #failed(proof: Incompatibility<Why>): Outcome<P, Why> {
    const derivation = toDerivation(proof, (id) => this.#names[id] as P);
    return { kind: "failed", derivation, stats: this.#stats() };
  }

  #stats(): SolveStats {
    return {
      decisions: this.#decisions,
      conflicts: this.#conflicts,
      incompatibilities: this.#clauses.count,
      waits: this.#waits,
    };
  }
}
