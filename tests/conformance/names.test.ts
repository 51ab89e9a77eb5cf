import { expect, test } from "vitest";
import { isNormalizedName, isValidName, normalizeName } from "../../src/pep/index.ts";
import { failures, vectors } from "./vectors.ts";

interface NameCase {
  readonly input: string;
  readonly canonical: string;
  readonly valid: boolean;
  readonly is_normalized: boolean;
}

test("project names are valid or not, and have one normalised form", () => {
  const { cases } = vectors<NameCase>("packaging/names");
  const wrong = failures(cases, (one) => {
    const seen = [normalizeName(one.input), isValidName(one.input), isNormalizedName(one.input)];
    return String(seen) === String([one.canonical, one.valid, one.is_normalized]) ? undefined : seen;
  });
  expect(cases.length).toBeGreaterThan(1000);
  expect(wrong).toEqual([]);
});
