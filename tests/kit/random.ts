/** Random choices that are the same for the same seed; `SEED=n` repeats a run. The seed belongs into the test's name. */
export interface Random {
  readonly seed: number;
  /** A whole number in [0, limit). */
  below(limit: number): number;
  pick<T>(values: readonly T[]): T;
  /** At most so many different numbers below `limit`, ascending. */
  some(limit: number, most: number): number[];
}

export function randomFrom(seed: number = Number(process.env["SEED"] ?? Date.now() % 1_000_000)): Random {
  let state = seed;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    seed,
    below,
    pick: (values) => values[below(values.length)] as (typeof values)[number],
    some: (limit, most) => [...new Set(Array.from({ length: most }, () => below(limit)))].sort((a, b) => a - b),
  };
}
