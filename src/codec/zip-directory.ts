import type { PackedEntry } from "../ports/index.ts";
import { archiveInvalid, shownName } from "./errors.ts";
import { u16, u32, u64 } from "./little-endian.ts";
import { readExtras } from "./zip-extra.ts";

/** Bytes of an archive, whole on disk or behind an index that serves ranges. */
export interface ZipSource {
  /** What messages call it: the file name. */
  readonly label: string;
  readonly sizeBytes: number;
  /** Exactly `length` bytes from `offset`; fewer only when the source was cut off. */
  readAt(offset: number, length: number): Promise<Uint8Array>;
}

export interface ZipEntry extends PackedEntry {
  readonly kind: "file" | "directory" | "symlink" | "other";
  /** Permission bits; `undefined` when the archive holds none. */
  readonly mode: number | undefined;
}

export interface ZipDirectory {
  readonly label: string;
  /** In the order of the archive's bytes. */
  readonly entries: readonly ZipEntry[];
  /** Where the central directory begins and the entries end. */
  readonly dataEnd: number;
}

const eocdBytes = 22;
const locatorBytes = 20;
const maxComment = 0xffff;
const maxEntries = 1_000_000;
const maxDirectoryBytes = 512 * 1024 * 1024;
const utf8Flag = 1 << 11;
/** Encryption, patched data, strong encryption, masked headers: nothing that a package uses. */
const refusedFlags = (1 << 0) | (1 << 5) | (1 << 6) | (1 << 13);

interface End {
  readonly at: number;
  readonly count: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * Reads the central directory as strictly as an installer must: one end record, at the very end; a directory that
 * ends where that record begins; entries that begin at byte 0 and neither overlap nor leave room between them; no
 * name twice. So every reader of the archive sees the same files. Throws `ARCHIVE_INVALID`.
 */
export async function readZipDirectory(source: ZipSource): Promise<ZipDirectory> {
  const { label, sizeBytes } = source;
  if (sizeBytes < eocdBytes) throw archiveInvalid(label, `is not a zip archive: it has ${sizeBytes} bytes`);
  const tailAt = Math.max(0, sizeBytes - (eocdBytes + maxComment + locatorBytes));
  const tail = await exactly(source, tailAt, sizeBytes - tailAt);
  const end = await findEnd(source, tail, tailAt);
  checkBounds(label, end);
  const bytes =
    end.offset >= tailAt
      ? tail.subarray(end.offset - tailAt, end.offset - tailAt + end.size)
      : await exactly(source, end.offset, end.size);
  return { label, dataEnd: end.offset, entries: tile(label, parseEntries(label, bytes, end.count), end.offset) };
}

async function exactly(source: ZipSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.readAt(offset, length);
  if (bytes.length !== length) throw archiveInvalid(source.label, "is cut off");
  return bytes;
}

async function findEnd(source: ZipSource, tail: Uint8Array, tailAt: number): Promise<End> {
  const { label } = source;
  const at = lastSignature(tail);
  if (at < 0) throw archiveInvalid(label, "is not a zip archive, or is cut off: it has no end record");
  if (at + eocdBytes + u16(tail, at + 20) !== tail.length) {
    throw archiveInvalid(label, "has bytes after the end of the archive, or a second end record");
  }
  if (u16(tail, at + 4) !== 0 || u16(tail, at + 6) !== 0) {
    throw archiveInvalid(label, "is a part of an archive in several volumes");
  }
  const end = { at: tailAt + at, count: u16(tail, at + 10), size: u32(tail, at + 12), offset: u32(tail, at + 16) };
  if (u16(tail, at + 8) !== end.count) throw archiveInvalid(label, "states two counts of entries");
  if (at < locatorBytes || u32(tail, at - locatorBytes) !== 0x07064b50) return end;
  return readZip64End(source, end, tail.subarray(at - locatorBytes, at));
}

/** The last end record. Scanning goes from the end, so a record inside the comment is met first and then doesn't fit. */
function lastSignature(tail: Uint8Array): number {
  const lowest = Math.max(0, tail.length - eocdBytes - maxComment);
  for (let at = tail.length - eocdBytes; at >= lowest; at--) {
    if (tail[at] === 0x50 && u32(tail, at) === 0x06054b50) return at;
  }
  return -1;
}

async function readZip64End(source: ZipSource, end: End, locator: Uint8Array): Promise<End> {
  const { label } = source;
  const at = u64(locator, 8);
  const size = end.at - locatorBytes - at;
  if (u32(locator, 4) !== 0 || u32(locator, 16) > 1 || size < 56 || size > 0x1_0000) {
    throw archiveInvalid(label, "has a zip64 locator that points nowhere");
  }
  const record = await exactly(source, at, size);
  if (u32(record, 0) !== 0x06064b50 || u64(record, 4) + 12 !== size || u32(record, 16) !== 0 || u32(record, 20) !== 0) {
    throw archiveInvalid(label, "has a damaged zip64 end record");
  }
  const wide = { at, count: u64(record, 32), size: u64(record, 40), offset: u64(record, 48) };
  const agrees =
    u64(record, 24) === wide.count &&
    (end.count === 0xffff || end.count === wide.count) &&
    (end.size === 0xffffffff || end.size === wide.size) &&
    (end.offset === 0xffffffff || end.offset === wide.offset);
  if (!agrees) throw archiveInvalid(label, "has two end records that disagree");
  return wide;
}

function checkBounds(label: string, end: End): void {
  if (end.offset + end.size !== end.at) {
    throw archiveInvalid(label, "has a central directory that isn't where the end record says");
  }
  if (end.count > maxEntries || end.size > maxDirectoryBytes) {
    throw archiveInvalid(label, `has ${end.count} entries, more than any package needs`);
  }
}

type Placed = Omit<ZipEntry, "end">;

function parseEntries(label: string, bytes: Uint8Array, count: number): Placed[] {
  const entries: Placed[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 46 > bytes.length || u32(bytes, at) !== 0x02014b50) {
      throw archiveInvalid(label, "has a central directory that doesn't hold what the end record says");
    }
    const next = at + 46 + u16(bytes, at + 28) + u16(bytes, at + 30) + u16(bytes, at + 32);
    if (next > bytes.length) throw archiveInvalid(label, "has a central directory that is cut off");
    entries.push(parseEntry(label, bytes, at));
    at = next;
  }
  if (at !== bytes.length) throw archiveInvalid(label, "has more in its central directory than the end record says");
  return entries;
}

