import { onAbort } from "../../base/index.ts";
import type { HttpResponse } from "../../ports/index.ts";
import type { Send } from "./send.ts";

/** At most `limit` requests at once to each host; a request counts until its body has ended. First come, first served. */
export function limitedPerHost(send: Send, limit: number): Send {
  const gates = new Map<string, Gate>();
  return async (request) => {
    const { host } = new URL(request.url.toString());
    let gate = gates.get(host);
    if (gate === undefined) {
      gate = new Gate(limit);
      gates.set(host, gate);
    }
    const leave = await gate.enter(request.signal);
    try {
      return leavingAtEnd(await send(request), leave);
    } catch (error) {
      leave();
      throw error;
    }
  };
}

class Gate {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(limit: number) {
    this.#free = Math.max(1, limit);
  }

  async enter(signal: AbortSignal | undefined): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      const [next] = this.#waiting;
      if (next === undefined) this.#free++;
      else next();
    };
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        this.#waiting.delete(go);
        stopListening();
        resolve();
      };
      const stopListening = onAbort(signal, (reason) => {
        this.#waiting.delete(go);
        reject(reason);
      });
      this.#waiting.add(go);
    });
  }
}

function leavingAtEnd(response: HttpResponse, leave: () => void): HttpResponse {
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      yield* response.body;
    } finally {
      leave();
    }
  }
  return {
    status: response.status,
    url: response.url,
    header: (name) => response.header(name),
    body: body(),
    bytes: async (limitBytes) => {
      try {
        return await response.bytes(limitBytes);
      } finally {
        leave();
      }
    },
    discard: async () => {
      leave();
      await response.discard();
    },
  };
}
