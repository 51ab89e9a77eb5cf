/**
 * A term about one package: which of its `count` candidates may be chosen, and (one extra bit) whether it may be left
 * out. A set without that bit demands the package; its complement is the logical negation. Sets of one package always
 * have the same `count`. Values are immutable once handed out; only `add` writes, while a set is being built.
 */
export class CandidateSet {
  readonly count: number;
  readonly #words: Int32Array;
  #hash = 0;

  private constructor(count: number, words: Int32Array) {
    this.count = count;
    this.#words = words;
  }

  /** No candidate, and not absent: a term that nothing satisfies. */
  static none(count: number): CandidateSet {
    return new CandidateSet(count, new Int32Array((count >>> 5) + 1));
  }

  /** Every candidate: the package is wanted, in any version. */
  static all(count: number): CandidateSet {
    return CandidateSet.range(count, 0, count);
  }

  /** Every candidate, or none: the term that is always true. */
  static any(count: number): CandidateSet {
    return CandidateSet.range(count, 0, count + 1);
  }

  static of(count: number, ...indices: readonly number[]): CandidateSet {
    const set = CandidateSet.none(count);
    for (const index of indices) set.add(index);
    return set;
  }

  /** The candidates `from` (included) to `to` (excluded). */
  static range(count: number, from: number, to: number): CandidateSet {
    const set = CandidateSet.none(count);
    const words = set.#words;
    for (let index = from; index < to; ) {
      if ((index & 31) === 0 && to - index >= 32) {
        words[index >>> 5] = -1;
        index += 32;
      } else {
        words[index >>> 5] = (words[index >>> 5] as number) | (1 << (index & 31));
        index += 1;
      }
    }
    return set;
  }

  add(index: number): void {
    this.#words[index >>> 5] = (this.#words[index >>> 5] as number) | (1 << (index & 31));
  }

  has(index: number): boolean {
    return (((this.#words[index >>> 5] as number) >>> (index & 31)) & 1) === 1;
  }

  /** True when the package must be chosen. */
  get isPositive(): boolean {
    return !this.has(this.count);
  }

  and(other: CandidateSet): CandidateSet {
    const a = this.#words;
    const b = other.#words;
    const words = new Int32Array(a.length);
    for (let i = 0; i < words.length; i++) words[i] = (a[i] as number) & (b[i] as number);
    return new CandidateSet(this.count, words);
  }

  or(other: CandidateSet): CandidateSet {
    const a = this.#words;
    const b = other.#words;
    const words = new Int32Array(a.length);
    for (let i = 0; i < words.length; i++) words[i] = (a[i] as number) | (b[i] as number);
    return new CandidateSet(this.count, words);
  }

  minus(other: CandidateSet): CandidateSet {
    const a = this.#words;
    const b = other.#words;
    const words = new Int32Array(a.length);
    for (let i = 0; i < words.length; i++) words[i] = (a[i] as number) & ~(b[i] as number);
    return new CandidateSet(this.count, words);
  }

  /** Logical negation, with the bit for "left out". */
  complement(): CandidateSet {
    const a = this.#words;
    const words = new Int32Array(a.length);
    const last = words.length - 1;
    for (let i = 0; i < last; i++) words[i] = ~(a[i] as number);
    words[last] = ~(a[last] as number) & tailMask(this.count);
    return new CandidateSet(this.count, words);
  }

  /** The candidates alone: without "left out". */
  candidates(): CandidateSet {
    if (this.isPositive) return this;
    const words = this.#words.slice();
    const last = this.count >>> 5;
    words[last] = (words[last] as number) & ~(1 << (this.count & 31));
    return new CandidateSet(this.count, words);
  }

  isSubsetOf(other: CandidateSet): boolean {
    const a = this.#words;
    const b = other.#words;
    for (let i = 0; i < a.length; i++) if (((a[i] as number) & ~(b[i] as number)) !== 0) return false;
    return true;
  }

  isDisjointFrom(other: CandidateSet): boolean {
    const a = this.#words;
    const b = other.#words;
    for (let i = 0; i < a.length; i++) if (((a[i] as number) & (b[i] as number)) !== 0) return false;
    return true;
  }

  equals(other: CandidateSet): boolean {
    if (this === other) return true;
    const a = this.#words;
    const b = other.#words;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
    return true;
  }

  /** The same for equal sets; for finding them. */
  get hash(): number {
    if (this.#hash === 0) {
      let hash = 0x811c9dc5;
      for (const word of this.#words) hash = Math.imul(hash ^ word ^ (word >>> 15), 0x01000193);
      this.#hash = hash | 1;
    }
    return this.#hash;
  }

  get isEmpty(): boolean {
    for (const word of this.#words) if (word !== 0) return false;
    return true;
  }

  /** True for the term that is always true. */
  get isAny(): boolean {
    const words = this.#words;
    const last = words.length - 1;
    for (let i = 0; i < last; i++) if (words[i] !== -1) return false;
    return words[last] === tailMask(this.count);
  }

  /** How many candidates are in the set ("left out" is not counted). */
  get size(): number {
    let total = this.isPositive ? 0 : -1;
    for (const word of this.#words) total += popCount(word);
    return total;
  }

  /** True when exactly one candidate is left and the package is wanted; cheaper than `size`. */
  get isSingle(): boolean {
    let seen = false;
    for (const word of this.#words) {
      if (word === 0) continue;
      if (seen || (word & (word - 1)) !== 0) return false;
      seen = true;
    }
    return seen && this.isPositive;
  }

  /** The largest candidate at or below `from`, or -1. */
  highest(from: number = this.count - 1): number {
    if (from < 0) return -1;
    let at = Math.min(from, this.count - 1);
    let word = (this.#words[at >>> 5] as number) & (-1 >>> (31 - (at & 31)));
    at >>>= 5;
    for (;;) {
      if (word !== 0) return (at << 5) + 31 - Math.clz32(word);
      if (at === 0) return -1;
      at -= 1;
      word = this.#words[at] as number;
    }
  }

  /** The smallest candidate at or above `from`, or -1. */
  lowest(from = 0): number {
    if (from >= this.count) return -1;
    let at = from >>> 5;
    let word = (this.#words[at] as number) & (-1 << (from & 31));
    for (;;) {
      if (word !== 0) {
        const index = (at << 5) + 31 - Math.clz32(word & -word);
        return index < this.count ? index : -1;
      }
      at += 1;
      if (at >= this.#words.length) return -1;
      word = this.#words[at] as number;
    }
  }

  /** The candidates, ascending. */
  *[Symbol.iterator](): IterableIterator<number> {
    for (let index = this.lowest(); index >= 0; index = this.lowest(index + 1)) yield index;
  }
}

/** The bits of the last word that mean something: candidates and the bit at `count`. */
function tailMask(count: number): number {
  return (-1 >>> (31 - (count & 31))) | 0;
}

function popCount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return (((v + (v >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
