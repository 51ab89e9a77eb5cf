import { onAbort, SafeUrl } from "../base/index.ts";
import type { Http, HttpRequest, HttpResponse } from "../ports/index.ts";
import { countBody } from "./body-litter.ts";
import { allBytes, pieces } from "./http-body.ts";
import { faultOf, HttpFault } from "./http-fault.ts";
import { routedFetches } from "./http-route.ts";

const defaultIdleTimeoutMs = 30_000;
/** Bodies up to this length may be taken in one piece, which the runtime does faster than in many. */
const maxAtOnceBytes = 8 << 20;
/** Slower than this is no connection. */
const minBytesPerMs = 8;

/** HTTP over the runtime's own `fetch`. */
export function nodeHttp(): Http {
  const fetchFor = routedFetches();
  return {
    send: async (request) => {
      request.signal?.throwIfAborted();
      const url = webAddress(request.url);
      const send = await fetchFor(request, url);
      const headers = takeCredentials(url, request.headers);
      const watch = watchIdle(request);
      try {
        const response = await send(url.href, {
          method: request.method ?? "GET",
          headers,
          redirect: request.redirect ?? "follow",
          signal: watch.signal,
        });
        watch.touch();
        return answerOf(request, response, watch);
      } catch (error) {
        watch.stop();
        throw watch.fault(error);
      }
    },
  };
}

function webAddress(address: SafeUrl): URL {
  const url = new URL(address.reveal());
  if (url.protocol === "https:" || url.protocol === "http:") return url;
  throw new HttpFault("HTTP_UNSUPPORTED", `\`${address}\` is not a web address`);
}

/** Moves credentials from the address, where `fetch` refuses them, to the header that they travel in. */
function takeCredentials(url: URL, headers: HttpRequest["headers"] = {}): Record<string, string> {
  if (url.username === "" && url.password === "") return { ...headers };
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = "";
  url.password = "";
  return { authorization: `Basic ${Buffer.from(pair, "utf8").toString("base64")}`, ...headers };
}

interface IdleWatch {
  readonly signal: AbortSignal;
  readonly touch: () => void;
  readonly stop: () => void;
  /** Nothing will be told of the next bytes: gives the time in which so many must have come. */
  readonly allow: (bytes: number) => void;
  readonly fault: (error: unknown) => unknown;
}

/** Aborts the request when nothing comes for too long, or when the caller does. */
function watchIdle({ signal, idleTimeoutMs = defaultIdleTimeoutMs, route }: HttpRequest): IdleWatch {
  const controller = new AbortController();
  let timedOut = false;
  const giveUp = (): void => {
    timedOut = true;
    controller.abort();
  };
  let timer = setTimeout(giveUp, idleTimeoutMs);
  const stopListening = onAbort(signal, (reason) => controller.abort(reason));
  return {
    signal: controller.signal,
    touch: () => void timer.refresh(),
    allow: (bytes) => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, idleTimeoutMs + bytes / minBytesPerMs);
    },
    stop: () => {
      clearTimeout(timer);
      stopListening();
    },
    fault: (error) => {
      if (signal?.aborted === true) return signal.reason;
      if (timedOut) return new HttpFault("HTTP_TIMEOUT", `nothing came for ${idleTimeoutMs / 1000} s`, error);
      return faultOf(error, route?.proxy);
    },
  };
}

function answerOf(request: HttpRequest, response: Response, watch: IdleWatch): HttpResponse {
  const encoding = response.headers.get("content-encoding");
  const length = response.headers.get("content-length");
  const isPlain = encoding === null || encoding === "" || encoding === "identity" || request.keepEncoding === true;
  const hasBody = request.method !== "HEAD" && response.status !== 204 && response.status !== 304;
  const stream = hasBody ? response.body : null;
  if (stream === null) watch.stop();
  const expectedBytes = stream !== null && isPlain && length !== null ? Number(length) : undefined;
  const body = pieces({
    stream,
    expectedBytes,
    touch: watch.touch,
    done: watch.stop,
    fault: watch.fault,
  });
  return {
    status: response.status,
    url: response.url === "" ? request.url.withoutCredentials() : SafeUrl.parse(response.url),
    header: (name) => response.headers.get(name) ?? undefined,
    body,
    bytes: (limitBytes) =>
      expectedBytes !== undefined && expectedBytes <= Math.min(limitBytes, maxAtOnceBytes)
        ? bytesAtOnce(response, expectedBytes, watch)
        : allBytes(body, limitBytes),
    discard: async () => {
      watch.stop();
      await stream?.cancel().catch(() => {});
      await body.return(undefined);
    },
  };
}

async function bytesAtOnce(response: Response, expectedBytes: number, watch: IdleWatch): Promise<Uint8Array> {
  watch.allow(expectedBytes);
  try {
    const bytes = new Uint8Array(await response.arrayBuffer());
    countBody(bytes.byteLength);
    if (bytes.byteLength >= expectedBytes) return bytes;
    throw new HttpFault("HTTP_BROKEN", `the answer ended after ${bytes.byteLength} of ${expectedBytes} bytes`);
  } catch (error) {
    throw watch.fault(error);
  } finally {
    watch.stop();
  }
}
