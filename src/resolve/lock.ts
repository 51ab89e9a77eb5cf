import type { PackageName, SafeUrl, Sha256 } from "../base/index.ts";

/** One file of a package. */
export interface LockedFile {
  readonly filename: string;
  /** Absent when the index promises none: whoever downloads the file learns it (`withDigests`). */
  readonly sha256: Sha256 | undefined;
  readonly sizeBytes?: number;
  readonly url?: SafeUrl;
  /** The index that listed the file. */
  readonly index?: SafeUrl;
}

export interface LockedPackage {
  readonly name: PackageName;
  /** Canonical text. */
  readonly version: string;
  /** The wheel that is installed; an sdist as long as no wheel was built from it. */
  readonly wheel: LockedFile;
  /** The sdist that the wheel was built from, here or on another machine. */
  readonly source?: LockedFile;
  /** What the package (with its chosen extras) needs on the target; sorted. */
  readonly dependencies: readonly PackageName[];
  /** Extras that something asked for; sorted, normalised. */
  readonly extras: readonly string[];
  /** A person asked for it by name. */
  readonly requested: boolean;
  /** The address that it was asked for by. */
  readonly directUrl?: SafeUrl;
  /** The text of `direct_url.json` (PEP 610), of a package that another tool built or fetched from there. */
  readonly origin?: string;
}

/** What an intent resolved to: exact files. Sorted by name. */
export interface Lock {
  /** The Python versions that every package admits, where known. */
  readonly requiresPython?: string;
  readonly packages: readonly LockedPackage[];
}

/** True when a wheel is still to be built. */
export function isUnbuilt({ wheel }: Pick<LockedPackage, "wheel">): boolean {
  return !wheel.filename.endsWith(".whl");
}

/** The lock with the digests that downloading told, by package name. */
export function withDigests(lock: Lock, digests: ReadonlyMap<PackageName, Sha256>): Lock {
  const packages = lock.packages.map((entry) => {
    const sha256 = entry.wheel.sha256 ?? digests.get(entry.name);
    return { ...entry, wheel: { ...entry.wheel, sha256 } };
  });
  return { ...lock, packages };
}
