import type { PackageId } from "./incompatibility.ts";

/** After this many conflicts between packages their order of decision is changed. */
const conflictThreshold = 5;

const ordinary = 0;
const late = 1;
const early = 2;

/**
 * Which package is decided next. Tiers of the provider first, then those asked for in one exact version, then those that
 * conflicts keep hitting, then the order of discovery. When a package is hit (or keeps hitting) five times it moves
 * ahead: its conflicts are then met before much else was built on top of them.
 */
export class DecisionOrder {
  readonly #tier: number[] = [];
  readonly #exact: boolean[] = [];
  readonly #conflict: number[] = [];
  readonly #hit: number[] = [];
  readonly #hitting: number[] = [];
  #toEarly: PackageId[] = [];
  #toLate: PackageId[] = [];

  addPackage(tier: number): void {
    this.#tier.push(tier);
    this.#exact.push(false);
    this.#conflict.push(ordinary);
    this.#hit.push(0);
    this.#hitting.push(0);
  }

  /** Larger is decided earlier; equal ones in the order of discovery. */
  rank(id: PackageId): number {
    return (this.#tier[id] as number) * 8 + (this.#exact[id] === true ? 4 : 0) + (this.#conflict[id] as number);
  }

  /** Somebody asked for one version of the package and no other. */
  markExact(id: PackageId): void {
    this.#exact[id] = true;
  }

  /** Notes that `affected` met an incompatibility with `others`. */
  recordConflict(affected: PackageId, others: readonly PackageId[]): void {
    if (others.length === 0) return;
    for (const id of others) {
      this.#hitting[id] = (this.#hitting[id] as number) + 1;
      if (this.#hitting[id] === conflictThreshold) this.#toLate.push(id);
    }
    this.#hit[affected] = (this.#hit[affected] as number) + 1;
    if (this.#hit[affected] === conflictThreshold) this.#toEarly.push(affected);
  }

  /** Applies what was recorded; the packages that should be undone so that the new order counts. */
  reorder(): PackageId[] {
    if (this.#toEarly.length === 0 && this.#toLate.length === 0) return [];
    for (const id of this.#toEarly) this.#conflict[id] = early;
    const moved: PackageId[] = [];
    for (const id of this.#toLate) {
      if (this.#conflict[id] !== ordinary) continue;
      this.#conflict[id] = late;
      moved.push(id);
    }
    this.#toEarly = [];
    this.#toLate = [];
    return moved;
  }
}
