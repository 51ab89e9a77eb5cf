import type { SafeUrl } from "../base/index.ts";

export interface HttpRequest {
  readonly url: SafeUrl;
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Time without any byte before the request is given up. */
  readonly idleTimeoutMs?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** After redirects. */
  readonly url: SafeUrl;
  header(name: string): string | undefined;
  /** The body in pieces, already decoded from its content encoding. Read it or `discard` it. */
  readonly body: AsyncIterable<Uint8Array>;
  bytes(limitBytes: number): Promise<Uint8Array>;
  discard(): Promise<void>;
}

/** Sends a request. A status of 400 and above is an answer, not an error; no answer at all throws. */
export interface Http {
  send(request: HttpRequest): Promise<HttpResponse>;
}
