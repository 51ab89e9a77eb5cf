import { hasCode, isVenvoyError, type SafeUrl, VenvoyError } from "../../base/index.ts";
import type { Clock, HttpRequest, HttpResponse, System } from "../../ports/index.ts";
import {
  answerTooLarge,
  certificateRefused,
  credentialsNeeded,
  redirectLoop,
  statusRefused,
  unreachable,
} from "../errors.ts";
import { paced } from "./pace.ts";
import type { Answer, Send } from "./send.ts";

export interface AskOptions {
  /** Further attempts after a failure that may pass. */
  readonly retries: number;
  readonly timeoutMs: number;
}

export interface Question<T> {
  readonly url: SafeUrl;
  readonly signal?: AbortSignal | undefined;
  /** The headers of the next attempt; asked anew for each, so that a download can go on where it was cut off. */
  readonly headers?: () => Readonly<Record<string, string>>;
  readonly keepEncoding?: boolean;
  /** Statuses of 300 and above that are answers here. */
  readonly expects?: readonly number[];
  /** Reads the answer. What it throws for a broken connection is tried again. */
  readonly read: (response: HttpResponse, body: AsyncIterable<Uint8Array>) => Promise<T>;
  /** Called before another attempt; true when the last one brought something new, which counts as a first failure. */
  readonly gained?: () => boolean;
}

const passing: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
const firstDelayMs = 250;
const maxDelayMs = 10_000;
/** A server that asks for a longer pause is told to the person instead. */
const maxRetryAfterMs = 60_000;
/** However much each attempt brings, this many are enough. */
const maxAttempts = 30;
const maxAtOnceBytes = 8 << 20;
const proxyHint =
  "Check `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and pip's `proxy`; `NO_PROXY` names hosts that are reached without one";

class StatusFault extends Error {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly knewCredentials: boolean;

  constructor({ status, knewCredentials, header }: Answer, clock: Clock) {
    super(`status ${status}`);
    this.status = status;
    this.knewCredentials = knewCredentials === true;
    this.retryAfterMs = retryAfter(header("retry-after"), clock);
  }
}

export type Ask = <T>(question: Question<T>) => Promise<T>;

/** Asks until there is an answer: waits and tries again after failures that may pass, words the ones that don't. */
export function asking(
  send: Send,
  io: { readonly clock: Clock; readonly system: Pick<System, "random"> },
  options: AskOptions,
): Ask {
  return async (question) => {
    let failures = 0;
    for (let attempt = 1; ; attempt++) {
      try {
        return await attemptOnce(send, io.clock, options, question);
      } catch (error) {
        if (question.signal?.aborted === true) throw aborted(question.signal);
        failures = question.gained?.() === true ? 1 : failures + 1;
        const delay = attempt >= maxAttempts ? undefined : delayMs(error, failures, options, io.system);
        if (delay === undefined) throw worded(question.url, error, attempt);
        await io.clock.sleep(delay, question.signal).catch((reason: unknown) => {
          throw question.signal?.aborted === true ? aborted(question.signal) : reason;
        });
      }
    }
  };
}

export function aborted(signal: AbortSignal): unknown {
  const { reason } = signal;
  if (isVenvoyError(reason)) return reason;
  return new VenvoyError("ABORTED", "The operation was cancelled", { cause: reason });
}

