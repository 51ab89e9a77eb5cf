import { u16, u32, u64 } from "./little-endian.ts";

/** What an ELF file asks of the dynamic loader. */
export interface ElfNeeds {
  /** Names of libraries (`DT_NEEDED`). */
  readonly needed: readonly string[];
  /** Directories of `DT_RUNPATH`, or of `DT_RPATH` where there is no RUNPATH; `$ORIGIN` is not replaced. */
  readonly searchPath: readonly string[];
}

type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly fileBytes: number;
}

const dynamicSegment = 2;
const loadSegment = 1;
const largestTable = 16 << 20;

/** True when these first bytes are an ELF file's. */
function isElf(head: Uint8Array): boolean {
  return head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
}

/**
 * Reads the dynamic section of a little-endian ELF file with a few small reads. `undefined` for anything else: not ELF,
 * big-endian, damaged.
 */
export async function readElfNeeds(readAt: ReadAt): Promise<ElfNeeds | undefined> {
  const head = await readAt(0, 4_096);
  if (head.length < 64 || !isElf(head) || head[5] !== 1) return undefined;
  const wide = head[4] === 2;
  const segments = readSegments(head, wide);
  if (segments === undefined) return undefined;
  const dynamic = segments.find((segment) => segment.type === dynamicSegment);
  if (dynamic === undefined) return { needed: [], searchPath: [] };
  if (dynamic.fileBytes > largestTable) return undefined;
  const entries = readEntries(await readAt(dynamic.offset, dynamic.fileBytes), wide);
  const textBytes = entries.find(([tag]) => tag === 10)?.[1] ?? 0;
  const textOffset = fileOffset(segments, entries.find(([tag]) => tag === 5)?.[1]);
  if (textOffset === undefined || textBytes > largestTable) return undefined;
  const table = await readAt(textOffset, textBytes);
  const texts = (wanted: number): string[] =>
    entries.filter(([tag]) => tag === wanted).map(([, at]) => textAt(table, at));
  const runPaths = texts(29);
  const paths = runPaths.length > 0 ? runPaths : texts(15);
  return { needed: texts(1), searchPath: paths.flatMap((path) => path.split(":")).filter((path) => path !== "") };
}

function readSegments(head: Uint8Array, wide: boolean): Segment[] | undefined {
  const at = wide ? u64(head, 32) : u32(head, 28);
  const entryBytes = u16(head, wide ? 54 : 42);
  const count = u16(head, wide ? 56 : 44);
  if (entryBytes < (wide ? 56 : 32) || at + entryBytes * count > head.length) return undefined;
  return Array.from({ length: count }, (_, index) => {
    const from = at + index * entryBytes;
    return wide
      ? {
          type: u32(head, from),
          offset: u64(head, from + 8),
          address: u64(head, from + 16),
          fileBytes: u64(head, from + 32),
        }
      : {
          type: u32(head, from),
          offset: u32(head, from + 4),
          address: u32(head, from + 8),
          fileBytes: u32(head, from + 16),
        };
  });
}

function readEntries(bytes: Uint8Array, wide: boolean): [tag: number, value: number][] {
  const entries: [number, number][] = [];
  const step = wide ? 16 : 8;
  for (let at = 0; at + step <= bytes.length; at += step) {
    const tag = wide ? u64(bytes, at) : u32(bytes, at);
    if (tag === 0) break;
    entries.push([tag, wide ? u64(bytes, at + 8) : u32(bytes, at + 4)]);
  }
  return entries;
}

function fileOffset(segments: readonly Segment[], address: number | undefined): number | undefined {
  if (address === undefined) return undefined;
  for (const { type, address: from, fileBytes, offset } of segments) {
    if (type === loadSegment && address >= from && address < from + fileBytes) return address - from + offset;
  }
  return undefined;
}

function textAt(table: Uint8Array, at: number): string {
  const end = table.indexOf(0, at);
  return Buffer.from(table.subarray(at, end < 0 ? table.length : end)).toString("utf8");
}
