import { printable } from "../../base/index.ts";
import type { Grouping } from "../../lanes/index.ts";
import type { Answers, Solo, Witness } from "./answers.ts";
import { packagesFor, shortPackages } from "./chains.ts";
import { blank, type CheckItem, type ItemEnvironment, problemOf } from "./check-item.ts";
import type { CheckedEnvironment, CheckedLane, CheckedScript, Clash } from "./check-types.ts";
import type { Placed } from "./clashes.ts";

/** What a check has found out when it is to be told. */
export interface State {
  readonly solos: readonly Solo[];
  readonly grouping: Grouping;
  readonly answers: Answers;
  readonly labelsOf: (item: CheckItem) => readonly string[];
}

/** The versions that every script has where a run would take it. */
export async function environmentsOf({ solos, grouping, answers, labelsOf }: State): Promise<{
  readonly placed: readonly Placed[];
  readonly checked: readonly CheckedEnvironment[];
}> {
  const placed: Placed[] = solos.map((solo) => ({
    item: solo.item,
    labels: labelsOf(solo.item),
    witness: witnessOf(solo),
  }));
  const checked: CheckedEnvironment[] = [];
  for (const environment of new Set(solos.map(({ item }) => item.environment))) {
    const members = solos.flatMap(({ item }, member) => (item.environment === environment ? [member] : []));
    const holdsAll = await grouping.known.fits(members);
    const witness = holdsAll ? await answers.witness(members) : undefined;
    if (witness !== undefined) {
      for (const member of members) {
        const one = placed[member];
        if (one !== undefined) placed[member] = { ...one, witness };
      }
    }
    checked.push(environmentOf(environment, { placed, members, witness }));
  }
  return { placed, checked };
}

function witnessOf({ item: _, ...solo }: Solo): Witness {
  return { ...solo, members: new Set() };
}

function environmentOf(
  environment: ItemEnvironment,
  {
    placed,
    members,
    witness,
  }: {
    readonly placed: readonly Placed[];
    readonly members: readonly number[];
    readonly witness: Witness | undefined;
  },
): CheckedEnvironment {
  const own = members.flatMap((member) => placed[member] ?? []);
  const reached = new Map(own.flatMap((one) => packagesFor(one.item, one.witness).map((found) => [found.name, found])));
  const python = environment.python ?? witness?.python ?? own[0]?.witness.python;
  return {
    name: environment.name,
    kind: environment.kind,
    exists: environment.found !== undefined || environment.kind === "foreign" || environment.holds.size > 0,
    python: python?.version ?? "",
    scripts: own.flatMap(({ labels }) => labels),
    holdsAll: witness !== undefined,
    packages: witness === undefined ? [] : shortPackages([...reached.values()]),
  };
}

/** The lanes, each with the versions that serve it. */
export async function lanesOf({ solos, grouping, answers, labelsOf }: State): Promise<readonly CheckedLane[]> {
  const lanes: CheckedLane[] = [];
  for (const [index, members] of grouping.lanes.entries()) {
    const witness = await answers.witness(members);
    const items = members.flatMap((member) => solos[member]?.item ?? []);
    const platform = items.map((item) => item.platform?.text).find((text) => text !== undefined);
    lanes.push({
      number: index + 1,
      python: witness?.python.version ?? "",
      ...(platform === undefined ? {} : { platform: printable(platform) }),
      scripts: items.flatMap(labelsOf),
      environments: [...new Set(items.map(({ environment }) => environment.name))],
      packages: shortPackages(witness?.lock.packages ?? []),
    });
  }
  return lanes;
}

export function scriptOf(item: CheckItem, problem: unknown, lane: number | undefined): CheckedScript {
  const { label, path, runnable, environment, python } = item;
  return {
    ...blank(label, path, runnable.header),
    environment: environment.name,
    ...(environment.kind === "own" ? { ownEnvironment: true } : {}),
    ...(python === undefined ? {} : { python: { text: printable(python.text), line: python.line } }),
    ...(lane === undefined ? {} : { lane }),
    ...(problem === undefined ? {} : { problem: problemOf(problem) }),
  };
}

export function isTogether(
  scripts: readonly CheckedScript[],
  lanes: readonly CheckedLane[],
  clashes: readonly Clash[],
): boolean {
  return (
    lanes.length < 2 &&
    scripts.every(({ problem }) => problem === undefined) &&
    clashes.every(({ kind }) => kind !== "install")
  );
}
