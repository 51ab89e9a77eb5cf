import type { PackedEntry } from "../ports/index.ts";
import { archiveInvalid, shownName } from "./errors.ts";
import { InflateFailure, Inflater } from "./inflater.ts";
import { u16, u32, u64 } from "./little-endian.ts";
import type { ZipSource } from "./zip-directory.ts";
import { readExtras } from "./zip-extra.ts";
import { zlib } from "./zlib.ts";

const descriptorFlag = 1 << 3;
/** Bits that say how the data is to be read; the others tell how hard the compressor tried. */
const meaningfulFlags = 0xffff & ~0b110;

/** Bun has one outside zlib, which then needn't be loaded for the small files of the cache. */
const { Bun: bun } = globalThis as {
  readonly Bun?: { readonly hash: { readonly crc32: (bytes: Uint8Array, before: number) => number } };
};

/** A CRC-32 (ISO 3309, as zip and gzip use it), continued from `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  return bun === undefined ? zlib().crc32(bytes, before) : bun.hash.crc32(bytes, before);
}

/** A local header is never longer than this. */
export const maxLocalHeaderBytes = 30 + 2 * 0xffff;

/**
 * Checks the local header at the beginning of `head` against the central directory and returns where the data
 * begins in it. `head` is the beginning of the entry's bytes: all of them, or `maxLocalHeaderBytes`.
 */
export function dataOffset(head: Uint8Array, entry: PackedEntry, label: string): number {
  const disagree = () =>
    archiveInvalid(label, `has a local header that disagrees with its directory about \`${shownName(entry.name)}\``);
  if (head.length < 30 || u32(head, 0) !== 0x04034b50) throw disagree();
  const nameEnd = 30 + u16(head, 26);
  const dataAt = nameEnd + u16(head, 28);
  const rawName = Buffer.from(entry.name);
  if (dataAt > head.length || !rawName.equals(head.subarray(30, nameEnd))) throw disagree();
  const flags = u16(head, 6);
  if ((flags & meaningfulFlags) !== (entry.flags & meaningfulFlags)) throw disagree();
  if (u16(head, 8) !== (entry.method === "stored" ? 0 : 8)) throw disagree();
  const narrow = { sizeBytes: u32(head, 22), compressedBytes: u32(head, 18) };
  const local = readExtras(label, head.subarray(nameEnd, dataAt), rawName).widen(narrow);
  const crc = u32(head, 14);
  const same =
    crc === entry.crc32 && local.sizeBytes === entry.sizeBytes && local.compressedBytes === entry.compressedBytes;
  // With a descriptor the header was written before its data: zeros, or all ones where zip64 follows.
  const open =
    (flags & descriptorFlag) !== 0 && crc === 0 && isOpen(narrow.sizeBytes) && isOpen(narrow.compressedBytes);
  if (!same && !open) throw disagree();
  checkEnd(entry, entry.end - entry.start - dataAt - entry.compressedBytes, label);
  return dataAt;
}

function isOpen(value: number): boolean {
  return value === 0 || value === 0xffffffff;
}

/** What lies between the data and the next entry must be a descriptor, or nothing. */
function checkEnd(entry: PackedEntry, restBytes: number, label: string): void {
  const allowed = (entry.flags & descriptorFlag) === 0 ? [0] : [12, 16, 20, 24];
  if (allowed.includes(restBytes)) return;
  throw archiveInvalid(label, `has bytes after \`${shownName(entry.name)}\` that its directory doesn't tell of`);
}

/** Checks the data descriptor, if there is one. `rest` is what follows the data up to `entry.end`. */
export function checkDescriptor(rest: Uint8Array, entry: PackedEntry, label: string): void {
  if (rest.length === 0) return;
  const wide = rest.length === 20 || rest.length === 24;
  const signed = rest.length === 16 || rest.length === 24;
  const at = signed ? 4 : 0;
  const read = wide ? u64 : u32;
  const agrees =
    (!signed || u32(rest, 0) === 0x08074b50) &&
    u32(rest, at) === entry.crc32 &&
    read(rest, at + 4) === entry.compressedBytes &&
    read(rest, at + (wide ? 12 : 8)) === entry.sizeBytes;
  if (agrees) return;
  throw archiveInvalid(label, `has a descriptor that disagrees with its directory about \`${shownName(entry.name)}\``);
}

