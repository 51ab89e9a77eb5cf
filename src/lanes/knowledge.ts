/** The answer to "can these live together?". */
export interface Verdict {
  readonly fits: boolean;
  /** Of those that don't fit: some that don't even without the others. */
  readonly core?: readonly number[];
}

/** Asked with the members in ascending order, two of them at least. */
export type Fits = (members: readonly number[]) => Promise<Verdict>;

/**
 * What is known of which members fit together. Only what doesn't follow from earlier answers is asked: a subset of a
 * set that fits fits, and a superset of one that doesn't never does. A member alone counts as fitting.
 */
export class Knowledge {
  readonly count: number;
  /** How many sets were asked about. */
  questions = 0;
  readonly #ask: Fits;
  /** As bit masks; none is within another of its kind. */
  #good: bigint[] = [];
  #bad: bigint[] = [];

  constructor(count: number, ask: Fits) {
    this.count = count;
    this.#ask = ask;
  }

  async fits(members: readonly number[]): Promise<boolean> {
    const known = this.now(members);
    if (known !== undefined) return known;
    this.questions++;
    const ordered = [...members].sort((a, b) => a - b);
    const { fits, core = ordered } = await this.#ask(ordered);
    if (fits) this.#keepGood(maskOf(ordered));
    else this.#keepBad(maskOf(core));
    return fits;
  }

  /** What follows from the answers so far; `undefined` when nothing does. */
  now(members: readonly number[]): boolean | undefined {
    if (members.length < 2) return true;
    const mask = maskOf(members);
    if (this.#good.some((good) => (mask & good) === mask)) return true;
    if (this.#bad.some((bad) => (mask & bad) === bad)) return false;
    return undefined;
  }

  /** The smallest sets known not to fit. */
  bad(): readonly (readonly number[])[] {
    return this.#bad.map(membersOf);
  }

  #keepGood(mask: bigint): void {
    this.#good = [...this.#good.filter((good) => (good & mask) !== good), mask];
  }

  #keepBad(mask: bigint): void {
    this.#bad = [...this.#bad.filter((bad) => (bad & mask) !== mask), mask];
  }
}

function maskOf(members: readonly number[]): bigint {
  let mask = 0n;
  for (const member of members) mask |= 1n << BigInt(member);
  return mask;
}

function membersOf(mask: bigint): readonly number[] {
  const members: number[] = [];
  for (let member = 0, rest = mask; rest > 0n; member++, rest >>= 1n) if ((rest & 1n) === 1n) members.push(member);
  return members;
}
