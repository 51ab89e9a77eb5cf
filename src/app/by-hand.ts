import type { PackageName } from "../base/index.ts";
import {
  type AskedFor,
  type Environment,
  type Installed,
  inspectTree,
  isUntouched,
  type TreeInspection,
} from "../env/index.ts";
import { parseRequirement } from "../pep/index.ts";
import type { Lock } from "../resolve/index.ts";
import { joinRequirements } from "./asked.ts";
import { neededBy, type ReadInstalled, readInstalledPackage } from "./by-hand-packages.ts";
import type { Context } from "./context.ts";
import { lateArrivals } from "./late-arrivals.ts";
import { ownOfLock, ownOfSeeds } from "./own-of-lock.ts";
import type { OwnPackage, OwnPackages } from "./own-packages.ts";

/** An environment with what other tools did in it taken over into its intent. */
export interface CarriedOver {
  readonly environment: Environment;
  /** Versions to keep: those that are in the tree. */
  readonly versions: ReadonlyMap<PackageName, string>;
  /** What can be had from the tree itself, or came from one earlier. */
  readonly own: OwnPackages;
  readonly isUntouched: boolean;
  /** What to tell, once it is known what stays: nothing is said of a package that the change itself removes. */
  readonly notesFor: (after: Pick<Lock, "packages">) => readonly string[];
}

/**
 * Somebody ran `pip install` or `pip uninstall` in the tree. What came becomes intent, with its version kept and the
 * place where it was from; what went is no longer asked for. What was built from source, or came from an address, is
 * taken out of the tree as it is. What can't be carried over is said.
 */
export async function carryOver(
  context: Context,
  environment: Environment,
  before: Lock | undefined,
): Promise<CarriedOver> {
  const inspection = await inspectTree(context, environment.current.root);
  const seeds = await ownOfSeeds(context, environment, inspection);
  const fromLock = new Map([...seeds, ...(await ownOfLock(context, before, environment.intent.requirements))]);
  const seeded = [...seeds.values()].map((one) => [one.name, one.version] as const);
  const late = await lateArrivals(context, environment, inspection.installed);
  if (isUntouched(inspection) && late.length === 0) {
    return { environment, versions: new Map(seeded), own: fromLock, isUntouched: true, notesFor: () => [] };
  }
  const read = await readAll(context, environment, inspection);
  for (const { tree, packages } of late) {
    for (const one of packages) read.push(await readInstalledPackage(context, tree, one));
  }
  const came = read.filter((one) => one.kind === "carried");
  const needed = await neededBy(context, [...inspection.installed, ...late.flatMap((one) => one.packages)], came);
  const asked: AskedFor[] = came
    .filter((one) => one.address !== undefined || !needed.has(one.own.name))
    .map(({ own, address, installed }) => ({
      text: address === undefined ? own.name : `${own.name} @ ${address}`,
      source: { kind: "noticed", installer: installed.installer || "hand" },
    }));
  const gone = new Set(inspection.removed.filter((one) => one.seeded !== true).map((one) => one.name));
  const requirements = joinRequirements(environment.intent.requirements, asked).filter(
    (item) => !gone.has(parseRequirement(item.text).name),
  );
  const fresh = came
    .filter((one) => !one.isWithinReach)
    .map((one): [PackageName, OwnPackage] => [one.own.name, one.own]);
  return {
    environment: { ...environment, intent: { ...environment.intent, requirements } },
    versions: new Map([...seeded, ...came.map((one) => [one.own.name, one.own.version] as const)]),
    own: new Map([...fromLock, ...fresh]),
    isUntouched: false,
    notesFor: (after) => [
      ...keptNotes(
        came.map((one) => one.installed),
        needed,
        after,
      ),
      ...backNotes(inspection, after),
      ...read.flatMap((one) => (one.kind === "lost" ? [lostNote(one.installed, one.why, environment)] : [])),
    ],
  };
}

async function readAll(
  context: Context,
  environment: Environment,
  inspection: TreeInspection,
): Promise<ReadInstalled[]> {
  const all = [...inspection.added, ...inspection.changed.map((one) => one.to)];
  const read: ReadInstalled[] = [];
  for (const one of all) read.push(await readInstalledPackage(context, environment.current.root, one));
  return read;
}

function keptNotes(
  came: readonly Installed[],
  needed: ReadonlySet<string>,
  after: Pick<Lock, "packages">,
): readonly string[] {
  const versions = new Map<string, string>(after.packages.map((item) => [item.name, item.version]));
  const there = came.filter((one) => versions.has(one.name));
  const moved = there.filter((one) => versions.get(one.name) !== one.version);
  const kept = there.filter((one) => !moved.includes(one));
  const asked = kept.filter((one) => !needed.has(one.name));
  const shown = asked.length === 0 ? kept : asked;
  const others = kept.length - shown.length;
  const more = others === 0 ? "" : `, and ${others} that ${shown.length === 1 ? "it needs" : "they need"}`;
  const names = shown.map((one) => `${one.displayName} ${one.version}`).join(", ");
  return [
    ...(shown.length === 0 ? [] : [`kept what was installed by hand: ${names}${more}`]),
    ...moved.map(
      (one) => `${one.displayName} ${one.version}, installed by hand, becomes ${versions.get(one.name) ?? ""}`,
    ),
  ];
}

/** Somebody uninstalled what another package needs. */
function backNotes({ removed }: TreeInspection, after: Pick<Lock, "packages">): readonly string[] {
  return removed.flatMap(({ name, seeded }) => {
    const users = after.packages.filter((item) => item.dependencies.some((needs) => needs === name));
    const [user] = users;
    if (seeded === true || user === undefined) return [];
    return [`${name}, removed by hand, is back: ${user.name} needs it`];
  });
}

function lostNote(one: Installed, why: string, { current, label }: Environment): string {
  return `${one.displayName} can't be carried over: ${why}; it stays in version ${current.number} of ${label}`;
}
