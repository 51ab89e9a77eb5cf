import { expect, test } from "vitest";
import { canShare, clashingSets, type Fits, groupScripts, joinVersions } from "../../src/lanes/index.ts";
import { randomFrom } from "../kit/random.ts";

/** Fits as long as none of these sets is within it. */
function without(...bad: readonly (readonly number[])[]): { readonly fits: Fits; readonly asked: string[] } {
  const asked: string[] = [];
  const fits: Fits = async (members) => {
    asked.push(members.join());
    const core = bad.find((set) => set.every((member) => members.includes(member)));
    return core === undefined ? { fits: true } : { fits: false, core };
  };
  return { fits, asked };
}

test("scripts that all fit together are one lane, found with one question", async () => {
  const { fits, asked } = without();
  const { lanes, atLeast, isExact } = await groupScripts(12, fits);
  expect({ lanes: lanes.length, atLeast, isExact }).toEqual({ lanes: 1, atLeast: 1, isExact: true });
  expect(asked).toEqual(["0,1,2,3,4,5,6,7,8,9,10,11"]);
});

test("a pair that clashes makes two lanes", async () => {
  const { fits } = without([0, 2]);
  expect(await groupScripts(3, fits)).toMatchObject({ lanes: [[0, 1], [2]], atLeast: 2, isExact: true });
});

test("three that fit in pairs but not together make two lanes, and are told as three", async () => {
  const { fits } = without([0, 1, 2]);
  const { lanes, known } = await groupScripts(4, fits);
  expect(lanes).toHaveLength(2);
  expect(await clashingSets(known)).toEqual([[0, 1, 2]]);
});

test("members of one environment stay together where that costs nothing", async () => {
  const { fits } = without([0, 1]);
  const { lanes } = await groupScripts(4, fits, { belongsTo: (member) => (member === 1 || member === 3 ? "a" : "b") });
  expect(lanes).toEqual([
    [0, 2],
    [1, 3],
  ]);
});

test("no scripts need no lane", async () => {
  expect(await groupScripts(0, without().fits)).toMatchObject({ lanes: [], atLeast: 0, isExact: true });
});

test("where first come first served is not enough, the fewest are found all the same", async () => {
  // A crown: each even one fits with one odd one only, and taking the first that fits pairs them off.
  const crown: number[][] = [];
  for (let a = 0; a < 4; a++) for (let b = 0; b < 4; b++) if (a !== b) crown.push([2 * a, 2 * b + 1]);
  const { lanes, isExact } = await groupScripts(8, without(...crown).fits);
  expect(lanes).toEqual([
    [0, 2, 4, 6],
    [1, 3, 5, 7],
  ]);
  expect(isExact).toBe(true);
});

const random = randomFrom();

test(`the fewest lanes of 500 random sets agree with trying every way (SEED=${random.seed})`, async () => {
  for (let round = 0; round < 500; round++) {
    const count = 1 + random.below(8);
    const bad = Array.from({ length: random.below(10) }, () => random.some(count, 2 + random.below(3))).filter(
      (set) => set.length > 1,
    );
    const fitsNow = (members: readonly number[]): boolean =>
      !bad.some((set) => set.every((member) => members.includes(member)));
    const hasCore = random.below(2) === 0;
    const { lanes, atLeast, isExact, known } = await groupScripts(count, async (members) => {
      const core = bad.find((set) => set.every((member) => members.includes(member)));
      return core === undefined ? { fits: true } : { fits: false, ...(hasCore ? { core } : {}) };
    });
    const fewest = fewestOf(count, fitsNow);
    expect({ fewest: lanes.length, atLeast, isExact }).toEqual({ fewest, atLeast: fewest, isExact: true });
    expect(lanes.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, member) => member));
    expect(lanes.every(fitsNow)).toBe(true);
    const clashing = await clashingSets(known);
    for (let a = 0; a < count; a++)
      for (let b = a + 1; b < count; b++)
        expect(clashing.some((set) => set.length === 2 && set[0] === a && set[1] === b)).toBe(!fitsNow([a, b]));
    expect(
      clashing.every((set) => !fitsNow(set) && set.every((one) => fitsNow(set.filter((other) => other !== one)))),
    ).toBe(true);
  }
});

test(`above twelve the bound is told, and holds (SEED=${random.seed})`, async () => {
  for (let round = 0; round < 40; round++) {
    const count = 13 + random.below(30);
    const colour = Array.from({ length: count }, () => random.below(4));
    const fits: Fits = async (members) => ({ fits: new Set(members.map((member) => colour[member])).size === 1 });
    const { lanes, atLeast, isExact } = await groupScripts(count, fits);
    expect(lanes.length).toBe(new Set(colour).size);
    expect({ atLeast, isExact }).toEqual({ atLeast: lanes.length, isExact: true });
  }
  // No clique says how many: five in a ring, three times.
  const ring = [0, 5, 10].flatMap((at) => [0, 1, 2, 3, 4].map((one) => [at + one, at + ((one + 1) % 5)]));
  const { lanes, atLeast, isExact } = await groupScripts(15, without(...ring).fits);
  expect({ lanes: lanes.length, atLeast, isExact }).toEqual({ lanes: 3, atLeast: 2, isExact: false });
});

/** By trying every subset. */
function fewestOf(count: number, fits: (members: readonly number[]) => boolean): number {
  const best = [0];
  for (let mask = 1; mask < 1 << count; mask++) {
    best[mask] = Number.POSITIVE_INFINITY;
    for (let part = mask; part > 0; part = (part - 1) & mask) {
      const members = Array.from({ length: count }, (_, member) => member).filter((member) => (part >> member) & 1);
      if (fits(members)) best[mask] = Math.min(best[mask] ?? 0, 1 + (best[mask ^ part] ?? 0));
    }
  }
  return best[(1 << count) - 1] ?? 0;
}

test("two locks share a process unless a package is in both in different versions", () => {
  const a = {
    packages: [
      { name: "idna", version: "3.6" },
      { name: "numpy", version: "1.26.4" },
    ],
  };
  const b = {
    packages: [
      { name: "numpy", version: "2.0.0" },
      { name: "scipy", version: "1.13.0" },
    ],
  };
  expect(canShare(a, b)).toEqual({
    shares: false,
    differing: [{ name: "numpy", versions: ["1.26.4", "2.0.0"] }],
    added: ["scipy"],
  });
  expect(canShare(a, a)).toEqual({ shares: true, differing: [], added: [] });
  expect(joinVersions([a, b])).toBeUndefined();
  expect(joinVersions([a, { packages: [{ name: "abc", version: "1" }] }])?.map(({ name }) => name)).toEqual([
    "abc",
    "idna",
    "numpy",
  ]);
});
