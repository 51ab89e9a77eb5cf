import { type PackageName, VenvoyError } from "../base/index.ts";
import type { Listing, PackageSource } from "../pypi/index.ts";
import type { Lock, LockedPackage } from "../resolve/index.ts";

/** The digests that a requirements file allows for one package. */
export interface AllowedHashes {
  /** `sha256:1f…`, `sha384:…` or `sha512:…`; one of them must be the file's. */
  readonly digests: ReadonlySet<string>;
  /** Where that stands: "requirements.txt line 3". */
  readonly origin: string;
  /** The digest stands in the address of the file, and is checked when that is fetched. */
  readonly inAddress?: boolean;
}

export type HashRules = ReadonlyMap<PackageName, AllowedHashes>;

/** Algorithms that somebody can make two files for with the same digest; pip refuses them, too. */
const weak = /^(?:md5|sha1|md4|md2|sha|sha224|crc32|adler32):/i;

/** Hexadecimal digits of each algorithm that is taken. */
export const strongAlgorithms: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** The digests of `--hash` values, or a clause that says why they can't be held to. */
export function readHashes(values: readonly string[]): ReadonlySet<string> | string {
  const broken = values.find((one) => weak.test(one));
  if (broken !== undefined)
    return `\`${broken.split(":")[0]}\` is too weak for a \`--hash\`: files can be made that fit it; write sha256`;
  const digests = values.map((one) => one.toLowerCase());
  const isDigest = (one: string): boolean => {
    const [algorithm = "", hex = ""] = one.split(":");
    return hex.length === strongAlgorithms[algorithm] && /^[0-9a-f]+$/.test(hex);
  };
  if (digests.length === 0 || !digests.every(isDigest))
    return "a `--hash` must be a sha256, sha384 or sha512, such as `--hash=sha256:1f…`";
  return new Set(digests);
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
        : `${stamp}\nhashes ${[...rule.digests].sort().join(" ")}`;
    },
    metadata: (file, signal) => source.metadata(file, signal),
    metadataNow: (file) => source.metadataNow(file),
    prefetchListings: (names) => source.prefetchListings(names),
    prefetchMetadata: (file) => source.prefetchMetadata(file),
    fetch: (file, sink, options) => source.fetch(file, sink, options),
    names: (near) => source.names(near),
  };
}

/** A file that promises digests, but none that can be compared, may be an allowed one. */
function onlyAllowed(listing: Listing, rule: AllowedHashes): Listing {
  const algorithms = new Set([...rule.digests].map((one) => one.split(":")[0] ?? ""));
  const isAllowed = (hashes: Readonly<Record<string, string>>): boolean => {
    const compared = Object.entries(hashes).filter(([algorithm]) => algorithms.has(algorithm));
    return compared.length === 0 || compared.some(([algorithm, hex]) => rule.digests.has(`${algorithm}:${hex}`));
  };
  const releases = listing.releases.map(({ versionText, tier, version, files }) => ({
    versionText,
    tier,
    version,
    files: files.filter((file) => isAllowed(file.hashes)),
  }));
  // When nothing has an allowed digest, the failure is to name the file that would be taken.
  return releases.some(({ files }) => files.length > 0) ? { ...listing, releases } : listing;
}

export interface HashCheck {
  /** Also when no rule is given. */
  readonly required?: boolean | undefined;
  /** What is there already in the same version needs none, as with pip. */
  readonly before?: Lock | undefined;
  /** Before the files are here: what only they can tell is not asked yet (`withProof`). */
  readonly isPlan?: boolean;
}

/**
 * Holds a lock to `--hash` lines. As with pip, one hash makes all of them needed: of every package, dependencies too.
 * Throws `DIGEST_MISMATCH`.
 */
export function checkHashes(
  lock: Lock,
  rules: HashRules = new Map(),
  { required, before, isPlan = false }: HashCheck = {},
): void {
  if (rules.size === 0 && required !== true) return;
  const fresh = newIn(lock, before);
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
    if (wheel.sha256 === undefined || allowed.digests.has(`sha256:${wheel.sha256}`)) continue;
    if (isPlan && hasOthers(allowed)) continue;
    throw new VenvoyError(
      "DIGEST_MISMATCH",
      `\`${wheel.filename}\` has none of the hashes that ${allowed.origin} allows`,
      {
        hint: "the file on the index is another one than was locked: ask who released it",
        data: { name, version, got: wheel.sha256, allowed: [...allowed.digests] },
      },
    );
  }
}

function newIn(lock: Lock, before: Lock | undefined): readonly LockedPackage[] {
  const present = new Map((before?.packages ?? []).map((one) => [one.name, one.version]));
  return lock.packages.filter(({ name, version }) => present.get(name) !== version);
}

function hasOthers({ digests }: AllowedHashes): boolean {
  return [...digests].some((one) => !one.startsWith("sha256:"));
}

/** The packages of a lock whose rules name digests that only the files themselves can tell. */
export function unproven(lock: Lock, rules: HashRules, before: Lock | undefined): readonly LockedPackage[] {
  return newIn(lock, before).filter((one) => {
    const rule = rules.get(one.name);
    const { sha256, url } = one.source ?? one.wheel;
    const isKnown = sha256 !== undefined && rule?.digests.has(`sha256:${sha256}`) === true;
    return rule !== undefined && rule.inAddress !== true && !isKnown && url !== undefined && hasOthers(rule);
  });
}
