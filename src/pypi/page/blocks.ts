import type { AbsPath } from "../../base/index.ts";
import { crc32 } from "../../codec/index.ts";
import type { Fs } from "../../ports/index.ts";
import { bufferOf, readFirstLine } from "./page-file.ts";

/** Where the lines of one version lie. */
export interface Block {
  readonly version: string;
  readonly start: number;
  readonly end: number;
  readonly crc: number;
}

/** Gives the lines of one version; `undefined` when they are damaged or gone. */
export type ReadBlock = (block: Block) => string | undefined;

/** Blocks that lie in memory. */
export function blocksInMemory(blocks: Buffer): ReadBlock {
  return ({ start, end, crc }) => checked(blocks.subarray(start, end), crc);
}

/**
 * At first only what is asked is read: of most projects the newest version is all that anybody looks at. Then more than
 * that, each time that this wasn't enough four times as much: who looks at many versions looks at most.
 */
const secondWindowBytes = 24 * 1024;
const wholeFile = 2 ** 31;

interface Window {
  readonly start: number;
  readonly bytes: Buffer;
}

/**
 * Blocks of a page file, from `blocksAt` on, of which the `first` have been read already; the others are read when they are
 * looked at. What turns out damaged is removed.
 */
export function blocksOnDisk(
  fs: Pick<Fs, "readRangeNow" | "remove">,
  path: AbsPath,
  { blocksAt, first = Buffer.alloc(0) }: { readonly blocksAt: number; readonly first?: Buffer },
): ReadBlock {
  let window: Window = { start: 0, bytes: first };
  let size = 0;
  const read = ({ start, end, crc }: Block): string | undefined => {
    const windowEnd = window.start + window.bytes.length;
    if (start < window.start || end > windowEnd) {
      // Newer versions are looked at before older ones, as a rule.
      const goesBack = start < window.start;
      const from = goesBack ? Math.max(0, Math.min(start, end - size)) : start;
      const to = goesBack ? end : Math.max(end, start + size);
      window = { start: from, bytes: bufferOf(fs.readRangeNow(path, blocksAt + from, to - from)) };
      size = size === 0 ? secondWindowBytes : size * 4;
    }
    return checked(window.bytes.subarray(start - window.start, end - window.start), crc);
  };
  return (block) => {
    try {
      // Another process may have put a newer page there meanwhile: its lines of the same version are as good.
      const lines = read(block) ?? blockOfVersion(bufferOf(fs.readRangeNow(path, 0, wholeFile)), block.version);
      if (lines === undefined) void fs.remove(path).catch(() => {});
      return lines;
    } catch {
      // The cache may vanish at any time.
      return undefined;
    }
  };
}

function blockOfVersion(file: Buffer, version: string): string | undefined {
  const first = readFirstLine(file);
  if (first === undefined) return undefined;
  const blocksAt = first.headAt + first.headLength;
  const [, versions = "", ends = ""] = file.toString("latin1", first.headAt, blocksAt).split("\n");
  const at = versions.split(" ").indexOf(version);
  const block = at < 0 ? undefined : blockAt(version, ends.split(" "), at);
  return block === undefined ? undefined : blocksInMemory(file.subarray(blocksAt))(block);
}

/** Reads one entry of the table of ends: `<end, base 36>:<crc32>`. */
export function blockAt(version: string, ends: readonly string[], at: number): Block {
  const [end = "", crc = ""] = (ends[at] ?? "").split(":");
  // Reading the end of the newer one stops at its colon.
  const start = at === ends.length - 1 ? 0 : Number.parseInt(ends[at + 1] ?? "", 36);
  return { version, start, end: Number.parseInt(end, 36), crc: Number.parseInt(crc, 16) };
}

function checked(bytes: Buffer, crc: number): string | undefined {
  return crc32(bytes) === crc ? bytes.toString("latin1", 0, bytes.length - 1) : undefined;
}
