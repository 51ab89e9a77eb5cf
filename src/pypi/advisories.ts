import { type AbsPath, isVenvoyError, mapLimit, type PackageName, printable, SafeUrl } from "../base/index.ts";
import { createHash, parseYaml, readZipDirectory, readZipEntry, zipInMemory } from "../codec/index.ts";
import { type Advisory, isAffected, normalizeName, readIndexAdvisories, readOsv, type Version } from "../pep/index.ts";
import { cacheWriter, readCache } from "./cache-file.ts";
import type { ClientPorts } from "./client.ts";
import { advisoriesUnreadable } from "./errors.ts";
import { localPath } from "./flat/local-path.ts";
import { type Ask, openChain, readAll } from "./http/index.ts";
import type { IndexSettings } from "./settings.ts";

/** One version of a package, and the index that lists it. */
export interface Subject {
  readonly name: PackageName;
  readonly version: Version;
  readonly index: SafeUrl;
}

/** Who knows what is wrong with versions. */
export interface AdvisorySource {
  /** The advisories about one version; empty when none is known, and where nobody can be asked. */
  about(subject: Subject, signal?: AbortSignal): Promise<readonly Advisory[]>;
}

/** Advisories come in by the day; an answer is believed for an hour. */
const freshMs = 3_600_000;
const maxBytes = 512 << 20;
const maxFiles = 500_000;
const readAtOnce = 64;

/**
 * Advisories from a place (a directory, a `.json` or `.yaml` file, or a `.zip` of records in the OSV format, on disk or
 * on the web), else from the JSON pages of the index that lists a version, where it serves them. Nothing is read before
 * somebody asks. Throws `FILE_UNREADABLE` for a place that can't be read.
 */
export function openAdvisories(io: ClientPorts, settings: IndexSettings, place: SafeUrl | undefined): AdvisorySource {
  const shelf = new Shelf(io, settings);
  if (place === undefined) return { about: (subject, signal) => shelf.ofIndex(subject, signal) };
  let reading: Promise<Records> | undefined;
  return {
    about: async ({ name, version }, signal) => {
      reading ??= shelf.ofPlace(place, signal);
      return ((await reading)[name] ?? []).filter((one) => isAffected(one, version));
    },
  };
}

type Records = Readonly<Record<string, readonly Advisory[]>>;

class Shelf {
  readonly #io: ClientPorts;
  readonly #ask: Ask;
  readonly #settings: IndexSettings;
  readonly #write: ReturnType<typeof cacheWriter>;
  readonly #known = new Map<string, Promise<readonly Advisory[]>>();

  constructor(io: ClientPorts, settings: IndexSettings) {
    this.#io = io;
    this.#settings = settings;
    this.#ask = openChain(io, settings);
    this.#write = cacheWriter(io.fs, io.system);
  }

  ofIndex(subject: Subject, signal: AbortSignal | undefined): Promise<readonly Advisory[]> {
    const url = jsonPage(subject);
    if (url === undefined) return Promise.resolve([]);
    const key = url.withoutCredentials().reveal();
    const known = this.#known.get(key) ?? this.#ofPage(url, subject, signal);
    this.#known.set(key, known);
    return known;
  }

