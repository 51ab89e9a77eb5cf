const localHeader = 0x04034b50;
const centralHeader = 0x02014b50;
const endOfDirectory = 0x06054b50;
const wideEnd = 0x06064b50;
const wideLocator = 0x07064b50;
/** 1980-01-01, the first day that zip knows: the same files make the same archive whenever it is written. */
const firstDay = 0x21;
const utf8Names = 0x800;
/** What a field of 32 (or 16) bits holds when the value stands in its zip64 form. */
const wide = 0xffff_ffff;
const wideCount = 0xffff;
const directoryOfDos = 0x10;

/** A member of an archive that is being written; its data follows the header, a link's is where it leads. */
export interface ZipMember {
  /** With `/`; a directory's ends with one. */
  readonly name: string;
  readonly kind: "file" | "directory" | "symlink";
  readonly method: "stored" | "deflate";
  readonly sizeBytes: number;
  readonly compressedBytes: number;
  readonly crc32: number;
  readonly executable: boolean;
}

/** The bytes before a member's data (APPNOTE 4.3.7), with a zip64 field for 4 GiB and more. */
export function zipMemberHead(member: ZipMember): Uint8Array {
  const name = Buffer.from(member.name);
  const extra = isWide(member) ? wideField([member.sizeBytes, member.compressedBytes]) : Buffer.alloc(0);
  const head = Buffer.alloc(30);
  head.writeUInt32LE(localHeader, 0);
  head.set(sharedFields(member, name), 4);
  if (extra.length > 0) head.fill(0xff, 18, 26);
  head.writeUInt16LE(extra.length, 28);
  return Buffer.concat([head, name, extra]);
}

/** The central directory and its end (APPNOTE 4.3.12 to 4.3.16), for members in the order in which they were written. */
export function zipEnd(members: readonly ZipMember[]): Uint8Array {
  const parts: Buffer[] = [];
  let at = 0;
  let directoryBytes = 0;
  for (const member of members) {
    const name = Buffer.from(member.name);
    const extra = wideField([member.sizeBytes, member.compressedBytes, at].filter((value) => value >= wide));
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(centralHeader, 0);
    // Made on Unix, so that the mode is understood.
    entry.set([20, 3], 4);
    entry.set(sharedFields(member, name), 6);
    if (extra.length > 0) entry.writeUInt16LE(45, 6);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE(attributesOf(member), 38);
    entry.writeUInt32LE(Math.min(at, wide), 42);
    parts.push(entry, name, extra);
    directoryBytes += entry.length + name.length + extra.length;
    at += 30 + name.length + (isWide(member) ? 20 : 0) + member.compressedBytes;
  }
  if (members.length >= wideCount || directoryBytes >= wide || at >= wide) {
    parts.push(wideEnds(members.length, directoryBytes, at));
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(endOfDirectory, 0);
  end.writeUInt16LE(Math.min(members.length, wideCount), 8);
  end.writeUInt16LE(Math.min(members.length, wideCount), 10);
  end.writeUInt32LE(Math.min(directoryBytes, wide), 12);
  end.writeUInt32LE(Math.min(at, wide), 16);
  return Buffer.concat([...parts, end]);
}

function isWide({ sizeBytes, compressedBytes }: ZipMember): boolean {
  return sizeBytes >= wide || compressedBytes >= wide;
}

/** Kind and rights as Info-ZIP keeps them: Unix's in the upper half, MS-DOS's in the lower one. */
function attributesOf({ kind, executable }: ZipMember): number {
  if (kind === "symlink") return (0o120777 * 0x1_0000) >>> 0;
  if (kind === "directory") return ((0o040755 * 0x1_0000) | directoryOfDos) >>> 0;
  return ((executable ? 0o100755 : 0o100644) * 0x1_0000) >>> 0;
}

function wideField(values: readonly number[]): Buffer {
  if (values.length === 0) return Buffer.alloc(0);
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  return field;
}

/** The zip64 end record, and the locator that leads to it. */
function wideEnds(count: number, directoryBytes: number, directoryAt: number): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(wideEnd, 0);
  record.writeBigUInt64LE(44n, 4);
  record.set([45, 3, 45, 0], 12);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(directoryBytes), 40);
  record.writeBigUInt64LE(BigInt(directoryAt), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(wideLocator, 0);
  locator.writeBigUInt64LE(BigInt(directoryAt + directoryBytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator]);
}

/** What both headers say alike: version, flags, method, time, sum, sizes, length of the name. */
function sharedFields(member: ZipMember, name: Buffer): Uint8Array {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(isWide(member) ? 45 : 20, 0);
  fields.writeUInt16LE(name.some((byte) => byte >= 0x80) ? utf8Names : 0, 2);
  fields.writeUInt16LE(member.method === "deflate" ? 8 : 0, 4);
  fields.writeUInt16LE(firstDay, 8);
  fields.writeUInt32LE(member.crc32 >>> 0, 10);
  fields.writeUInt32LE(Math.min(member.compressedBytes, wide), 14);
  fields.writeUInt32LE(Math.min(member.sizeBytes, wide), 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}
