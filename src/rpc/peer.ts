import { VenvoyError } from "../base/index.ts";
import type { AttachLink, Link } from "../ports/index.ts";
import { errorDataOf, errorOf, linkEnded } from "./errors.ts";
import { joined, type Line, LineReader } from "./lines.ts";
import { type Answer, parseMessage, type Request, type RequestId, type RpcErrorData, rpcCodes } from "./message.ts";

export interface PeerLimits {
  /** Bytes of one message. */
  readonly message: number;
  /** Requests of the other side that are worked on at once. */
  readonly requests: number;
  /** Bytes that wait to be read by the other side, before nothing more is read from it. */
  readonly unread: number;
}

export const peerLimits: PeerLimits = { message: 64 << 20, requests: 256, unread: 32 << 20 };

export interface PeerSetup {
  /** Answers a request; what it throws is the answer, too. `signal` is aborted when the other side cancels or is gone. */
  answer(
    method: string,
    params: unknown,
    request: { readonly id: RequestId; readonly signal: AbortSignal },
  ): Promise<unknown>;
  /** Hears a notification; an unknown one is passed over. */
  notified(method: string, params: unknown): void;
  readonly limits?: Partial<PeerLimits>;
}

interface Asked {
  settle(outcome: Answer["outcome"]): void;
}

const cancel = "$/cancelRequest";

/** One side of a talk in JSON-RPC 2.0. Nothing that the other side sends makes it throw. */
export class Peer {
  /** Settles when the other side is gone, or `close` was called, and every request of it is answered. */
  readonly closed: Promise<void>;
  readonly #setup: PeerSetup;
  readonly #limits: PeerLimits;
  readonly #link: Link;
  readonly #lines: LineReader;
  readonly #working = new Map<RequestId, AbortController>();
  readonly #works = new Set<Promise<void>>();
  readonly #asked = new Map<RequestId, Asked>();
  #ids = 0;
  #unread = 0;
  #waiting: Uint8Array[] = [];
  #isSending = false;
  #isPaused = false;
  #isOver = false;
  #over: () => void = () => {};

  constructor(attach: AttachLink, setup: PeerSetup) {
    this.#setup = setup;
    this.#limits = { ...peerLimits, ...setup.limits };
    this.#lines = new LineReader(this.#limits.message);
    this.closed = new Promise<void>((resolve) => {
      this.#over = resolve;
    }).then(async () => {
      await Promise.allSettled([...this.#works]);
    });
    this.#link = attach({
      data: (bytes) => {
        for (const line of this.#lines.push(bytes)) this.#take(line);
      },
      ended: () => this.#end(),
    });
  }

  /** Bytes that the other side has not taken yet. */
  get unread(): number {
    return this.#unread;
  }

  /**
   * Asks the other side; `sending` hears the id first. Throws its failure, `RPC_ENDED` when it goes away, and asks it to stop
   * when `signal` is aborted.
   */
  async request(
    method: string,
    params: unknown,
    { signal, sending }: { readonly signal?: AbortSignal; readonly sending?: (id: RequestId) => void } = {},
  ): Promise<unknown> {
    signal?.throwIfAborted();
    if (this.#isOver) throw linkEnded();
    const id = ++this.#ids;
    sending?.(id);
    const answer = new Promise<Answer["outcome"]>((settle) => {
      this.#asked.set(id, { settle });
    });
    const stop = (): void => this.notify(cancel, { id });
    signal?.addEventListener("abort", stop, { once: true });
    this.#send({ id, method, params });
    try {
      const outcome = await answer;
      if ("error" in outcome) throw errorOf(outcome.error);
      return outcome.result;
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#asked.delete(id);
    }
  }

  notify(method: string, params: unknown): void {
    this.#send({ method, params });
  }

  /** Ends the talk from here: stops what goes on, answers it, and lets go of the link. */
  async close(): Promise<void> {
    this.#end();
    await this.closed;
    // The link keeps the order; who doesn't read is not waited for.
    if (this.#waiting.length > 0) void this.#link.send(joined(this.#waiting.splice(0)));
    await this.#link.close();
  }

  #take(line: Line): void {
    if ("tooLong" in line) {
      const limit = `${this.#limits.message >> 20} MiB`;
      this.#sendError(null, { code: rpcCodes.request, message: `a message is longer than ${limit}` });
      return;
    }
    if (line.bytes.every(isBlank)) return;
    const message = parseMessage(line.bytes);
    switch (message.kind) {
      case "fault":
        this.#sendError(message.id, message.error);
        break;
      case "answer":
        this.#asked.get(message.id)?.settle(message.outcome);
        break;
      case "notification":
        if (message.method === cancel) this.#cancel(message.params);
        else this.#setup.notified(message.method, message.params);
        break;
      case "request":
        this.#work(message);
    }
  }

  #work(request: Request): void {
    if (this.#isOver) return;
    const { id } = request;
    const refusal = this.#refusal(id);
    if (refusal !== undefined) {
      this.#sendError(refusal.id, refusal.error);
      return;
    }
    const stopping = new AbortController();
    this.#working.set(id, stopping);
    const work = this.#answer(request, stopping.signal).finally(() => {
      this.#working.delete(id);
      this.#works.delete(work);
    });
    this.#works.add(work);
  }

