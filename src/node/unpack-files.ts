import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { createInflateRaw } from "node:zlib";
import { printable, VenvoyError } from "../base/index.ts";
import {
  archiveInvalid,
  checkContent,
  checkDescriptor,
  crc32,
  dataOffset,
  extractEntry,
  maxLocalHeaderBytes,
} from "../codec/index.ts";
import type { UnpackFile } from "../ports/index.ts";

/** A part of an archive's files, in the order of the archive, for one thread. Plain data. */
export interface UnpackPart {
  readonly archive: string;
  readonly label: string;
  readonly to: string;
  readonly files: readonly UnpackFile[];
}

/** Larger files stream, so that memory stays small whatever an archive holds. */
const largestInMemory = 16 << 20;
const readAtOnce = 1 << 20;
/** A thread that also serves other work breathes after so many bytes. */
const breathBytes = 8 << 20;

/** Writes the files and returns the sha256 of each. Directories exist. */
export async function unpackFiles(part: UnpackPart): Promise<string[]> {
  const archive = openSync(part.archive, "r");
  try {
    const digests: string[] = [];
    const window = new Window(archive, part.label);
    let sinceBreath = 0;
    for (const [index, file] of part.files.entries()) {
      const { entry } = file;
      if (entry.sizeBytes > largestInMemory || entry.compressedBytes > largestInMemory) {
        digests.push(await streamFile(archive, part, file));
        collectGarbage();
        continue;
      }
      const slab = window.slab(entry, part.files, index);
      digests.push(writeWhole(part, file, extractEntry(slab, entry, part.label)));
      sinceBreath += entry.sizeBytes + 16_384;
      if (sinceBreath < breathBytes) continue;
      sinceBreath = 0;
      collectGarbage();
      await setImmediate();
    }
    return digests;
  } finally {
    closeSync(archive);
  }
}

/** Bun counts the bytes of buffers too late: without this it holds three times as much. Node needs no help. */
function collectGarbage(): void {
  const { Bun: bun } = globalThis as { readonly Bun?: { readonly gc: (force: boolean) => void } };
  bun?.gc(true);
}

/** Reads neighbouring entries in one call. */
class Window {
  readonly #archive: number;
  readonly #label: string;
  /** Kept from read to read: the garbage of fresh ones would be most of the memory that unpacking needs. */
  #buffer = Buffer.allocUnsafeSlow(2 * readAtOnce);
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
      if (length > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(length);
      this.#bytes = this.#buffer.subarray(0, length);
      readInto(this.#archive, entry.start, this.#bytes, this.#label);
    }
    return this.#bytes.subarray(entry.start - this.#from, entry.end - this.#from);
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

function writeWhole(part: UnpackPart, file: UnpackFile, content: Uint8Array): string {
  const hashes = new Hashes(file);
  hashes.update(content);
  const sha256 = hashes.check(part.label, file);
  const out = create(part, file);
  try {
    writeFully(out, content);
  } finally {
    closeSync(out);
  }
  return sha256;
}

async function streamFile(archive: number, part: UnpackPart, file: UnpackFile): Promise<string> {
  const { entry } = file;
  const head = readExactly(archive, entry.start, Math.min(maxLocalHeaderBytes, entry.end - entry.start), part.label);
  const dataAt = entry.start + dataOffset(head, entry, part.label);
  const dataEnd = dataAt + entry.compressedBytes;
  checkDescriptor(readExactly(archive, dataEnd, entry.end - dataEnd, part.label), entry, part.label);
  const hashes = new Hashes(file);
  const out = create(part, file);
  let sizeBytes = 0;
  let crc = 0;
  try {
    for await (const chunk of contentOf(chunksOf(archive, dataAt, dataEnd, part.label), file, part.label)) {
      sizeBytes += chunk.length;
      if (sizeBytes > entry.sizeBytes) break;
      crc = crc32(chunk, crc);
      hashes.update(chunk);
      writeFully(out, chunk);
    }
  } finally {
    closeSync(out);
  }
  checkContent(entry, { sizeBytes, crc32: crc }, part.label);
  return hashes.check(part.label, file);
}

function* chunksOf(archive: number, from: number, to: number, label: string): Generator<Uint8Array> {
  for (let at = from; at < to; at += readAtOnce) {
    yield readExactly(archive, at, Math.min(readAtOnce, to - at), label);
  }
}

async function* contentOf(data: Iterable<Uint8Array>, file: UnpackFile, label: string): AsyncGenerator<Uint8Array> {
  if (file.entry.method === "stored") {
    yield* data;
    return;
  }
  const inflate = createInflateRaw({ chunkSize: readAtOnce });
  try {
    yield* Readable.from(data).pipe(inflate) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw archiveInvalid(label, `has a damaged entry \`${printable(file.entry.name)}\``, cause);
  }
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
