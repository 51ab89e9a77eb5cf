import { compareCodePoints, type PackageName } from "../../base/index.ts";
import { evaluateMarkerWith, type MarkerEnvironment, normalizeName, parseRequirement } from "../../pep/index.ts";
import type { ForeignPackage } from "./environment.ts";

/** What a foreign environment is asked to hold, and what needs what. */
export interface ForeignWishes {
  /** By name: what a person asked for, as far as that was noted, and what nothing else leads to. Sorted. */
  readonly asked: readonly PackageName[];
  readonly dependencies: ReadonlyMap<PackageName, readonly PackageName[]>;
  /** Needed by a package that is there, and not there itself. */
  readonly absent: readonly { readonly name: PackageName; readonly neededBy: string }[];
}

/**
 * pip notes since version 20.2 what was asked for by name. Where nobody noted anything, it is what no other package needs;
 * in either case what is installed stays: a package that nothing leads to counts as asked for.
 */
export function foreignWishes(packages: readonly ForeignPackage[], markers: MarkerEnvironment): ForeignWishes {
  const byName = new Map(packages.map((one) => [one.name, one]));
  const absent = new Map<PackageName, string>();
  const dependencies = new Map<PackageName, readonly PackageName[]>();
  const needs = (one: ForeignPackage, extras: readonly string[]): readonly Need[] =>
    one.requiresDist.flatMap((line) => needOf(line, markers, extras));
  for (const one of packages) {
    const plain = needs(one, []);
    for (const { name } of plain) if (!byName.has(name)) absent.set(name, one.displayName);
    const names = plain.map(({ name }) => name).filter((name) => byName.has(name) && name !== one.name);
    dependencies.set(one.name, [...new Set(names)].sort(compareCodePoints));
  }
  const reached = new Set<string>();
  const follow = (start: PackageName): void => {
    const open: Need[] = [{ name: start, extras: [] }];
    for (let need = open.pop(); need !== undefined; need = open.pop()) {
      const one = byName.get(need.name);
      const key = `${need.name}[${need.extras.join(",")}]`;
      if (one === undefined || reached.has(key)) continue;
      reached.add(key).add(need.name);
      open.push(...needs(one, need.extras));
    }
  };
  const noted = packages.filter(({ requested }) => requested).map(({ name }) => name);
  const needed = new Set([...dependencies.values()].flat());
  const roots = noted.length > 0 ? noted : packages.map(({ name }) => name).filter((name) => !needed.has(name));
  const asked = new Set(roots);
  for (const name of roots) follow(name);
  // Packages in a circle, of an extra that was asked for, or left by an uninstall: nothing leads to them.
  for (const { name } of packages) {
    if (reached.has(name)) continue;
    asked.add(name);
    follow(name);
  }
  const missing = [...absent].map(([name, neededBy]) => ({ name, neededBy }));
  return { asked: [...asked].sort(compareCodePoints), dependencies, absent: missing };
}

interface Need {
  readonly name: PackageName;
  readonly extras: readonly string[];
}

/** A line that can't be read needs nothing. */
function needOf(line: string, markers: MarkerEnvironment, extras: readonly string[]): readonly Need[] {
  try {
    const { name, marker, extras: wanted } = parseRequirement(line);
    const holds = ["", ...extras].some(
      (extra) => marker === undefined || evaluateMarkerWith(marker, { ...markers, extra }),
    );
    return holds ? [{ name: normalizeName(name), extras: wanted }] : [];
  } catch {
    return [];
  }
}
