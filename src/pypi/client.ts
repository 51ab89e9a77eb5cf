import {
  type AbsPath,
  isVenvoyError,
  nearest,
  type PackageName,
  printable,
  SafeUrl,
  type Sha256,
} from "../base/index.ts";
import { normalizeName, parseWheelName, type WheelName } from "../pep/index.ts";
import { inOp, type Ports, type Reporter } from "../ports/index.ts";
import { download } from "./download.ts";
import { metadataUnusable, offlineMissing } from "./errors.ts";
import { type Ask, openChain } from "./http/index.ts";
import { knownNames } from "./known-names.ts";
import { Listings } from "./listings.ts";
import { MetadataCache, type MetadataEntry } from "./metadata/metadata-cache.ts";
import { MetadataReader, metadataKey, wholeWheelPath } from "./metadata/metadata-reader.ts";
import { metadataOfWheel, wheelOnDisk } from "./metadata/wheel-metadata.ts";
import type { IndexSettings } from "./settings.ts";
import { SharedWork } from "./shared-work.ts";
import type {
  FetchedFile,
  FetchOptions,
  FileMetadata,
  ListedFile,
  Listing,
  PackageSource,
  WantedFile,
} from "./source.ts";
import { Stamps } from "./stamps.ts";

export type ClientPorts = Pick<Ports, "http" | "fs" | "clock" | "secrets" | "system"> & { readonly reporter: Reporter };

/** Opens a client of the indexes in `settings`. It remembers what it has read; make one per operation. */
export function createIndexClient(io: ClientPorts, settings: IndexSettings): PackageSource {
  return new IndexClient(io, settings);
}

class IndexClient implements PackageSource {
  readonly #io: ClientPorts;
  readonly #settings: IndexSettings;
  readonly #ask: Ask;
  readonly #listings: Listings;
  readonly #cache: MetadataCache;
  readonly #reader: MetadataReader;
  readonly #stamps: Stamps;
  readonly #listingWork = new SharedWork<PackageName, Listing | undefined>();
  readonly #metadataWork = new SharedWork<string, MetadataEntry>();
  readonly #told = new Set<PackageName>();

  constructor(io: ClientPorts, settings: IndexSettings) {
    this.#io = io;
    this.#settings = settings;
    this.#ask = openChain(io, settings);
    this.#listings = new Listings(io, this.#ask, settings);
    this.#stamps = new Stamps(io, settings, this.#listings);
    this.#cache = new MetadataCache(io, settings.cacheDir);
    this.#reader = new MetadataReader(io, this.#ask, settings);
  }

  listing(name: PackageName, signal?: AbortSignal): Promise<Listing | undefined> {
    return this.#listingWork.get(name, signal, (shared) => this.#loadListing(name, shared));
  }

  listingNow(name: PackageName): Listing | undefined {
    return this.#listingWork.now(name);
  }

  stamp(name: PackageName): Promise<string | undefined> {
    return this.#stamps.stamp(name);
  }

  prefetchListings(names: Iterable<PackageName>): void {
    for (const name of names) this.#listingWork.begin(name, (shared) => this.#loadListing(name, shared));
  }

