import { SafeUrl } from "../../base/index.ts";
import { crc32 } from "../../codec/index.ts";
import { parseVersion, type Version } from "../../pep/index.ts";
import type { ListedFile, ProjectStatus, Release } from "../source.ts";
import type { PageDigest } from "./digest.ts";
import { type LineContext, parseFileLine } from "./file-line.ts";

/*
 * A cached page is one file of ASCII lines:
 *
 *   venvoy-page 1 <crc32 of all that follows> <its length>
 *   {"fetchedMs": …, "freshUntilMs": …, "base": …, …}
 *   <versions, ascending, separated by blanks>
 *   <where the lines of each version end, base 36>
 *   <the lines of all files, version by version>
 *
 * Only the head is read at once; the lines of a version are read when somebody looks at it.
 */

const magic = "venvoy-page 1 ";

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
  /** Checksum of versions and files; filled in when the page is written. */
  readonly content?: string;
}

/** A page in memory. */
export interface PageRecord {
  readonly header: PageHeader;
  readonly releases: readonly Release[];
}

export function encodePage(header: PageHeader, digest: Pick<PageDigest, "versions" | "blocks">): Uint8Array {
  const ends: string[] = [];
  let end = 0;
  for (const block of digest.blocks) {
    end += block.length;
    ends.push(end.toString(36));
  }
  return seal(header, `${digest.versions.join(" ")}\n${ends.join(" ")}\n${digest.blocks.join("")}`);
}

/** The same page with another header (after a `304`). */
export function withHeader(bytes: Uint8Array, header: PageHeader): Uint8Array {
  const buffer = bufferOf(bytes);
  const headAt = buffer.indexOf(10) + 1;
  return seal(header, buffer.subarray(buffer.indexOf(10, headAt) + 1));
}

function headerLine(header: PageHeader): string {
  // Header values of servers may hold any character.
  return `${JSON.stringify(header).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )}\n`;
}

/** Written once into one buffer: pages are large, and many are made at a time. */
function seal(header: PageHeader, rest: string | Buffer): Uint8Array {
  const draft = headerLine({ ...header, content: hex8(0) });
  const bodyLength = draft.length + rest.length;
  const first = (crc: number): string => `${magic}${hex8(crc)} ${bodyLength}\n`;
  const bodyAt = first(0).length;
  const restAt = bodyAt + draft.length;
  const sealed = Buffer.allocUnsafe(bodyAt + bodyLength);
  if (typeof rest === "string") sealed.write(rest, restAt, "latin1");
  else rest.copy(sealed, restAt);
  sealed.write(headerLine({ ...header, content: hex8(crc32(sealed.subarray(restAt))) }), bodyAt, "latin1");
  sealed.write(first(crc32(sealed.subarray(bodyAt))), 0, "latin1");
  return sealed;
}

function hex8(number: number): string {
  return number.toString(16).padStart(8, "0");
}

/** The first lines of a cached page. */
export interface PageHead {
  readonly header: PageHeader;
  readonly isMissing: boolean;
  /** Equal for equal content: a page that was found unchanged, or fetched anew and is the same, keeps it. */
  readonly content: string;
}

/** Reads the head from the first bytes of a cached page; `undefined` for anything else. Nothing is checked but its form. */
export function readPageHead(bytes: Uint8Array): PageHead | undefined {
  const text = bufferOf(bytes).toString("latin1");
  const headAt = text.indexOf("\n") + 1;
  const end = text.indexOf("\n", headAt);
  if (!text.startsWith(magic) || end < 0) return undefined;
  const header = JSON.parse(text.slice(headAt, end)) as PageHeader;
  const isMissing = header.missing === true;
  const files = header.content ?? text.slice(magic.length, headAt - 1);
  return { header, isMissing, content: `${isMissing} ${header.status ?? ""} ${header.base} ${files}` };
}

/** Reads what `encodePage` wrote; `undefined` for anything else. */
export function decodePage(bytes: Uint8Array, place: Omit<LineContext, "base">): PageRecord | undefined {
  try {
    return decode(bufferOf(bytes), place);
  } catch {
    // A cache that can't be read is a cache that isn't there.
    return undefined;
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function decode(buffer: Buffer, place: Omit<LineContext, "base">): PageRecord | undefined {
  const headAt = buffer.indexOf(10) + 1;
  const [crc = "", length = ""] = buffer.toString("latin1", magic.length, headAt - 1).split(" ");
  const body = buffer.subarray(headAt);
  if (buffer.toString("latin1", 0, magic.length) !== magic || body.length !== Number(length)) return undefined;
  if (crc32(body) !== Number.parseInt(crc, 16)) return undefined;
  const headerEnd = body.indexOf(10);
  const versionsEnd = body.indexOf(10, headerEnd + 1);
  const endsEnd = body.indexOf(10, versionsEnd + 1);
  const header = JSON.parse(body.toString("latin1", 0, headerEnd)) as PageHeader;
  const versions = words(body.toString("latin1", headerEnd + 1, versionsEnd));
  const ends = words(body.toString("latin1", versionsEnd + 1, endsEnd));
  const context = { ...place, base: SafeUrl.parse(header.base) };
  const lines = body.subarray(endsEnd + 1);
  let start = 0;
  const releases = versions.map((version, at) => {
    const end = Number.parseInt(ends[at] ?? "", 36);
    const release = new RecordRelease(version, { lines, start, end }, context);
    start = end;
    return release;
  });
  return { header, releases };
}

function words(line: string): string[] {
  return line === "" ? [] : line.split(" ");
}

interface Span {
  readonly lines: Buffer;
  readonly start: number;
  readonly end: number;
}

class RecordRelease implements Release {
  readonly versionText: string;
  readonly tier = 0;
  readonly #span: Span;
  readonly #context: LineContext;
  #version: Version | undefined;
  #files: readonly ListedFile[] | undefined;

  constructor(versionText: string, span: Span, context: LineContext) {
    this.versionText = versionText;
    this.#span = span;
    this.#context = context;
  }

  get version(): Version {
    this.#version ??= parseVersion(this.versionText);
    return this.#version;
  }

  get files(): readonly ListedFile[] {
    this.#files ??= this.#read();
    return this.#files;
  }

  #read(): readonly ListedFile[] {
    const { lines, start, end } = this.#span;
    const files: ListedFile[] = [];
    for (const line of lines.toString("latin1", start, end - 1).split("\n")) {
      const file = parseFileLine(line, this.version, this.#context);
      if (file !== undefined) files.push(file);
    }
    return files;
  }
}