  async #ofPage(
    url: SafeUrl,
    { name, version }: Subject,
    signal: AbortSignal | undefined,
  ): Promise<readonly Advisory[]> {
    try {
      const records = await this.#remembered(url.withoutCredentials().reveal(), async () => {
        const bytes = await this.#get(url, signal, [400, 403, 404, 405, 410, 501]);
        return { [name]: bytes === undefined ? [] : readIndexAdvisories(JSON.parse(textOf(bytes)), name, version) };
      });
      return records[name] ?? [];
    } catch (error) {
      if (isVenvoyError(error, "ABORTED")) throw error;
      const text = `what is known to be wrong with \`${name}\` can't be asked of \`${url}\`: the cooldown makes no exception for it`;
      this.#io.reporter.emit({ type: "notice", level: "warn", code: "ADVISORIES_UNREADABLE", text });
      return [];
    }
  }

  /** All records of a place, by package. */
  async ofPlace(place: SafeUrl, signal: AbortSignal | undefined): Promise<Records> {
    try {
      if (!place.toString().startsWith("file:")) {
        const web = async () => recordsIn(place.toString(), (await this.#get(place, signal, [])) ?? new Uint8Array());
        return await this.#remembered(place.withoutCredentials().reveal(), web);
      }
      const path = localPath(this.#io.fs, place);
      const info = await this.#io.fs.info(path);
      if (info?.kind === "directory") return byPackage(await this.#inDirectory(path));
      const bytes = await this.#io.fs.read(path);
      if (!isZip(bytes)) return await recordsIn(path, bytes);
      return await this.#remembered(`${path} ${info?.sizeBytes} ${info?.modifiedMs}`, () => recordsIn(path, bytes));
    } catch (error) {
      if (isVenvoyError(error)) throw error;
      throw advisoriesUnreadable(place, error);
    }
  }

  async #inDirectory(root: AbsPath): Promise<readonly Advisory[]> {
    const { fs } = this.#io;
    const files: AbsPath[] = [];
    const queue: AbsPath[] = [root];
    for (let directory = queue.pop(); directory !== undefined; directory = queue.pop()) {
      for (const { name, kind } of (await fs.list(directory)) ?? []) {
        if (kind === "directory" && !name.startsWith(".")) queue.push(fs.path.join(directory, name));
        else if (kind === "file" && isRecord(name)) files.push(fs.path.join(directory, name));
      }
      if (files.length > maxFiles) throw new Error(`it holds more than ${maxFiles} records`);
    }
    const read = await mapLimit(files.sort(), readAtOnce, async (file) => recordsOf(file, await fs.readText(file)));
    return read.flat();
  }

  async #get(
    url: SafeUrl,
    signal: AbortSignal | undefined,
    expects: readonly number[],
  ): Promise<Uint8Array | undefined> {
    return this.#ask({
      url,
      signal,
      headers: () => ({ accept: "application/json, */*;q=0.1" }),
      expects,
      read: async (response, body) => {
        if (response.status < 300) return readAll({ response, body }, url, maxBytes);
        await response.discard();
        return undefined;
      },
    });
  }

  /** What was read within the last hour; without network whatever was read last. */
  async #remembered(key: string, read: () => Promise<Records>): Promise<Records> {
    const { fs, clock } = this.#io;
    const { cacheDir, offline, refresh } = this.#settings;
    const digest = createHash("sha256").update(key).digest("hex").slice(0, 32);
    const path = fs.path.join(cacheDir, "advisories-1", `${digest}.json`);
    const kept = await readCache(fs, path);
    const age = kept === undefined ? undefined : clock.now() - ((await fs.info(path))?.modifiedMs ?? 0);
    const isFresh = age !== undefined && age >= -freshMs && age < freshMs && refresh === false;
    const parsed = kept !== undefined && (isFresh || offline) ? parsedRecords(kept) : undefined;
    if (parsed !== undefined) return parsed;
    if (offline && !key.startsWith("/")) return {};
    const records = await read();
    await this.#write(path, Buffer.from(JSON.stringify(records)));
    return records;
  }
}

/** `https://index.example/simple/` -> `https://index.example/pypi/demo/1.0/json`; other forms of indexes have none. */
function jsonPage({ name, version, index }: Subject): SafeUrl | undefined {
  const url = new URL(index.reveal());
  if (!/^https?:$/.test(url.protocol) || !/\/simple\/?$/.test(url.pathname)) return undefined;
  const words = [name, version.text].map(encodeURIComponent).join("/");
  url.pathname = url.pathname.replace(/\/simple\/?$/, `/pypi/${words}/json`);
  return SafeUrl.parse(url.href);
}

async function recordsIn(label: string, bytes: Uint8Array): Promise<Records> {
  if (!isZip(bytes)) return byPackage(await recordsOf(label.replace(/[?#].*$/s, ""), textOf(bytes)));
  const source = zipInMemory(label, bytes);
  const { entries } = await readZipDirectory(source);
  const found: Advisory[] = [];
  for (const entry of entries) {
    if (isRecord(entry.name)) found.push(...(await recordsOf(entry.name, textOf(await readZipEntry(source, entry)))));
  }
  return byPackage(found);
}

/** One record, a list of them, or what the OSV service answers (`vulns`). A file that isn't one holds none. */
async function recordsOf(path: string, text: string): Promise<readonly Advisory[]> {
  const value = await parsed(path, text);
  const { vulns } = (typeof value === "object" && value !== null ? value : {}) as { readonly vulns?: unknown };
  const list = Array.isArray(value) ? value : Array.isArray(vulns) ? vulns : [value];
  return list.flatMap(readOsv);
}

async function parsed(path: string, text: string): Promise<unknown> {
  try {
    return /\.ya?ml$/i.test(path) ? (await parseYaml(text, { label: path })).value : JSON.parse(text);
  } catch (cause) {
    throw new Error(`\`${printable(path, { newlines: false })}\` is not written as a record`, { cause });
  }
}

/** Without a prototype: names come from outside. */
function byPackage(advisories: readonly Advisory[]): Records {
  const records: Record<string, Advisory[]> = Object.create(null);
  for (const one of advisories) {
    const name = normalizeName(one.name);
    const known = records[name] ?? [];
    records[name] = known;
    known.push(one);
  }
  return records;
}

function parsedRecords(bytes: Uint8Array): Records | undefined {
  try {
    return Object.assign(Object.create(null), JSON.parse(textOf(bytes))) as Records;
  } catch {
    // A damaged cache is no cache.
    return undefined;
  }
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

function isRecord(path: string): boolean {
  return /\.(?:json|ya?ml)$/i.test(path);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