/**
 * Where the data of an entry lies in `slab`, its bytes from `entry.start` to `entry.end`, once local header and descriptor
 * are checked. Throws `ARCHIVE_INVALID`.
 */
export function entryData(slab: Uint8Array, entry: PackedEntry, label: string): Uint8Array {
  if (slab.length !== entry.end - entry.start) throw archiveInvalid(label, "is cut off");
  const from = dataOffset(slab, entry, label);
  const to = from + entry.compressedBytes;
  checkDescriptor(slab.subarray(to), entry, label);
  return slab.subarray(from, to);
}

/**
 * Unpacks an entry's data, which comes in pieces; size and CRC are checked at the end. `take` gets the content piece by piece
 * and must be done with a piece when it returns; never more comes than the directory states. Throws `ARCHIVE_INVALID`.
 */
export function unpackEntry(
  inflater: Inflater,
  { data, entry, label }: { readonly data: Iterable<Uint8Array>; readonly entry: PackedEntry; readonly label: string },
  take: (piece: Uint8Array) => void,
): void {
  let sizeBytes = 0;
  let crc = 0;
  const pass = (piece: Uint8Array): void => {
    sizeBytes += piece.length;
    crc = crc32(piece, crc);
    take(piece);
  };
  try {
    if (entry.method === "deflate") inflater.inflate(data, entry, pass);
    else for (const piece of data) pass(piece);
  } catch (error) {
    if (!(error instanceof InflateFailure)) throw error;
    throw archiveInvalid(label, `has an entry \`${shownName(entry.name)}\` ${error.what}`, error.cause ?? error);
  }
  checkContent(entry, { sizeBytes, crc32: crc }, label);
}

/** For entries that are wanted alone; nothing else runs while it works. */
let single: Inflater | undefined;

/** The content of one entry, whole. Throws `ARCHIVE_INVALID`. */
export function extractEntry(slab: Uint8Array, entry: PackedEntry, label: string): Uint8Array {
  const data = entryData(slab, entry, label);
  const pieces: Uint8Array[] = [];
  single ??= new Inflater();
  unpackEntry(single, { data: [data], entry, label }, (piece) => pieces.push(new Uint8Array(piece)));
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}

/** Compares what came out with what the directory states. */
function checkContent(
  entry: PackedEntry,
  got: { readonly sizeBytes: number; readonly crc32: number },
  label: string,
): void {
  if (got.sizeBytes === entry.sizeBytes && got.crc32 === entry.crc32) return;
  const what = got.sizeBytes === entry.sizeBytes ? "checksum" : "size";
  throw archiveInvalid(label, `has an entry \`${shownName(entry.name)}\` whose ${what} differs from the one stated`);
}

/** Reads one entry; for the few that are wanted alone (a wheel's METADATA by range requests). `limitBytes` caps its size. */
export async function readZipEntry(source: ZipSource, entry: PackedEntry, limitBytes = 64 << 20): Promise<Uint8Array> {
  if (entry.sizeBytes > limitBytes) {
    throw archiveInvalid(source.label, `has an entry \`${shownName(entry.name)}\` of ${entry.sizeBytes} bytes`);
  }
  return extractEntry(await source.readAt(entry.start, entry.end - entry.start), entry, source.label);
}

/** An archive that lies in memory. */
export function zipInMemory(label: string, bytes: Uint8Array): ZipSource {
  return {
    label,
    sizeBytes: bytes.length,
    readAt: async (offset, length) => bytes.subarray(offset, Math.min(bytes.length, offset + length)),
  };
}
