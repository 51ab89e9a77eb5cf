import type { SafeUrl } from "../base/index.ts";

/** How a request travels, where that differs from straight ahead. */
export interface HttpRoute {
  /** `http://`, `https://` or `socks5://`, credentials included. */
  readonly proxy?: SafeUrl;
  /** Certificates (PEM) that are believed besides the ones that the runtime brings. */
  readonly caPem?: string;
  /** Believe any certificate: only for hosts that the person named as trusted. */
  readonly insecure?: boolean;
}

export interface HttpRequest {
  readonly url: SafeUrl;
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Time without any byte before the request is given up. */
  readonly idleTimeoutMs?: number;
  /** `manual`: a redirect is an answer like any other, with its `location`. Default `follow` (at most 20). */
  readonly redirect?: "follow" | "manual";
  /** One object for many requests lets them share connections. */
  readonly route?: HttpRoute;
  /** Hand the body over as it travels, without undoing its content encoding. */
  readonly keepEncoding?: boolean;
}

export interface HttpResponse {
  readonly status: number;
  /** After redirects. */
  readonly url: SafeUrl;
  header(name: string): string | undefined;
  /** The body in pieces, already decoded from its content encoding. Read it or `discard` it. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The whole body; throws `HTTP_TOO_LARGE` when it is longer than the limit. */
  bytes(limitBytes: number): Promise<Uint8Array>;
  discard(): Promise<void>;
}

/**
 * The `code` of errors that `send` and reading a body throw. `HTTP_BROKEN`: the connection ended before the answer did.
 * `HTTP_UNSUPPORTED`: an address or scheme that can't be used; `HTTP_PROXY_UNUSABLE`: such a proxy. `HTTP_PROXY`: the proxy can't be
 * reached, or opens no tunnel (the error's `status` then says what it answered).
 */
export type HttpFaultCode =
  | "HTTP_UNRESOLVED"
  | "HTTP_REFUSED"
  | "HTTP_CERTIFICATE"
  | "HTTP_TIMEOUT"
  | "HTTP_BROKEN"
  | "HTTP_TOO_LARGE"
  | "HTTP_REDIRECTS"
  | "HTTP_PROXY"
  | "HTTP_PROXY_UNUSABLE"
  | "HTTP_UNSUPPORTED";

/**
 * Sends a request. A status of 400 and above is an answer, not an error; no answer at all throws an `Error` whose
 * `code` is a `HttpFaultCode`, or the signal's reason.
 */
export interface Http {
  send(request: HttpRequest): Promise<HttpResponse>;
}
