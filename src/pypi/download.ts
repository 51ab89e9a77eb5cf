import { type AbsPath, hasCode, isVenvoyError, parseSha256 } from "../base/index.ts";
import { explainingDisk } from "../disk/index.ts";
import type { FileWriter, HttpResponse, Ports } from "../ports/index.ts";
import { Digests } from "./digests.ts";
import { placeUnreadable, sizeMismatch } from "./errors.ts";
import { localPath } from "./flat/local-path.ts";
import { type Ask, aborted } from "./http/index.ts";
import type { FetchedFile, WantedFile } from "./source.ts";

/** More than any package has; an endless answer ends here when the index told no size. */
const maxFileBytes = 64 * 2 ** 30;

export interface Download {
  readonly file: WantedFile;
  readonly sink: AbsPath;
  /** All digests that the index promised, by algorithm. */
  readonly promised: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (doneBytes: number) => void;
}

/**
 * Writes a file to `sink`, hashing while it comes. A connection that ends too early is taken up where it stopped; when
 * the digest of a file put together like that is wrong, it is fetched once more in one go. What is left at `sink` after
 * a failure is removed.
 */
export async function download(
  io: Pick<Ports, "fs">,
  ask: Ask,
  wanted: Download,
): Promise<FetchedFile & { readonly url: string }> {
  const { sink, file } = wanted;
  try {
    if (file.url.toString().startsWith("file:")) return await copyLocal(io, wanted);
    const first = await attempt(io, ask, wanted);
    if (!isWrong(first.outcome) || !(first.resumed || first.encoded)) return settled(first.outcome);
    await io.fs.remove(sink);
    // Servers label `.tar.gz` as an encoded `.tar`: then the bytes that were promised are the ones that travel.
    return settled((await attempt(io, ask, wanted, first.encoded)).outcome);
  } catch (error) {
    await io.fs.remove(sink).catch(() => {});
    throw error;
  }
}

type Outcome = (FetchedFile & { readonly url: string }) | { readonly error: unknown };

function isWrong(outcome: Outcome): boolean {
  return "error" in outcome && isVenvoyError(outcome.error, "DIGEST_MISMATCH");
}

function settled(outcome: Outcome): FetchedFile & { readonly url: string } {
  if ("error" in outcome) throw outcome.error;
  return outcome;
}

/** Asks, and asks on where it was cut off, until the file is whole; then checks it. */
async function attempt(
  io: Pick<Ports, "fs">,
  ask: Ask,
  wanted: Download,
  keepEncoding = false,
): Promise<{ readonly resumed: boolean; readonly encoded: boolean; readonly outcome: Outcome }> {
  const partial = new PartialFile(io, wanted);
  try {
    const url = await ask({
      url: wanted.file.url,
      signal: wanted.signal,
      headers: () => partial.headers(),
      gained: () => partial.gained(),
      keepEncoding,
      expects: [416],
      read: (response, body) => partial.take(response, body),
    });
    return { resumed: partial.resumed, encoded: partial.encoded, outcome: { ...partial.check(), url } };
  } catch (error) {
    if (!isVenvoyError(error, "DIGEST_MISMATCH")) throw error;
    return { resumed: partial.resumed, encoded: partial.encoded, outcome: { error } };
  }
}

class PartialFile {
  readonly #fs: Ports["fs"];
  readonly #wanted: Download;
  #digests: Digests;
  #done = 0;
  #before = 0;
  /** Proves on resuming that the rest belongs to the same bytes. */
  #validator: string | undefined;
  resumed = false;
  /** The server said that the body is encoded for the way. */
  encoded = false;

  constructor(io: Pick<Ports, "fs">, wanted: Download) {
    this.#fs = io.fs;
    this.#wanted = wanted;
    this.#digests = new Digests(wanted.promised);
  }

