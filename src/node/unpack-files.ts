import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { printable, VenvoyError } from "../base/index.ts";
import {
  archiveInvalid,
  checkDescriptor,
  createHash,
  dataOffset,
  entryData,
  type Hash,
  Inflater,
  maxLocalHeaderBytes,
  unpackEntry,
} from "../codec/index.ts";
import type { PackedEntry, UnpackFile } from "../ports/index.ts";
import { Directories } from "./directories.ts";

/** A part of an archive's files, in the order of the archive, for one thread. Plain data. */
export interface UnpackPart {
  readonly archive: string;
  readonly label: string;
  readonly to: string;
  /** Those that no file needs; the others are made for their files. */
  readonly directories: readonly string[];
  readonly files: readonly UnpackFile[];
}

/** Entries up to this are read together with their neighbours, larger ones in pieces of it. */
const readAtOnce = 1 << 20;
/** A thread that also serves other work breathes after so many bytes. */
const breathBytes = 8 << 20;

/** Writes the files and returns the sha256 of each. Memory is that of two buffers, whatever an archive holds. */
export async function unpackFiles(part: UnpackPart): Promise<string[]> {
  const archive = openSync(part.archive, "r");
  try {
    const digests: string[] = [];
    const window = new Window(archive, part.label);
    const inflater = new Inflater();
    const made = new Directories(part.to);
    let sinceBreath = 0;
    for (const [index, file] of part.files.entries()) {
      const { entry } = file;
      made.makeFor(file.path);
      const isSmall = entry.end - entry.start <= readAtOnce;
      const data = isSmall
        ? [entryData(window.slab(entry, part.files, index), entry, part.label)]
        : largeData(archive, window, entry, part.label);
      digests.push(writeFile(part, file, { data, inflater }));
      sinceBreath += entry.sizeBytes + 16_384;
      if (sinceBreath < breathBytes) continue;
      sinceBreath = 0;
      await setImmediate();
    }
    for (const directory of part.directories) made.make(directory);
    return digests;
  } finally {
    closeSync(archive);
  }
}

/** Reads neighbouring entries in one call. */
class Window {
  readonly #archive: number;
  readonly #label: string;
  /** Kept from read to read: the garbage of fresh ones would be most of the memory that unpacking needs. */
  readonly #buffer = Buffer.allocUnsafeSlow(readAtOnce);
  #from = 0;
  #bytes: Uint8Array = this.#buffer.subarray(0, 0);

  constructor(archive: number, label: string) {
    this.#archive = archive;
    this.#label = label;
  }

  slab(entry: { readonly start: number; readonly end: number }, files: readonly UnpackFile[], index: number) {
    if (entry.start < this.#from || entry.end > this.#from + this.#bytes.length) {
      this.#from = entry.start;
      const length = this.#reach(files, index) - entry.start;
      this.#bytes = this.#buffer.subarray(0, length);
      readInto(this.#archive, entry.start, this.#bytes, this.#label);
    }
    return this.#bytes.subarray(entry.start - this.#from, entry.end - this.#from);
  }

  /** Bytes that are no whole entry. */
  bytes(from: number, length: number): Uint8Array {
    this.#from = 0;
    this.#bytes = this.#buffer.subarray(0, 0);
    const bytes = this.#buffer.subarray(0, length);
    readInto(this.#archive, from, bytes, this.#label);
    return bytes;
  }

  #reach(files: readonly UnpackFile[], index: number): number {
    const start = files[index]?.entry.start ?? 0;
    let end = files[index]?.entry.end ?? start;
    for (let next = index + 1; next < files.length; next++) {
      const entry = files[next]?.entry;
      if (entry === undefined || entry.end - start > readAtOnce) break;
      end = entry.end;
    }
    return end;
  }
}

function readExactly(file: number, offset: number, length: number, label: string): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(length);
  readInto(file, offset, bytes, label);
  return bytes;
}

function readInto(file: number, offset: number, bytes: Uint8Array, label: string): void {
  for (let done = 0; done < bytes.length; ) {
    const count = readSync(file, bytes, done, bytes.length - done, offset + done);
    if (count === 0) throw archiveInvalid(label, "is cut off");
    done += count;
  }
}

/** The compressed bytes of an entry in pieces that share their memory, its header and descriptor checked. */
function* largeData(archive: number, window: Window, entry: PackedEntry, label: string): Generator<Uint8Array> {
  const head = readExactly(archive, entry.start, Math.min(maxLocalHeaderBytes, entry.end - entry.start), label);
  const dataAt = entry.start + dataOffset(head, entry, label);
  const dataEnd = dataAt + entry.compressedBytes;
  checkDescriptor(readExactly(archive, dataEnd, entry.end - dataEnd, label), entry, label);
  for (let at = dataAt; at < dataEnd; at += readAtOnce) yield window.bytes(at, Math.min(readAtOnce, dataEnd - at));
}

function writeFile(
  part: UnpackPart,
  file: UnpackFile,
  { data, inflater }: { readonly data: Iterable<Uint8Array>; readonly inflater: Inflater },
): string {
  const hashes = new Hashes(file);
  const out = create(part, file);
  try {
    unpackEntry(inflater, { data, entry: file.entry, label: part.label }, (piece) => {
      hashes.update(piece);
      writeFully(out, piece);
    });
  } finally {
    closeSync(out);
  }
  return hashes.check(part.label, file);
}

function create(part: UnpackPart, file: UnpackFile): number {
  // "wx": a stage is empty, so whatever is there already is an attack or our bug.
  return openSync(`${part.to}/${file.path}`, "wx", file.executable ? 0o777 : 0o666);
}

function writeFully(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done);
}

/** The sha256 that the manifest wants, and the digest that was promised where that is another one. */
class Hashes {
  readonly #sha256: Hash = createHash("sha256");
  readonly #promised: Hash | undefined;

  constructor({ hash }: UnpackFile) {
    if (hash !== undefined && hash.name !== "sha256") this.#promised = createHash(hash.name);
  }

  update(bytes: Uint8Array): void {
    this.#sha256.update(bytes);
    this.#promised?.update(bytes);
  }

  /** The sha256. Throws `DIGEST_MISMATCH` when the promise is broken. */
  check(label: string, { hash, path, entry }: UnpackFile): string {
    const sha256 = this.#sha256.digest("base64url");
    const got = this.#promised?.digest("base64url") ?? sha256;
    if (hash === undefined || got === hash.digest) return sha256;
    const shown = printable(entry.name, { newlines: false });
    throw new VenvoyError(
      "DIGEST_MISMATCH",
      `\`${printable(label)}\` holds a \`${shown}\` that isn't what it promises`,
      {
        hint: "Fetch the file again; if it stays so, tell the people who publish it",
        data: { path, wanted: hash.digest, got },
      },
    );
  }
}
