import { SafeUrl } from "../base/index.ts";
import { valueInvalid } from "./errors.ts";
import type { Found } from "./lookup.ts";

export interface ProxyChoices {
  readonly all: Found | undefined;
  readonly http: Found | undefined;
  readonly https: Found | undefined;
  readonly fallback: Found | undefined;
  readonly none: Found | undefined;
}

/** The proxy for each address, as `requests` and curl choose it. */
export function proxyChooser(choices: ProxyChoices): (url: SafeUrl) => SafeUrl | undefined {
  const all = parseProxy("proxy", choices.all);
  const fallback = parseProxy("all-proxy", choices.fallback);
  const byScheme = new Map([
    ["http:", all ?? parseProxy("http-proxy", choices.http) ?? fallback],
    ["https:", all ?? parseProxy("https-proxy", choices.https) ?? fallback],
  ]);
  const isDirect = directHosts(choices.none?.text ?? "");
  return (url) => {
    const { protocol, hostname, port } = new URL(url.toString());
    const proxy = byScheme.get(protocol);
    return proxy === undefined || isDirect(hostname, port || (protocol === "https:" ? "443" : "80"))
      ? undefined
      : proxy;
  };
}

function parseProxy(key: string, found: Found | undefined): SafeUrl | undefined {
  if (found === undefined) return undefined;
  const text = found.text.trim();
  if (text === "") return undefined;
  try {
    const url = SafeUrl.parse(text.includes("://") ? text : `http://${text}`);
    if (/^(?:https?|socks5h?):/.test(url.toString())) return url;
  } catch {
    // Told below, with the place where it was written.
  }
  throw valueInvalid(key, { text, from: found.from, wanted: "the address of a proxy" });
}

/** `no_proxy`: `*`, hosts and domains (with all below them), `host:port`, IPv4 networks (`10.0.0.0/8`). */
function directHosts(list: string): (hostname: string, port: string) => boolean {
  const rules = list
    .split(/[\s,]+/)
    .filter((rule) => rule !== "")
    .map((rule) => rule.toLowerCase());
  return (hostname, port) => {
    const host = hostname.toLowerCase().replace(/^\[|\]$/g, "");
    return rules.some((rule) => matches(rule, host, port));
  };
}

function matches(rule: string, host: string, port: string): boolean {
  if (rule === "*") return true;
  if (rule.includes("/")) return inNetwork(host, rule);
  const match = /^\[?(.*?)\]?(?::(\d+))?$/.exec(isBareIpv6(rule) ? `[${rule}]` : rule);
  const [, name = "", onlyPort] = match ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const domain = name.replace(/^\*?\./, "");
  return domain !== "" && (host === domain || host.endsWith(`.${domain}`));
}

function isBareIpv6(rule: string): boolean {
  return !rule.startsWith("[") && rule.split(":").length > 2;
}

function inNetwork(host: string, rule: string): boolean {
  const [base = "", bits = ""] = rule.split("/");
  const address = ipv4(host);
  const network = ipv4(base);
  const prefix = Number(bits);
  if (address === undefined || network === undefined || !/^\d+$/.test(bits) || prefix > 32) return false;
  const mask = prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
  return (address & mask) >>> 0 === (network & mask) >>> 0;
}

function ipv4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((number, part) => number * 256 + Number(part), 0);
}
