import { expect, test } from "vitest";
import type { CheckReport } from "../../src/app/index.ts";
import { type Projects, testContext } from "../kit/context.ts";
import { type Random, randomFrom } from "../kit/random.ts";

const packages = 5;
const versions = [1, 2, 3] as const;
const limits: Readonly<Record<string, (version: number) => boolean>> = {
  "": () => true,
  "<2": (version) => version < 2,
  "<3": (version) => version < 3,
  ">=2": (version) => version >= 2,
  ">=3": (version) => version >= 3,
  "==2": (version) => version === 2,
  "!=2": (version) => version !== 2,
};

/** What somebody asks of a package. */
interface Ask {
  readonly package: number;
  readonly limit: string;
}

/** What every version of every package needs: `needs[package][version]`. */
type Universe = readonly (readonly (readonly Ask[])[])[];

/** Versions by package, 0 where it is absent. */
type Choice = readonly number[];

function universeFrom(random: Random): Universe {
  return Array.from({ length: packages }, (_, own) =>
    [0, ...versions].map(() =>
      random.some(packages, random.below(3)).flatMap((one) => (one === own ? [] : [ask(random, one)])),
    ),
  );
}

function ask(random: Random, one: number): Ask {
  return { package: one, limit: random.pick(Object.keys(limits)) };
}

/** All ways to choose versions such that each finds what it needs: every one of them is tried. */
function wholeChoices(universe: Universe): readonly Choice[] {
  const found: Choice[] = [];
  for (let number = 0; number < (versions.length + 1) ** packages; number++) {
    const choice = Array.from(
      { length: packages },
      (_, one) => Math.floor(number / (versions.length + 1) ** one) % (versions.length + 1),
    );
    if (choice.every((version, one) => version === 0 || meets(choice, universe[one]?.[version] ?? [])))
      found.push(choice);
  }
  return found;
}

function meets(choice: Choice, asks: readonly Ask[]): boolean {
  return asks.every(({ package: one, limit }) => choice[one] !== 0 && limits[limit]?.(choice[one] ?? 0) === true);
}

function served(universe: Universe, prefix: string): Projects {
  return Object.fromEntries(
    universe.map((needs, one) => [
      `${prefix}-${one}`,
      Object.fromEntries(
        versions.map((version) => [
          String(version),
          { requires: (needs[version] ?? []).map((need) => `${prefix}-${need.package}${need.limit}`) },
        ]),
      ),
    ]),
  );
}

/** The fewest groups that fit, over all subsets. */
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

const random = randomFrom();
const setsEach = 10;
/** All 500 take a quarter of a minute of one core. */
const universes = Number(process.env["SETS"] ?? 100) / setsEach;

test(`${universes * setsEach} random sets of scripts agree with trying everything (SETS=500 SEED=${random.seed})`, {
  timeout: 300_000,
}, async () => {
  await using t = await testContext();
  let splits = 0;
  let jointOnly = 0;
  for (let universe = 0; universe < universes; universe++) {
    const needs = universeFrom(random);
    const choices = wholeChoices(needs);
    const prefix = `u${universe}`;
    for (const [name, parts] of Object.entries(served(needs, prefix))) t.serve(name, parts);
    for (let set = 0; set < setsEach; set++) {
      const scripts = Array.from({ length: 2 + random.below(5) }, (_, index) => ({
        file: `${prefix}/${set}/s${index}.py`,
        asks: random.some(packages, 1 + random.below(2)).map((one) => ask(random, one)),
        venv: random.pick(["", "# venv: a\n", "# venv: b\n"]),
      }));
      for (const { file, asks, venv } of scripts)
        t.write(file, `${venv}# r: ${asks.map((one) => `${prefix}-${one.package}${one.limit}`).join(", ")}\n`);
      const fits = (some: readonly (typeof scripts)[number][]): boolean =>
        choices.some((choice) => some.every(({ asks }) => meets(choice, asks)));
      const report = await t.library.check({ files: [`${prefix}/${set}`] });
      const alive = scripts.filter((script) => fits([script]));
      const where = `SEED=${random.seed} universe ${universe} set ${set}`;
      expect(unserved(report), where).toEqual(
        scripts.filter((script) => !alive.includes(script)).map(({ file }) => file),
      );
      const fewest = fewestOf(alive.length, (members) => fits(members.flatMap((member) => alive[member] ?? [])));
      expect({ lanes: report.lanes.length, ...report.fewest }, where).toEqual({
        lanes: fewest,
        exact: true,
        atLeast: fewest,
      });
      for (const lane of report.lanes) {
        const choice = Array.from({ length: packages }, (_, one) =>
          Number(lane.packages.find(({ name }) => name === `${prefix}-${one}`)?.version ?? 0),
        );
        const own = alive.filter(({ file }) => lane.scripts.includes(file));
        expect(
          own.every(({ asks }) => meets(choice, asks)),
          where,
        ).toBe(true);
        expect(
          choice.every((version, one) => version === 0 || meets(choice, needs[one]?.[version] ?? [])),
          where,
        ).toBe(true);
      }
      const hard = report.clashes
        .filter(({ wouldShare }) => wouldShare === undefined)
        .map(({ scripts: some }) => [...some].sort());
      for (const [index, one] of alive.entries()) {
        for (const other of alive.slice(index + 1)) {
          const isTold = hard.some(
            (some) => some.length === 2 && [one, other].every(({ file }) => some.includes(file)),
          );
          // Scripts that ask for the same count as one, and are told together.
          const isTwin = hard.some((some) => some.length > 2 && [one, other].every(({ file }) => some.includes(file)));
          if (fits([one, other])) expect(isTold, where).toBe(false);
          else expect(isTold || isTwin, where).toBe(true);
        }
      }
      for (const { name, holdsAll, scripts: own } of report.environments)
        expect(holdsAll, `${where} ${name}`).toBe(fits(alive.filter(({ file }) => own.includes(file))));
      if (fewest > 1) splits++;
      if (report.clashes.some(({ sentence }) => sentence.includes("all of them"))) jointOnly++;
    }
  }
  // The sets are of use.
  expect(splits).toBeGreaterThan(0);
  console.log(`${splits} sets split, ${jointOnly} as three only`);
});

function unserved({ scripts }: CheckReport): readonly string[] {
  return scripts.flatMap(({ script, problem }) => (problem === undefined ? [] : [script]));
}
