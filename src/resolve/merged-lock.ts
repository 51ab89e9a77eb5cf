import { byCodePoint, compareCodePoints, type PackageName } from "../base/index.ts";
import {
  compareVersions,
  formatPylock,
  type Pylock,
  type PylockFile,
  type PylockPackage,
  parseMarker,
  parseVersion,
  pylockFilename,
  type Target,
} from "../pep/index.ts";
import { environmentMarker, markerFor } from "./environment-marker.ts";
import { notToldApart } from "./errors.ts";
import type { Lock } from "./lock.ts";
import { createdBy, toPylockPackage } from "./lock-file.ts";
import { type PlaceOf, sourceKey } from "./lock-sources.ts";

/** What was resolved for one of a lock's targets. */
export interface TargetLock {
  /** How a person calls it. */
  readonly name: string;
  readonly target: Target;
  readonly lock: Lock;
}

/** What one package is on some of the targets: one version, from one place. */
interface Share {
  readonly name: PackageName;
  readonly targets: Set<Target>;
  readonly entries: PylockPackage[];
}

/**
 * One `pylock.toml` (PEP 751) for several targets. A package that is the same everywhere has no marker; one that differs
 * stands there once for each version, with markers that exclude each other on these targets. All wheels that any target
 * takes are listed. The same locks give the same bytes, in whatever order. Throws `RESOLUTION_IMPOSSIBLE` when targets
 * differ that no marker tells apart.
 */
export function mergeLocks(
  parts: readonly TargetLock[],
  { recordTargets, placeOf }: { readonly recordTargets?: boolean; readonly placeOf?: PlaceOf } = {},
): string {
  const all = parts.map(({ target }) => target);
  const shares = sharesOf(parts, placeOf);
  checkToldApart(parts, shares);
  const versions = new Map<PackageName, Set<string | undefined>>();
  for (const { name, entries } of shares)
    versions.set(name, (versions.get(name) ?? new Set()).add(entries[0]?.version?.text));
  const byMarker = [...all].sort((a, b) => byCodePoint(environmentMarker(a), environmentMarker(b)));
  const packages = shares.map((share) => {
    const marker = markerFor(new Set(byMarker.filter((target) => share.targets.has(target))), byMarker);
    return joinedPackage(share, marker, versions);
  });
  const names = parts.map(({ name }) => name).sort(byCodePoint);
  return formatPylock({
    lockVersion: parseVersion("1.0"),
    createdBy,
    environments: [...new Set(byMarker.map(environmentMarker))].map(parseMarker),
    packages: packages.sort(byNameAndVersion),
    ...(recordTargets === true ? { tool: { [createdBy]: { targets: names } } } : {}),
  });
}

/** The names of the targets that a lock was made for; `undefined` when it doesn't say. */
export function lockedTargets({ tool }: Pylock): readonly string[] | undefined {
  const own = tool?.[createdBy];
  const targets = typeof own === "object" && own !== null ? (own as { targets?: unknown }).targets : undefined;
  if (!Array.isArray(targets)) return undefined;
  const names = targets.filter((name): name is string => typeof name === "string");
  return names.length === 0 ? undefined : names;
}

function sharesOf(parts: readonly TargetLock[], placeOf: PlaceOf | undefined): readonly Share[] {
  const shares = new Map<string, Share>();
  for (const { target, lock } of parts) {
    for (const locked of lock.packages) {
      const entry = toPylockPackage(locked, placeOf);
      const key = [entry.name, entry.version, entry.index, sourceKey(entry)].join("\n");
      const share = shares.get(key) ?? { name: entry.name, targets: new Set<Target>(), entries: [] };
      share.targets.add(target);
      share.entries.push(entry);
      shares.set(key, share);
    }
  }
  return [...shares.values()];
}

/** Two targets may have the same environment (two C libraries): then nothing may differ but the wheels. */
function checkToldApart(parts: readonly TargetLock[], shares: readonly Share[]): void {
  for (const { name, target } of parts) {
    const marker = environmentMarker(target);
    for (const twin of parts) {
      if (twin.target === target || environmentMarker(twin.target) !== marker) continue;
      const odd = shares.find((share) => share.targets.has(target) && !share.targets.has(twin.target));
      if (odd !== undefined) throw notToldApart(odd.name, [name, twin.name]);
    }
  }
}

function joinedPackage(
  { name, entries }: Share,
  marker: string | undefined,
  versions: ReadonlyMap<PackageName, ReadonlySet<string | undefined>>,
): PylockPackage {
  const [first] = entries;
  if (first === undefined) throw new Error(`\`${name}\` has no target`);
  const { dependencies: _, wheels: _wheels, sdist: _sdist, tool: _tool, ...rest } = first;
  const needed = [...new Set(entries.flatMap((entry) => (entry.dependencies ?? []).map((one) => String(one["name"]))))];
  const dependencies = needed.sort(byCodePoint).flatMap((one): Record<string, string>[] => {
    const known = [...(versions.get(one as PackageName) ?? [])];
    // A name that stands there twice says which version it means; sources at an address have none.
    const numbered = known.filter((version) => version !== undefined).sort(byVersionText);
    if (known.length < 2) return [{ name: one }];
    return [
      ...numbered.map((version) => ({ name: one, version })),
      ...(numbered.length < known.length ? [{ name: one }] : []),
    ];
  });
  const wheels = distinct(entries.flatMap((entry) => entry.wheels ?? []));
  const sdist = entries.find((entry) => entry.sdist !== undefined)?.sdist;
  const tool = joinedTool(entries);
  return {
    ...rest,
    ...(marker === undefined ? {} : { marker: parseMarker(marker) }),
    ...(dependencies.length === 0 ? {} : { dependencies }),
    ...(sdist === undefined ? {} : { sdist }),
    ...(wheels.length === 0 ? {} : { wheels }),
    ...(tool === undefined ? {} : { tool: { [createdBy]: tool } }),
  };
}

/** By name and content; sorted by name. */
function distinct(files: readonly PylockFile[]): readonly PylockFile[] {
  const known = new Map(files.map((file) => [`${pylockFilename(file)}\n${file.hashes["sha256"]}`, file]));
  return [...known.values()].sort((a, b) => byCodePoint(pylockFilename(a), pylockFilename(b)));
}

/** Asked for on one target is asked for; extras of all. */
function joinedTool(entries: readonly PylockPackage[]): Record<string, unknown> | undefined {
  const tables = entries.flatMap(({ tool }) => {
    const own = tool?.[createdBy];
    return typeof own === "object" && own !== null ? [own as Record<string, unknown>] : [];
  });
  if (tables.length === 0) return undefined;
  const extras = tables.flatMap((table) => (Array.isArray(table["extras"]) ? table["extras"].map(String) : []));
  return {
    ...Object.assign({}, ...tables),
    ...(extras.length === 0 ? {} : { extras: [...new Set(extras)].sort(byCodePoint) }),
  };
}

function byNameAndVersion(a: PylockPackage, b: PylockPackage): number {
  const [x, y] = [a.version, b.version];
  return (
    compareCodePoints(a.name, b.name) ||
    (x === undefined || y === undefined ? 0 : compareVersions(x, y)) ||
    byCodePoint(String(a.marker ?? ""), String(b.marker ?? ""))
  );
}

function byVersionText(a: string, b: string): number {
  return compareVersions(parseVersion(a), parseVersion(b));
}
