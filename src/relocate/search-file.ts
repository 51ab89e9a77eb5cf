import type { AbsPath } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";
import { type Format, formatOf, placesInBinary } from "./binary-places.ts";
import { type Kind, kindOfText } from "./kinds.ts";
import type { Needle } from "./needle.ts";
import { isAbsolutePath, isWindowsPath } from "./path-forms.ts";
import { findHits, type Hit, pathAt } from "./search.ts";
import { decoded, Lines, type Place, placesInText } from "./text-places.ts";
import type { TreeFile } from "./walk.ts";

/** A path in a file, before anybody asked whose it is. */
export interface RawPath {
  readonly path: string;
  readonly kind: Kind;
  readonly where: string;
  readonly times: number;
  /** Found by its words, not by its place: it counts only when it is somebody's. */
  readonly isWord: boolean;
}

/** Files above this are read piece by piece, and only searched for words. */
export const largestWhole = 64 << 20;
/** Larger ones are not read. */
export const largestRead = 2 ** 31;
const pieceBytes = 16 << 20;
const overlapBytes = 8_192;
/** Different paths that are told of one file. */
const mostPaths = 1_000;

export async function searchFile(
  fs: Fs,
  file: TreeFile,
  { needles, hasSource }: { readonly needles: readonly Needle[]; readonly hasSource: (path: string) => boolean },
): Promise<readonly RawPath[]> {
  if (file.kind === "symlink") return linkPath(await fs.readLink(file.at));
  if (file.sizeBytes === 0 || file.sizeBytes > largestRead) return [];
  if (file.sizeBytes > largestWhole) return searchPieces(fs, file, needles);
  const bytes = viewOf(await fs.read(file.at));
  const format = formatOf(file.path, bytes);
  const places =
    format === "text"
      ? placesInText(file.path, bytes, { isProgram: isProgram(file) })
      : await placesInBinary(format, bytes, { isSourceless: !hasSource(file.path) });
  const found = new Found(new Lines(bytes));
  for (const place of places) found.add(place, { isWord: false });
  const kind = wordKind(format, file.path, hasSource);
  const isTold = inside(places);
  for (const hit of findHits(bytes, needles)) {
    if (!isTold(hit.at, hit.at + hit.length)) found.addWord(pathOf(bytes, hit), { kind, format, at: hit.at });
  }
  for (const { path, at } of format === "pyc" || kind === "note" ? [] : buildPaths(bytes)) {
    if (!isTold(at, at + path.length)) found.addWord(path, { kind, format, at });
  }
  return found.all();
}

/** Whether bytes belong to one of the places; asked in the order of the bytes, it looks at each place once. */
function inside(places: readonly Place[]): (from: number, to: number) => boolean {
  const sorted = [...places].sort((a, b) => a.from - b.from);
  let next = 0;
  let last = -1;
  return (from, to) => {
    if (from < last) next = 0;
    last = from;
    while (next < sorted.length && (sorted[next]?.to ?? 0) <= from) next += 1;
    return (sorted[next]?.from ?? Number.POSITIVE_INFINITY) < to;
  };
}

function linkPath(target: string): readonly RawPath[] {
  const text = target.replace(/^\\\\\?\\/, "");
  return isAbsolutePath(text) ? [{ path: text, kind: "link", where: "link", times: 1, isWord: false }] : [];
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isProgram({ path, mode }: TreeFile): boolean {
  return (mode & 0o111) !== 0 || /(?:^|\/)(?:bin|Scripts)\/[^/]+$/.test(path);
}

function wordKind(format: Format, path: string, hasSource: (path: string) => boolean): Kind {
  if (format === "pyc") return hasSource(path) ? "bytecode" : "sourceless";
  return format === "text" ? kindOfText(path) : "binary";
}

function pathOf(bytes: Buffer, hit: Hit): string {
  const text = pathAt(bytes, hit);
  return hit.form === "url" ? decoded(text) : text;
}

/** Directories that pip and uv build in, and that are gone when they are done. */
const buildMarks = ["/pip-install-", "/pip-build-", "/pip-req-build-", "/pip-wheel-", "/builds-v0/.tmp"].map((mark) =>
  Buffer.from(mark),
);
const pathLetters = /[\w.+@%~/-]/;

const mostMarks = 10_000;

function buildPaths(bytes: Buffer): readonly { readonly path: string; readonly at: number }[] {
  const found: { readonly path: string; readonly at: number }[] = [];
  let left = mostMarks;
  for (const mark of buildMarks) {
    for (let at = bytes.indexOf(mark); at >= 0 && left > 0; at = bytes.indexOf(mark, at + mark.length), left--) {
      let from = at;
      while (from > 0 && at - from < 1_024 && pathLetters.test(String.fromCharCode(bytes[from - 1] ?? 0))) from -= 1;
      const first = bytes.indexOf(0x2f, from);
      const needle = { path: "", forms: [] };
      const hit: Hit = { at: first, length: at + mark.length - first, needle, form: "plain" };
      if (first < at) found.push({ path: pathAt(bytes, hit), at: first });
    }
  }
  return found;
}

async function searchPieces(fs: Fs, file: TreeFile, needles: readonly Needle[]): Promise<readonly RawPath[]> {
  const found = new Found(undefined);
  for (let from = 0; from < file.sizeBytes; from += pieceBytes) {
    const bytes = viewOf(await fs.readRange(file.at, from, pieceBytes + overlapBytes));
    for (const hit of findHits(bytes, needles)) {
      if (hit.at >= pieceBytes) continue;
      found.addWord(pathOf(bytes, hit), { kind: "binary", format: "binary", at: from + hit.at });
    }
    if (bytes.length <= pieceBytes) break;
  }
  return found.all();
}

/** Each path of a file once, with the first place where it stands. */
class Found {
  readonly #paths = new Map<string, { -readonly [K in keyof RawPath]: RawPath[K] }>();
  readonly #lines: Lines | undefined;

  constructor(lines: Lines | undefined) {
    this.#lines = lines;
  }

  add({ path, kind, where }: Pick<Place, "path" | "kind" | "where">, { isWord }: { readonly isWord: boolean }): void {
    if (this.#isCounted(path, kind) || this.#paths.size >= mostPaths) return;
    this.#paths.set(`${kind} ${path}`, { path, kind, where, times: 1, isWord });
  }

  addWord(
    path: string,
    { kind, format, at }: { readonly kind: Kind; readonly format: Format; readonly at: number },
  ): void {
    if (this.#isCounted(path, kind)) return;
    const where = format === "text" && this.#lines !== undefined ? `line ${this.#lines.of(at)}` : `byte ${at}`;
    this.add({ path, kind, where }, { isWord: true });
  }

  all(): readonly RawPath[] {
    return [...this.#paths.values()];
  }

  #isCounted(path: string, kind: Kind): boolean {
    const known = this.#paths.get(`${kind} ${path}`);
    if (known !== undefined) known.times += 1;
    return known !== undefined;
  }
}

/** Whether a path is there on this machine; each is asked once. */
export function existence(fs: Fs): (path: string) => Promise<boolean> {
  const known = new Map<string, boolean>();
  return async (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const isOfHere = isWindowsPath(path) === (fs.path.kind === "windows");
    let exists = false;
    try {
      exists = isOfHere && !path.includes("\0") && (await fs.info(path as AbsPath)) !== undefined;
    } catch {
      // A name that is too long, or a directory that may not be read: nobody gets there by this path.
    }
    known.set(path, exists);
    return exists;
  };
}
