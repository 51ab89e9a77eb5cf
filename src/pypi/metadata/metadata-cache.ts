import type { AbsPath, PackageName } from "../../base/index.ts";
import { crc32 } from "../../codec/index.ts";
import type { Ports } from "../../ports/index.ts";
import { cacheWriter, readCache } from "../cache-file.ts";
import type { FileMetadata } from "../source.ts";

/** Metadata as cached, with where it came from. */
export interface MetadataEntry {
  readonly metadata: FileMetadata;
  /** From a file beside the wheel (PEP 658), which is believed until the wheel itself is here. */
  readonly beside: boolean;
}

/** Versions of one project that are kept; a resolution looks at a few. */
const maxEntries = 400;

/**
 * Metadata on disk: one file per project with a line per wheel, `<key> <crc32> <JSON>`, so that a resolution of 100
 * packages reads 100 small files. A damaged line counts as absent. Two processes that write at once may lose one's
 * lines: they are asked for again.
 */
export class MetadataCache {
  readonly #fs: Ports["fs"];
  readonly #dir: AbsPath;
  readonly #write: ReturnType<typeof cacheWriter>;
  readonly #projects = new Map<PackageName, Map<string, string>>();
  readonly #writing = new Map<PackageName, Promise<void>>();

  constructor(io: Pick<Ports, "fs" | "system">, cacheDir: AbsPath) {
    this.#fs = io.fs;
    this.#dir = io.fs.path.join(cacheDir, "metadata-1");
    this.#write = cacheWriter(io.fs, io.system);
  }

  /** Reads a project's lines into memory, once. */
  async load(name: PackageName): Promise<void> {
    if (this.#projects.has(name)) return;
    const lines = parseLines(await readCache(this.#fs, this.#pathOf(name)));
    // Somebody may have loaded or added meanwhile: theirs is newer.
    if (!this.#projects.has(name)) this.#projects.set(name, lines);
  }

  /** What is in memory. */
  find(name: PackageName, key: string): MetadataEntry | undefined {
    const lines = this.#projects.get(name);
    const line = lines?.get(key);
    if (line === undefined) return undefined;
    const entry = parseEntry(name, line);
    if (entry === undefined) lines?.delete(key);
    return entry;
  }

  async add(name: PackageName, key: string, entry: MetadataEntry): Promise<void> {
    await this.load(name);
    this.#projects.get(name)?.set(key, formatEntry(entry));
    // One write per project at a time; what comes meanwhile goes with the next.
    const before = this.#writing.get(name);
    const after = (before ?? Promise.resolve()).then(() => this.#flush(name));
    this.#writing.set(name, after);
    await after;
  }

  async #flush(name: PackageName): Promise<void> {
    const own = this.#projects.get(name) ?? new Map<string, string>();
    const onDisk = parseLines(await readCache(this.#fs, this.#pathOf(name)));
    for (const [key, line] of own) onDisk.set(key, line);
    const kept = [...onDisk].slice(-maxEntries).map(([key, line]) => `${key} ${line}\n`);
    await this.#write(this.#pathOf(name), Buffer.from(kept.join(""), "utf8"));
  }

  #pathOf(name: PackageName): AbsPath {
    return this.#fs.path.join(this.#dir, `${name}.txt`);
  }
}

function parseLines(bytes: Uint8Array | undefined): Map<string, string> {
  const lines = new Map<string, string>();
  if (bytes === undefined) return lines;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  for (const line of text.split("\n")) {
    const at = line.indexOf(" ");
    if (at > 0) lines.set(line.slice(0, at), line.slice(at + 1));
  }
  return lines;
}

interface Stored {
  readonly v: string;
  readonly r?: readonly string[];
  readonly p?: string;
  readonly e?: FileMetadata["providesExtra"];
  readonly d?: readonly string[];
  readonly b?: 1;
}

function formatEntry({ metadata, beside }: MetadataEntry): string {
  const stored: Stored = {
    v: metadata.version,
    ...(metadata.requiresDist.length === 0 ? {} : { r: metadata.requiresDist }),
    ...(metadata.requiresPython === undefined ? {} : { p: metadata.requiresPython }),
    ...(metadata.providesExtra.length === 0 ? {} : { e: metadata.providesExtra }),
    ...(metadata.dynamic.length === 0 ? {} : { d: metadata.dynamic }),
    ...(beside ? { b: 1 as const } : {}),
  };
  const json = JSON.stringify(stored);
  return `${crc32(Buffer.from(json, "utf8")).toString(16)} ${json}`;
}

function parseEntry(name: PackageName, line: string): MetadataEntry | undefined {
  const at = line.indexOf(" ");
  const json = line.slice(at + 1);
  if (crc32(Buffer.from(json, "utf8")).toString(16) !== line.slice(0, at)) return undefined;
  const stored = JSON.parse(json) as Stored;
  return {
    metadata: {
      name,
      version: stored.v,
      requiresDist: stored.r ?? [],
      providesExtra: stored.e ?? [],
      dynamic: stored.d ?? [],
      ...(stored.p === undefined ? {} : { requiresPython: stored.p }),
    },
    beside: stored.b === 1,
  };
}
