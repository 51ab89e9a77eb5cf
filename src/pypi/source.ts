import type { AbsPath, PackageName, SafeUrl, Sha256 } from "../base/index.ts";
import type { CoreMetadata, IndexFile, Version, WheelName } from "../pep/index.ts";
import type { OpId } from "../ports/index.ts";

/** One file of a project, as its index lists it. */
export interface ListedFile extends IndexFile {
  readonly kind: "wheel" | "sdist";
  /** The parsed file name; present exactly when `kind` is `wheel`. */
  readonly wheel: WheelName | undefined;
  /** The index (or `--find-links` place) that lists the file. */
  readonly index: SafeUrl;
}

/**
 * All files of one version. `version` and `files` are made when first read: a page of 10,000 files costs only what is
 * looked at.
 */
export interface Release {
  /** Canonical text of the version. */
  readonly versionText: string;
  /**
   * A release of a lower tier goes before any of a higher tier, whatever its version. 0 everywhere, save with
   * `unsafe-first-match`, where it counts the indexes.
   */
  readonly tier: number;
  readonly version: Version;
  /** Wheels and sdists whose name says this project and version; everything else on the page is left out. */
  readonly files: readonly ListedFile[];
}

/** PEP 792: what the index says about the whole project. Files of a quarantined one are not offered. */
export type ProjectStatus = "archived" | "quarantined" | "deprecated";

/** What the indexes know of one project. */
export interface Listing {
  readonly name: PackageName;
  /** The index that answered (the first one, where several are merged). */
  readonly index: SafeUrl;
  /** Ascending by version (within each tier); may be empty. */
  readonly releases: readonly Release[];
  readonly status?: ProjectStatus;
}

/** The fields of a distribution's metadata that resolving needs; only these are cached. */
export interface FileMetadata
  extends Pick<CoreMetadata, "name" | "version" | "requiresDist" | "requiresPython" | "providesExtra" | "dynamic"> {
  /** Of the whole file, where reading its metadata told: many indexes don't list sizes. */
  readonly sizeBytes?: number;
}

/** A file to download. */
export interface WantedFile {
  readonly filename: string;
  readonly url: SafeUrl;
  /** Without it the file is taken as it comes, and its digest is told afterwards. */
  readonly sha256?: Sha256;
  readonly sizeBytes?: number | undefined;
}

export interface FetchOptions {
  readonly signal?: AbortSignal;
  /** The operation that the download is told as a part of. */
  readonly parent?: OpId;
}

export interface FetchedFile {
  readonly sha256: Sha256;
  readonly sizeBytes: number;
}

/**
 * Where packages come from. Every method may be called many times at once; equal questions share one request.
 * Failures: `INDEX_UNREACHABLE`, `INDEX_CREDENTIALS`, `INDEX_INVALID`, `OFFLINE_MISSING`, `METADATA_INVALID`,
 * `DIGEST_MISMATCH`, `WHEEL_INVALID`, `ABORTED`.
 */
export interface PackageSource {
  /** The project's files, or `undefined` when no index knows the name. */
  listing(name: PackageName, signal?: AbortSignal): Promise<Listing | undefined>;
  /** The same without waiting, when it is in memory already (`undefined` = ask `listing`). */
  listingNow(name: PackageName): Listing | undefined;
  /**
   * What the listing would be made from, as a text: the same text means the same listing. Cheap, and never asks the
   * network; `undefined` where only that would tell.
   */
  stamp(name: PackageName): Promise<string | undefined>;
  /** The metadata of a wheel, from the cheapest place that has it. */
  metadata(file: ListedFile, signal?: AbortSignal): Promise<FileMetadata>;
  metadataNow(file: ListedFile): FileMetadata | undefined;
  /** Starts asking for these in the background; failures are told to whoever asks `listing` later. */
  prefetchListings(names: Iterable<PackageName>): void;
  /** Starts asking for this file's metadata in the background. */
  prefetchMetadata(file: ListedFile): void;
  /** Downloads to `sink`, which must not exist; checks the digest while writing, resumes when cut off. */
  fetch(file: WantedFile, sink: AbsPath, options?: FetchOptions): Promise<FetchedFile>;
  /** Names like `near` that exist on an index, best first; empty when none is known. */
  names(near: string): Promise<readonly string[]>;
}
