import type { Move, Needle } from "./needle.ts";
import { isWindowsPath, liesIn, type WrittenAs, writtenAs } from "./path-forms.ts";

export interface Hit {
  /** Where in the bytes the needle begins. */
  readonly at: number;
  /** Bytes of the needle as it is written here. */
  readonly length: number;
  readonly needle: Needle;
  readonly form: WrittenAs;
}

/** Every place where a needle is a path or the beginning of one, in the order of the bytes; of nested needles the longest. */
export function findHits(bytes: Buffer, needles: readonly Needle[]): readonly Hit[] {
  const hits: Hit[] = [];
  for (const needle of needles) {
    for (const { form, bytes: wanted } of needle.forms) {
      for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + wanted.length)) {
        if (endsName(bytes, at + wanted.length) && beginsPath(bytes, at, wanted.length)) {
          // Written alike or not: behind `file:` a path is part of a URL, and its successor has to be.
          hits.push({ at, length: wanted.length, needle, form: isInUrl(bytes, at) ? "url" : form });
        }
      }
    }
  }
  hits.sort((a, b) => a.at - b.at || b.length - a.length);
  let end = -1;
  return hits.filter((hit) => {
    if (hit.at < end) return false;
    end = hit.at + hit.length;
    return true;
  });
}

/**
 * Replaces a path by another wherever it is one, each in the way that it is written. What already names the new place stays,
 * also where that lies below the old one. `undefined` when there is nothing to replace.
 */
export function replaceHits(bytes: Buffer, hits: readonly Hit[], to: string): Buffer | undefined {
  const parts: Buffer[] = [];
  let done = 0;
  for (const { at, length, form } of hits) {
    const by = Buffer.from(writtenAs(to, form), "utf8");
    if (namesAlready(bytes, { at, length }, by)) continue;
    parts.push(bytes.subarray(done, at), by);
    done = at + length;
  }
  if (parts.length === 0) return undefined;
  parts.push(bytes.subarray(done));
  return Buffer.concat(parts);
}

/** The new place lies below the old one, and stands here already. */
export function namesAlready(bytes: Buffer, { at, length }: Pick<Hit, "at" | "length">, by: Buffer): boolean {
  return by.length > length && bytes.subarray(at, at + by.length).equals(by) && endsName(bytes, at + by.length);
}

/** Where a path leads after the move; `undefined` for one that the move doesn't concern. */
export function movedPath(path: string, { from, to }: Move): string | undefined {
  if (!liesIn(from.path, path) || (liesIn(from.path, to) && liesIn(to, path))) return undefined;
  const rest = path.slice(from.path.length);
  return `${to}${isWindowsPath(to) ? rest.replaceAll("/", "\\") : rest}`;
}

/** Letters of names: letters, digits, `_ . + @ % - ~` and everything beyond ASCII. */
function isNameByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const isLetter = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
  const isDigit = byte >= 0x30 && byte <= 0x39;
  return isLetter || isDigit || byte >= 0x80 || "_.+@%-~".includes(String.fromCharCode(byte));
}

/** What follows is not more of the last name. A period is when a sentence ends with it. */
function endsName(bytes: Buffer, end: number): boolean {
  const byte = bytes[end];
  if (byte === 0x2e) return !isNameByte(bytes[end + 1]) && bytes[end + 1] !== 0x2f;
  return !isNameByte(byte);
}

const slash = 0x2f;
const backslash = 0x5c;
const longestLead = 256;

/**
 * What comes before does not make it the middle of a longer path: `/x/old/place` is none of `/old/place`, `-I/old/place` and
 * `file:///old/place` are. In bytecode the byte before may be the length of the string, which can look like anything.
 */
function beginsPath(bytes: Buffer, at: number, length: number): boolean {
  const before = bytes[at - 1];
  if (before === undefined) return true;
  if (before === slash || before === backslash) return isUrlStart(bytes, at) || isLength(bytes, at, length);
  if (!isNameByte(before)) return true;
  if (isLength(bytes, at, length)) return true;
  let from = at - 1;
  while (from > 0 && at - from < longestLead && isNameByte(bytes[from - 1])) from -= 1;
  // A flag with its path directly behind it: `-I/old`, `-L/old`, `-isystem/old`.
  return bytes[from] === 0x2d && bytes[from - 1] !== slash;
}

function isUrlStart(bytes: Buffer, at: number): boolean {
  return isInUrl(bytes, at) || bytes.toString("latin1", Math.max(0, at - 4), at) === "\\\\?\\";
}

function isInUrl(bytes: Buffer, at: number): boolean {
  if (bytes[at - 1] !== slash) return false;
  const lead = bytes.toString("latin1", Math.max(0, at - 8), at);
  return lead.endsWith("file://") || lead.endsWith("file:///");
}

/** A string of marshal that holds the needle: one length byte behind `z`, `Z`, or four behind `a`, `A`, `u`, `s`, `t`. */
function isLength(bytes: Buffer, at: number, length: number): boolean {
  const type = (back: number): string => String.fromCharCode((bytes[at - back] ?? 0) & 0x7f);
  if (at >= 2 && "zZ".includes(type(2)) && (bytes[at - 1] ?? 0) >= length) return true;
  return at >= 5 && "aAust".includes(type(5)) && bytes[at - 1] === 0 && bytes.readUInt32LE(at - 4) >= length;
}

const textEnds = new Set([..." \t\r\n\"'`<>|;:,()[]{}*?=&$\0"].map((letter) => letter.charCodeAt(0)));
const longestPath = 4_096;

/** The whole path that a hit is the beginning of: up to a blank, a quote or another letter that ends words. */
export function pathAt(bytes: Buffer, { at, length, form }: Hit): string {
  let end = at + length;
  const limit = Math.min(bytes.length, at + longestPath);
  while (end < limit) {
    const byte = bytes[end] ?? 0;
    if (byte < 0x20 || byte === 0x7f || textEnds.has(byte)) break;
    end += 1;
  }
  const text = bytes.toString("utf8", at, end).replace(/[.\\/]+$/, "");
  if (form === "escaped") return text.replaceAll("\\\\", "\\");
  // A path on POSIX ends where something is escaped: "\n" in a string of a program.
  return form === "plain" && text.startsWith("/") ? (text.split("\\")[0] ?? text) : text;
}
