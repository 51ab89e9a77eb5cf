import * as zlib from "node:zlib";
import { hasCode } from "../base/index.ts";
import type { PackedEntry } from "../ports/index.ts";
import { archiveInvalid, shownName } from "./errors.ts";
import { u16, u32, u64 } from "./little-endian.ts";
import type { ZipSource } from "./zip-directory.ts";
import { readExtras } from "./zip-extra.ts";

const descriptorFlag = 1 << 3;
/** Bits that say how the data is to be read; the others tell how hard the compressor tried. */
const meaningfulFlags = 0xffff & ~0b110;

/** A CRC-32 (ISO 3309, as zip and gzip use it), continued from `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  return zlib.crc32(bytes, before);
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
 * The content of one entry out of `slab`, its bytes from `entry.start` to `entry.end`. Local header, descriptor, size and
 * CRC are checked; memory never grows past the size that the directory states. Throws `ARCHIVE_INVALID`.
 */
export function extractEntry(slab: Uint8Array, entry: PackedEntry, label: string): Uint8Array {
  if (slab.length !== entry.end - entry.start) throw archiveInvalid(label, "is cut off");
  const from = dataOffset(slab, entry, label);
  const to = from + entry.compressedBytes;
  checkDescriptor(slab.subarray(to), entry, label);
  const data = slab.subarray(from, to);
  const content = entry.method === "stored" ? data : inflate(data, entry, label);
  checkContent(entry, { sizeBytes: content.length, crc32: crc32(content) }, label);
  return content;
}

/** Compares what came out with what the directory states. */
export function checkContent(
  entry: PackedEntry,
  got: { readonly sizeBytes: number; readonly crc32: number },
  label: string,
): void {
  if (got.sizeBytes === entry.sizeBytes && got.crc32 === entry.crc32) return;
  const what = got.sizeBytes === entry.sizeBytes ? "checksum" : "size";
  throw archiveInvalid(label, `has an entry \`${shownName(entry.name)}\` whose ${what} differs from the one stated`);
}

function inflate(data: Uint8Array, entry: PackedEntry, label: string): Uint8Array {
  // One output chunk of the right size: the default of 16 kB costs a third of the time on large members.
  const options = {
    maxOutputLength: Math.max(1, entry.sizeBytes),
    chunkSize: Math.max(64, entry.sizeBytes),
    info: true,
  };
  try {
    // With `info` the answer is an object, which the types don't say.
    const { buffer, engine } = zlib.inflateRawSync(data, options) as unknown as {
      readonly buffer: Uint8Array;
      readonly engine: { readonly bytesWritten: number };
    };
    if (engine.bytesWritten === data.length) return buffer;
  } catch (cause) {
    if (hasCode(cause, "ERR_BUFFER_TOO_LARGE")) {
      throw archiveInvalid(label, `has an entry \`${shownName(entry.name)}\` that is larger than it states`, cause);
    }
    throw archiveInvalid(label, `has a damaged entry \`${shownName(entry.name)}\``, cause);
  }
  throw archiveInvalid(label, `has an entry \`${shownName(entry.name)}\` with bytes after its compressed data`);
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
