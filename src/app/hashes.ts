import { type PackageName, VenvoyError } from "../base/index.ts";
import type { Listing, PackageSource } from "../pypi/index.ts";
import type { Lock } from "../resolve/index.ts";

/** The digests that a requirements file allows for one package. */
export interface AllowedHashes {
  readonly sha256: ReadonlySet<string>;
  /** Where that stands: "requirements.txt line 3". */
  readonly origin: string;
  /** The digest stands in the address of the file, and is checked when that is fetched. */
  readonly inAddress?: boolean;
}

export type HashRules = ReadonlyMap<PackageName, AllowedHashes>;

/** Algorithms that somebody can make two files for with the same digest; pip refuses them, too. */
const weak = /^(?:md5|sha1|md4|md2|sha|sha224|crc32|adler32):/i;

/** The sha256 digests of `--hash` values, or a clause that says why they can't be held to. */
export function readHashes(values: readonly string[]): ReadonlySet<string> | string {
  const broken = values.find((one) => weak.test(one));
  if (broken !== undefined)
    return `\`${broken.split(":")[0]}\` is too weak for a \`--hash\`: files can be made that fit it; write sha256`;
  const sha256 = values.flatMap((one) => /^sha256:([0-9a-f]{64})$/i.exec(one)?.[1]?.toLowerCase() ?? []);
  const misread = values.find((one) => /^sha256:/i.test(one) && !/^sha256:[0-9a-f]{64}$/i.test(one));
  if (sha256.length === 0 || misread !== undefined) return "a `--hash` must be a sha256, such as `--hash=sha256:1f…`";
  return new Set(sha256);
}

/** The digest in the fragment of an address, `#sha256=…`. */
export function hashInAddress(url: string | undefined): string | undefined {
  return /#(?:.*&)?sha256=([0-9a-f]{64})(?:&|$)/i.exec(url ?? "")?.[1]?.toLowerCase();
}

/**
 * A source that lists of a package only files whose digest is allowed, where it has one of those: of a version with
 * wheels and an sdist, the one that was hashed is taken. What promises no digest stays, and is checked when it is here.
 */
export function withHashes(source: PackageSource, rules: HashRules | undefined): PackageSource {
  if (rules === undefined || rules.size === 0) return source;
  const made = new WeakMap<Listing, Listing>();
  const allowed = (listing: Listing | undefined): Listing | undefined => {
    const rule = listing === undefined ? undefined : rules.get(listing.name);
    if (listing === undefined || rule === undefined) return listing;
    const known = made.get(listing) ?? onlyAllowed(listing, rule);
    made.set(listing, known);
    return known;
  };
  return {
    listing: async (name, signal) => allowed(await source.listing(name, signal)),
    listingNow: (name) => allowed(source.listingNow(name)),
    stamp: async (name) => {
      const stamp = await source.stamp(name);
      const rule = rules.get(name);
      return stamp === undefined || rule === undefined
        ? stamp
        : `${stamp}\nhashes ${[...rule.sha256].sort().join(" ")}`;
    },
    metadata: (file, signal) => source.metadata(file, signal),
    metadataNow: (file) => source.metadataNow(file),
    prefetchListings: (names) => source.prefetchListings(names),
    prefetchMetadata: (file) => source.prefetchMetadata(file),
    fetch: (file, sink, options) => source.fetch(file, sink, options),
    names: (near) => source.names(near),
  };
}

function onlyAllowed(listing: Listing, { sha256 }: AllowedHashes): Listing {
  const isAllowed = (digest: string | undefined): boolean => digest === undefined || sha256.has(digest);
  const releases = listing.releases.map(({ versionText, tier, version, files }) => ({
    versionText,
    tier,
    version,
    files: files.filter((file) => isAllowed(file.hashes["sha256"])),
  }));
  // When nothing has an allowed digest, the failure is to name the file that would be taken.
  return releases.some(({ files }) => files.length > 0) ? { ...listing, releases } : listing;
}

export interface HashCheck {
  /** Also when no rule is given. */
  readonly required?: boolean | undefined;
  /** What is there already in the same version needs none, as with pip. */
  readonly before?: Lock | undefined;
}

/**
 * Holds a lock to `--hash` lines. As with pip, one hash makes all of them needed: of every package, dependencies too.
 * Throws `DIGEST_MISMATCH`.
 */
export function checkHashes(lock: Lock, rules: HashRules = new Map(), { required, before }: HashCheck = {}): void {
  if (rules.size === 0 && required !== true) return;
  const present = new Map((before?.packages ?? []).map((one) => [one.name, one.version]));
  const fresh = lock.packages.filter(({ name, version }) => present.get(name) !== version);
  const bare = fresh.filter(({ name }) => !rules.has(name));
  const [first] = bare;
  if (first !== undefined) {
    const others = bare.length === 1 ? "" : `, like ${bare.length - 1} more`;
    throw new VenvoyError(
      "DIGEST_MISMATCH",
      `\`${first.name}\` ${first.version} is needed, too, and has no \`--hash\`${others}`,
      {
        hint: "write hashes for every package, or for none; venvoy export --hash does, and so does pip-compile --generate-hashes",
        data: {
          name: first.name,
          version: first.version,
          missing: bare.map(({ name, version }) => ({ name, version })),
        },
      },
    );
  }
  for (const { name, version, wheel: installed, source } of fresh) {
    const wheel = source ?? installed;
    const allowed = rules.get(name);
    if (allowed === undefined || allowed.inAddress === true) continue;
    if (wheel.sha256 === undefined || allowed.sha256.has(wheel.sha256)) continue;
    throw new VenvoyError(
      "DIGEST_MISMATCH",
      `\`${wheel.filename}\` has none of the hashes that ${allowed.origin} allows`,
      {
        hint: "the file on the index is another one than was locked: ask who released it",
        data: { name, version, got: wheel.sha256, allowed: [...allowed.sha256] },
      },
    );
  }
}
