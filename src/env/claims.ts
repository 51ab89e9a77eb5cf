import { compareCodePoints } from "../base/index.ts";
import type { Origin } from "../resolve/index.ts";
import type { AskedFor, Claim, Wanted } from "./intent.ts";

/** A claim that no run has renewed for this long is dropped at the next change. */
export const claimLifetimeMs = 90 * 24 * 3_600_000;

/** One requirement of an environment and who asks for it; the resolver words failures by the origin. */
export interface Asked {
  readonly text: string;
  readonly origin: Origin;
}

/** Everything that an environment is asked to hold: what was typed, then every claim, in a fixed order. */
export function unionOf(wanted: Pick<Wanted, "requirements" | "claims">): readonly Asked[] {
  const typed = wanted.requirements.map((item): Asked => ({ text: item.text, origin: originOf(item) }));
  const claimed = sortedClaims(wanted.claims).flatMap((claim) =>
    claim.requirements.map(
      ({ text, line }): Asked => ({ text, origin: { kind: "script", file: claim.script, line, text } }),
    ),
  );
  return [...typed, ...claimed];
}

function originOf({ text, source }: AskedFor): Origin {
  return source.kind === "file"
    ? { kind: "file", file: source.file, line: source.line, text }
    : { kind: "typed", text };
}

/** All Python requests, the typed one first; an environment serves them all with one interpreter. */
export function pythonRequestsOf(
  wanted: Pick<Wanted, "python" | "claims">,
): readonly { readonly request: string; readonly script: string | undefined }[] {
  const typed = wanted.python === undefined ? [] : [{ request: wanted.python, script: undefined }];
  return [
    ...typed,
    ...sortedClaims(wanted.claims).flatMap((claim) =>
      claim.python === undefined ? [] : [{ request: claim.python, script: claim.script }],
    ),
  ];
}

/** Puts a script's claim in the place of the one it had. */
export function withClaim<T extends Pick<Wanted, "claims">>(wanted: T, claim: Claim): T {
  return { ...wanted, claims: sortedClaims([...others(wanted.claims, claim.script), claim]) };
}

export function withoutClaim<T extends Pick<Wanted, "claims">>(wanted: T, script: string): T {
  return { ...wanted, claims: others(wanted.claims, script) };
}

export function claimOf(wanted: Pick<Wanted, "claims">, script: string): Claim | undefined {
  return wanted.claims.find((claim) => claim.script === script);
}

export interface ClaimSight {
  readonly nowMs: number;
  /** False for a script that is gone; host ids, which name no file, are always here. */
  readonly exists: (script: string) => boolean;
}

/** Splits claims into those that still hold and those whose script is gone or long unused. */
export function currentClaims(
  claims: readonly Claim[],
  sight: ClaimSight,
): {
  readonly kept: readonly Claim[];
  readonly dropped: readonly { readonly claim: Claim; readonly why: "gone" | "unused" }[];
} {
  const kept: Claim[] = [];
  const dropped: { claim: Claim; why: "gone" | "unused" }[] = [];
  for (const claim of sortedClaims(claims)) {
    if (!sight.exists(claim.script)) dropped.push({ claim, why: "gone" });
    else if (sight.nowMs - claim.seenMs > claimLifetimeMs) dropped.push({ claim, why: "unused" });
    else kept.push(claim);
  }
  return { kept, dropped };
}

/** True when the environment's lock already answers this header: only `seenMs` would change. */
export function isAnswered(wanted: Pick<Wanted, "claims">, claim: Claim): boolean {
  return claimOf(wanted, claim.script)?.digest === claim.digest;
}

/** The requirement lines of one claim, as a failure of the resolver names them. */
export interface ClaimLine {
  readonly script: string;
  readonly line: number;
  readonly text: string;
}

/**
 * The claims behind a failure. `blamed` are the origins that the resolver's explanation names; a claim that is not
 * among them can stay whatever happens. The incoming claim comes first.
 */
export function conflictingClaims(
  wanted: Pick<Wanted, "claims">,
  incoming: Claim | undefined,
  blamed: readonly { readonly file: string; readonly line: number }[],
): readonly ClaimLine[] {
  const candidates = incoming === undefined ? wanted.claims : [incoming, ...others(wanted.claims, incoming.script)];
  return candidates.flatMap((claim) =>
    claim.requirements
      .filter((item) => blamed.some((origin) => origin.file === claim.script && origin.line === item.line))
      .map((item) => ({ script: claim.script, line: item.line, text: item.text })),
  );
}

/** What a script asks that nobody else asks in the same words: what `forget` may free. */
export function onlyAskedBy(wanted: Pick<Wanted, "requirements" | "claims">, script: string): readonly string[] {
  const elsewhere = new Set([
    ...wanted.requirements.map((item) => item.text),
    ...others(wanted.claims, script).flatMap((claim) => claim.requirements.map((item) => item.text)),
  ]);
  return (claimOf(wanted, script)?.requirements ?? []).map((item) => item.text).filter((text) => !elsewhere.has(text));
}

/** Updates when a script was last seen; the same object when the day has not changed, so that nothing is written. */
export function seenNow<T extends Pick<Wanted, "claims">>(wanted: T, script: string, nowMs: number): T {
  const claim = claimOf(wanted, script);
  if (claim === undefined || nowMs - claim.seenMs < 24 * 3_600_000) return wanted;
  return withClaim(wanted, { ...claim, seenMs: nowMs });
}

function others(claims: readonly Claim[], script: string): readonly Claim[] {
  return claims.filter((claim) => claim.script !== script);
}

function sortedClaims(claims: readonly Claim[]): readonly Claim[] {
  return [...claims].sort((a, b) => compareCodePoints(a.script, b.script));
}
