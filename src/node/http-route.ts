import type { Dispatcher } from "undici";
import type { SafeUrl } from "../base/index.ts";
import type { HttpRequest, HttpRoute } from "../ports/index.ts";
import { HttpFault } from "./http-fault.ts";
import { sharedLookup } from "./http-lookup.ts";
import { isBun } from "./platform.ts";

/** Sends like `fetch`; what differs by route is in its closure. */
export type RoutedFetch = (url: string, init: RequestInit) => Promise<Response>;

const plainRoute: HttpRoute = {};

/**
 * The function that sends a request along its route. Node's own `fetch` knows neither proxies nor extra certificates,
 * always decodes, and asks for a host's address at every connection: so undici is loaded at the first request. Bun's
 * `fetch` takes all of it as options. One function per route object, so that connections are shared.
 */
export function routedFetches(): (request: HttpRequest, url: URL) => Promise<RoutedFetch> {
  const made = new WeakMap<HttpRoute, Map<string, Promise<RoutedFetch>>>();
  const lookup = sharedLookup();
  return ({ route = plainRoute, keepEncoding = false }, url) => {
    const byKind = made.get(route) ?? new Map<string, Promise<RoutedFetch>>();
    made.set(route, byKind);
    const kind = `${url.protocol} ${keepEncoding}`;
    let routed = byKind.get(kind);
    if (routed === undefined) {
      const way = { route, protocol: url.protocol, keepEncoding, lookup };
      routed = isBun ? bunFetch(route, keepEncoding) : undiciFetch(way);
      byKind.set(kind, routed);
    }
    return routed;
  };
}

interface Way {
  readonly route: HttpRoute;
  readonly protocol: string;
  readonly keepEncoding: boolean;
  readonly lookup: ReturnType<typeof sharedLookup>;
}

/** The runtimes' TLS and streams take as long to load as all of venvoy: only what asks an index pays for that. */
async function certificates(route: HttpRoute): Promise<string[] | undefined> {
  if (route.caPem === undefined) return undefined;
  const { rootCertificates } = await import("node:tls");
  return [...rootCertificates, route.caPem];
}

async function bunFetch(route: HttpRoute, keepEncoding: boolean): Promise<RoutedFetch> {
  if (route.proxy !== undefined && !/^https?:/.test(route.proxy.toString())) throw proxyUnusable(route.proxy);
  const ca = await certificates(route);
  const options = {
    ...(keepEncoding ? { decompress: false } : {}),
    ...(route.proxy === undefined ? {} : { proxy: route.proxy.reveal() }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    ...(route.insecure === true ? { tls: { rejectUnauthorized: false } } : {}),
  };
  // Bun's additions are unknown to the standard types.
  return (href, init) => fetch(href, { ...init, ...options } as RequestInit);
}

/** The binary speaks with proxies as Bun does: HTTP, no SOCKS. */
function proxyUnusable(proxy: SafeUrl | undefined, cause?: unknown): HttpFault {
  const address = proxy?.toString() ?? "";
  const why = /^socks/.test(address) ? "it is one for SOCKS, and venvoy's program needs one for HTTP" : "it is unknown";
  return new HttpFault("HTTP_PROXY_UNUSABLE", `the proxy \`${address}\` can't be used: ${why}`, cause);
}

async function undiciFetch({ route, protocol, keepEncoding, lookup }: Way): Promise<RoutedFetch> {
  const { Agent, ProxyAgent, Socks5ProxyAgent, fetch: send, request } = await import("undici");
  const { createSecureContext } = await import("node:tls");
  const ca = await certificates(route);
  const tls = {
    // One for all connections: reading hundreds of certificates takes 80 ms.
    ...(ca === undefined ? {} : { secureContext: createSecureContext({ ca }) }),
    ...(route.insecure === true ? { rejectUnauthorized: false } : {}),
  };
  const makeDispatcher = () => {
    if (route.proxy === undefined) return new Agent({ connect: { ...tls, lookup } });
    const proxy = new URL(route.proxy.reveal());
    if (proxy.protocol.startsWith("socks")) return new Socks5ProxyAgent(proxy);
    // Plain addresses are asked of the proxy itself, as all other programs do; TLS goes through a tunnel.
    return new ProxyAgent({ uri: proxy.href, requestTls: tls, proxyTls: tls, proxyTunnel: protocol === "https:" });
  };
  let dispatcher: ReturnType<typeof makeDispatcher>;
  try {
    dispatcher = makeDispatcher();
  } catch (error) {
    throw proxyUnusable(route.proxy, error);
  }
  if (keepEncoding) return rawFetch(request, dispatcher);
  // undici's own types and the runtime's describe the same objects.
  return (href, init) =>
    send(href, { ...(init as object), dispatcher } as Parameters<typeof send>[1]) as unknown as Promise<Response>;
}

/** undici below its `fetch`: it decodes nothing, and follows no redirect. */
function rawFetch(request: typeof import("undici").request, dispatcher: Dispatcher): RoutedFetch {
  return async (href, init) => {
    const { statusCode, headers, body } = await request(href, {
      method: init.method === "HEAD" ? "HEAD" : "GET",
      headers: init.headers as Record<string, string>,
      signal: init.signal,
      dispatcher,
    });
    const fields = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    );
    const { Readable } = await import("node:stream");
    const isEmpty = statusCode === 204 || statusCode === 304;
    const stream = isEmpty ? null : (Readable.toWeb(body) as unknown as ReadableStream<Uint8Array>);
    return new Response(stream, { status: statusCode, headers: fields });
  };
}