async function attemptOnce<T>(send: Send, clock: Clock, options: AskOptions, question: Question<T>): Promise<T> {
  const request: HttpRequest = {
    url: question.url,
    headers: question.headers?.() ?? {},
    idleTimeoutMs: options.timeoutMs,
    ...(question.signal === undefined ? {} : { signal: question.signal }),
    ...(question.keepEncoding === true ? { keepEncoding: true } : {}),
  };
  const response = await send(request);
  const { status } = response;
  if (status < 200 || (status >= 300 && question.expects?.includes(status) !== true)) {
    await response.discard();
    throw new StatusFault(response, clock);
  }
  return question.read(response, paced(response.body, clock, options.timeoutMs));
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(text: string | undefined, clock: Clock): number | undefined {
  if (text === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - clock.now());
}

/** How long to wait before the next attempt; `undefined` when there should be none. */
function delayMs(
  error: unknown,
  failures: number,
  { retries }: AskOptions,
  system: Pick<System, "random">,
): number | undefined {
  if (failures > retriesFor(error, retries)) return undefined;
  if (error instanceof StatusFault && error.retryAfterMs !== undefined) {
    return error.retryAfterMs > maxRetryAfterMs ? undefined : error.retryAfterMs;
  }
  const jitter = 0.5 + (system.random(1)[0] ?? 0) / 255;
  return Math.min(maxDelayMs, firstDelayMs * 2 ** (failures - 1)) * jitter;
}

function retriesFor(error: unknown, retries: number): number {
  if (error instanceof StatusFault) return passing.has(error.status) ? retries : 0;
  if (hasCode(error, "HTTP_BROKEN", "HTTP_REFUSED")) return retries;
  if (hasCode(error, "HTTP_PROXY")) {
    const status = refusalOf(error);
    return status === undefined || passing.has(status) ? retries : 0;
  }
  // Each of these costs the whole time-out, or is seldom cured by asking again.
  if (hasCode(error, "HTTP_TIMEOUT", "HTTP_UNRESOLVED")) return Math.min(1, retries);
  return 0;
}

/** The status with which a proxy refused a tunnel. */
function refusalOf(error: unknown): number | undefined {
  return error instanceof Error && "status" in error && typeof error.status === "number" ? error.status : undefined;
}

function worded(url: SafeUrl, error: unknown, attempts: number): unknown {
  if (error instanceof StatusFault) {
    if (error.status === 401 || error.status === 403 || error.status === 407) {
      return credentialsNeeded(url, error.status, error.knewCredentials);
    }
    return statusRefused(url, error.status, attempts);
  }
  if (!(error instanceof Error) || isVenvoyError(error)) return error;
  const { host } = new URL(url.toString());
  const offlineHint = "Check the network, or run the command again with `--offline` to use what this machine has";
  if (hasCode(error, "HTTP_CERTIFICATE")) return certificateRefused(url, error.message, error);
  if (hasCode(error, "HTTP_UNRESOLVED")) return unreachable(url, `no host \`${host}\` is known`, offlineHint, error);
  if (hasCode(error, "HTTP_REFUSED")) return unreachable(url, `\`${host}\` refuses connections`, offlineHint, error);
  if (hasCode(error, "HTTP_PROXY", "HTTP_PROXY_UNUSABLE")) {
    if (refusalOf(error) === 407) return credentialsNeeded(url, 407, false);
    return unreachable(url, error.message, proxyHint, error);
  }
  if (hasCode(error, "HTTP_REDIRECTS")) return redirectLoop(url, 20);
  if (hasCode(error, "HTTP_TIMEOUT")) {
    return unreachable(url, error.message, "Run the command again, or allow more time by `VENVOY_TIMEOUT`", error);
  }
  if (hasCode(error, "HTTP_BROKEN")) return unreachable(url, error.message, offlineHint, error);
  if (hasCode(error, "HTTP_UNSUPPORTED")) return unreachable(url, error.message, "Check the address", error);
  return error;
}

/** The whole body, at most `limitBytes`. */
export async function readAll(
  { response, body }: { readonly response: HttpResponse; readonly body: AsyncIterable<Uint8Array> },
  url: SafeUrl,
  limitBytes: number,
): Promise<Uint8Array> {
  const length = Number(response.header("content-length") ?? Number.NaN);
  const isPlain = response.header("content-encoding") === undefined;
  // Of known length: the adapter takes it in one piece and minds the time.
  if (isPlain && length > 0 && length <= Math.min(limitBytes, maxAtOnceBytes)) return response.bytes(limitBytes);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.byteLength;
    if (size > limitBytes) throw answerTooLarge(url, limitBytes);
    parts.push(part);
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, size);
}
