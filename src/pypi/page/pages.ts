import { createHash } from "node:crypto";
import { type AbsPath, type PackageName, SafeUrl, VenvoyError } from "../../base/index.ts";
import { normalizeName, parseSimplePage } from "../../pep/index.ts";
import type { HttpResponse, Ports } from "../../ports/index.ts";
import { cacheWriter, readCache } from "../cache-file.ts";
import { type Ask, readAll } from "../http/index.ts";
import type { IndexLocation, IndexSettings } from "../settings.ts";
import { digestPage } from "./digest.ts";
import { directoryUrl } from "./directory-url.ts";
import { freshUntil } from "./freshness.ts";
import { decodePage, encodePage, type PageHeader, type PageRecord, withHeader } from "./record.ts";

/** 100,000 files are 30 MB of HTML. */
const maxPageBytes = 256 << 20;
const accept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

/** What an index says about a name. `unknown` = the network may not be used and the cache has nothing. */
export type PageAnswer = PageRecord | "missing" | "unknown";

/** Reads project pages of web indexes: from the cache while fresh, else asked for (conditionally) and digested. */
export class Pages {
  readonly #io: Pick<Ports, "fs" | "clock">;
  readonly #ask: Ask;
  readonly #settings: IndexSettings;
  readonly #write: ReturnType<typeof cacheWriter>;

  constructor(io: Pick<Ports, "fs" | "clock" | "system">, ask: Ask, settings: IndexSettings) {
    this.#io = io;
    this.#ask = ask;
    this.#settings = settings;
    this.#write = cacheWriter(io.fs, io.system);
  }

  async page(index: IndexLocation, name: PackageName, signal: AbortSignal | undefined): Promise<PageAnswer> {
    const path = this.#pathOf(index.url, name);
    const bytes = await readCache(this.#io.fs, path);
    const cached = bytes === undefined ? undefined : decodePage(bytes, shownIndex(index));
    if (this.#settings.offline) return cached === undefined ? "unknown" : answerOf(cached);
    if (cached !== undefined && this.#isFresh(cached.header, name)) return answerOf(cached);
    const page = this.#request(index, name, { signal, path, cached, bytes });
    return answerOf(await page);
  }

  #isFresh({ fetchedMs, freshUntilMs }: PageHeader, name: PackageName): boolean {
    const { refresh } = this.#settings;
    if (refresh === true || (refresh !== false && refresh.has(name))) return false;
    const now = this.#io.clock.now();
    // A clock that was set back must not make a page fresh for years.
    return now < freshUntilMs && now >= fetchedMs - 60_000;
  }

  #request(
    index: IndexLocation,
    name: PackageName,
    {
      signal,
      path,
      cached,
      bytes,
    }: {
      readonly signal: AbortSignal | undefined;
      readonly path: AbsPath;
      readonly cached: PageRecord | undefined;
      readonly bytes: Uint8Array | undefined;
    },
  ): Promise<PageRecord> {
    const url = SafeUrl.parse(`${encodeURIComponent(name)}/`, directoryUrl(index.url));
    return this.#ask({
      url,
      signal,
      headers: () => ({ accept, ...conditions(cached?.header, this.#settings.refresh !== false) }),
      expects: [304, 404, 410],
      read: async (response, body) => {
        const header = this.#headerOf(response);
        if (response.status === 304 && cached !== undefined && bytes !== undefined) {
          await response.discard();
          const { fetchedMs, freshUntilMs } = header;
          const kept = withHeader(bytes, { ...cached.header, fetchedMs, freshUntilMs });
          await this.#write(path, kept);
          return cached;
        }
        if (response.status >= 300) {
          await response.discard();
          return this.#keep(index, path, encodePage({ ...header, missing: true }, { versions: [], blocks: [] }));
        }
        const base = SafeUrl.parse(header.base);
        const page = parseSimplePage(await readAll(body, url, maxPageBytes), base);
        if (page.name !== undefined && normalizeName(page.name) !== name) throw pageOfOther(base, name, page.name);
        const digest = digestPage(name, page, base);
        const { status } = digest;
        return this.#keep(index, path, encodePage({ ...header, ...(status === undefined ? {} : { status }) }, digest));
      },
    });
  }

  async #keep(index: IndexLocation, path: AbsPath, encoded: Uint8Array): Promise<PageRecord> {
    const record = decodePage(encoded, shownIndex(index));
    if (record === undefined) throw new Error("a page that was just written can't be read");
    await this.#write(path, encoded);
    return record;
  }

  #headerOf(response: HttpResponse): PageHeader {
    const now = this.#io.clock.now();
    const etag = response.header("etag");
    const lastModified = response.header("last-modified");
    return {
      fetchedMs: now,
      freshUntilMs: freshUntil(response, now),
      base: response.url.withoutCredentials().reveal(),
      ...(etag === undefined ? {} : { etag }),
      ...(lastModified === undefined ? {} : { lastModified }),
    };
  }

  #pathOf(index: SafeUrl, name: PackageName): AbsPath {
    return this.#io.fs.path.join(pagesDir(this.#io.fs, this.#settings.cacheDir, index), `${name}.page`);
  }

  /** Names whose pages are in the cache. */
  async cachedNames(index: IndexLocation): Promise<string[]> {
    const entries = await this.#io.fs.list(pagesDir(this.#io.fs, this.#settings.cacheDir, index.url)).catch(() => []);
    return (entries ?? []).filter((entry) => entry.name.endsWith(".page")).map((entry) => entry.name.slice(0, -5));
  }
}

function answerOf(record: PageRecord): PageAnswer {
  return record.header.missing === true ? "missing" : record;
}

function conditions(header: PageHeader | undefined, refresh: boolean): Record<string, string> {
  return {
    // Caches on the way must ask again too.
    ...(refresh ? { "cache-control": "max-age=0" } : {}),
    ...(header?.etag === undefined ? {} : { "if-none-match": header.etag }),
    ...(header?.lastModified === undefined ? {} : { "if-modified-since": header.lastModified }),
  };
}

/** A directory of its own per index: two indexes may have different packages of one name. */
function pagesDir(fs: Pick<Ports["fs"], "path">, cacheDir: AbsPath, index: SafeUrl): AbsPath {
  const key = createHash("sha256").update(directoryUrl(index).withoutCredentials().reveal()).digest("hex");
  return fs.path.join(cacheDir, "pages-1", key.slice(0, 16));
}

function shownIndex(index: IndexLocation): SafeUrl {
  return directoryUrl(index.url).withoutCredentials();
}

function pageOfOther(url: SafeUrl, name: PackageName, other: string): VenvoyError {
  return new VenvoyError("INDEX_INVALID", `\`${url}\` answered with the page of another package than \`${name}\``, {
    hint: "Check the index's address",
    data: { url, name, other: other.slice(0, 200) },
  });
}
