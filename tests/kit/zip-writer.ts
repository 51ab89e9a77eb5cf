import * as zlib from "node:zlib";

export interface RawEntry {
  readonly name: string | Uint8Array;
  readonly content: string | Uint8Array;
  /** The whole Unix mode with its file type; 0 leaves the attributes empty. */
  readonly mode?: number;
  readonly method?: "stored" | "deflate" | "bzip2" | "lzma";
  readonly utf8Flag?: boolean;
}

export interface PlacedEntry {
  readonly name: string;
  readonly localAt: number;
  /** Within the whole archive. */
  readonly centralAt: number;
  readonly centralEnd: number;
}

export interface RawZip {
  readonly bytes: Buffer;
  readonly entries: readonly PlacedEntry[];
  readonly eocdAt: number;
}

const methods = { stored: 0, deflate: 8, bzip2: 12, lzma: 14 } as const;

/**
 * Writes a zip archive exactly as told: duplicate, absolute or undecodable names are fine. For bzip2 and lzma only the
 * method number is true (readers under test refuse by it).
 */
export function writeZip(entries: readonly RawEntry[], options: { readonly comment?: Uint8Array } = {}): RawZip {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  const placed: { name: string; localAt: number }[] = [];
  let at = 0;
  for (const entry of entries) {
    const { local, directory } = formEntry(entry, at);
    placed.push({ name: Buffer.from(entry.name).toString("latin1"), localAt: at });
    parts.push(local);
    central.push(directory);
    at += local.length;
  }
  const centralAt = at;
  const where: PlacedEntry[] = [];
  for (const [index, directory] of central.entries()) {
    const entry = placed[index];
    if (entry !== undefined) where.push({ ...entry, centralAt: at, centralEnd: at + directory.length });
    at += directory.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(at - centralAt, 12);
  end.writeUInt32LE(centralAt, 16);
  const comment = options.comment ?? new Uint8Array();
  end.writeUInt16LE(comment.length, 20);
  return { bytes: Buffer.concat([...parts, ...central, end, comment]), entries: where, eocdAt: at };
}

/** The archive as bytes; for callers that patch nothing. */
export function zipBytes(entries: readonly RawEntry[]): Uint8Array {
  return new Uint8Array(writeZip(entries).bytes);
}

function formEntry(entry: RawEntry, offset: number): { readonly local: Buffer; readonly directory: Buffer } {
  const name = Buffer.from(entry.name);
  const content = Buffer.from(entry.content);
  const method = entry.method ?? "deflate";
  const data = method === "deflate" ? zlib.deflateRawSync(content) : content;
  const isText = typeof entry.name === "string";
  const flags = (entry.utf8Flag ?? (isText && name.some((byte) => byte >= 0x80))) ? 0x800 : 0;
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(20, 0);
  shared.writeUInt16LE(flags, 2);
  shared.writeUInt16LE(methods[method], 4);
  // 1980-01-01, so that the same entries always make the same bytes.
  shared.writeUInt16LE(0x21, 8);
  shared.writeUInt32LE(zlib.crc32(content), 10);
  shared.writeUInt32LE(data.length, 14);
  shared.writeUInt32LE(content.length, 18);
  shared.writeUInt16LE(name.length, 22);
  const head = Buffer.from("PK\x03\x04", "latin1");
  const local = Buffer.concat([head, shared, name, data]);
  const madeBy = Buffer.from([20, 3]);
  const place = Buffer.alloc(14);
  place.writeUInt32LE(((entry.mode ?? 0o100644) * 0x1_0000) >>> 0, 6);
  place.writeUInt32LE(offset, 10);
  const directory = Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), madeBy, shared, place, name]);
  return { local, directory };
}
