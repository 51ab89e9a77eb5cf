import { expect, test } from "vitest";
import {
  type Claim,
  claimLifetimeMs,
  conflictingClaims,
  currentClaims,
  isAnswered,
  nothingWanted,
  onlyAskedBy,
  pythonRequestsOf,
  seenNow,
  unionOf,
  type Wanted,
  withClaim,
  withoutClaim,
} from "../../src/env/index.ts";

const dayMs = 24 * 3_600_000;

function claim(script: string, requirements: readonly string[], more: Partial<Claim> = {}): Claim {
  return {
    script,
    digest: `d-${script}`,
    requirements: requirements.map((text, index) => ({ text, line: index + 2 })),
    python: undefined,
    seenMs: 1_000 * dayMs,
    ...more,
  };
}

const typed: Wanted = { ...nothingWanted, requirements: [{ text: "requests", source: { kind: "typed" } }] };

test("an environment is asked for what was typed and for every claim, in one order", () => {
  const wanted = withClaim(withClaim(typed, claim("/b.py", ["numpy"])), claim("/a.py", ["scipy", "numpy<2"]));
  expect(unionOf(wanted)).toEqual([
    { text: "requests", origin: { kind: "typed", text: "requests" } },
    { text: "scipy", origin: { kind: "script", file: "/a.py", line: 2, text: "scipy" } },
    { text: "numpy<2", origin: { kind: "script", file: "/a.py", line: 3, text: "numpy<2" } },
    { text: "numpy", origin: { kind: "script", file: "/b.py", line: 2, text: "numpy" } },
  ]);
  const other = withClaim(withClaim(typed, claim("/a.py", ["scipy", "numpy<2"])), claim("/b.py", ["numpy"]));
  expect(unionOf(other)).toEqual(unionOf(wanted));
});

test("an edited script replaces its claim, and a forgotten one loses it", () => {
  const before = withClaim(typed, claim("/a.py", ["numpy<2"]));
  const after = withClaim(before, claim("/a.py", ["numpy>=2"], { digest: "new" }));
  expect(after.claims.map((item) => item.requirements.map((one) => one.text))).toEqual([["numpy>=2"]]);
  expect(isAnswered(before, claim("/a.py", ["numpy<2"]))).toBe(true);
  expect(isAnswered(before, claim("/a.py", ["numpy>=2"], { digest: "new" }))).toBe(false);
  expect(withoutClaim(after, "/a.py")).toEqual(typed);
});

test("claims of scripts that are gone or unused for 90 days are dropped with the reason", () => {
  const nowMs = 2_000 * dayMs;
  const claims = [
    claim("/gone.py", ["a"], { seenMs: nowMs }),
    claim("/old.py", ["b"], { seenMs: nowMs - claimLifetimeMs - 1 }),
    claim("/kept.py", ["c"], { seenMs: nowMs - claimLifetimeMs + 1 }),
  ];
  const { kept, dropped } = currentClaims(claims, { nowMs, exists: (script) => script !== "/gone.py" });
  expect(kept.map((item) => item.script)).toEqual(["/kept.py"]);
  expect(dropped.map((item) => [item.claim.script, item.why])).toEqual([
    ["/gone.py", "gone"],
    ["/old.py", "unused"],
  ]);
});

test("a conflict names the lines of both scripts, the incoming one first", () => {
  const wanted = withClaim(withClaim(typed, claim("/a.py", ["numpy<2"])), claim("/c.py", ["six"]));
  const incoming = claim("/b.py", ["pandas", "numpy>=2"]);
  const lines = conflictingClaims(wanted, incoming, [
    { file: "/a.py", line: 2 },
    { file: "/b.py", line: 3 },
  ]);
  expect(lines).toEqual([
    { script: "/b.py", line: 3, text: "numpy>=2" },
    { script: "/a.py", line: 2, text: "numpy<2" },
  ]);
});

test("what only one script asks for is known before it is forgotten", () => {
  const wanted = withClaim(withClaim(typed, claim("/a.py", ["numpy", "requests", "six"])), claim("/b.py", ["six"]));
  expect(onlyAskedBy(wanted, "/a.py")).toEqual(["numpy"]);
});

test("seeing a script again writes at most once a day", () => {
  const wanted = withClaim(typed, claim("/a.py", ["six"], { seenMs: 5 * dayMs }));
  expect(seenNow(wanted, "/a.py", 5 * dayMs + 1_000)).toBe(wanted);
  expect(seenNow(wanted, "/other.py", 9 * dayMs)).toBe(wanted);
  expect(seenNow(wanted, "/a.py", 6 * dayMs).claims[0]?.seenMs).toBe(6 * dayMs);
});

test("all Python requests are told with who makes them", () => {
  const wanted = withClaim({ ...typed, python: "3.11" }, claim("/a.py", [], { python: ">=3.9" }));
  expect(pythonRequestsOf(wanted)).toEqual([
    { request: "3.11", script: undefined },
    { request: ">=3.9", script: "/a.py" },
  ]);
});
