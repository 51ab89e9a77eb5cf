import type { Clock } from "../../ports/index.ts";

/** Slower than this in a whole time-out is a server that only pretends to answer. */
const minBytesPerWindow = 1_024;

/**
 * Passes a body on and ends it with `HTTP_TIMEOUT` when it trickles: a byte now and then keeps an idle time-out from
 * ever running out.
 */
export async function* paced(
  body: AsyncIterable<Uint8Array>,
  clock: Clock,
  windowMs: number,
): AsyncGenerator<Uint8Array> {
  let start = clock.elapsed();
  let got = 0;
  for await (const piece of body) {
    got += piece.byteLength;
    const now = clock.elapsed();
    if (now - start >= windowMs) {
      if (got < minBytesPerWindow) throw new TrickleFault(got, windowMs);
      start = now;
      got = 0;
    }
    yield piece;
  }
}

class TrickleFault extends Error {
  readonly code = "HTTP_TIMEOUT";

  constructor(got: number, windowMs: number) {
    super(`only ${got} bytes came in ${windowMs / 1000} s`);
  }
}
