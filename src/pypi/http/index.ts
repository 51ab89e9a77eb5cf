import type { SafeUrl } from "../../base/index.ts";
import type { Ports } from "../../ports/index.ts";
import type { IndexSettings } from "../settings.ts";
import { type Ask, asking } from "./ask.ts";
import { authorized } from "./credentials.ts";
import { limitedPerHost } from "./host-limit.ts";
import { redirected } from "./redirects.ts";
import { routed } from "./route.ts";

export type { Ask, Question } from "./ask.ts";
export { aborted, readAll } from "./ask.ts";

/** The chain of all concerns around the port: retry, redirect, credentials, limit per host, route. */
export function openChain(io: Pick<Ports, "http" | "clock" | "secrets" | "system">, settings: IndexSettings): Ask {
  const port = routed((request) => io.http.send(request), { ...settings.routes, trustedHosts: settings.trustedHosts });
  const limited = limitedPerHost(port, settings.requestsPerHost);
  const addresses: SafeUrl[] = [...settings.indexes.map((index) => index.url), ...settings.findLinks];
  const sources = { indexes: addresses, netrc: settings.netrc, keyring: settings.keyring };
  return asking(redirected(authorized(limited, io, sources)), io, settings);
}
