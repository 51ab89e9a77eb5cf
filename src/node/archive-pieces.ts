import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { VenvoyError } from "../base/index.ts";
import { crc32, tarEnd, tarMemberHead, tarPadding, type ZipMember, zipMemberHead } from "../codec/index.ts";
import type { ArchiveForm, ArchiveMember } from "../ports/index.ts";

/** A member, or a part of a large one, in one piece of an archive. */
export interface Slice {
  /** With its path in the archive. */
  readonly member: ArchiveMember;
  /** The file of the tree. */
  readonly file: string;
  /** The content's bytes that belong to this piece; the head goes with the first of them. */
  readonly from: number;
  readonly to: number;
}

/** Plain data for one thread: what makes one piece, and where that goes. */
export interface ArchivePiece {
  readonly form: ArchiveForm;
  readonly slices: readonly Slice[];
  readonly isLast: boolean;
  readonly to: string;
}

/**
 * Libraries and bytecode become one in a hundred smaller by the usual 6, for a fifth more work; below this they grow by more
 * than they save.
 */
const deflateLevel = 4;
/** Read at a time from what is not packed as a whole. */
const readAtOnce = 4 << 20;

/**
 * Packs one piece into a file. A piece of a tar archive is a whole gzip member or zstd frame, which readers take for one
 * stream; a piece of a zip archive holds members with their headers. Answers each zip member as JSON, nothing for tar.
 */
export async function packPiece(piece: ArchivePiece): Promise<readonly string[]> {
  const out = openSync(piece.to, "wx");
  try {
    if (piece.form === "zip") return await packMembers(piece, out);
    const parts = piece.slices.flatMap((slice) => [...tarParts(slice)]);
    if (piece.isLast) parts.push(tarEnd());
    writeFully(out, await squeezed(Buffer.concat(parts), piece.form));
    return [];
  } finally {
    closeSync(out);
  }
}

function* tarParts({ member, file, from, to }: Slice): Generator<Uint8Array> {
  if (from === 0) yield tarMemberHead(member);
  if (to > from) yield readPart(file, from, to);
  if (to === member.sizeBytes) yield new Uint8Array(tarPadding(to));
}

async function squeezed(bytes: Uint8Array, form: "gzip" | "zstd"): Promise<Uint8Array> {
  // Loaded here: it takes as long to load as all of venvoy.
  const library = await import("node:zlib");
  if (form === "gzip") return library.gzipSync(bytes, { level: deflateLevel });
  const { zstdCompressSync } = library as { readonly zstdCompressSync?: (bytes: Uint8Array) => Uint8Array };
  if (zstdCompressSync === undefined) throw withoutZstd();
  return zstdCompressSync(bytes);
}

/** What can't be written in this runtime is told before anything is packed. */
export async function checkForm(form: ArchiveForm): Promise<void> {
  if (form === "zstd" && !("zstdCompressSync" in (await import("node:zlib")))) throw withoutZstd();
}

function withoutZstd(): VenvoyError {
  return new VenvoyError("ARGUMENT_INVALID", "This Node has no zstd, so `.tar.zst` can't be written", {
    hint: "write a .tar.gz, use the standalone binary, or Node 22.15 or newer",
  });
}

async function packMembers({ slices }: ArchivePiece, out: number): Promise<string[]> {
  const done: string[] = [];
  let at = 0;
  for (const { member, file } of slices) {
    const written =
      member.sizeBytes > 4 * readAtOnce
        ? await packLarge(out, at, { member, file })
        : await packSmall(out, at, { member, file });
    at += written.bytes;
    done.push(JSON.stringify(written.member));
    if (done.length % 64 === 0) await setImmediate();
  }
  return done;
}

interface Source {
  readonly member: ArchiveMember;
  readonly file: string;
}

interface Written {
  readonly member: ZipMember;
  readonly bytes: number;
}

async function packSmall(out: number, at: number, { member, file }: Source): Promise<Written> {
  const content =
    member.kind === "symlink"
      ? Buffer.from(member.link)
      : member.kind === "file"
        ? readPart(file, 0, member.sizeBytes)
        : Buffer.alloc(0);
  const { deflateRawSync } = await import("node:zlib");
  const packed =
    member.kind === "file" && content.length > 0 ? deflateRawSync(content, { level: deflateLevel }) : content;
  const isSmaller = packed.length < content.length;
  const data = isSmaller ? packed : content;
  const entry: ZipMember = {
    name: member.kind === "directory" ? `${member.path}/` : member.path,
    kind: member.kind,
    method: isSmaller ? "deflate" : "stored",
    sizeBytes: content.length,
    compressedBytes: data.length,
    crc32: crc32(content),
    executable: member.executable,
  };
  const head = zipMemberHead(entry);
  writeFully(out, head, at);
  writeFully(out, data, at + head.length);
  return { member: entry, bytes: head.length + data.length };
}

/** The head, which says what came of the data, is written behind it. */
async function packLarge(out: number, at: number, { member, file }: Source): Promise<Written> {
  const { createDeflateRaw } = await import("node:zlib");
  const before: ZipMember = {
    name: member.path,
    kind: "file",
    method: "deflate",
    sizeBytes: member.sizeBytes,
    compressedBytes: member.sizeBytes,
    crc32: 0,
    executable: member.executable,
  };
  const headBytes = zipMemberHead(before).length;
  let place = at + headBytes;
  let sum = 0;
  const packer = createDeflateRaw({ level: deflateLevel, chunkSize: 1 << 20 });
  const ended = (async () => {
    for await (const chunk of packer) {
      writeFully(out, chunk as Uint8Array, place);
      place += (chunk as Uint8Array).length;
    }
  })();
  ended.catch(() => {});
  for (let from = 0; from < member.sizeBytes; from += readAtOnce) {
    const bytes = readPart(file, from, Math.min(member.sizeBytes, from + readAtOnce));
    sum = crc32(bytes, sum);
    if (!packer.write(bytes)) await Promise.race([new Promise((resolve) => packer.once("drain", resolve)), ended]);
  }
  packer.end();
  await ended;
  const entry = { ...before, compressedBytes: place - at - headBytes, crc32: sum };
  writeFully(out, zipMemberHead(entry), at);
  return { member: entry, bytes: place - at };
}

/** Throws when the file has become shorter meanwhile: an archive that says otherwise would be no archive. */
function readPart(path: string, from: number, to: number): Uint8Array {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.allocUnsafeSlow(to - from);
    for (let done = 0; done < bytes.length; ) {
      const count = readSync(file, bytes, done, bytes.length - done, from + done);
      if (count === 0) throw new Error(`${path} became shorter while it was packed`);
      done += count;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

function writeFully(file: number, bytes: Uint8Array, at?: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, at === undefined ? null : at + done);
  }
}
