import type { HttpRoute } from "../../ports/index.ts";
import type { RouteSettings } from "../settings.ts";
import type { Send } from "./send.ts";

/** Chooses proxy and certificates by the address. Equal choices are one object: the adapter keeps connections by it. */
export function routed(send: Send, settings: RouteSettings & { readonly trustedHosts: readonly string[] }): Send {
  const trusted = new Set(settings.trustedHosts.map((host) => host.toLowerCase()));
  const made = new Map<string, HttpRoute>();
  return (request) => {
    const { host, hostname } = new URL(request.url.toString());
    const proxy = settings.proxyFor(request.url);
    const insecure = trusted.has(host) || trusted.has(hostname);
    if (proxy === undefined && !insecure && settings.caPem === undefined) return send(request);
    const key = `${insecure} ${proxy?.reveal() ?? ""}`;
    let route = made.get(key);
    if (route === undefined) {
      route = {
        ...(proxy === undefined ? {} : { proxy }),
        ...(insecure ? { insecure } : settings.caPem === undefined ? {} : { caPem: settings.caPem }),
      };
      made.set(key, route);
    }
    return send({ ...request, route });
  };
}
