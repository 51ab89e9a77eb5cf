import { countBody } from "./body-litter.ts";
import { HttpFault } from "./http-fault.ts";

export interface BodySource {
  readonly stream: ReadableStream<Uint8Array> | null;
  /** Bytes that the server announced and that must come; `undefined` when it did not or when they are encoded. */
  readonly expectedBytes: number | undefined;
  /** Tells the watch that something came. */
  readonly touch: () => void;
  /** Ends the watch; called once, however the body ends. */
  readonly done: () => void;
  /** Words what the stream throws. */
  readonly fault: (error: unknown) => unknown;
}

/** The pieces of a body; a body shorter than announced is a fault, not an end. */
export async function* pieces(source: BodySource): AsyncGenerator<Uint8Array> {
  const { stream, expectedBytes } = source;
  let received = 0;
  let ended = false;
  const reader = stream?.getReader();
  try {
    while (reader !== undefined) {
      const next = await reader.read().catch((error: unknown) => {
        ended = true;
        throw source.fault(error);
      });
      if (next.done) break;
      source.touch();
      received += next.value.byteLength;
      countBody(next.value.byteLength);
      yield next.value;
    }
    ended = true;
    if (expectedBytes !== undefined && received < expectedBytes) {
      throw new HttpFault("HTTP_BROKEN", `the answer ended after ${received} of ${expectedBytes} bytes`);
    }
  } finally {
    // The reader stopped early: nothing more is wanted of this connection.
    if (!ended) await reader?.cancel().catch(() => {});
    source.done();
  }
}

/** All pieces in one array. */
export async function allBytes(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.byteLength;
    if (size > limitBytes) throw new HttpFault("HTTP_TOO_LARGE", `the answer is longer than ${limitBytes} bytes`);
    parts.push(part);
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, size);
}
