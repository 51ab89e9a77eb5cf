import { type PackageName, printable, type SafeUrl } from "../../base/index.ts";
import { createHash } from "../../codec/index.ts";
import { type IndexFile, normalizeName, parseSdistName, parseSimplePage, type SimplePage } from "../../pep/index.ts";
import type { Ports, Reporter } from "../../ports/index.ts";
import { cacheWriter, readCache } from "../cache-file.ts";
import { offlineMissing } from "../errors.ts";
import { type Ask, readAll } from "../http/index.ts";
import { digestPage } from "../page/digest.ts";
import { encodePage } from "../page/page-file.ts";
import { decodePage } from "../page/record.ts";
import type { IndexSettings } from "../settings.ts";
import type { Release } from "../source.ts";
import { pageOnDisk } from "./directory.ts";
import { localPath } from "./local-path.ts";

const maxPageBytes = 64 << 20;
const lifetimeMs = 10 * 60_000;

interface Place {
  readonly url: SafeUrl;
  readonly files: ReadonlyMap<PackageName, IndexFile[]>;
}

/** The files of `--find-links`: directories and pages that list files of any project. Read once, when first needed. */
export class FindLinks {
  readonly #io: Pick<Ports, "fs" | "clock" | "system"> & { readonly reporter: Reporter };
  readonly #ask: Ask;
  readonly #settings: IndexSettings;
  #places: Promise<readonly Place[]> | undefined;

  constructor(
    io: Pick<Ports, "fs" | "clock" | "system"> & { readonly reporter: Reporter },
    ask: Ask,
    settings: IndexSettings,
  ) {
    this.#io = io;
    this.#ask = ask;
    this.#settings = settings;
  }

  /** The releases that each place has of a project, in the order of the places. */
  async releases(name: PackageName): Promise<{ readonly index: SafeUrl; readonly releases: readonly Release[] }[]> {
    if (this.#settings.findLinks.length === 0) return [];
    const found: { readonly index: SafeUrl; readonly releases: readonly Release[] }[] = [];
    for (const place of await this.#read()) {
      const files = place.files.get(name);
      if (files === undefined) continue;
      const index = place.url.withoutCredentials();
      const digest = digestPage(name, { files, ignored: 0 }, index);
      const header = { fetchedMs: 0, freshUntilMs: 0, base: (files[0]?.base ?? index).withoutCredentials().reveal() };
      const record = decodePage(encodePage(header, digest), { index, name, tagSets: new Map() });
      if (record !== undefined && record.releases.length > 0) found.push({ index, releases: record.releases });
    }
    return found;
  }

  async names(): Promise<PackageName[]> {
    return (await this.#read()).flatMap((place) => [...place.files.keys()]);
  }

  #read(): Promise<readonly Place[]> {
    if (this.#places === undefined) {
      const places = Promise.all(this.#settings.findLinks.map((url) => this.#readPlace(url)));
      this.#places = places.then((all) => all.filter((place) => place !== undefined));
      this.#places.catch(() => {
        this.#places = undefined;
      });
    }
    return this.#places;
  }

  async #readPlace(url: SafeUrl): Promise<Place | undefined> {
    const page = url.toString().startsWith("file:") ? await this.#diskPage(url) : await this.#webPage(url);
    return page === undefined ? undefined : { url, files: byProject(page.files) };
  }

  async #diskPage(url: SafeUrl): Promise<SimplePage | undefined> {
    const path = localPath(this.#io.fs, url);
    const page = await pageOnDisk(this.#io.fs, path, url);
    if (page === undefined) {
      const text = `\`${printable(path)}\` is named as a place to find packages, but does not exist`;
      this.#io.reporter.emit({ type: "notice", level: "info", code: "FIND_LINKS_ABSENT", text });
    }
    return page;
  }

  async #webPage(url: SafeUrl): Promise<SimplePage> {
    const { fs, clock, system } = this.#io;
    const key = createHash("sha256").update(url.withoutCredentials().reveal()).digest("hex").slice(0, 16);
    const path = fs.path.join(this.#settings.cacheDir, "links-1", key);
    const info = await fs.info(path).catch(() => undefined);
    const ageMs = info === undefined ? Number.POSITIVE_INFINITY : clock.now() - info.modifiedMs;
    const isFresh = this.#settings.refresh === false && ageMs >= 0 && ageMs < lifetimeMs;
    const cached = isFresh || this.#settings.offline ? await readCache(fs, path) : undefined;
    if (cached !== undefined) return parseSimplePage(cached, url.withoutCredentials());
    if (this.#settings.offline) throw offlineMissing(`The page \`${url}\``, { url });
    return this.#ask({
      url,
      headers: () => ({ accept: "text/html, application/vnd.pypi.simple.v1+json;q=0.9" }),
      read: async (response, body) => {
        const bytes = await readAll({ response, body }, url, maxPageBytes);
        const page = parseSimplePage(bytes, response.url.withoutCredentials());
        // The links of a page that was redirected are relative to another address than the one asked for.
        if (response.url.toString() === url.withoutCredentials().toString()) {
          await cacheWriter(fs, system)(path, bytes);
        }
        return page;
      },
    });
  }
}

function byProject(files: readonly IndexFile[]): ReadonlyMap<PackageName, IndexFile[]> {
  const projects = new Map<PackageName, IndexFile[]>();
  for (const file of files) {
    const name = projectOf(file.filename);
    if (name === undefined) continue;
    const known = projects.get(name);
    if (known === undefined) projects.set(name, [file]);
    else known.push(file);
  }
  return projects;
}

function projectOf(filename: string): PackageName | undefined {
  if (filename.endsWith(".whl")) return normalizeName(filename.slice(0, Math.max(0, filename.indexOf("-"))));
  try {
    return parseSdistName(filename).name;
  } catch {
    // A page may link to anything.
    return undefined;
  }
}
