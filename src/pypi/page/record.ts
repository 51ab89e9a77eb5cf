import { SafeUrl } from "../../base/index.ts";
import { crc32 } from "../../codec/index.ts";
import { parseVersion, type Version } from "../../pep/index.ts";
import { cacheLost } from "../errors.ts";
import type { ListedFile, Release } from "../source.ts";
import { blockAt, blocksInMemory, type ReadBlock } from "./blocks.ts";
import { type LineContext, parseFileLine } from "./file-line.ts";
import { bufferOf, type FirstLine, type PageHeader, readFirstLine } from "./page-file.ts";

/** A page in memory; the files of a version are read when somebody looks at it. */
export interface PageRecord {
  readonly header: PageHeader;
  readonly releases: readonly Release[];
}

export type Place = Omit<LineContext, "base">;

/** Reads a whole page file; `undefined` for anything else. */
export function decodePage(bytes: Uint8Array, place: Place): PageRecord | undefined {
  const buffer = bufferOf(bytes);
  const first = readFirstLine(buffer);
  if (first === undefined || first.fileLength !== buffer.length) return undefined;
  return decodeHead(buffer, first, {
    place,
    readBlock: blocksInMemory(buffer.subarray(first.headAt + first.headLength)),
  });
}

/** Reads the head of a page file; `undefined` when it is damaged. */
export function decodeHead(
  buffer: Buffer,
  { headAt, headLength, crc }: FirstLine,
  { place, readBlock }: { readonly place: Place; readonly readBlock: ReadBlock },
): PageRecord | undefined {
  const head = buffer.subarray(headAt, headAt + headLength);
  if (head.length !== headLength || crc32(head) !== crc) return undefined;
  const [headerLine = "", versionLine = "", endLine = ""] = head.toString("latin1").split("\n");
  const header = JSON.parse(headerLine) as PageHeader;
  const versions = words(versionLine);
  const ends = words(endLine);
  const source = { context: { ...place, base: SafeUrl.parse(header.base) }, ends, readBlock };
  const releases = versions.map((version, at) => new RecordRelease(version, at, source));
  return { header, releases };
}

function words(line: string): string[] {
  return line === "" ? [] : line.split(" ");
}

interface Source {
  readonly context: LineContext;
  readonly ends: readonly string[];
  readonly readBlock: ReadBlock;
}

class RecordRelease implements Release {
  readonly versionText: string;
  readonly tier = 0;
  readonly #at: number;
  readonly #source: Source;
  #version: Version | undefined;
  #files: readonly ListedFile[] | undefined;

  constructor(versionText: string, at: number, source: Source) {
    this.versionText = versionText;
    this.#at = at;
    this.#source = source;
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
    const { context, ends, readBlock } = this.#source;
    const lines = readBlock(blockAt(this.versionText, ends, this.#at));
    if (lines === undefined) throw cacheLost(context.name, this.versionText);
    const files: ListedFile[] = [];
    for (const line of lines.split("\n")) {
      const file = parseFileLine(line, this.version, context);
      if (file !== undefined) files.push(file);
    }
    return files;
  }
}
