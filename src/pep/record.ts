import { recordInvalid } from "./artifact-errors.ts";

/** One line of `RECORD`: a path as written, and what is promised of the file. */
export interface RecordEntry {
  /** Relative to the directory that holds the `.dist-info`, with `/`; may leave it (`../../bin/x`). Not checked. */
  readonly path: string;
  /** Absent for RECORD itself and its signatures. */
  readonly hash?: { readonly algorithm: string; readonly digest: string };
  readonly sizeBytes?: number;
}

/**
 * Parses `RECORD` (PEP 376, 427): CSV as Python's `csv` writes it, three columns. The digest stays as written
 * (`base64url` without padding). Throws `WHEEL_INVALID` with the line.
 */
export function parseRecord(text: string): RecordEntry[] {
  const entries: RecordEntry[] = [];
  for (const { cells, line } of readRows(text)) {
    if (cells.length === 1 && cells[0] === "") continue;
    const [path = "", hash = "", size = ""] = cells;
    if (cells.length !== 3) throw recordInvalid(line, "it must have three columns");
    if (path === "") throw recordInvalid(line, "it names no file");
    entries.push({ path, ...parseHash(hash, line), ...parseSize(size, line) });
  }
  return entries;
}

/** Writes `RECORD`, in the order given. */
export function formatRecord(entries: Iterable<RecordEntry>): string {
  let text = "";
  for (const { path, hash, sizeBytes } of entries) {
    text += `${quoted(path)},${hash === undefined ? "" : `${hash.algorithm}=${hash.digest}`},${sizeBytes ?? ""}\n`;
  }
  return text;
}

function parseHash(text: string, line: number): Pick<RecordEntry, "hash"> {
  if (text === "") return {};
  const at = text.indexOf("=");
  const digest = text.slice(at + 1);
  if (at <= 0 || !/^[A-Za-z0-9_+/-]+={0,2}$/.test(digest)) throw recordInvalid(line, "its digest is not one");
  return { hash: { algorithm: text.slice(0, at).toLowerCase(), digest: digest.replace(/=+$/, "") } };
}

function parseSize(text: string, line: number): Pick<RecordEntry, "sizeBytes"> {
  if (text === "") return {};
  if (!/^[0-9]{1,15}$/.test(text)) throw recordInvalid(line, "its size is not a number");
  return { sizeBytes: Number(text) };
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

interface Row {
  readonly cells: readonly string[];
  /** Counted from 1; where the row begins. */
  readonly line: number;
}

const bareCell = /[^,\r\n]*/y;

/** RFC 4180 as Python's reader takes it: any line end, quotes only at the start of a cell. */
function* readRows(text: string): Generator<Row> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const cells: string[] = [];
    const start = line;
    for (;;) {
      let cell = "";
      if (text[at] === '"') {
        const end = closingQuote(text, at + 1);
        if (end < 0) throw recordInvalid(start, "a quote is not closed");
        cell = text.slice(at + 1, end).replaceAll('""', '"');
        line += cell.split("\n").length - 1;
        at = end + 1;
      }
      bareCell.lastIndex = at;
      cell += bareCell.exec(text)?.[0] ?? "";
      at = bareCell.lastIndex;
      cells.push(cell);
      if (text[at] !== ",") break;
      at++;
    }
    yield { cells, line: start };
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    line++;
  }
}

/** The quote that ends the cell; doubled quotes belong to it. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}
