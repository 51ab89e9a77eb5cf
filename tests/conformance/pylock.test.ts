import { expect, test } from "vitest";
import { formatPylock, parsePylock, readPylock } from "../../src/pep/index.ts";
import { attempt, failures, vectors } from "./vectors.ts";

interface PylockCase {
  readonly input: Readonly<Record<string, unknown>>;
  readonly valid: boolean;
}

test("lock files are valid or not, and are written again as they were", () => {
  const { cases } = vectors<PylockCase>("packaging/pylock");
  const wrong = failures(cases, (one) => {
    const table = withDates(one.input) as Readonly<Record<string, unknown>>;
    const lock = attempt(() => readPylock(table), "LOCK_INVALID");
    if (lock === undefined || !one.valid) return one.valid === (lock !== undefined) ? undefined : (lock ?? "refused");
    const text = formatPylock(lock);
    const again = parsePylock(text);
    if (JSON.stringify(again) !== JSON.stringify(lock)) return again;
    return formatPylock(again) === text ? undefined : formatPylock(again);
  });
  expect(cases.length).toBeGreaterThan(30);
  expect(wrong).toEqual([]);
});

/** JSON has no dates: the vectors mark them. */
function withDates(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withDates);
  if (typeof value !== "object" || value === null) return value;
  if ("__date__" in value && typeof value.__date__ === "string") return new Date(value.__date__);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withDates(part)]));
}
