import { printable } from "../../base/index.ts";
import { canShare, clashingSets, type Knowledge } from "../../lanes/index.ts";
import type { Answers, Obstacle, Witness } from "./answers.ts";
import { chainTo, distanceTo, packagesFor } from "./chains.ts";
import type { CheckItem } from "./check-item.ts";
import type { Clash, ClashChain } from "./check-types.ts";

/** A script, and the versions that it has where a run would take it. */
export interface Placed {
  readonly item: CheckItem;
  /** Scripts that ask for the very same. */
  readonly labels: readonly string[];
  readonly witness: Witness;
}

/** Everything that keeps scripts apart: what can't be solved together, and environments that hold different versions. */
export async function clashesOf(
  placed: readonly Placed[],
  { known, answers }: { readonly known: Knowledge; readonly answers: Answers },
): Promise<readonly Clash[]> {
  const clashes: Clash[] = [];
  const hard = new Set<string>();
  for (const members of await clashingSets(known)) {
    hard.add(members.join());
    const some = members.flatMap((member) => placed[member] ?? []);
    clashes.push(await hardClash(some, await answers.obstacle(members)));
  }
  for (const [a, one] of placed.entries()) {
    for (const [b, other] of placed.entries()) {
      if (b <= a || hard.has(`${a},${b}`) || one.item.environment === other.item.environment) continue;
      const clash = await softClash([one, other], () => answers.witness([a, b]));
      if (clash !== undefined) clashes.push(clash);
    }
  }
  return clashes;
}

/** No set of versions, or no Python, serves them all. */
async function hardClash(some: readonly Placed[], obstacle: Obstacle): Promise<Clash> {
  const kind = some.every(({ item }) => item.environment === some[0]?.item.environment) ? "install" : "import";
  const scripts = some.flatMap(({ labels }) => labels);
  const base = { kind, scripts, alsoDiffering: [], chains: [] } as const;
  const names = listed(some.map(shownName));
  switch (obstacle.kind) {
    case "host":
      return {
        ...base,
        about: "host",
        sentence: `${names} are for different programs: ${some.map(platformText).join(", ")}`,
      };
    case "python":
      return {
        ...base,
        kind: "install",
        about: "python",
        sentence: `${names} need different Pythons: ${some.map(pythonText).join(", ")}`,
      };
    case "index":
      return {
        ...base,
        about: "index",
        sentence: `${names} take packages from different indexes, or by different rules`,
      };
    case "resolution":
      return packageClash(some, base, obstacle);
  }
}

async function packageClash(
  some: readonly Placed[],
  base: Pick<Clash, "kind" | "scripts" | "alsoDiffering" | "chains">,
  { failure }: Extract<Obstacle, { kind: "resolution" }>,
): Promise<Clash> {
  const disputed = Array.isArray(failure.data["disputed"]) ? failure.data["disputed"].map(String) : [];
  const differing = some.length === 2 ? differencesOf(some) : [];
  const name = nearest(some, disputed) ?? nearest(some, differing) ?? disputed[0];
  const chains = name === undefined ? [] : await chainsTo(some, name);
  const names = listed(some.map(shownName));
  const where = base.kind === "install" ? "in one environment" : "in one process";
  const serves = `no version of ${name} serves ${some.length === 2 ? "both" : "all of them"}`;
  const reason = name === undefined ? pythonReason(some) : serves;
  return {
    ...base,
    about: "package",
    sentence: `${names} can't be ${where}${reason === "" ? "" : `: ${reason}`}`,
    ...(name === undefined ? {} : { package: name }),
    alsoDiffering: differing.filter((one) => one !== name),
    chains,
    because: failure.message,
  };
}

/** Where no package is disputed, it is the Python of some that doesn't serve the others. */
function pythonReason(some: readonly Placed[]): string {
  const bound = some.filter(({ item }) => item.python !== undefined || item.environment.python !== undefined);
  return bound.map(pythonText).join(", ");
}

/** They would go together, but the environments that they are in hold different versions. */
async function softClash(
  pair: readonly [Placed, Placed],
  together: () => Promise<Witness | undefined>,
): Promise<Clash | undefined> {
  const differing = differencesOf(pair);
  const name = nearest(pair, differing);
  if (name === undefined) return undefined;
  const [one, other] = pair;
  const both = await together();
  const shared = both?.lock.packages.find((found) => found.name === name);
  const versions = pair.map(({ witness }) => witness.lock.packages.find((found) => found.name === name)?.version);
  return {
    kind: "import",
    about: "package",
    scripts: pair.flatMap(({ labels }) => labels),
    package: name,
    alsoDiffering: differing.filter((found) => found !== name),
    sentence: `${shownName(one)} has ${name} ${versions[0]} in ${one.item.environment.name}, and ${shownName(other)} has ${versions[1]} in ${other.item.environment.name}`,
    chains: await chainsTo(pair, name),
    ...(both === undefined
      ? {}
      : { wouldShare: { name, ...(shared === undefined ? {} : { version: shared.version }) } }),
  };
}

function differencesOf(some: readonly Placed[]): readonly string[] {
  const [one, other] = some.map(({ item, witness }) => ({ packages: packagesFor(item, witness) }));
  if (one === undefined || other === undefined) return [];
  return canShare(one, other).differing.map(({ name }) => name);
}

/** The package that is the fewest steps from the headers: what others of its differences follow from. */
function nearest(some: readonly Placed[], names: readonly string[]): string | undefined {
  const distance = (name: string): number =>
    some.reduce((sum, { item, witness }) => sum + distanceTo(item, witness, name), 0);
  const sorted = names
    .map((name) => ({ name, steps: distance(name) }))
    .filter(({ steps }) => Number.isFinite(steps))
    .sort((a, b) => a.steps - b.steps);
  return sorted[0]?.name;
}

async function chainsTo(some: readonly Placed[], name: string): Promise<readonly ClashChain[]> {
  const chains: ClashChain[] = [];
  for (const { item, witness } of some) {
    const chain = await chainTo(item, witness, name);
    if (chain !== undefined) chains.push(chain);
  }
  return chains;
}

function shownName({ labels }: Placed): string {
  const [first = "", ...others] = labels.map((label) => printable(label, { newlines: false }));
  return others.length === 0 ? first : `${first} (and ${others.length} like it)`;
}

function platformText({ item }: Placed): string {
  const { label, platform } = item;
  return platform === undefined
    ? `${label} names none`
    : `${label} line ${platform.line} says ${printable(platform.text)}`;
}

function pythonText({ item }: Placed): string {
  const { label, python, environment } = item;
  if (environment.python !== undefined)
    return `${environment.name} of ${label} stands on Python ${environment.python.version}`;
  return python === undefined
    ? `${label} takes any`
    : `${label} line ${python.line} asks for Python ${printable(python.text)}`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
