import { type AbsPath, absPath } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";
import { isAbsolutePath } from "./path-forms.ts";
import type { TreeFile } from "./walk.ts";

/** What conda knows of a file that it put its prefix into. */
export interface CondaFile {
  /** What stood there when the package was built. */
  readonly placeholder: string;
  readonly mode: "text" | "binary";
}

/** conda's own default, where `has_prefix` says only a path (conda/base/constants.py). */
const oldPlaceholder = "/opt/anaconda1anaconda2anaconda3";
const largestRecord = 64 << 20;

/**
 * Files with a prefix in them, by path, from `conda-meta/*.json`. Records of an old conda don't say it: then the package's own
 * list is read, where that is still in the package cache.
 */
export async function readCondaFiles(fs: Fs, files: readonly TreeFile[]): Promise<ReadonlyMap<string, CondaFile>> {
  const found = new Map<string, CondaFile>();
  for (const { path, kind, at, sizeBytes } of files) {
    if (kind !== "file" || !/^conda-meta\/[^/]+\.json$/.test(path) || sizeBytes > largestRecord) continue;
    const record = await readJson(fs, at);
    if (record === undefined) continue;
    const entries = entriesOf(record["paths_data"]);
    for (const entry of entries) addEntry(found, entry);
    const cached = record["extracted_package_dir"];
    if (entries.length === 0 && typeof cached === "string" && isAbsolutePath(cached)) {
      await readCached(fs, absPath(cached), found);
    }
  }
  return found;
}

async function readCached(fs: Fs, directory: AbsPath, found: Map<string, CondaFile>): Promise<void> {
  const info = fs.path.join(directory, "info");
  const paths = await readJson(fs, fs.path.join(info, "paths.json"));
  if (paths !== undefined) {
    for (const entry of entriesOf(paths)) addEntry(found, entry);
    return;
  }
  const list = fs.path.join(info, "has_prefix");
  if ((await fs.info(list))?.kind !== "file") return;
  for (const line of (await fs.readText(list)).split(/\r?\n/)) {
    const one = parseHasPrefix(line);
    if (one !== undefined) found.set(one.path, one);
  }
}

/** `placeholder mode path`, each may be quoted, or a path alone. */
export function parseHasPrefix(line: string): ({ readonly path: string } & CondaFile) | undefined {
  const text = line.trim();
  if (text === "") return undefined;
  const parts = /^("[^"]*"|\S+) +(text|binary) +(".*"|.*)$/.exec(text);
  const bare = (word: string): string => word.replace(/^"(.*)"$/, "$1");
  if (parts === null) return { path: bare(text), placeholder: oldPlaceholder, mode: "text" };
  const [, placeholder = "", mode = "", path = ""] = parts;
  return { path: bare(path), placeholder: bare(placeholder), mode: mode === "binary" ? "binary" : "text" };
}

function entriesOf(data: unknown): readonly Record<string, unknown>[] {
  if (typeof data !== "object" || data === null) return [];
  const paths = (data as Record<string, unknown>)["paths"];
  return Array.isArray(paths) ? paths.filter((one) => typeof one === "object" && one !== null) : [];
}

function addEntry(found: Map<string, CondaFile>, entry: Readonly<Record<string, unknown>>): void {
  const { _path: path, prefix_placeholder: placeholder, file_mode: mode } = entry;
  if (typeof path !== "string" || typeof placeholder !== "string" || placeholder === "") return;
  found.set(path, { placeholder, mode: mode === "binary" ? "binary" : "text" });
}

async function readJson(fs: Fs, at: AbsPath): Promise<Record<string, unknown> | undefined> {
  try {
    if ((await fs.info(at))?.kind !== "file") return undefined;
    const value: unknown = JSON.parse(await fs.readText(at));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Damaged or gone: the same as a record that says nothing; the file itself is still searched.
    return undefined;
  }
}
