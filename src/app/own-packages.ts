import { type AbsPath, isVenvoyError, type PackageName, SafeUrl, type Sha256 } from "../base/index.ts";
import { compareVersions, parseRequirement, parseWheelName } from "../pep/index.ts";
import type { FetchedFile, FileMetadata, ListedFile, Listing, PackageSource, Release } from "../pypi/index.ts";
import type { AskedRequirement, Lock, LockedPackage } from "../resolve/index.ts";

/**
 * A package that an environment has of its own: another tool built or fetched it, and no index need know it. It is
 * resolved like one that an index lists.
 */
export interface OwnPackage {
  readonly name: PackageName;
  /** Canonical. */
  readonly version: string;
  readonly filename: string;
  readonly metadata: FileMetadata;
  /** Known once it is in the store. */
  readonly sha256: Sha256 | undefined;
  /** Where its installer had it from (`git+https://…`, `file:///…`): then no index is asked for the name. */
  readonly address: string | undefined;
  /** The text of its `direct_url.json`, for the next tree. */
  readonly origin?: string | undefined;
  /** Before the index's own file of the same version: it was from elsewhere. */
  readonly goesFirst?: true;
  /** Writes the wheel; for one that is not in the store yet. */
  readonly bring?: (to: AbsPath) => Promise<FetchedFile>;
}

export type OwnPackages = ReadonlyMap<PackageName, OwnPackage>;

/** No server has this address; it only tells own packages from others while they are resolved. */
const ownPlace = SafeUrl.parse("file:///own/");

/** A source that lists own packages beside what the other lists; those with an address alone. */
export function withOwnPackages(source: PackageSource, own: OwnPackages): PackageSource {
  if (own.size === 0) return source;
  const files = new Map<string, FileMetadata>();
  const joined = (one: OwnPackage, listing: Listing | undefined): Listing => {
    const file = fileOf(one);
    files.set(file.href, one.metadata);
    return withRelease(listing, one, file);
  };
  const known = new Map<PackageName, Listing>();
  return {
    listing: async (name, signal) => {
      const one = own.get(name);
      if (one === undefined) return source.listing(name, signal);
      const made = known.get(name) ?? joined(one, await listingBeside(source, one, signal));
      known.set(name, made);
      return made;
    },
    listingNow: (name) => (own.has(name) ? known.get(name) : source.listingNow(name)),
    stamp: async (name) => {
      const one = own.get(name);
      const stamp = await source.stamp(name);
      // Its content isn't known before it is packed: such an answer is not worth remembering.
      if (one !== undefined && one.sha256 === undefined) return undefined;
      return one === undefined || stamp === undefined ? stamp : `${stamp}\nown ${one.sha256}`;
    },
    metadata: async (file, signal) => files.get(file.href) ?? source.metadata(file, signal),
    metadataNow: (file) => files.get(file.href) ?? source.metadataNow(file),
    prefetchListings: (names) => source.prefetchListings([...names].filter((name) => !own.has(name))),
    prefetchMetadata: (file) => {
      if (!files.has(file.href)) source.prefetchMetadata(file);
    },
    fetch: (file, sink, options) => source.fetch(file, sink, options),
    names: (near) => source.names(near),
  };
}

/** Offline is no reason to be without what is here. */
async function listingBeside(
  source: PackageSource,
  { name, address }: OwnPackage,
  signal: AbortSignal | undefined,
): Promise<Listing | undefined> {
  if (address !== undefined) return undefined;
  try {
    return await source.listing(name, signal);
  } catch (error) {
    if (isVenvoyError(error, "OFFLINE_MISSING") || isVenvoyError(error, "INDEX_UNREACHABLE")) return undefined;
    throw error;
  }
}

function fileOf({ filename, sha256 }: OwnPackage): ListedFile {
  const url = SafeUrl.parse(encodeURIComponent(filename), ownPlace);
  return {
    filename,
    href: url.reveal(),
    base: ownPlace,
    url,
    hashes: sha256 === undefined ? {} : { sha256 },
    yanked: false,
    kind: "wheel",
    wheel: parseWheelName(filename),
    index: ownPlace,
  };
}

/** Of files of the same version that fit alike, the first is taken. */
function withRelease(listing: Listing | undefined, one: OwnPackage, file: ListedFile): Listing {
  const { version } = parseWheelName(one.filename);
  const releases: Release[] = [...(listing?.releases ?? [])];
  const same = releases.findIndex((release) => compareVersions(release.version, version) === 0);
  const twin = releases[same];
  if (twin !== undefined) {
    const { versionText, tier } = twin;
    releases[same] = {
      versionText,
      tier,
      version,
      files: one.goesFirst ? [file, ...twin.files] : [...twin.files, file],
    };
  } else {
    const next = releases.findIndex((release) => release.tier > 0 || compareVersions(release.version, version) > 0);
    releases.splice(next < 0 ? releases.length : next, 0, {
      versionText: one.version,
      tier: 0,
      version,
      files: [file],
    });
  }
  return { name: one.name, index: listing?.index ?? ownPlace, releases };
}

/** What was asked by an address that no resolver can read is asked by the version that came from there. */
export function askForOwn(asked: readonly AskedRequirement[], own: OwnPackages): readonly AskedRequirement[] {
  return asked.map((one) => {
    const { name, url, extras, marker } = one.requirement;
    const held = url === undefined ? undefined : own.get(name);
    if (held === undefined || held.address !== url) return one;
    const wanted = extras.length === 0 ? name : `${name}[${extras.join(",")}]`;
    const condition = marker === undefined ? "" : ` ; ${marker}`;
    return { ...one, requirement: parseRequirement(`${wanted}==${held.version}${condition}`) };
  });
}

/**
 * The own packages that a change may take. One whose address isn't what is asked for any more is a version like those of
 * the index; one that is to be fetched anew, and can be, is left out.
 */
export function ownFor(
  own: OwnPackages,
  asked: readonly AskedRequirement[],
  upgrade: "none" | "all" | ReadonlySet<PackageName>,
): OwnPackages {
  const addresses = new Set(asked.map(({ requirement }) => `${requirement.name} ${requirement.url}`));
  const isFetchedAnew = ({ name, address = "" }: OwnPackage): boolean =>
    (upgrade === "all" || (upgrade !== "none" && upgrade.has(name))) && /^(?:https?|file|git\+\w+):/.test(address);
  const fitting = [...own].flatMap(([name, one]): (readonly [PackageName, OwnPackage])[] => {
    if (isFetchedAnew(one)) return [];
    const isAsked = one.address === undefined || addresses.has(`${name} ${one.address}`);
    return [[name, isAsked ? one : { ...one, address: undefined, goesFirst: true }]];
  });
  return new Map(fitting);
}

/** The lock without addresses that nobody can ask again, and with the places where its packages really are from. */
export function withoutOwnPlaces(lock: Lock, own: OwnPackages): Lock {
  const packages = lock.packages.map((item): LockedPackage => {
    if (!isOwn(item)) return item;
    const { filename, sha256, sizeBytes } = item.wheel;
    const origin = own.get(item.name)?.origin;
    const plain = origin === undefined ? item : { ...item, origin };
    return { ...plain, wheel: { filename, sha256, ...(sizeBytes === undefined ? {} : { sizeBytes }) } };
  });
  return { ...lock, packages };
}

function isOwn({ wheel }: LockedPackage): boolean {
  return wheel.index?.reveal() === ownPlace.reveal();
}
