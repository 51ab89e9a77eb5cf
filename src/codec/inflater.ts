import { hasCode } from "../base/index.ts";
import { zlib } from "./zlib.ts";

/**
 * The handle inside zlib's objects, the same in Node and Bun. The public functions take fresh memory for every call, and for
 * twenty thousand small files that costs as much again as inflating them.
 */
interface Handle {
  onerror: ((message: string) => void) | undefined;
  reset(): void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputFrom: number,
    inputLength: number,
    output: Uint8Array,
    outputFrom: number,
    outputLength: number,
  ): void;
}

interface Native {
  readonly _handle?: Handle;
  /** After a write: output bytes that are free, input bytes that are left. */
  readonly _writeState?: Uint32Array;
}

/** The data is no deflate stream, or ends early, or goes on after its end, or holds more than it should. */
export class InflateFailure extends Error {
  /** What is the matter, to follow "an entry". */
  readonly what: string;

  constructor(what: string, options?: ErrorOptions) {
    super(what, options);
    this.what = what;
  }
}

/** What a directory tells of an entry. */
export interface InflateSizes {
  readonly compressedBytes: number;
  readonly sizeBytes: number;
}

const damaged = "that is damaged";
const larger = "that is larger than it states";
const followed = "with bytes after its compressed data";

const outputBytes = 512 << 10;

/** Inflates raw deflate data (RFC 1951) again and again, in the same memory. Synchronous; one at a time. */
export class Inflater {
  readonly #native = zlib().createInflateRaw() as unknown as Native;
  readonly #output = Buffer.allocUnsafeSlow(outputBytes);

  /**
   * `pieces` are `compressedBytes` together. `take` gets the content piece by piece, never more than `sizeBytes`; a piece's
   * memory is used again once it returns, and what it throws ends the work. Throws `InflateFailure`.
   */
  inflate(pieces: Iterable<Uint8Array>, sizes: InflateSizes, take: (piece: Uint8Array) => void): void {
    const { _handle: handle, _writeState: state } = this.#native;
    if (typeof handle?.writeSync !== "function" || state === undefined) {
      inflateWhole(pieces, sizes, take);
      return;
    }
    let failure: string | undefined;
    handle.onerror = (message) => {
      failure = message;
    };
    handle.reset();
    let room = sizes.sizeBytes;
    let rest = sizes.compressedBytes;
    for (const piece of pieces) {
      rest -= piece.length;
      const flush = rest <= 0 ? zlib().constants.Z_FINISH : zlib().constants.Z_NO_FLUSH;
      let left = piece.length;
      for (let isFull = true; isFull; ) {
        handle.writeSync(flush, piece, piece.length - left, left, this.#output, 0, outputBytes);
        if (failure !== undefined) throw new InflateFailure(damaged, { cause: new Error(failure) });
        const [free = 0, unread = 0] = state;
        left = unread;
        isFull = free === 0;
        room -= outputBytes - free;
        if (room < 0) throw new InflateFailure(larger);
        if (free < outputBytes) take(this.#output.subarray(0, outputBytes - free));
      }
      if (left > 0) throw new InflateFailure(followed);
    }
    if (rest > 0 || sizes.compressedBytes === 0) throw new InflateFailure(damaged);
  }
}

/** For a runtime whose zlib is built in another way. */
function inflateWhole(pieces: Iterable<Uint8Array>, sizes: InflateSizes, take: (piece: Uint8Array) => void): void {
  const data = Buffer.concat([...pieces]);
  let answer: { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } };
  try {
    // With `info` the answer is an object, which the types don't say.
    const options = { maxOutputLength: Math.max(1, sizes.sizeBytes), info: true };
    answer = zlib().inflateRawSync(data, options) as unknown as typeof answer;
  } catch (cause) {
    throw new InflateFailure(hasCode(cause, "ERR_BUFFER_TOO_LARGE") ? larger : damaged, { cause });
  }
  if (answer.engine.bytesWritten !== data.length) throw new InflateFailure(followed);
  if (answer.buffer.length > 0) take(answer.buffer);
}
