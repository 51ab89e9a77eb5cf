import { type AbsPath, byCodePoint, type PackageName, parseSha256, SafeUrl } from "../base/index.ts";
import { crc32, createHash } from "../codec/index.ts";
import type { Ports } from "../ports/index.ts";
import type { PackageSource } from "../pypi/index.ts";
import type { Lock, LockedFile, LockedPackage } from "./lock.ts";
import type { AskedRequirement, PackageChoice, ResolveRequest } from "./request.ts";

/** A solution as it is kept. */
export interface Remembered {
  readonly lock: Lock;
  readonly notices: readonly string[];
}

/** Solutions by the question that they answer, good for as long as every listing that was looked at is the same. */
export interface SolutionMemo {
  find(request: ResolveRequest): Promise<Remembered | undefined>;
  /** `names` are all projects whose listings the solution rests on. */
  keep(request: ResolveRequest, solution: Remembered, names: Iterable<PackageName>): Promise<void>;
}

const magic = "venvoy-solution 1 ";

/** Keeps solutions in a directory of the cache. A file that is damaged, or can't be written, counts as absent. */
export function solutionMemo(io: Pick<Ports, "fs" | "system">, dir: AbsPath): SolutionMemo {
  const { fs, system } = io;
  const pathOf = (request: ResolveRequest): AbsPath => fs.path.join(dir, `${keyOf(request)}.txt`);
  return {
    find: async (request) => {
      if (!isMemorable(request)) return undefined;
      const stored = unseal(await fs.readText(pathOf(request)).catch(() => ""));
      if (stored === undefined) return undefined;
      return (await allSame(stored.stamps, request.source)) ? revive(stored) : undefined;
    },
    keep: async (request, { lock, notices }, names) => {
      if (!isMemorable(request)) return;
      const stamps: [PackageName, string][] = [];
      for (const name of [...names].sort(byCodePoint)) {
        const stamp = await request.source.stamp(name);
        if (stamp === undefined) return;
        stamps.push([name, digestOf(stamp)]);
      }
      const path = pathOf(request);
      const staged = fs.path.join(dir, `.tmp-${Buffer.from(system.random(9)).toString("hex")}`);
      try {
        await fs.makeDir(dir);
        await fs.write(staged, seal({ stamps, notices, packages: lock.packages.map(store) }));
        await fs.rename(staged, path);
      } catch {
        // A full or read-only disk means no memory, not no answer.
        await fs.remove(staged).catch(() => {});
      }
    },
  };
}

/** What lies at an address may change without anybody noticing. */
function isMemorable({ requirements, constraints, overrides }: ResolveRequest): boolean {
  return [...requirements, ...constraints, ...overrides].every(({ requirement }) => requirement.url === undefined);
}

/** Everything that an answer depends on but the listings; who asks and where is not part of it. */
function keyOf({ requirements, constraints, overrides, target, policy }: ResolveRequest): string {
  const texts = (asked: readonly AskedRequirement[]): string[] => asked.map(({ requirement }) => String(requirement));
  const {
    prerelease,
    resolution,
    excludeNewerMs,
    preferences,
    upgrade,
    build,
    wheelsFirst = false,
    noWheels,
    unfit,
    admitted = new Map(),
  } = policy;
  const chosen = ({ all, names }: PackageChoice): unknown => [all, [...names].sort(byCodePoint)];
  return digestOf(
    JSON.stringify([
      texts(requirements),
      texts(constraints),
      texts(overrides),
      [target.pythonVersion, target.implementation, Object.entries(target.markers).sort(), target.tags],
      [prerelease, resolution, excludeNewerMs ?? null],
      [...preferences].sort(),
      typeof upgrade === "string" ? upgrade : [...upgrade].sort(byCodePoint),
      chosen(build),
      chosen(noWheels),
      ...(wheelsFirst ? ["wheels first"] : []),
      ...(admitted.size === 0 ? [] : [["admitted", ...[...admitted].map(([name, all]) => [name, ...all]).sort()]]),
      ...(unfit.size === 0 ? [] : [[...unfit].sort(([a], [b]) => byCodePoint(a, b))]),
    ]),
  );
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 40);
}

async function allSame(stamps: Stored["stamps"], source: PackageSource): Promise<boolean> {
  for (const [name, known] of stamps) {
    const stamp = await source.stamp(name);
    if (stamp === undefined || digestOf(stamp) !== known) return false;
  }
  return true;
}

/** A locked package as one flat list: name, version, filename, sha256, size, url, index, dependencies, extras, requested. */
type StoredPackage = readonly [
  PackageName,
  string,
  string,
  string | null,
  number | null,
  string | null,
  string | null,
  readonly PackageName[],
  readonly string[],
  boolean,
];

interface Stored {
  readonly stamps: readonly (readonly [PackageName, string])[];
  readonly notices: readonly string[];
  readonly packages: readonly StoredPackage[];
}

function store({ name, version, wheel, dependencies, extras, requested }: LockedPackage): StoredPackage {
  const { filename, sha256 = null, sizeBytes = null, url, index } = wheel;
  const [address, place] = [url, index].map((one) => one?.withoutCredentials().reveal() ?? null);
  return [name, version, filename, sha256, sizeBytes, address ?? null, place ?? null, dependencies, extras, requested];
}

function revive({ packages, notices }: Stored): Remembered {
  // Nearly all packages come from one index.
  const places = new Map<string, SafeUrl>();
  const placeOf = (text: string): SafeUrl => {
    const known = places.get(text) ?? SafeUrl.parse(text);
    places.set(text, known);
    return known;
  };
  const restored = packages.map((stored): LockedPackage => {
    const [name, version, filename, sha256, sizeBytes, url, index, dependencies, extras, requested] = stored;
    const wheel: LockedFile = {
      filename,
      sha256: sha256 === null ? undefined : parseSha256(sha256),
      ...(sizeBytes === null ? {} : { sizeBytes }),
      ...(url === null ? {} : { url: SafeUrl.parse(url) }),
      ...(index === null ? {} : { index: placeOf(index) }),
    };
    return { name, version, wheel, dependencies, extras, requested };
  });
  return { lock: { packages: restored }, notices };
}

function seal(stored: Stored): string {
  const body = JSON.stringify(stored);
  return `${magic}${crc32(Buffer.from(body, "utf8")).toString(16)}\n${body}`;
}

function unseal(text: string): Stored | undefined {
  const end = text.indexOf("\n");
  if (!text.startsWith(magic) || end < 0) return undefined;
  const body = text.slice(end + 1);
  if (crc32(Buffer.from(body, "utf8")).toString(16) !== text.slice(magic.length, end)) return undefined;
  return JSON.parse(body) as Stored;
}