  headers(): Record<string, string> {
    // Compressed on the way would be decoded on arrival: the digest is of the file itself.
    const headers = { "accept-encoding": "identity" };
    if (this.#done === 0) return headers;
    const condition = this.#validator === undefined ? {} : { "if-range": this.#validator };
    return { ...headers, range: `bytes=${this.#done}-`, ...condition };
  }

  /** True when bytes have come since the last call. */
  gained(): boolean {
    const gained = this.#done > this.#before;
    this.#before = this.#done;
    return gained;
  }

  async take(response: HttpResponse, body: AsyncIterable<Uint8Array>): Promise<string> {
    const { sink, file, onProgress } = this.#wanted;
    const isRest = response.status === 206 && this.#done > 0 && startOf(response) === this.#done;
    if (response.status === 416 || (response.status === 206 && !isRest)) {
      // Not the rest that was asked for: begin anew.
      await response.discard();
      this.#restart();
      throw new BrokenAnswer("the server sent another part of the file than was asked for");
    }
    if (isRest) this.resumed = true;
    else this.#restart();
    this.#validator = strongValidator(response);
    this.encoded ||= (response.header("content-encoding") ?? "identity") !== "identity";
    const limit = file.sizeBytes ?? maxFileBytes;
    await explainingDisk(sink, async () => {
      await using writer: FileWriter = await this.#fs.openWriter(sink, { append: isRest });
      for await (const piece of body) {
        await writer.write(piece);
        this.#digests.update(piece);
        this.#done += piece.byteLength;
        if (this.#done > limit) throw sizeMismatch(file, { wanted: limit, got: this.#done });
        onProgress(this.#done);
      }
    });
    return response.url.withoutCredentials().toString();
  }

  check(): FetchedFile {
    const { file, promised } = this.#wanted;
    // The digest says more than the size: it comes first.
    const sha256 = parseSha256(this.#digests.check(promised, file));
    if (file.sizeBytes !== undefined && file.sizeBytes !== this.#done && promised["sha256"] === undefined) {
      throw sizeMismatch(file, { wanted: file.sizeBytes, got: this.#done });
    }
    return { sha256, sizeBytes: this.#done };
  }

  #restart(): void {
    this.#done = 0;
    this.#before = 0;
    this.#digests = new Digests(this.#wanted.promised);
  }
}

class BrokenAnswer extends Error {
  readonly code = "HTTP_BROKEN";
}

function startOf(response: HttpResponse): number | undefined {
  const match = /^bytes (\d+)-/.exec(response.header("content-range") ?? "");
  return match === null ? undefined : Number(match[1]);
}

/** A weak tag says "about the same": not enough to join two halves. */
function strongValidator(response: HttpResponse): string | undefined {
  const etag = response.header("etag");
  if (etag !== undefined && !etag.startsWith("W/")) return etag;
  return response.header("last-modified");
}

const copyBytes = 4 << 20;

async function copyLocal(io: Pick<Ports, "fs">, wanted: Download): Promise<FetchedFile & { readonly url: string }> {
  const { file, sink, signal, promised, onProgress } = wanted;
  const path = localPath(io.fs, file.url);
  const digests = new Digests(promised);
  const info = await io.fs.info(path).catch(() => undefined);
  if (info?.kind !== "file") throw placeUnreadable(file.url, undefined);
  await explainingDisk(sink, async () => {
    await using writer: FileWriter = await io.fs.openWriter(sink);
    for (let at = 0; at < info.sizeBytes; at += copyBytes) {
      if (signal?.aborted === true) throw aborted(signal);
      const piece = await readPiece(io, { path, at, url: file.url });
      await writer.write(piece);
      digests.update(piece);
      onProgress(at + piece.byteLength);
    }
  });
  return { sha256: parseSha256(digests.check(promised, file)), sizeBytes: info.sizeBytes, url: file.url.toString() };
}

async function readPiece(
  io: Pick<Ports, "fs">,
  { path, at, url }: { readonly path: AbsPath; readonly at: number; readonly url: WantedFile["url"] },
): Promise<Uint8Array> {
  try {
    return await io.fs.readRange(path, at, copyBytes);
  } catch (error) {
    if (hasCode(error, "EACCES", "EPERM", "EIO", "ENOENT")) throw placeUnreadable(url, error);
    throw error;
  }
}
