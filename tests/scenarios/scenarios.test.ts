import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { type MarkerEnvironment, parsePylock, selectFromPylock, type Target } from "../../src/pep/index.ts";
import { parseTarget } from "../../src/python/index.ts";
import { testContext } from "../kit/context.ts";
import { type ScenarioPackages, servedPackages } from "./served.ts";

type Versions = Readonly<Record<string, string>>;

/** A question for one environment. */
interface Scenario {
  readonly id: string;
  readonly python: string;
  readonly options?: {
    readonly python?: string;
    readonly resolution?: "lowest" | "lowest-direct";
    readonly prereleases?: boolean;
    readonly no_binary?: readonly string[];
    readonly no_build?: readonly string[];
  };
  readonly requires: readonly string[];
  readonly packages: ScenarioPackages;
  readonly expect: Versions | "impossible";
}

/** A question for many environments at once. */
interface UniversalScenario {
  readonly id: string;
  readonly options?: { readonly resolution: "lowest" | "lowest-direct" };
  readonly requires: readonly string[];
  readonly packages: ScenarioPackages;
  /** What is installed in each environment. */
  readonly expect: Readonly<Record<string, Versions>> | "impossible";
}

/** The name of a target for `lock`, and all that an interpreter there answers to markers. */
interface RecordedEnvironment {
  readonly target: string;
  readonly markers: MarkerEnvironment;
}

const here = dirname(fileURLToPath(import.meta.url));
const readJson = (name: string): unknown => JSON.parse(readFileSync(join(here, name), "utf8"));
const single = readJson("scenarios.json") as { readonly cases: readonly Scenario[] };
const universal = readJson("universal.json") as {
  readonly environments: Readonly<Record<string, RecordedEnvironment>>;
  readonly cases: readonly UniversalScenario[];
};

/** The scenarios whose recorded answer is deliberately not ours: the rows of the page's table. */
const page = readFileSync(join(here, "..", "..", "docs", "packse.md"), "utf8");
const differing = new Set([...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, id]) => id));

/** The versions of Python that the recorded answers came from. A Python named by its minor alone is its first release. */
const fullVersions: Readonly<Record<string, string>> = {
  "3.9": "3.9.18",
  "3.11": "3.11.7",
  "3.12": "3.12.1",
  "3.13": "3.13.0",
};

function firstRelease(python: string): string {
  return python.split(".").length === 2 ? `${python}.0` : python;
}

/** One account for all, since to look for Pythons takes longer than a lock; nothing of an earlier scenario counts. */
const account = testContext();

/** Locks for one or more targets, as a person does; the lock's text, or nothing where that is refused. */
async function lockedFor(
  { requires, packages }: Pick<Scenario, "requires" | "packages">,
  words: readonly string[],
): Promise<string | undefined> {
  const t = await account;
  for (const name of Object.keys(t.index.packages)) delete t.index.packages[name];
  Object.assign(t.index.packages, servedPackages(packages));
  t.write("requirements.txt", `${requires.join("\n")}\n`);
  const said = await t.venvoy("lock", "requirements.txt", "--refresh", ...words);
  if (said.exit === 0) return said.out;
  expect(said.exit).toBe(1);
  expect(said.err).toMatch(/^error: For .*: /);
  return undefined;
}

async function answerOf(scenario: Scenario): Promise<Scenario["expect"]> {
  const { python, options = {} } = scenario;
  const version = options.python === undefined ? (fullVersions[python] ?? python) : firstRelease(options.python);
  const target = `linux-x86_64-glibc2.36-cp${version}`;
  const text = await lockedFor(scenario, [
    ...["--target", target],
    ...(options.resolution === undefined ? [] : ["--resolution", options.resolution]),
    ...(options.prereleases === true ? ["--prerelease", "allow"] : []),
    ...(options.no_binary ?? []).flatMap((name) => ["--no-binary", name]),
    ...(options.no_build ?? []).flatMap((name) => ["--no-build-package", name]),
  ]);
  return text === undefined ? "impossible" : installedFrom(text, parseTarget(target).target);
}

/** Locks once for all the environments, and reads what the file installs in each. */
async function answersOf(scenario: UniversalScenario): Promise<UniversalScenario["expect"]> {
  const { options } = scenario;
  const environments = environmentsOf(scenario);
  const text = await lockedFor(scenario, [
    ...environments.flatMap(([, { target }]) => ["--target", target]),
    ...(options === undefined ? [] : ["--resolution", options.resolution]),
  ]);
  if (text === undefined) return "impossible";
  return Object.fromEntries(
    environments.map(([name, { target, markers }]) => [
      name,
      installedFrom(text, { ...parseTarget(target).target, markers }),
    ]),
  );
}

function installedFrom(text: string, target: Target): Versions {
  const taken = selectFromPylock(parsePylock(text), target);
  return Object.fromEntries(taken.map((one) => [one.package.name, String(one.package.version)]));
}

/** Those of the record; of a refusal, all for Python 3.12 and newer. */
function environmentsOf({ expect: recorded }: UniversalScenario): [string, RecordedEnvironment][] {
  return Object.entries(universal.environments).filter(([name, { markers }]) =>
    recorded === "impossible" ? Number(markers.python_version.split(".")[1]) >= 12 : name in recorded,
  );
}

const count = { asRecorded: 0, different: 0 };

function judge(id: string, answer: unknown, recorded: unknown): void {
  if (differing.has(id)) {
    expect(answer).not.toEqual(recorded);
    count.different += 1;
  } else {
    expect(answer).toEqual(recorded);
    count.asRecorded += 1;
  }
}

describe("packse's scenarios", () => {
  const all = single.cases.length + universal.cases.length;

  afterAll(async () => {
    await (await account)[Symbol.asyncDispose]();
    console.log(`packse: ${count.asRecorded} of ${all} as recorded, ${count.different} deliberately differ`);
  });

  it.each(single.cases)("$id", async (scenario) => {
    judge(scenario.id, await answerOf(scenario), scenario.expect);
  });

  it.each(universal.cases)("$id, for many environments", async (scenario) => {
    judge(scenario.id, await answersOf(scenario), scenario.expect);
  });

  it("lists none in its page that is not there", () => {
    const ids = new Set([...single.cases, ...universal.cases].map(({ id }) => id));
    expect([...differing].filter((id) => id === undefined || !ids.has(id))).toEqual([]);
    expect(ids.size).toBe(128);
  });
});
