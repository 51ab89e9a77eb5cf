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
} from "../pep/index.ts";
import { environmentMarker, type LockChoices, type LockPlace, markerFor } from "./environment-marker.ts";
import { notToldApart } from "./errors.ts";
import type { Lock } from "./lock.ts";
import { createdBy, toPylockPackage } from "./lock-file.ts";
import { type PlaceOf, sourceKey } from "./lock-sources.ts";

/** What was resolved for one of a lock's targets. */
export interface TargetLock extends LockPlace {
  /** How a person calls it. */
  readonly name: string;
  readonly lock: Lock;
}

export interface MergeOptions {
  readonly recordTargets?: boolean;
  readonly placeOf?: PlaceOf;
  /** Extras that choose among parts for one target; at most one may be chosen at install. */
  readonly choices?: LockChoices;
  /** Names of the builds that the lock has, to be kept. */
  readonly backends?: readonly string[];
}

/** What one package is on some of the targets: one version, from one place. */
interface Share {
  readonly name: PackageName;
  readonly parts: Set<TargetLock>;
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
  { recordTargets, placeOf, choices, backends = [] }: MergeOptions = {},
): string {
  const shares = sharesOf(parts, placeOf);
  checkToldApart(parts, shares);
  const versions = new Map<PackageName, Set<string | undefined>>();
  for (const { name, entries } of shares)
    versions.set(name, (versions.get(name) ?? new Set()).add(entries[0]?.version?.text));
  const byMarker = [...parts].sort((a, b) => byCodePoint(placeKey(a), placeKey(b)));
  const packages = shares.map((share) => {
    const marker = markerFor(new Set(byMarker.filter((part) => share.parts.has(part))), byMarker, choices);
    return joinedPackage(share, marker, versions);
  });
  const own = {
    ...(recordTargets === true ? { targets: [...new Set(parts.map(({ name }) => name))].sort(byCodePoint) } : {}),
    ...(backends.length === 0 ? {} : { backends }),
  };
  return formatPylock({
    lockVersion: parseVersion("1.0"),
    createdBy,
    environments: [...new Set(byMarker.map(({ target }) => environmentMarker(target)))].map(parseMarker),
    ...(choices === undefined ? {} : { extras: [...choices.names].sort(byCodePoint) as PackageName[] }),
    packages: packages.sort(byNameAndVersion),
    ...(Object.keys(own).length === 0 ? {} : { tool: { [createdBy]: own } }),
  });
}

function placeKey({ target, choice = "" }: LockPlace): string {
  return `${environmentMarker(target)} ${choice}`;
}

/** The names of the targets that a lock was made for; `undefined` when it doesn't say. */
export function lockedTargets({ tool }: Pylock): readonly string[] | undefined {
  return namesIn(tool, "targets");
}

/** The builds for hardware that a lock has; with several, an extra chooses. `undefined` when it doesn't say. */
export function lockedBackends({ tool }: Pylock): readonly string[] | undefined {
  return namesIn(tool, "backends");
}

function namesIn(tool: Pylock["tool"], key: "targets" | "backends"): readonly string[] | undefined {
  const own = tool?.[createdBy];
  const list = typeof own === "object" && own !== null ? (own as Record<string, unknown>)[key] : undefined;
  if (!Array.isArray(list)) return undefined;
  const names = list.filter((name): name is string => typeof name === "string");
  return names.length === 0 ? undefined : names;
}

function sharesOf(parts: readonly TargetLock[], placeOf: PlaceOf | undefined): readonly Share[] {
  const shares = new Map<string, Share>();
  for (const part of parts) {
    for (const locked of part.lock.packages) {
      const entry = toPylockPackage(locked, placeOf);
      const key = [entry.name, entry.version, entry.index, sourceKey(entry)].join("\n");
      const share = shares.get(key) ?? { name: entry.name, parts: new Set<TargetLock>(), entries: [] };
      share.parts.add(part);
      share.entries.push(entry);
      shares.set(key, share);
    }
  }
  return [...shares.values()];
}

/** Two targets may have the same environment (two C libraries): then nothing may differ but the wheels. */
function checkToldApart(parts: readonly TargetLock[], shares: readonly Share[]): void {
  for (const part of parts) {
    for (const twin of parts) {
      if (twin === part || placeKey(twin) !== placeKey(part)) continue;
      const odd = shares.find((share) => share.parts.has(part) && !share.parts.has(twin));
      if (odd !== undefined) throw notToldApart(odd.name, [part.name, twin.name]);
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
