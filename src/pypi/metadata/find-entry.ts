import { archiveInvalid, readZipDirectory, type ZipEntry, type ZipSource } from "../../codec/index.ts";

const wanted = Buffer.from(".dist-info/METADATA", "latin1");
const endBytes = 22;
const entryBytes = 46;
const maxFound = 32;

/**
 * The entries of a wheel whose path ends in `.dist-info/METADATA`. A look at the raw directory: its thousands of other
 * names are neither decoded nor judged, which a resolution that reads many wheels would feel. Whether the whole archive
 * is sound is proven when it is unpacked. Throws `ARCHIVE_INVALID` for what can't be read at all.
 */
export async function findMetadataEntries(source: ZipSource): Promise<readonly ZipEntry[]> {
  const tailBytes = Math.min(source.sizeBytes, endBytes + 0xffff + 20);
  const tail = bufferOf(await source.readAt(source.sizeBytes - tailBytes, tailBytes));
  const at = tail.lastIndexOf("PK\x05\x06", undefined, "latin1");
  if (at < 0 || at + endBytes > tail.length) throw archiveInvalid(source.label, "is not a zip archive, or is cut off");
  const count = tail.readUInt16LE(at + 10);
  const size = tail.readUInt32LE(at + 12);
  const start = tail.readUInt32LE(at + 16);
  // Zip64, or anything else out of the ordinary: the careful reader knows what to make of it.
  if (count === 0xffff || start === 0xffffffff || at + endBytes + tail.readUInt16LE(at + 20) !== tail.length) {
    const { entries } = await readZipDirectory(source);
    return entries.filter((entry) => entry.name.endsWith(wanted.toString("latin1")));
  }
  const tailAt = source.sizeBytes - tailBytes;
  if (start + size !== tailAt + at) {
    throw archiveInvalid(source.label, "has a central directory that isn't where the end record says");
  }
  const inTail = start >= tailAt ? tail.subarray(start - tailAt, start - tailAt + size) : undefined;
  const directory = inTail ?? bufferOf(await source.readAt(start, size));
  return scan(directory, { label: source.label, count, dataEnd: start });
}

function scan(
  bytes: Buffer,
  { label, count, dataEnd }: { readonly label: string; readonly count: number; readonly dataEnd: number },
): readonly ZipEntry[] {
  const found: { readonly at: number; readonly start: number }[] = [];
  const starts: number[] = [];
  for (let at = 0, index = 0; index < count; index++) {
    if (at + entryBytes > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) {
      throw archiveInvalid(label, "has a central directory that can't be read");
    }
    const nameEnd = at + entryBytes + bytes.readUInt16LE(at + 28);
    const start = bytes.readUInt32LE(at + 42);
    starts.push(start);
    if (nameEnd <= bytes.length && wanted.equals(bytes.subarray(Math.max(at, nameEnd - wanted.length), nameEnd))) {
      found.push({ at, start });
    }
    at = nameEnd + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  // Each is looked at against all others below.
  if (found.length > maxFound) throw archiveInvalid(label, `has ${found.length} files of metadata`);
  return found.map(({ at, start }) => {
    const next = starts.reduce((least, other) => (other > start && other < least ? other : least), dataEnd);
    return entryAt(bytes, at, { label, end: next });
  });
}

function entryAt(
  bytes: Buffer,
  at: number,
  { label, end }: { readonly label: string; readonly end: number },
): ZipEntry {
  const nameAt = at + entryBytes;
  const method = bytes.readUInt16LE(at + 10);
  if (method !== 0 && method !== 8)
    throw archiveInvalid(label, `has metadata in a compression (${method}) that packages may not use`);
  return {
    name: bytes.toString("utf8", nameAt, nameAt + bytes.readUInt16LE(at + 28)),
    kind: "file",
    method: method === 0 ? "stored" : "deflate",
    flags: bytes.readUInt16LE(at + 8),
    crc32: bytes.readUInt32LE(at + 16),
    compressedBytes: bytes.readUInt32LE(at + 20),
    sizeBytes: bytes.readUInt32LE(at + 24),
    mode: undefined,
    start: bytes.readUInt32LE(at + 42),
    end,
  };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
