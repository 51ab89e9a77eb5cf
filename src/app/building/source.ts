import { parseDirectUrl } from "../../pep/index.ts";
import type { FileMetadata, ListedFile, PackageSource } from "../../pypi/index.ts";
import type { Interpreter } from "../../python/index.ts";
import { isUnbuilt, type Lock, type LockedPackage } from "../../resolve/index.ts";
import type { Artifact } from "../../store/index.ts";
import type { Context } from "../context.ts";
import type { ResolveChoices } from "../requests.ts";

/** A source of packages that also makes wheels of sdists. */
export interface BuildingSource extends PackageSource {
  /** The wheel built from a locked package's sdist: found, or built now. Throws `BUILD_FAILED`, `SOURCE_INVALID`. */
  built(item: LockedPackage, signal: AbortSignal): Promise<Artifact>;
  /**
   * The wheel of a package that was built from a commit, or an archive with a digest, built from there again; `undefined`
   * for other origins: what lies in a directory may be something else by now.
   */
  builtFromOrigin(item: LockedPackage, signal: AbortSignal): Promise<Artifact | undefined>;
  /** The wheel that was built from this sdist before, if it is still here. */
  builtBefore(item: LockedPackage): Promise<Artifact | undefined>;
}

export interface BuildWay {
  readonly interpreter: Interpreter;
  readonly choices: ResolveChoices;
  /** Names whose builds wait for this: none of them can be needed by its own build. */
  readonly within: readonly string[];
}

/** Gives a source the power to build; nothing of it is loaded before an sdist comes into play. */
export function withBuilds(context: Context, source: PackageSource, way: BuildWay): BuildingSource {
  let opened: Promise<import("./builds.ts").Builds> | undefined;
  const builds = (): Promise<import("./builds.ts").Builds> => {
    opened ??= import("./builds.ts").then(({ Builds }) => new Builds(context, source, way));
    return opened;
  };
  const known = new Map<string, FileMetadata>();
  return {
    listing: (name, signal) => source.listing(name, signal),
    listingNow: (name) => source.listingNow(name),
    stamp: (name) => source.stamp(name),
    metadata: async (file, signal) => {
      if (file.kind === "wheel") return source.metadata(file, signal);
      const found = known.get(keyOf(file)) ?? (await (await builds()).metadata(file, signal));
      known.set(keyOf(file), found);
      return found;
    },
    metadataNow: (file) => (file.kind === "wheel" ? source.metadataNow(file) : known.get(keyOf(file))),
    prefetchListings: (names) => source.prefetchListings(names),
    prefetchMetadata: (file) => {
      // To prepare metadata runs code: only for what is really tried.
      if (file.kind === "wheel") source.prefetchMetadata(file);
    },
    fetch: (file, sink, options) => source.fetch(file, sink, options),
    names: (near) => source.names(near),
    built: async (item, signal) => (await builds()).wheel(item, signal),
    builtFromOrigin: async ({ name, origin }, signal) => {
      const address = origin === undefined ? undefined : fixedAddress(origin);
      if (address === undefined) return undefined;
      const { ownOfAddress } = await import("./addresses.ts");
      const { sha256 } = await ownOfAddress(context, address, { way, source, signal, name });
      return sha256 === undefined ? undefined : context.store.find(sha256);
    },
    builtBefore: async (item) => (await builds()).found(item),
  };
}

/** What a plan says of the packages that it will build; nothing is loaded when there are none. */
export async function plannedBuilds(
  context: Context,
  solved: { readonly lock: Lock; readonly source: BuildingSource },
  choices: ResolveChoices,
): Promise<readonly string[]> {
  if (!solved.lock.packages.some(isUnbuilt)) return [];
  return (await import("./notes.ts")).buildNotes(context, solved, choices);
}

function keyOf(file: ListedFile): string {
  return `${file.url.toString()} ${file.filename}`;
}

/** The address of exactly what a `direct_url.json` names. */
function fixedAddress(origin: string): string | undefined {
  const { url, vcs, archive, subdirectory } = parseDirectUrl(origin);
  const below = subdirectory === undefined ? [] : [`subdirectory=${subdirectory}`];
  const sha256 = archive?.hashes?.["sha256"];
  if (vcs?.vcs === "git") return [`git+${url}@${vcs.commitId}`, ...below].join("#");
  if (sha256 === undefined || /\.whl$/i.test(url)) return undefined;
  return `${url}#${[`sha256=${sha256}`, ...below].join("&")}`;
}
