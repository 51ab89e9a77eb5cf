import { mapLimit, type PackageName, SafeUrl } from "../base/index.ts";
import type { Ports, Reporter } from "../ports/index.ts";
import { offlineMissing, pinUnknown } from "./errors.ts";
import { pageOnDisk } from "./flat/directory.ts";
import { FindLinks } from "./flat/find-links.ts";
import { localPath } from "./flat/local-path.ts";
import type { Ask } from "./http/index.ts";
import { indexesFor } from "./index-order.ts";
import { mergeReleases } from "./merge.ts";
import { digestPage } from "./page/digest.ts";
import { directoryUrl } from "./page/directory-url.ts";
import { encodePage, type PageHead } from "./page/page-file.ts";
import { type PageAnswer, Pages } from "./page/pages.ts";
import { decodePage } from "./page/record.ts";
import type { IndexLocation, IndexSettings } from "./settings.ts";
import type { Listing, Release } from "./source.ts";

interface Found {
  readonly index: IndexLocation;
  readonly answer: Exclude<PageAnswer, string>;
}

interface Asked {
  readonly found: readonly Found[];
  readonly unknown: readonly IndexLocation[];
}

/** Puts a project's listing together from the indexes that may provide it and the places of `--find-links`. */
export class Listings {
  readonly #io: Pick<Ports, "fs" | "clock" | "system"> & { readonly reporter: Reporter };
  readonly #settings: IndexSettings;
  readonly #pages: Pages;
  readonly #findLinks: FindLinks;

  constructor(
    io: Pick<Ports, "fs" | "clock" | "system"> & { readonly reporter: Reporter },
    ask: Ask,
    settings: IndexSettings,
  ) {
    this.#io = io;
    this.#settings = settings;
    this.#pages = new Pages(io, ask, settings);
    this.#findLinks = new FindLinks(io, ask, settings);
  }

  async listing(name: PackageName, signal: AbortSignal | undefined): Promise<Listing | undefined> {
    const pin = this.#settings.pins.get(name);
    const { serving, others } = indexesFor(this.#settings, name);
    if (pin !== undefined && others.length === 0 && this.#settings.indexes.length > 0) throw pinUnknown(name, pin);
    const served = await this.#askAll(serving, name, signal);
    const isServed = served.found.length > 0 || served.unknown.length > 0;
    const { found, unknown } = isServed ? served : await this.#ask(others, name, signal);
    const flat = pin === undefined ? await this.#findLinks.releases(name) : [];
    const [first] = found;
    const place = first === undefined ? flat[0]?.index : directoryUrl(first.index.url).withoutCredentials();
    if (place === undefined) {
      if (unknown.length > 0) throw offlineMissing(`The list of versions of \`${name}\``, { name });
      return undefined;
    }
    const fromIndexes = found.map(({ answer }) => answer.releases);
    const fromPlaces = flat.map(({ releases }) => releases);
    const status = first?.answer.header.status;
    return {
      name,
      index: place,
      releases: isServed ? mergeReleases([...fromPlaces, ...fromIndexes]) : this.#merge(fromPlaces, fromIndexes),
      ...(status === undefined ? {} : { status }),
    };
  }

  /** The head of an index's page, if a listing was made from it. */
  headSeen(index: IndexLocation, name: PackageName): PageHead | undefined {
    return this.#pages.headSeen(index, name);
  }

  #merge(places: readonly (readonly Release[])[], indexes: readonly (readonly Release[])[]): readonly Release[] {
    if (this.#settings.strategy !== "unsafe-first-match" || indexes.length < 2) {
      return mergeReleases([...places, ...indexes]);
    }
    // Places are offered besides the index that is asked first.
    const [first = [], ...others] = indexes;
    return mergeReleases([mergeReleases([...places, first]), ...others], { tiered: true });
  }

  async #ask(indexes: readonly IndexLocation[], name: PackageName, signal: AbortSignal | undefined): Promise<Asked> {
    if (this.#settings.strategy !== "first-index") return this.#askAll(indexes, name, signal);
    const unknown: IndexLocation[] = [];
    // One after the other: the next index must not even learn the names of what an earlier one has.
    for (const index of indexes) {
      const { found, unknown: isUnknown } = await this.#askAll([index], name, signal);
      if (found.length > 0) return { found, unknown };
      unknown.push(...isUnknown);
    }
    return { found: [], unknown };
  }

  async #askAll(indexes: readonly IndexLocation[], name: PackageName, signal: AbortSignal | undefined): Promise<Asked> {
    const answers = await mapLimit(indexes, 8, (index) => this.#page(index, name, signal));
    const found: Found[] = [];
    const unknown: IndexLocation[] = [];
    for (const [at, index] of indexes.entries()) {
      const answer: PageAnswer = answers[at] ?? "missing";
      if (answer === "unknown") unknown.push(index);
      else if (answer !== "missing") found.push({ index, answer });
    }
    return { found, unknown };
  }

  async #page(index: IndexLocation, name: PackageName, signal: AbortSignal | undefined): Promise<PageAnswer> {
    if (!index.url.toString().startsWith("file:")) return this.#pages.page(index, name, signal);
    const { fs } = this.#io;
    const root = directoryUrl(index.url);
    const path = fs.path.join(localPath(fs, root), name);
    const url = SafeUrl.parse(`${name}/`, root);
    const page = await pageOnDisk(fs, path, url);
    if (page === undefined) return "missing";
    const base = page.files[0]?.base ?? url;
    const digest = digestPage(name, page, base);
    const header = { fetchedMs: 0, freshUntilMs: 0, base: base.reveal() };
    return decodePage(encodePage(header, digest), { index: root, name, tagSets: new Map() }) ?? "missing";
  }

  /** Names that this machine has heard of. */
  async knownNames(): Promise<readonly string[]> {
    const cached = await mapLimit(this.#settings.indexes, 8, (index) => this.#namesOf(index));
    return [...cached.flat(), ...(await this.#findLinks.names().catch(() => []))];
  }

  async #namesOf(index: IndexLocation): Promise<readonly string[]> {
    if (!index.url.toString().startsWith("file:")) return this.#pages.cachedNames(index);
    const entries = await this.#io.fs.list(localPath(this.#io.fs, index.url)).catch(() => undefined);
    return (entries ?? []).filter((entry) => entry.kind === "directory").map((entry) => entry.name);
  }
}
