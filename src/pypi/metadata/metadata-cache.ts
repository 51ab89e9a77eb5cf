import type { AbsPath, PackageName } from "../../base/index.ts";
import { crc32 } from "../../codec/index.ts";
import type { FileWriter, Ports } from "../../ports/index.ts";
import { readCache } from "../cache-file.ts";
import type { FileMetadata } from "../source.ts";

/** Metadata as cached, with where it came from. */
export interface MetadataEntry {
  readonly metadata: FileMetadata;
  /** From a file beside the wheel (PEP 658), which is believed until the wheel itself is here. */
  readonly beside: boolean;
}

interface Project {
  /** Key -> the rest of its line. */
  readonly lines: Map<string, string>;
  /** Lines that are not on disk yet. */
  readonly unwritten: string[];
  /** Wheels of the project that are being asked about. */
  asking: number;
}

/** While many wheels of one project are asked about, lines are written together, but not more than these at a time. */
const batchLines = 64;
/** A resolution may look at thousands of versions of one project; a file with more lines than this begins anew. */
const maxLines = 50_000;

/**
 * Metadata on disk: one file per project with a line per wheel, `<key> <crc32> <JSON>`, so that a resolution of 100
 * packages reads 100 small files. Lines are only ever appended, so that several processes may write at once; a damaged
 * line counts as absent.
 */
export class MetadataCache {
  readonly #fs: Ports["fs"];
  readonly #dir: AbsPath;
  readonly #projects = new Map<PackageName, Project>();

  constructor(io: Pick<Ports, "fs">, cacheDir: AbsPath) {
    this.#fs = io.fs;
    this.#dir = io.fs.path.join(cacheDir, "metadata-1");
  }

  /** Reads a project's lines into memory, once. */
  async load(name: PackageName): Promise<void> {
    if (this.#projects.has(name)) return;
    const path = this.#pathOf(name);
    const { lines, count } = parseLines(await readCache(this.#fs, path));
    if (count > maxLines) await this.#fs.remove(path).catch(() => {});
    // Somebody may have loaded or added meanwhile: theirs is newer.
    if (!this.#projects.has(name)) this.#projects.set(name, { lines, unwritten: [], asking: 0 });
  }

  /** What is in memory. */
  find(name: PackageName, key: string): MetadataEntry | undefined {
    const lines = this.#projects.get(name)?.lines;
    const line = lines?.get(key);
    if (line === undefined) return undefined;
    const entry = parseEntry(name, line);
    if (entry === undefined) lines?.delete(key);
    return entry;
  }

  /** What is remembered, or else what `ask` finds out; written when no other wheel of the project is being asked about. */
  async findOrAsk(name: PackageName, key: string, ask: () => Promise<MetadataEntry>): Promise<MetadataEntry> {
    await this.load(name);
    const cached = this.find(name, key);
    const project = this.#projects.get(name);
    if (cached !== undefined || project === undefined) return cached ?? ask();
    project.asking++;
    try {
      const entry = await ask();
      const line = formatEntry(entry);
      project.lines.set(key, line);
      project.unwritten.push(`${key} ${line}\n`);
      return entry;
    } finally {
      project.asking--;
      if (project.asking === 0 || project.unwritten.length >= batchLines) await this.#append(name, project.unwritten);
    }
  }

  async #append(name: PackageName, unwritten: string[]): Promise<void> {
    if (unwritten.length === 0) return;
    // An empty line first: if somebody was killed in the middle of a line, only that one is lost.
    const text = `\n${unwritten.splice(0).join("")}`;
    try {
      await this.#fs.makeDir(this.#dir);
      // Left without `close`: not worth a sync.
      await using writer: FileWriter = await this.#fs.openWriter(this.#pathOf(name), { append: true });
      await writer.write(Buffer.from(text, "utf8"));
    } catch {
      // A full or read-only disk means no cache, not no answer.
    }
  }

  #pathOf(name: PackageName): AbsPath {
    return this.#fs.path.join(this.#dir, `${name}.txt`);
  }
}

function parseLines(bytes: Uint8Array | undefined): {
  readonly lines: Map<string, string>;
  readonly count: number;
} {
  const lines = new Map<string, string>();
  if (bytes === undefined) return { lines, count: 0 };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const all = text.split("\n");
  for (const line of all) {
    const at = line.indexOf(" ");
    if (at > 0) lines.set(line.slice(0, at), line.slice(at + 1));
  }
  return { lines, count: all.length };
}

interface Stored {
  readonly v: string;
  readonly r?: readonly string[];
  readonly p?: string;
  readonly e?: FileMetadata["providesExtra"];
  readonly d?: readonly string[];
  readonly b?: 1;
  readonly s?: number;
}

function formatEntry({ metadata, beside }: MetadataEntry): string {
  const stored: Stored = {
    v: metadata.version,
    ...(metadata.requiresDist.length === 0 ? {} : { r: metadata.requiresDist }),
    ...(metadata.requiresPython === undefined ? {} : { p: metadata.requiresPython }),
    ...(metadata.providesExtra.length === 0 ? {} : { e: metadata.providesExtra }),
    ...(metadata.dynamic.length === 0 ? {} : { d: metadata.dynamic }),
    ...(beside ? { b: 1 as const } : {}),
    ...(metadata.sizeBytes === undefined ? {} : { s: metadata.sizeBytes }),
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
      ...(stored.s === undefined ? {} : { sizeBytes: stored.s }),
    },
    beside: stored.b === 1,
  };
}
