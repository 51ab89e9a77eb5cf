import { realpathSync } from "node:fs";
import { rootCertificates } from "node:tls";
import type { HttpRoute } from "../ports/index.ts";
import { HttpFault } from "./http-fault.ts";
import { isBun } from "./platform.ts";

/** Sends like `fetch`; what differs by route is in its closure. */
export type RoutedFetch = (url: string, init: RequestInit) => Promise<Response>;

const plainRoute: HttpRoute = {};

/**
 * The function that sends along `route`. Node's own `fetch` knows neither proxies nor extra certificates, so undici is
 * loaded, and only then; Bun's `fetch` takes both as options. One function per route object, so that connections are
 * shared.
 */
export function routedFetches(): (route: HttpRoute | undefined, url: URL) => Promise<RoutedFetch> {
  const made = new WeakMap<HttpRoute, Map<string, Promise<RoutedFetch>>>();
  return (route, url) => {
    if (route === undefined || isPlain(route)) return Promise.resolve((href, init) => fetch(href, init));
    const byProtocol = made.get(route) ?? new Map<string, Promise<RoutedFetch>>();
    made.set(route, byProtocol);
    let routed = byProtocol.get(url.protocol);
    if (routed === undefined) {
      routed = isBun ? Promise.resolve(bunFetch(route)) : undiciFetch(route, url.protocol);
      byProtocol.set(url.protocol, routed);
    }
    return routed;
  };
}

function isPlain(route: HttpRoute): boolean {
  return route === plainRoute || (route.proxy === undefined && route.caPem === undefined && route.insecure !== true);
}

function certificates(route: HttpRoute): string[] | undefined {
  return route.caPem === undefined ? undefined : [...rootCertificates, route.caPem];
}

function bunFetch(route: HttpRoute): RoutedFetch {
  const ca = certificates(route);
  const options = {
    ...(route.proxy === undefined ? {} : { proxy: route.proxy.reveal() }),
    tls: { ...(ca === undefined ? {} : { ca }), ...(route.insecure === true ? { rejectUnauthorized: false } : {}) },
  };
  // Bun's additions are unknown to the standard types.
  return (href, init) => fetch(href, { ...init, ...options } as RequestInit);
}

async function undiciFetch(route: HttpRoute, protocol: string): Promise<RoutedFetch> {
  const { Agent, ProxyAgent, Socks5ProxyAgent, fetch: send } = await import("undici");
  const ca = certificates(route);
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(route.insecure === true ? { rejectUnauthorized: false } : {}),
  };
  const makeDispatcher = () => {
    if (route.proxy === undefined) return new Agent({ connect: tls });
    const proxy = new URL(route.proxy.reveal());
    if (proxy.protocol.startsWith("socks")) return new Socks5ProxyAgent(proxy);
    // Plain addresses are asked of the proxy itself, as all other programs do; TLS goes through a tunnel.
    return new ProxyAgent({ uri: proxy.href, requestTls: tls, proxyTls: tls, proxyTunnel: protocol === "https:" });
  };
  let dispatcher: ReturnType<typeof makeDispatcher>;
  try {
    dispatcher = makeDispatcher();
  } catch (error) {
    throw new HttpFault("HTTP_UNSUPPORTED", `the proxy \`${route.proxy}\` can't be used`, error);
  }
  // undici's own types and the runtime's describe the same objects.
  return (href, init) =>
    send(href, { ...(init as object), dispatcher } as Parameters<typeof send>[1]) as unknown as Promise<Response>;
}

/** True when the runtime has read this file of certificates by itself at its start. */
export function runtimeTrusts(file: string): boolean {
  const extra = process.env["NODE_EXTRA_CA_CERTS"];
  if (extra === undefined || extra === "") return false;
  try {
    return realpathSync(extra) === realpathSync(file);
  } catch {
    // A missing file is nobody's.
    return false;
  }
}
