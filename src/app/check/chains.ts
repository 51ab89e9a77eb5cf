import { type PackageName, printable } from "../../base/index.ts";
import { evaluateMarker, parseRequirement } from "../../pep/index.ts";
import type { FileMetadata } from "../../pypi/index.ts";
import type { LockedPackage } from "../../resolve/index.ts";
import type { Witness } from "./answers.ts";
import type { CheckItem } from "./check-item.ts";
import type { ChainStep, ClashChain, VersionedPackage } from "./check-types.ts";

/** What of a set of versions one script needs: its requirements, and all that these need. Sorted by name. */
export function packagesFor(
  { needs }: Pick<CheckItem, "needs">,
  { lock }: Pick<Witness, "lock">,
): readonly LockedPackage[] {
  const byName = new Map(lock.packages.map((one) => [one.name, one]));
  const reached = new Set<PackageName>();
  const waiting = needs.map(({ requirement }) => requirement.name);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const found = byName.get(name);
    if (found === undefined || reached.has(name)) continue;
    reached.add(name);
    waiting.push(...found.dependencies);
  }
  return lock.packages.filter(({ name }) => reached.has(name));
}

export function shortPackages(packages: readonly VersionedPackage[]): readonly VersionedPackage[] {
  return packages.map(({ name, version }) => ({ name, version }));
}

/** The shortest way from a line of the script's header to a package; `undefined` when it doesn't need that package. */
export async function chainTo(item: CheckItem, witness: Witness, name: string): Promise<ClashChain | undefined> {
  const path = shortestPath(item, witness, name);
  const [first] = path ?? [];
  if (path === undefined || first === undefined) return undefined;
  // Of several lines the one that says most: a line that names a version goes before one that names none.
  const lines = item.needs.filter(({ requirement }) => requirement.name === first.name);
  const asked = lines.find(({ requirement }) => !requirement.specifier.isEmpty) ?? lines[0];
  if (asked === undefined) return undefined;
  const { origin } = asked;
  const steps: ChainStep[] = [];
  for (const [index, one] of path.entries()) {
    const next = path[index + 1];
    const needs = next === undefined ? undefined : await requirementOf(one, next.name, witness);
    steps.push({ name: one.name, version: one.version, ...(needs === undefined ? {} : { needs }) });
  }
  return {
    script: item.label,
    ...(origin.kind === "script" ? { line: origin.line } : {}),
    asks: printable(origin.text.trim(), { newlines: false }),
    steps,
  };
}

/** How many steps it is from a script to a package; infinite when there is no way. */
export function distanceTo(item: CheckItem, witness: Pick<Witness, "lock">, name: string): number {
  return shortestPath(item, witness, name)?.length ?? Number.POSITIVE_INFINITY;
}

function shortestPath(
  { needs }: Pick<CheckItem, "needs">,
  { lock }: Pick<Witness, "lock">,
  name: string,
): readonly LockedPackage[] | undefined {
  const byName = new Map(lock.packages.map((one) => [one.name, one]));
  const seen = new Set<PackageName>();
  const queue: (readonly LockedPackage[])[] = needs.flatMap(({ requirement }) => {
    const found = byName.get(requirement.name);
    return found === undefined ? [] : [[found]];
  });
  for (const path of queue) {
    const last = path.at(-1);
    if (last === undefined || seen.has(last.name)) continue;
    if (last.name === name) return path;
    seen.add(last.name);
    for (const dependency of last.dependencies) {
      const next = byName.get(dependency);
      if (next !== undefined && !seen.has(next.name)) queue.push([...path, next]);
    }
  }
  return undefined;
}

/** What a package says of another in its metadata, on that Python: `numpy>=1.26`. */
async function requirementOf(
  { name, version, wheel, extras }: LockedPackage,
  needed: PackageName,
  { source, python }: Pick<Witness, "source" | "python">,
): Promise<string | undefined> {
  const metadata = await metadataOf(name, version, wheel.filename, source);
  for (const line of metadata?.requiresDist ?? []) {
    const requirement = parseRequirement(line);
    if (requirement.name !== needed) continue;
    const { marker } = requirement;
    if (marker !== undefined && !evaluateMarker(marker, python.markers, new Set(extras))) continue;
    return `${requirement.name}${requirement.specifier}`;
  }
  return undefined;
}

/** A chain is told without its words where the metadata can't be had again. */
async function metadataOf(
  name: PackageName,
  version: string,
  filename: string,
  source: Witness["source"],
): Promise<FileMetadata | undefined> {
  try {
    const listing = await source.listing(name);
    const release = listing?.releases.find(({ versionText }) => versionText === version);
    const file = release?.files.find((one) => one.filename === filename);
    return file === undefined ? undefined : await source.metadata(file);
  } catch {
    return undefined;
  }
}
