import { evaluateMarker, parseMarker } from "../../pep/index.ts";
import type { LockWish } from "./locked.ts";

/** True when a marker as a lock writes it holds; extras that it asks for are those of the wish. */
export function holds(marker: string | undefined, { markers, extras }: Pick<LockWish, "markers" | "extras">): boolean {
  if (marker === undefined || marker.trim() === "") return true;
  const parsed = parseMarker(marker);
  if (!parsed.mentions("extra")) return evaluateMarker(parsed, markers);
  return evaluateMarker(parsed, markers, extras === "all" ? mentionedExtras(marker) : extras);
}

/** `extra == "fast"` -> fast. */
export function mentionedExtras(marker: string): ReadonlySet<string> {
  const names = [...marker.matchAll(/extra\s*[=!]=\s*["']([^"']+)["']|["']([^"']+)["']\s*[=!]=\s*extra/g)];
  return new Set(names.map((match) => match[1] ?? match[2] ?? ""));
}