  async #loadListing(name: PackageName, signal: AbortSignal): Promise<Listing | undefined> {
    const listing = await this.#listings.listing(name, signal);
    // Whoever looks at the versions asks for the metadata of one next.
    if (listing !== undefined) await this.#cache.load(name);
    return listing;
  }

  async metadata(file: ListedFile, signal?: AbortSignal): Promise<FileMetadata> {
    const now = this.metadataNow(file);
    if (now !== undefined) return now;
    const key = metadataKey(file);
    const entry = await this.#metadataWork.get(key, signal, (shared) => this.#loadMetadata(key, file, shared));
    return entry.metadata;
  }

  metadataNow(file: ListedFile): FileMetadata | undefined {
    const key = metadataKey(file);
    const known = this.#metadataWork.now(key);
    if (known !== undefined) return known.metadata;
    const cached = file.wheel === undefined ? undefined : this.#cache.find(file.wheel.name, key);
    if (cached !== undefined) this.#metadataWork.remember(key, cached);
    return cached?.metadata;
  }

  prefetchMetadata(file: ListedFile): void {
    // Offline there is nothing to run ahead of: what isn't in the cache never comes.
    if (file.wheel === undefined || this.#isOutOfReach(file) || this.metadataNow(file) !== undefined) return;
    const key = metadataKey(file);
    this.#metadataWork.begin(key, (shared) => this.#loadMetadata(key, file, shared));
  }

  #isOutOfReach(file: ListedFile): boolean {
    return this.#settings.offline && !file.url.toString().startsWith("file:");
  }

  async #loadMetadata(key: string, file: ListedFile, signal: AbortSignal): Promise<MetadataEntry> {
    const ask = (): Promise<MetadataEntry> => this.#reader.read(file, signal);
    return file.wheel === undefined ? ask() : this.#cache.findOrAsk(file.wheel.name, key, ask);
  }

  fetch(file: WantedFile, sink: AbsPath, options: FetchOptions = {}): Promise<FetchedFile> {
    const start = {
      kind: "fetch" as const,
      label: printable(file.filename, { newlines: false }),
      ...(options.parent === undefined ? {} : { parent: options.parent }),
      ...(file.sizeBytes === undefined ? {} : { total: file.sizeBytes }),
    };
    this.#tellStatus(file);
    return inOp(this.#io.reporter, start, async (id) => {
      const onProgress = (done: number): void => this.#io.reporter.emit({ type: "op:progress", id, done });
      const fetched = await this.#fetchOnce(file, sink, { ...options, onProgress });
      await this.#compareMetadata(file, fetched.sha256, sink);
      return fetched;
    });
  }

  /** PEP 792: who is about to install a project that nobody cares for any more should know. */
  #tellStatus(file: WantedFile): void {
    const listing = this.#listingOf(file);
    if (listing?.status === undefined || this.#told.has(listing.name)) return;
    this.#told.add(listing.name);
    const text = `\`${listing.name}\` is ${listing.status}, says \`${listing.index}\``;
    this.#io.reporter.emit({ type: "notice", level: "warn", code: "PROJECT_STATUS", text });
  }

  #listingOf({ filename }: WantedFile): Listing | undefined {
    const wheel = wheelNameOf(filename);
    return wheel === undefined ? undefined : this.listingNow(wheel.name);
  }

  async #fetchOnce(
    file: WantedFile,
    sink: AbsPath,
    { signal, onProgress }: FetchOptions & { readonly onProgress: (done: number) => void },
  ): Promise<FetchedFile> {
    const promised = this.#promisedHashes(file);
    const isLocal = file.url.toString().startsWith("file:");
    const { fs } = this.#io;
    const kept = wholeWheelPath(fs, this.#settings.cacheDir, { hashes: promised, url: file.url });
    const isKept = !isLocal && (await fs.info(kept).catch(() => undefined)) !== undefined;
    if (isKept) {
      // Fetched earlier for its metadata. Checked again like a download: the cache is anybody's to change.
      const url = SafeUrl.parse(fileAddress(fs.path.kind, kept));
      const copy = await download(this.#io, this.#ask, {
        file: { ...file, url },
        sink,
        promised,
        signal,
        onProgress,
      }).catch((error: unknown) => {
        if (isVenvoyError(error, "DIGEST_MISMATCH") || isVenvoyError(error, "FILE_UNREADABLE")) return undefined;
        throw error;
      });
      await fs.remove(kept).catch(() => {});
      if (copy !== undefined) return { sha256: copy.sha256, sizeBytes: copy.sizeBytes };
    }
    if (this.#settings.offline && !isLocal) {
      throw offlineMissing(`\`${printable(file.filename)}\``, { filename: file.filename });
    }
    const { sha256, sizeBytes } = await download(this.#io, this.#ask, { file, sink, promised, signal, onProgress });
    return { sha256, sizeBytes };
  }

  /** What the caller demands, and every other digest that the index lists for the same file. */
  #promisedHashes(file: WantedFile): Readonly<Record<string, string>> {
    const own = file.sha256 === undefined ? {} : { sha256: file.sha256 };
    const listed = this.#listedFile(file);
    return listed === undefined ? own : { ...listed.hashes, ...own };
  }

  #listedFile(file: WantedFile): ListedFile | undefined {
    const wheel = wheelNameOf(file.filename);
    if (wheel === undefined) return undefined;
    const versionText = wheel.version.toString();
    const release = this.#listingOf(file)?.releases.find((candidate) => candidate.versionText === versionText);
    return release?.files.find(({ filename, url }) => filename === file.filename && url.reveal() === file.url.reveal());
  }

  /** Metadata from beside the wheel was believed while resolving; the wheel must say the same. */
  async #compareMetadata(file: WantedFile, sha256: Sha256, sink: AbsPath): Promise<void> {
    const entry = this.#metadataWork.now(sha256);
    const wheel = wheelNameOf(file.filename);
    if (entry?.beside !== true || wheel === undefined) return;
    const source = await wheelOnDisk(this.#io.fs, sink, file.filename);
    const own = await metadataOfWheel(source, wheel);
    const said = [...entry.metadata.requiresDist].sort().join("\n");
    if ([...own.requiresDist].sort().join("\n") === said) return;
    await this.#io.fs.remove(sink);
    throw metadataUnusable(file.filename, "the index promised other requirements than the wheel holds");
  }

  async names(near: string): Promise<readonly string[]> {
    const known = await this.#listings.knownNames();
    return nearest(
      normalizeName(near),
      [...knownNames, ...known].filter((name) => name !== near),
    );
  }
}

function wheelNameOf(filename: string): WheelName | undefined {
  try {
    return parseWheelName(filename);
  } catch {
    // A source archive, or a file that no index listed.
    return undefined;
  }
}

function fileAddress(kind: "posix" | "windows", path: AbsPath): string {
  const url = new URL("file:///");
  url.pathname = kind === "windows" ? `/${path.replaceAll("\\", "/")}` : path.replaceAll("%", "%25");
  return url.href;
}
