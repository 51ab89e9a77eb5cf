import { crc32 } from "../../codec/index.ts";
import type { ProjectStatus } from "../source.ts";
import type { PageDigest } from "./digest.ts";

/*
 * A cached page is one file of ASCII lines:
 *
 *   venvoy-page 3 <crc32 of the head> <length of the head> <length of head and blocks>
 *   {"fetchedMs": …, "freshUntilMs": …, "base": …, …}                                     the head …
 *   <versions, ascending, separated by blanks>
 *   <for each version where its block ends (base 36), a colon, crc32 of the block>         … to here
 *   <blocks: the lines of all files, version by version, the newest first>
 *
 * A resolution reads the head, and the blocks of the few versions that it looks at: the newest mostly, which lie beside it.
 */

export const magic = "venvoy-page 3 ";

/** What is known about the answer that a page came from. */
export interface PageHeader {
  readonly fetchedMs: number;
  readonly freshUntilMs: number;
  readonly etag?: string;
  readonly lastModified?: string;
  /** The index said that it has no such project. */
  readonly missing?: true;
  /** The address of the page after redirects. */
  readonly base: string;
  readonly status?: ProjectStatus;
  /** Checksum of versions and blocks; filled in when the page is written. */
  readonly content?: string;
}

/** Written into one buffer at once: pages are large, and many are made at a time. */
export function encodePage(header: PageHeader, digest: Pick<PageDigest, "versions" | "blocks">): Buffer {
  const { blocks: texts } = digest;
  const lines = [...texts].reverse().join("");
  const ends = new Array<number>(texts.length);
  for (let at = texts.length - 1, end = 0; at >= 0; at--) {
    end += (texts[at] ?? "").length;
    ends[at] = end;
  }
  const versions = digest.versions.join(" ");
  const tableOf = (crcs: readonly number[]): string =>
    `${versions}\n${ends.map((at, index) => `${at.toString(36)}:${hex8(crcs[index] ?? 0)}`).join(" ")}\n`;
  const tableLength = tableOf([]).length;
  const layout = layOut(header, tableLength, lines.length);
  const { file, tableAt } = layout;
  const blocks = file.subarray(tableAt + tableLength);
  blocks.write(lines, "latin1");
  const crcs = ends.map((at, index) => crc32(blocks.subarray(ends[index + 1] ?? 0, at)));
  file.write(tableOf(crcs), tableAt, "latin1");
  return seal(layout, header);
}

/** The same page with another header (after a `304`); `undefined` when `file` is no page. */
export function withHeader(bytes: Uint8Array, header: PageHeader): Buffer | undefined {
  const before = bufferOf(bytes);
  const first = readFirstLine(before);
  if (first === undefined) return undefined;
  const oldTableAt = before.indexOf(10, first.headAt) + 1;
  const tableLength = first.headAt + first.headLength - oldTableAt;
  const layout = layOut(header, tableLength, before.length - oldTableAt - tableLength);
  before.copy(layout.file, layout.tableAt, oldTableAt);
  return seal(layout, header);
}

interface Layout {
  readonly file: Buffer;
  readonly headAt: number;
  readonly headLength: number;
  /** Where versions and ends begin. */
  readonly tableAt: number;
}

/** A buffer of the right length, and where its parts begin. */
function layOut(header: PageHeader, tableLength: number, blocksLength: number): Layout {
  const headLength = headerLine(header, 0).length + tableLength;
  const headAt = firstLine(0, headLength, headLength + blocksLength).length;
  const file = Buffer.allocUnsafe(headAt + headLength + blocksLength);
  return { file, headAt, headLength, tableAt: headAt + headLength - tableLength };
}

/** Fills in the checksums and what stands before the table; both have a fixed width. */
function seal({ file, headAt, headLength, tableAt }: Layout, header: PageHeader): Buffer {
  const tableCrc = crc32(file.subarray(tableAt, headAt + headLength));
  file.write(headerLine(header, tableCrc), headAt, "latin1");
  const crc = crc32(file.subarray(headAt, headAt + headLength));
  file.write(firstLine(crc, headLength, file.length - headAt), 0, "latin1");
  return file;
}

function firstLine(crc: number, headLength: number, bodyLength: number): string {
  return `${magic}${hex8(crc)} ${headLength} ${bodyLength}\n`;
}

function headerLine(header: PageHeader, tableCrc: number): string {
  // Header values of servers may hold any character.
  const json = JSON.stringify({ ...header, content: hex8(tableCrc) }).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${json}\n`;
}

function hex8(number: number): string {
  return number.toString(16).padStart(8, "0");
}

export interface FirstLine {
  readonly crc: number;
  /** Where the head begins. */
  readonly headAt: number;
  readonly headLength: number;
  /** Of the whole file. */
  readonly fileLength: number;
}

/** Reads the first line of a page file; `undefined` for anything else. */
export function readFirstLine(start: Buffer): FirstLine | undefined {
  const headAt = start.indexOf(10) + 1;
  if (headAt === 0 || start.toString("latin1", 0, magic.length) !== magic) return undefined;
  const match = /^([0-9a-f]{8}) (\d+) (\d+)$/.exec(start.toString("latin1", magic.length, headAt - 1));
  if (match === null) return undefined;
  const [, crc = "", head = "", body = ""] = match;
  return { crc: Number.parseInt(crc, 16), headAt, headLength: Number(head), fileLength: headAt + Number(body) };
}

export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** What a page file's beginning tells without its versions. */
export interface PageHead {
  readonly header: PageHeader;
  readonly isMissing: boolean;
  /** Equal for equal content: a page that was found unchanged, or fetched anew and is the same, keeps it. */
  readonly content: string;
}

/** Reads the first two lines of a page file; `undefined` for anything else. Nothing is checked but their form. */
export function readPageHead(bytes: Uint8Array): PageHead | undefined {
  const buffer = bufferOf(bytes);
  const first = readFirstLine(buffer);
  const end = first === undefined ? -1 : buffer.indexOf(10, first.headAt);
  if (first === undefined || end < 0) return undefined;
  return pageHead(JSON.parse(buffer.toString("latin1", first.headAt, end)) as PageHeader);
}

/** The same of a page whose header is in memory. */
export function pageHead(header: PageHeader): PageHead {
  const isMissing = header.missing === true;
  return { header, isMissing, content: `${isMissing} ${header.status ?? ""} ${header.base} ${header.content}` };
}
