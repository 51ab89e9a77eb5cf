const localHeader = 0x04034b50;
const centralHeader = 0x02014b50;
const endOfDirectory = 0x06054b50;
/** 1980-01-01, the first day that zip knows: the same files make the same archive whenever it is written. */
const firstDay = 0x21;
const utf8Names = 0x800;

/** A member of an archive that is being written; its data follows the header as it is, uncompressed. */
export interface StoredMember {
  /** With `/`. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly crc32: number;
  readonly executable: boolean;
}

/** The largest archive and member that the form without zip64 can tell of. */
export const maxStoredZipBytes = 0xffff_ffff;
export const maxStoredZipMembers = 0xffff;

/** The bytes before a member's data (APPNOTE 4.3.7). */
export function storedMemberHead(member: StoredMember): Uint8Array {
  const name = Buffer.from(member.name);
  const head = Buffer.alloc(30);
  head.writeUInt32LE(localHeader, 0);
  head.set(sharedFields(member, name), 4);
  return Buffer.concat([head, name]);
}

/** The central directory and its end (APPNOTE 4.3.12, 4.3.16), for members in the order in which they were written. */
export function storedZipEnd(members: readonly StoredMember[]): Uint8Array {
  const parts: Buffer[] = [];
  let at = 0;
  let directoryBytes = 0;
  for (const member of members) {
    const name = Buffer.from(member.name);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(centralHeader, 0);
    // Made on Unix, so that the mode is understood.
    entry.set([20, 3], 4);
    entry.set(sharedFields(member, name), 6);
    entry.writeUInt32LE(((member.executable ? 0o100755 : 0o100644) * 0x1_0000) >>> 0, 38);
    entry.writeUInt32LE(at, 42);
    parts.push(entry, name);
    directoryBytes += entry.length + name.length;
    at += 30 + name.length + member.sizeBytes;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(endOfDirectory, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, end]);
}

/** What both headers say alike: version, flags, method, time, sum, sizes, length of the name. */
function sharedFields({ sizeBytes, crc32 }: StoredMember, name: Buffer): Uint8Array {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(name.some((byte) => byte >= 0x80) ? utf8Names : 0, 2);
  fields.writeUInt16LE(firstDay, 8);
  fields.writeUInt32LE(crc32 >>> 0, 10);
  fields.writeUInt32LE(sizeBytes, 14);
  fields.writeUInt32LE(sizeBytes, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}