  #refusal(id: RequestId): { readonly id: RequestId | null; readonly error: RpcErrorData } | undefined {
    // An answer with that id would be taken for the first one's.
    if (this.#working.has(id))
      return { id: null, error: { code: rpcCodes.request, message: "a request with this id goes on", data: { id } } };
    const most = this.#limits.requests;
    if (this.#working.size < most) return undefined;
    return { id, error: { code: rpcCodes.busy, message: `${most} requests go on; wait for one` } };
  }

  async #answer({ id, method, params }: Request, signal: AbortSignal): Promise<void> {
    try {
      const result = await this.#setup.answer(method, params, { id, signal });
      this.#send({ id, result: result ?? null });
    } catch (error) {
      this.#sendError(id, errorDataOf(error));
    }
  }

  #cancel(params: unknown): void {
    const id = typeof params === "object" && params !== null && "id" in params ? params.id : undefined;
    this.#working.get(id as RequestId)?.abort(new VenvoyError("ABORTED", "The request was cancelled"));
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const stopping of this.#working.values()) stopping.abort(linkEnded());
    for (const asked of this.#asked.values())
      asked.settle({ error: { code: rpcCodes.failure, message: linkEnded().message, data: linkEnded().toJSON() } });
    this.#over();
  }

  #sendError(id: RequestId | null, error: unknown): void {
    this.#send({ id, error });
  }

  #send(message: Readonly<Record<string, unknown>>): void {
    const bytes = new TextEncoder().encode(`${textOf(message)}\n`);
    this.#unread += bytes.byteLength;
    this.#waiting.push(bytes);
    this.#pauseOrGoOn();
    if (!this.#isSending) void this.#sendWaiting();
  }

  /** What comes while the link is busy goes together. */
  async #sendWaiting(): Promise<void> {
    this.#isSending = true;
    while (this.#waiting.length > 0) {
      const bytes = joined(this.#waiting.splice(0));
      await this.#link.send(bytes);
      this.#unread -= bytes.byteLength;
      this.#pauseOrGoOn();
    }
    this.#isSending = false;
  }

  /** Whoever sends without reading has to wait, so that its answers don't pile up here. */
  #pauseOrGoOn(): void {
    const isFull = this.#unread > this.#limits.unread;
    if (isFull === this.#isPaused || this.#isOver) return;
    this.#isPaused = isFull;
    this.#link.pause(isFull);
  }
}

function textOf(message: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify({ jsonrpc: "2.0", ...message });
  } catch (error) {
    // Only a result of ours can be no JSON; whoever waits for it must hear of that.
    return JSON.stringify({ jsonrpc: "2.0", id: message["id"] ?? null, error: errorDataOf(error) });
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}
