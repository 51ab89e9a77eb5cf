import type { CandidateSet } from "./candidate-set.ts";
import { type Incompatibility, incompatibility, type PackageId } from "./incompatibility.ts";

/** All incompatibilities in force, found by package; dependencies that say the same are joined into one. */
export class Clauses<Why> {
  readonly #byPackage: Incompatibility<Why>[][] = [];
  /** Dependencies in force by dependent, what they depend on, and the hash of what will do. */
  readonly #dependencies: Map<PackageId, Map<number, Incompatibility<Why>[]>>[] = [];
  /** Those known contradicted, oldest first. */
  readonly #contradicted: Incompatibility<Why>[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  addPackage(): void {
    this.#byPackage.push([]);
    this.#dependencies.push(new Map());
  }

  about(id: PackageId): readonly Incompatibility<Why>[] {
    return this.#byPackage[id] as Incompatibility<Why>[];
  }

  add(incompat: Incompatibility<Why>): void {
    this.#count += 1;
    for (const id of incompat.packages) (this.#byPackage[id] as Incompatibility<Why>[]).push(incompat);
  }

  markContradicted(incompat: Incompatibility<Why>, level: number): void {
    incompat.contradictedAt = level;
    this.#contradicted.push(incompat);
  }

  /**
   * Forgets what was contradicted above `level`. Returns the packages about which something unconditional was known:
   * it holds at every level, and has to be drawn again.
   */
  backtrack(level: number): PackageId[] {
    const again: PackageId[] = [];
    for (;;) {
      const last = this.#contradicted[this.#contradicted.length - 1];
      if (last === undefined || last.contradictedAt <= level) return again;
      last.contradictedAt = -1;
      this.#contradicted.pop();
      if (last.packages.length === 1) again.push(last.packages[0] as PackageId);
    }
  }

  /**
   * Adds "`versions` of `id` need `allowed` of `dependency`". When other versions need the same, one wider
   * incompatibility takes the place of both, so that a conflict rules out all of them at once. `undefined` when it
   * can never apply.
   */
  addDependency(
    id: PackageId,
    versions: CandidateSet,
    dependency: PackageId,
    need: { readonly allowed: CandidateSet; readonly ifPresent: boolean; readonly why: Why },
  ): Incompatibility<Why> | undefined {
    const known = this.#known(id, dependency, need.allowed);
    const at = known.findIndex(
      ({ cause }) =>
        cause.kind === "dependency" && cause.ifPresent === need.ifPresent && cause.allowed.equals(need.allowed),
    );
    const old = at < 0 ? undefined : known[at];
    if (old?.cause.kind === "dependency" && versions.isSubsetOf(old.cause.versions)) return old;
    const all = old?.cause.kind === "dependency" ? old.cause.versions.or(versions) : versions;
    const why = old?.cause.kind === "dependency" ? old.cause.why : need.why;
    const unmet = need.allowed.complement();
    const made = incompatibility(
      [
        [id, all],
        [dependency, need.ifPresent ? unmet.candidates() : unmet],
      ],
      { kind: "dependency", package: id, versions: all, dependency, ...need, why },
    );
    if (made === undefined) return undefined;
    if (old === undefined) known.push(made);
    else {
      known[at] = made;
      this.#remove(old);
    }
    this.add(made);
    return made;
  }

  #known(id: PackageId, dependency: PackageId, allowed: CandidateSet): Incompatibility<Why>[] {
    const ofDependent = this.#dependencies[id] as Map<PackageId, Map<number, Incompatibility<Why>[]>>;
    let byHash = ofDependent.get(dependency);
    if (byHash === undefined) {
      byHash = new Map();
      ofDependent.set(dependency, byHash);
    }
    let known = byHash.get(allowed.hash);
    if (known === undefined) {
      known = [];
      byHash.set(allowed.hash, known);
    }
    return known;
  }

  #remove(incompat: Incompatibility<Why>): void {
    this.#count -= 1;
    for (const id of incompat.packages) {
      const list = this.#byPackage[id] as Incompatibility<Why>[];
      list.splice(list.lastIndexOf(incompat), 1);
    }
  }
}
