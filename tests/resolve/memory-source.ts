import { type PackageName, SafeUrl, VenvoyError } from "../../src/base/index.ts";
import { compareVersions, normalizeName, parseVersion, parseWheelName } from "../../src/pep/index.ts";
import type { FileMetadata, ListedFile, Listing, PackageSource, Release } from "../../src/pypi/index.ts";

/** One version of a project, as a test writes it. */
export interface MadeRelease {
  readonly requires?: readonly string[];
  readonly requiresPython?: string;
  readonly extras?: Readonly<Record<string, readonly string[]>>;
  /** Compressed tag sets; one wheel each. Default: one wheel for everything. */
  readonly wheelTags?: readonly string[];
  readonly hasSource?: boolean;
  readonly yanked?: false | string;
  readonly uploadTimeMs?: number;
  /** What only the wheel's own metadata says. */
  readonly metadataPython?: string;
}

export type MadeIndex = Readonly<Record<string, Readonly<Record<string, MadeRelease>>>>;

export interface MemorySource extends PackageSource {
  /** What was asked of it, in order. */
  readonly asked: string[];
}

export interface MemoryOptions {
  readonly later?: boolean;
  /** Wheels whose metadata is not on this machine, as it is without a network. */
  readonly absent?: readonly string[];
}

const base = SafeUrl.parse("https://index.example/simple/");

/** A package source made from literals. `later` answers every question only through a promise at first. */
export function memorySource(index: MadeIndex, { later = false, absent = [] }: MemoryOptions = {}): MemorySource {
  const listings = new Map<PackageName, Listing>();
  const metadata = new Map<string, FileMetadata>();
  for (const [displayName, versions] of Object.entries(index)) {
    const name = normalizeName(displayName);
    listings.set(name, listingOf(name, versions, metadata));
  }
  const asked: string[] = [];
  const stamps = new Map(Object.entries(index).map(([name, made]) => [normalizeName(name), JSON.stringify(made)]));
  const inMemory = new Set<string>();
  return {
    asked,
    listing: async (name) => {
      asked.push(name);
      await Promise.resolve();
      inMemory.add(name);
      return listings.get(name);
    },
    stamp: async (name) => stamps.get(name) ?? "missing",
    listingNow: (name) => (later && !inMemory.has(name) ? undefined : listings.get(name)),
    metadata: async (file) => {
      asked.push(file.filename);
      if (absent.includes(file.filename)) throw new VenvoyError("OFFLINE_MISSING", `\`${file.filename}\` is not here`);
      await Promise.resolve();
      inMemory.add(file.filename);
      return metadata.get(file.filename) as FileMetadata;
    },
    metadataNow: (file) =>
      (later && !inMemory.has(file.filename)) || absent.includes(file.filename)
        ? undefined
        : metadata.get(file.filename),
    prefetchListings: () => {},
    prefetchMetadata: () => {},
    fetch: () => Promise.reject(new Error("a memory source has no bytes")),
    names: async (near) => [...listings.keys()].filter((name) => name[0] === near[0]),
  };
}

function listingOf(
  name: PackageName,
  versions: Readonly<Record<string, MadeRelease>>,
  metadata: Map<string, FileMetadata>,
): Listing {
  const releases: Release[] = [];
  for (const [versionText, made] of Object.entries(versions)) {
    const version = parseVersion(versionText);
    const stem = `${name.replaceAll("-", "_")}-${version.text}`;
    const files: ListedFile[] = (made.wheelTags ?? ["py3-none-any"]).map((tag) => fileOf(`${stem}-${tag}.whl`, made));
    if (made.hasSource === true) files.push(fileOf(`${stem}.tar.gz`, made));
    releases.push({ versionText: version.text, tier: 0, version, files });
    for (const file of files) metadata.set(file.filename, metadataOf(name, version.text, made));
  }
  releases.sort((a, b) => compareVersions(a.version, b.version));
  return { name, index: base, releases };
}

function fileOf(filename: string, made: MadeRelease): ListedFile {
  const isWheel = filename.endsWith(".whl");
  return {
    filename,
    href: filename,
    base,
    url: SafeUrl.parse(filename, base),
    hashes: { sha256: "0".repeat(64) },
    ...(made.requiresPython === undefined ? {} : { requiresPython: made.requiresPython }),
    yanked: made.yanked ?? false,
    ...(made.uploadTimeMs === undefined ? {} : { uploadTimeMs: made.uploadTimeMs }),
    kind: isWheel ? "wheel" : "sdist",
    wheel: isWheel ? parseWheelName(filename) : undefined,
    index: base,
  };
}

function metadataOf(name: PackageName, version: string, made: MadeRelease): FileMetadata {
  const requiresPython = made.metadataPython ?? made.requiresPython;
  const extras = Object.entries(made.extras ?? {});
  return {
    name,
    version,
    requiresDist: [
      ...(made.requires ?? []),
      ...extras.flatMap(([extra, lines]) => lines.map((line) => `${line}; extra == '${extra}'`)),
    ],
    ...(requiresPython === undefined ? {} : { requiresPython }),
    providesExtra: extras.map(([extra]) => normalizeName(extra)),
    dynamic: [],
  };
}
