import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { isVenvoyError } from "../../src/base/index.ts";
import { normalizeName } from "../../src/pep/index.ts";
import type { PackageChoice } from "../../src/resolve/index.ts";
import type { MadeIndex, MadeRelease } from "../resolve/memory-source.ts";
import { type Asking, typed, versionsIn } from "../resolve/targets.ts";

interface ScenarioRelease extends Pick<MadeRelease, "requires" | "requiresPython" | "extras" | "wheelTags"> {
  readonly sdist?: boolean;
  /** `false`: no wheel at all. */
  readonly wheel?: boolean;
  readonly yanked?: boolean;
}

interface Scenario {
  readonly id: string;
  readonly python: string;
  readonly options?: {
    readonly python?: string;
    readonly resolution?: "lowest" | "lowest-direct";
    readonly prereleases?: boolean;
    readonly universal?: boolean;
    readonly no_binary?: readonly string[];
    readonly no_build?: readonly string[];
  };
  readonly requires: readonly string[];
  readonly packages: Readonly<Record<string, Readonly<Record<string, ScenarioRelease>>>>;
  readonly expect: Readonly<Record<string, string>> | "impossible" | null;
}

const here = dirname(fileURLToPath(import.meta.url));
const { cases } = JSON.parse(readFileSync(join(here, "scenarios.json"), "utf8")) as { cases: readonly Scenario[] };

/** Scenarios whose recorded answer is not ours, each with the reason. */
const differing: Readonly<Record<string, string>> = {
  "fork/lowest-fork-min-python": "a lock for many Pythons at once; for Python 3.11 alone the answer is another",
};

/** The versions of Python that the recorded answers came from. A Python named by its minor alone is its first release. */
const fullVersions: Readonly<Record<string, string>> = {
  "3.9": "3.9.18",
  "3.11": "3.11.7",
  "3.12": "3.12.1",
  "3.13": "3.13.0",
};

function indexOf(packages: Scenario["packages"]): MadeIndex {
  return Object.fromEntries(
    Object.entries(packages).map(([name, versions]) => [
      name,
      Object.fromEntries(
        Object.entries(versions).map(([version, { sdist, wheel, yanked, ...rest }]) => [
          version,
          {
            ...rest,
            ...(wheel === false ? { wheelTags: [] } : {}),
            hasSource: sdist === true,
            yanked: yanked === true ? "yanked for testing" : false,
          },
        ]),
      ),
    ]),
  );
}

function askingOf({ python, options = {}, requires, packages }: Scenario): Asking {
  return {
    index: indexOf(packages),
    asked: typed(...requires),
    python: options.python === undefined ? (fullVersions[python] ?? python) : firstRelease(options.python),
    policy: {
      build: except(options.no_build),
      noWheels: chosen(options.no_binary),
      resolution: options.resolution ?? "highest",
      prerelease: options.prereleases === true ? "allow" : "if-necessary-or-explicit",
    },
  };
}

function chosen(names: readonly string[] = []): PackageChoice {
  return { all: false, names: new Set(names.map(normalizeName)) };
}

function except(names: readonly string[] = []): PackageChoice {
  return { ...chosen(names), all: true };
}

function firstRelease(python: string): string {
  return python.split(".").length === 2 ? `${python}.0` : python;
}

async function answerOf(scenario: Scenario): Promise<Scenario["expect"]> {
  try {
    return await versionsIn(askingOf(scenario));
  } catch (error) {
    if (isVenvoyError(error)) return "impossible";
    throw error;
  }
}

describe("resolver scenarios", () => {
  it.each(cases.filter(({ id }) => differing[id] === undefined))("$id", async (scenario) => {
    expect(await answerOf(scenario)).toEqual(scenario.expect);
  });

  it.each(Object.entries(differing))("differs from the record of %s: %s", async (id) => {
    const scenario = cases.find((one) => one.id === id);
    expect(scenario).toBeDefined();
    if (scenario !== undefined) expect(await answerOf(scenario)).not.toEqual(scenario.expect);
  });

  it("says how many agree", () => {
    const left = Object.keys(differing).length;
    console.log(`${cases.length - left} of ${cases.length} scenarios agree with the record, ${left} differ knowingly`);
    expect(cases.length - left).toBeGreaterThan(90);
  });
});
