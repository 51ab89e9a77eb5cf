import { type AbsPath, type PackageName, SafeUrl, VenvoyError } from "../../base/index.ts";
import { createHash } from "../../codec/index.ts";
import { normalizeName, parseSimplePage } from "../../pep/index.ts";
import type { HttpResponse, Ports } from "../../ports/index.ts";
import { cacheWriter, readCache } from "../cache-file.ts";
import { type Ask, readAll } from "../http/index.ts";
import type { IndexLocation, IndexSettings } from "../settings.ts";
import { blocksOnDisk } from "./blocks.ts";
import { digestPage, type PageDigest } from "./digest.ts";
import { directoryUrl } from "./directory-url.ts";
import type { TagSets } from "./file-line.ts";
import { freshUntil } from "./freshness.ts";
import {
  bufferOf,
  encodePage,
  type PageHead,
  type PageHeader,
  pageHead,
  readFirstLine,
  withHeader,
} from "./page-file.ts";
import { decodeHead, decodePage, type PageRecord, type Place } from "./record.ts";

/** 100,000 files are 30 MB of HTML. */
const maxPageBytes = 256 << 20;
/** Most heads are shorter, and as a rule the lines of the newest version come along. */
const headBytes = 6 * 1024;
const accept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

/** What an index says about a name. `unknown` = the network may not be used and the cache has nothing. */
export type PageAnswer = PageRecord | "missing" | "unknown";

interface Cached {
  readonly path: AbsPath;
  readonly place: Place;
  readonly kept: PageRecord | undefined;
  readonly signal: AbortSignal | undefined;
}

const emptyPage = { versions: [], blocks: [] };

/** Reads project pages of web indexes: from the cache while fresh, else asked for (conditionally) and digested. */
export class Pages {
  readonly #io: Pick<Ports, "fs" | "clock">;
  readonly #ask: Ask;
  readonly #settings: IndexSettings;
  readonly #write: ReturnType<typeof cacheWriter>;
  readonly #tagSets: TagSets = new Map();
  readonly #heads = new Map<AbsPath, PageHead>();
  readonly #places: PagePlaces;

  constructor(io: Pick<Ports, "fs" | "clock" | "system">, ask: Ask, settings: IndexSettings) {
    this.#io = io;
    this.#ask = ask;
    this.#settings = settings;
    this.#write = cacheWriter(io.fs, io.system);
    this.#places = pagePlaces(io.fs, settings);
  }

