import type { HttpResponse } from "../../ports/index.ts";

/** How long a page counts as fresh when its server doesn't say. */
const ownLifetimeMs = 10 * 60_000;
/** A server's mistake must not hide new releases for longer than this. */
const maxLifetimeMs = 24 * 60 * 60_000;

/** Until when an answer may be used without asking again (RFC 9111, as a private cache). */
export function freshUntil(response: Pick<HttpResponse, "header">, nowMs: number): number {
  const directives = cacheControl(response.header("cache-control") ?? "");
  if (directives.has("no-store") || directives.has("no-cache")) return nowMs;
  const maxAge = Number(directives.get("max-age") ?? Number.NaN);
  const age = Math.max(0, Number(response.header("age") ?? 0) || 0);
  if (Number.isFinite(maxAge)) return nowMs + clamp((maxAge - age) * 1_000);
  const expires = response.header("expires");
  if (expires !== undefined) {
    const until = Date.parse(expires);
    // `Expires: 0` and other text that is no date means: already stale.
    return Number.isNaN(until) ? nowMs : nowMs + clamp(until - serverNow(response, nowMs));
  }
  return nowMs + ownLifetimeMs;
}

function serverNow(response: Pick<HttpResponse, "header">, nowMs: number): number {
  const date = Date.parse(response.header("date") ?? "");
  return Number.isNaN(date) ? nowMs : date;
}

function clamp(durationMs: number): number {
  return Math.max(0, Math.min(maxLifetimeMs, durationMs));
}

function cacheControl(text: string): Map<string, string> {
  const directives = new Map<string, string>();
  for (const part of text.toLowerCase().split(",")) {
    const [name = "", value = ""] = part.trim().split("=", 2);
    if (name !== "") directives.set(name.trim(), value.replaceAll('"', "").trim());
  }
  return directives;
}
