import type { PackageName } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";
import { localPath } from "./flat/local-path.ts";
import { indexesFor } from "./index-order.ts";
import type { Listings } from "./listings.ts";
import { type PageHead, readPageHead } from "./page/page-file.ts";
import { isFreshPage, type PagePlaces, pagePlaces } from "./page/pages.ts";
import type { IndexLocation, IndexSettings } from "./settings.ts";

/** Enough for the two head lines of a cached page. */
const headBytes = 4096;

/**
 * Names what a listing would be made from, without making it: a stamp that is the same as before means the same
 * listing. Only the heads of cached pages are read, so that hundreds of names cost a few milliseconds; what a listing was
 * made from is not read again.
 */
export class Stamps {
  readonly #io: Pick<Ports, "fs" | "clock">;
  readonly #settings: IndexSettings;
  readonly #pageAt: PagePlaces;
  readonly #seen: Pick<Listings, "headSeen">;
  #places: Promise<string | undefined> | undefined;

  constructor(io: Pick<Ports, "fs" | "clock">, settings: IndexSettings, seen: Pick<Listings, "headSeen">) {
    this.#io = io;
    this.#seen = seen;
    this.#pageAt = pagePlaces(io.fs, settings);
    this.#settings = settings;
  }

  /** `undefined` where only asking an index, or reading a place whole, would tell. */
  async stamp(name: PackageName): Promise<string | undefined> {
    const { pins, strategy } = this.#settings;
    const pin = pins.get(name);
    const parts: string[] = [strategy];
    if (pin === undefined) {
      const places = await this.#placesStamp();
      if (places === undefined) return undefined;
      parts.push(places);
    }
    const { serving, others } = indexesFor(this.#settings, name);
    let isServed = false;
    for (const index of serving) {
      const head = await this.#head(index, name);
      if (head === undefined) return undefined;
      parts.push(`${index.url.withoutCredentials()} ${head.content}`);
      isServed ||= !head.isMissing;
    }
    for (const index of isServed ? [] : others) {
      const head = await this.#head(index, name);
      if (head === undefined) return undefined;
      parts.push(`${index.url.withoutCredentials()} ${head.content}`);
      if (strategy === "first-index" && !head.isMissing) break;
    }
    return parts.join("\n");
  }

  async #head(index: IndexLocation, name: PackageName): Promise<PageHead | undefined> {
    if (index.url.toString().startsWith("file:")) return undefined;
    const { clock } = this.#io;
    const head = this.#seen.headSeen(index, name) ?? (await this.#readHead(index, name));
    if (head === undefined || this.#settings.offline) return head;
    return isFreshPage(head.header, name, { now: clock.now(), refresh: this.#settings.refresh }) ? head : undefined;
  }

  async #readHead(index: IndexLocation, name: PackageName): Promise<PageHead | undefined> {
    const { fs } = this.#io;
    try {
      return readPageHead(await fs.readRange(this.#pageAt(index, name), 0, headBytes));
    } catch {
      // No such page in the cache, or one that can't be read.
      return undefined;
    }
  }

  /** Directories of `--find-links`, by every file in them; a page of the web can't be told without asking. */
  #placesStamp(): Promise<string | undefined> {
    this.#places ??= this.#readPlaces();
    return this.#places;
  }

  async #readPlaces(): Promise<string | undefined> {
    const { fs } = this.#io;
    const parts: string[] = [];
    for (const url of this.#settings.findLinks) {
      if (!url.toString().startsWith("file:")) return undefined;
      const path = localPath(fs, url);
      const info = await fs.info(path);
      if (info?.kind === "file") return undefined;
      parts.push(url.toString());
      for (const { name } of (await fs.list(path)) ?? []) {
        const file = await fs.info(fs.path.join(path, name));
        parts.push(`${name} ${file?.sizeBytes} ${file?.modifiedMs}`);
      }
    }
    return parts.join("\n");
  }
}
