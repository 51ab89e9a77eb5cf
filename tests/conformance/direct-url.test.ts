import { expect, test } from "vitest";
import { directUrlValue, formatDirectUrl, parseDirectUrl, readDirectUrl } from "../../src/pep/index.ts";
import { attempt, failures, vectors } from "./vectors.ts";

test("direct_url.json files are valid or not, and are written again as they were", () => {
  const { cases } = vectors<{ input: unknown; valid: boolean; round_trip?: unknown }>("packaging/direct_url");
  const wrong = failures(cases, (one) => {
    const direct = attempt(() => readDirectUrl(one.input), "METADATA_INVALID");
    if (direct === undefined || !one.valid)
      return one.valid === (direct !== undefined) ? undefined : (direct ?? "refused");
    const seen = directUrlValue(direct);
    if (JSON.stringify(seen) !== JSON.stringify(one.round_trip)) return seen;
    const again = directUrlValue(parseDirectUrl(formatDirectUrl(direct)));
    return JSON.stringify(again) === JSON.stringify(seen) ? undefined : again;
  });
  expect(cases.length).toBeGreaterThan(15);
  expect(wrong).toEqual([]);
});