  async page(index: IndexLocation, name: PackageName, signal: AbortSignal | undefined): Promise<PageAnswer> {
    const path = this.#places(index, name);
    const place = { index: directoryUrl(index.url).withoutCredentials(), name, tagSets: this.#tagSets };
    const cached = await this.#readHead(path, place);
    if (cached === undefined && this.#settings.offline) return "unknown";
    const isGood = cached !== undefined && (this.#settings.offline || this.#isFresh(cached.header, name));
    const record = isGood ? cached : await this.#request(index, name, { path, place, kept: cached, signal });
    this.#heads.set(path, pageHead(record.header));
    return record.header.missing === true ? "missing" : record;
  }

  /** What `page` has read or fetched; `undefined` when it wasn't asked. */
  headSeen(index: IndexLocation, name: PackageName): PageHead | undefined {
    return this.#heads.get(this.#places(index, name));
  }

  /** The cached page, of which only the head is read now; `undefined` when there is none or it is damaged. */
  async #readHead(path: AbsPath, place: Place): Promise<PageRecord | undefined> {
    const { fs } = this.#io;
    try {
      const start = bufferOf(await fs.readRange(path, 0, headBytes));
      const first = readFirstLine(start);
      const isWhole = start.length < headBytes;
      const length = isWhole ? start.length : (await fs.info(path))?.sizeBytes;
      if (first === undefined || length !== first.fileLength) return undefined;
      const blocksAt = first.headAt + first.headLength;
      const head = blocksAt <= start.length ? start : bufferOf(await fs.readRange(path, 0, blocksAt));
      const readBlock = blocksOnDisk(fs, path, { blocksAt, first: head.subarray(blocksAt) });
      return decodeHead(head, first, { place, readBlock });
    } catch {
      // Absent, unreadable, or no page: a cache that can't be read is a cache that isn't there.
      return undefined;
    }
  }

  #isFresh(header: PageHeader, name: PackageName): boolean {
    return isFreshPage(header, name, { now: this.#io.clock.now(), refresh: this.#settings.refresh });
  }

  #request(index: IndexLocation, name: PackageName, { path, place, kept, signal }: Cached): Promise<PageRecord> {
    const url = SafeUrl.parse(`${encodeURIComponent(name)}/`, directoryUrl(index.url));
    return this.#ask({
      url,
      signal,
      headers: () => ({ accept, ...conditions(kept?.header, this.#settings.refresh !== false) }),
      expects: [404, 410, ...(kept === undefined ? [] : [304]), ...(index.serves === undefined ? [] : [403])],
      read: async (response, body) => {
        const header = this.#headerOf(response);
        if (response.status >= 300) await response.discard();
        if (response.status === 304 && kept !== undefined) return this.#renew(path, kept, header);
        if (response.status >= 300) return this.#keep(place, path, encodePage({ ...header, missing: true }, emptyPage));
        const digest = digestAnswer(name, await readAll({ response, body }, url, maxPageBytes), response);
        const { status } = digest;
        const told = status === undefined ? header : { ...header, status };
        return this.#keep(place, path, encodePage(told, digest));
      },
    });
  }

  /** The page is as it was: only its head is written anew. */
  async #renew(path: AbsPath, kept: PageRecord, { fetchedMs, freshUntilMs }: PageHeader): Promise<PageRecord> {
    const bytes = await readCache(this.#io.fs, path);
    const header = { ...kept.header, fetchedMs, freshUntilMs };
    const renewed = bytes === undefined ? undefined : withHeader(bytes, header);
    if (renewed !== undefined) await this.#write(path, renewed);
    return { ...kept, header };
  }

  async #keep(place: Place, path: AbsPath, encoded: Uint8Array): Promise<PageRecord> {
    const isWritten = await this.#write(path, encoded);
    // A hundred pages are a lot of memory, and of most of them hardly a line is wanted.
    const record = isWritten ? onDisk(this.#io.fs, path, { encoded, place }) : decodePage(encoded, place);
    if (record === undefined) throw new Error("a page that was just written can't be read");
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

  /** Names whose pages are in the cache. */
  async cachedNames(index: IndexLocation): Promise<string[]> {
    const entries = await this.#io.fs.list(pagesDir(this.#io.fs, this.#settings.cacheDir, index.url)).catch(() => []);
    return (entries ?? []).filter((entry) => entry.name.endsWith(".page")).map((entry) => entry.name.slice(0, -5));
  }
}

/** True while a cached page may be believed without asking. */
export function isFreshPage(
  { fetchedMs, freshUntilMs }: PageHeader,
  name: PackageName,
  { now, refresh }: { readonly now: number; readonly refresh: IndexSettings["refresh"] },
): boolean {
  if (refresh === true || (refresh !== false && refresh.has(name))) return false;
  // A clock that was set back must not make a page fresh for years.
  return now < freshUntilMs && now >= fetchedMs - 60_000;
}

/** Where the cache keeps an index's page of a project. */
export type PagePlaces = (index: IndexLocation, name: PackageName) => AbsPath;

/** Works out an index's directory once, for a hundred names. */
export function pagePlaces(
  { path }: Pick<Ports["fs"], "path">,
  { cacheDir }: Pick<IndexSettings, "cacheDir">,
): PagePlaces {
  const dirs = new Map<IndexLocation, AbsPath>();
  return (index, name) => {
    const dir = dirs.get(index) ?? pagesDir({ path }, cacheDir, index.url);
    dirs.set(index, dir);
    return `${dir}${path.separator}${name}.page` as AbsPath;
  };
}

/** A page of which only the head stays in memory. */
function onDisk(
  fs: Ports["fs"],
  path: AbsPath,
  { encoded, place }: { readonly encoded: Uint8Array; readonly place: Place },
): PageRecord | undefined {
  const bytes = bufferOf(encoded);
  const first = readFirstLine(bytes);
  if (first === undefined) return undefined;
  const blocksAt = first.headAt + first.headLength;
  const newest = Buffer.from(bytes.subarray(blocksAt, Math.max(blocksAt, headBytes)));
  return decodeHead(bytes, first, { place, readBlock: blocksOnDisk(fs, path, { blocksAt, first: newest }) });
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
  return fs.path.join(cacheDir, "pages-3", key.slice(0, 16));
}

function digestAnswer(name: PackageName, bytes: Uint8Array, response: HttpResponse): PageDigest {
  const base = response.url.withoutCredentials();
  if (saysJson(response) && startsLikeHtml(bytes)) throw pageMislabelled(base);
  const page = parseSimplePage(bytes, base);
  if (page.name !== undefined && normalizeName(page.name) !== name) throw pageOfOther(base, name, page.name);
  return digestPage(name, page, base);
}

/**
 * The body decides what a page is. But a server that speaks JSON and sends HTML is answering for somebody else: a
 * login page, a proxy's excuse.
 */
function saysJson(response: HttpResponse): boolean {
  return /^application\/(?:vnd\.pypi\.simple\.\w+\+)?json\b/i.test(response.header("content-type") ?? "");
}

function startsLikeHtml(bytes: Uint8Array): boolean {
  return /^[\s\ufeff]*</.test(new TextDecoder().decode(bytes.subarray(0, 256)));
}

function pageMislabelled(url: SafeUrl): VenvoyError {
  return new VenvoyError("INDEX_INVALID", `\`${url}\` says that it answers with JSON, but sends HTML`, {
    hint: "Open the address in a browser: a login page or a proxy may be in the way",
    data: { url },
  });
}

function pageOfOther(url: SafeUrl, name: PackageName, other: string): VenvoyError {
  return new VenvoyError("INDEX_INVALID", `\`${url}\` answered with the page of another package than \`${name}\``, {
    hint: "Check the index's address",
    data: { url, name, other: other.slice(0, 200) },
  });
}
