import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CandidateSet } from "../../src/solver/index.ts";

/** A set beside the plain list that it should equal; `count` itself stands for "left out". */
const sets = (count: number): fc.Arbitrary<{ set: CandidateSet; list: number[] }> =>
  fc
    .subarray(Array.from({ length: count + 1 }, (_, i) => i))
    .map((list) => ({ set: CandidateSet.of(count, ...list), list }));

const pairs = fc.integer({ min: 0, max: 130 }).chain((count) => fc.tuple(fc.constant(count), sets(count), sets(count)));

const listOf = (set: CandidateSet): number[] => [...set, ...(set.isPositive ? [] : [set.count])];

describe("CandidateSet", () => {
  it("is a set", () => {
    fc.assert(
      fc.property(pairs, ([count, a, b]) => {
        const all = Array.from({ length: count + 1 }, (_, i) => i);
        expect(listOf(a.set)).toEqual(a.list);
        expect(listOf(a.set.and(b.set))).toEqual(a.list.filter((i) => b.list.includes(i)));
        expect(listOf(a.set.or(b.set))).toEqual(all.filter((i) => a.list.includes(i) || b.list.includes(i)));
        expect(listOf(a.set.minus(b.set))).toEqual(a.list.filter((i) => !b.list.includes(i)));
        expect(listOf(a.set.complement())).toEqual(all.filter((i) => !a.list.includes(i)));
        expect(listOf(a.set.candidates())).toEqual(a.list.filter((i) => i < count));
        expect(a.set.isSubsetOf(b.set)).toBe(a.list.every((i) => b.list.includes(i)));
        expect(a.set.isDisjointFrom(b.set)).toBe(!a.list.some((i) => b.list.includes(i)));
        expect(a.set.equals(b.set)).toBe(String(a.list) === String(b.list));
        expect(a.set.isEmpty).toBe(a.list.length === 0);
        expect(a.set.isAny).toBe(a.list.length === count + 1);
        expect(a.set.size).toBe(a.list.filter((i) => i < count).length);
        expect(a.set.isSingle).toBe(a.list.length === 1 && a.list[0] !== count);
        expect(a.set.highest()).toBe(a.list.filter((i) => i < count).at(-1) ?? -1);
        expect(a.set.lowest()).toBe(a.list.find((i) => i < count) ?? -1);
      }),
      { numRuns: 400 },
    );
  });

  it("makes ranges", () => {
    fc.assert(
      fc.property(fc.nat(140), fc.nat(140), fc.nat(140), (count, x, y) => {
        const [from, to] = [Math.min(x, y, count), Math.min(Math.max(x, y), count)];
        expect([...CandidateSet.range(count, from, to)]).toEqual(Array.from({ length: to - from }, (_, i) => from + i));
      }),
    );
  });
});
