import { closeSync, openSync, writev } from "node:fs";
import type { AbsPath } from "../base/index.ts";
import type { FileWriter } from "../ports/index.ts";
import { fsyncAsync } from "./fs-write.ts";

/** Pieces from the network are small; written together they cost one trip through the thread pool per MiB. */
const batchBytes = 1 << 20;
/** Linux refuses more vectors than this in one call. */
const batchPieces = 1_000;

export function openWriter(path: AbsPath, append: boolean): FileWriter {
  return new BatchingWriter(openSync(path, append ? "a" : "w"));
}

class BatchingWriter implements FileWriter {
  #file: number | undefined;
  #pieces: Uint8Array[] = [];
  #pendingBytes = 0;

  constructor(file: number) {
    this.#file = file;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#file === undefined) throw new Error("the writer is closed");
    if (chunk.byteLength === 0) return;
    this.#pieces.push(chunk);
    this.#pendingBytes += chunk.byteLength;
    if (this.#pendingBytes >= batchBytes || this.#pieces.length >= batchPieces) await this.#flush();
  }

  async close(): Promise<void> {
    if (this.#file === undefined) return;
    try {
      await this.#flush();
      await fsyncAsync(this.#file);
    } finally {
      closeSync(this.#file);
      this.#file = undefined;
    }
  }

  /** Leaving without `close` (a failed download) closes the file; what arrived stays, so that it can be resumed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#file === undefined) return;
    try {
      await this.#flush();
    } finally {
      closeSync(this.#file);
      this.#file = undefined;
    }
  }

  async #flush(): Promise<void> {
    const file = this.#file;
    let pieces = this.#pieces;
    this.#pieces = [];
    this.#pendingBytes = 0;
    while (file !== undefined && pieces.length > 0) {
      const bytesWritten = await writevAsync(file, pieces);
      pieces = afterBytes(pieces, bytesWritten);
    }
  }
}

function writevAsync(file: number, pieces: readonly Uint8Array[]): Promise<number> {
  return new Promise((resolve, reject) => {
    writev(file, pieces, (error, bytesWritten) => (error === null ? resolve(bytesWritten) : reject(error)));
  });
}

/** What is left of `pieces` when the first `count` bytes are written. */
function afterBytes(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  const left: Uint8Array[] = [];
  let skip = count;
  for (const piece of pieces) {
    if (skip >= piece.byteLength) skip -= piece.byteLength;
    else {
      left.push(skip === 0 ? piece : piece.subarray(skip));
      skip = 0;
    }
  }
  return left;
}