function parseEntry(label: string, bytes: Uint8Array, at: number): Placed {
  const nameEnd = at + 46 + u16(bytes, at + 28);
  const rawName = bytes.subarray(at + 46, nameEnd);
  const flags = u16(bytes, at + 8);
  const name = decodeName(label, rawName, (flags & utf8Flag) !== 0);
  const shown = shownName(name);
  if ((flags & refusedFlags) !== 0) throw archiveInvalid(label, `has an encrypted entry \`${shown}\``);
  const code = u16(bytes, at + 10);
  if (code !== 0 && code !== 8) {
    throw archiveInvalid(label, `has an entry \`${shown}\` with a compression (${code}) that packages may not use`);
  }
  if (u16(bytes, at + 34) !== 0) throw archiveInvalid(label, `has an entry \`${shown}\` in another volume`);
  const extras = readExtras(label, bytes.subarray(nameEnd, nameEnd + u16(bytes, at + 30)), rawName);
  const wide = { sizeBytes: u32(bytes, at + 24), compressedBytes: u32(bytes, at + 20), start: u32(bytes, at + 42) };
  const { sizeBytes, compressedBytes, start } = extras.widen(wide);
  if (code === 0 && sizeBytes !== compressedBytes) {
    throw archiveInvalid(label, `has a stored entry \`${shown}\` with two sizes`);
  }
  const unix = u32(bytes, at + 38) >>> 16;
  return {
    name,
    kind: kindOf(name, unix),
    method: code === 0 ? "stored" : "deflate",
    flags,
    crc32: u32(bytes, at + 16),
    compressedBytes,
    sizeBytes,
    mode: unix === 0 ? undefined : unix & 0o7777,
    start,
  };
}

function kindOf(name: string, unix: number): ZipEntry["kind"] {
  const format = unix & 0o170000;
  if (format === 0o120000) return "symlink";
  if (format !== 0 && format !== 0o100000 && format !== 0o040000) return "other";
  return name.endsWith("/") ? "directory" : "file";
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeName(label: string, raw: Uint8Array, isUtf8: boolean): string {
  if (raw.length === 0) throw archiveInvalid(label, "has an entry without a name");
  if (raw.includes(0)) throw archiveInvalid(label, "has an entry with a zero byte in its name");
  if (!isUtf8 && raw.some((byte) => byte >= 0x80)) {
    // Other readers decode these as cp437, latin-1 or UTF-8: three different files.
    throw archiveInvalid(label, "has an entry whose name isn't ASCII and isn't marked as UTF-8");
  }
  try {
    return utf8.decode(raw);
  } catch (cause) {
    throw archiveInvalid(label, "has an entry whose name isn't UTF-8", cause);
  }
}

/** Orders by place and proves that the entries fill the archive from byte 0 to the directory. */
function tile(label: string, placed: Placed[], dataEnd: number): ZipEntry[] {
  placed.sort((a, b) => a.start - b.start);
  if ((placed[0]?.start ?? dataEnd) !== 0) {
    throw archiveInvalid(label, "has bytes before its first entry that don't belong to the archive");
  }
  const names = new Set<string>();
  return placed.map((entry, index) => {
    if (names.has(entry.name)) throw archiveInvalid(label, `has two entries named \`${shownName(entry.name)}\``);
    names.add(entry.name);
    const end = placed[index + 1]?.start ?? dataEnd;
    if (end - entry.start < 30 + Buffer.byteLength(entry.name) + entry.compressedBytes) {
      throw archiveInvalid(label, `has an entry \`${shownName(entry.name)}\` that overlaps another`);
    }
    return { ...entry, end };
  });
}
