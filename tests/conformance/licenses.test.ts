import { expect, test } from "vitest";
import { canonicalLicense } from "../../src/pep/index.ts";
import { attempt, failures, vectors } from "./vectors.ts";

test("texts are licence expressions or not, and have one canonical form", () => {
  const { cases } = vectors<{ input: string; valid: boolean; canonical?: string }>("packaging/licenses");
  const wrong = failures(cases, (one) => {
    const seen = attempt(() => canonicalLicense(one.input), "METADATA_INVALID");
    if (seen !== one.canonical) return seen ?? "refused";
    return seen === undefined || canonicalLicense(seen) === seen ? undefined : "not a fixed point";
  });
  expect(cases.length).toBeGreaterThan(40);
  expect(wrong).toEqual([]);
});
