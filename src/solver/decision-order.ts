import type { PackageId } from "./incompatibility.ts";

/** After this many conflicts between packages their order of decision is changed. */
const conflictThreshold = 5;

const late = 0;
const ordinary = 1;
const early = 2;

/**
 * Which package is decided next. Tiers of the provider first, then those asked for in one exact version, then those that
 * were hit by conflicts five times, then the order of discovery, and last those that hit others five times: they take
 * what the others leave them, and nobody goes back far for their sake.
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

  /** Larger is decided earlier; equal ones in the order of discovery. With `exact` as if one version were asked for. */
  rank(id: PackageId, exact = false): number {
    const isExact = exact || this.#exact[id] === true;
    return (this.#tier[id] as number) * 8 + (isExact ? 4 : 0) + (this.#conflict[id] as number);
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
      if (this.#hitting[id] !== conflictThreshold) continue;
      this.#toLate.push(id);
      // Who keeps hitting waits for whom it hit last, or it would come first again.
      this.#toEarly.push(affected);
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
