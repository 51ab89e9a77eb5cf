import { crc32 } from "../../codec/index.ts";
import type { ProjectStatus } from "../source.ts";
import type { PageDigest } from "./digest.ts";

/*
 * A cached page is one file of ASCII lines:
 *
 *   venvoy-page 2 <crc32 of the head> <length of the head> <length of head and blocks>
 *   {"fetchedMs": …, "freshUntilMs": …, "base": …, …}                                     the head …
 *   <versions, ascending, separated by blanks>
 *   <for each version where its block ends (base 36), a colon, crc32 of the block>         … to here
 *   <blocks: the lines of all files, version by version>
 *
 * A resolution reads the head, and the blocks of the few versions that it looks at.
 */

export const magic = "venvoy-page 2 ";

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

/** The parts of a page file behind its first line. */
interface Parts {
  /** Lines of versions and ends. */
  readonly table: Buffer;
  readonly blocks: Buffer;
}

export function encodePage(header: PageHeader, digest: Pick<PageDigest, "versions" | "blocks">): Buffer {
  const blocks = Buffer.from(digest.blocks.join(""), "latin1");
  let start = 0;
  const ends = digest.blocks.map((block) => {
    const end = start + block.length;
    const crc = crc32(blocks.subarray(start, end));
    start = end;
    return `${end.toString(36)}:${hex8(crc)}`;
  });
  const table = Buffer.from(`${digest.versions.join(" ")}\n${ends.join(" ")}\n`, "latin1");
  return seal(header, { table, blocks });
}

/** The same page with another header (after a `304`); `undefined` when `file` is no page. */
export function withHeader(file: Uint8Array, header: PageHeader): Buffer | undefined {
  const buffer = bufferOf(file);
  const first = readFirstLine(buffer);
  if (first === undefined) return undefined;
  const tableAt = buffer.indexOf(10, first.headAt) + 1;
  const blocksAt = first.headAt + first.headLength;
  return seal(header, { table: buffer.subarray(tableAt, blocksAt), blocks: buffer.subarray(blocksAt) });
}

function seal(header: PageHeader, { table, blocks }: Parts): Buffer {
  const line = Buffer.from(headerLine({ ...header, content: hex8(crc32(table)) }), "latin1");
  const head = Buffer.concat([line, table]);
  const first = `${magic}${hex8(crc32(head))} ${head.length} ${head.length + blocks.length}\n`;
  return Buffer.concat([Buffer.from(first, "latin1"), head, blocks]);
}

function headerLine(header: PageHeader): string {
  // Header values of servers may hold any character.
  const json = JSON.stringify(header).replace(
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
  const header = JSON.parse(buffer.toString("latin1", first.headAt, end)) as PageHeader;
  const isMissing = header.missing === true;
  return { header, isMissing, content: `${isMissing} ${header.status ?? ""} ${header.base} ${header.content}` };
}
