import { expect, test } from "vitest";
import { parseRequirement, splitRequirements } from "../../src/pep/index.ts";
import { attempt, failures, vectors } from "./vectors.ts";

interface RequirementCase {
  readonly input: string;
  readonly valid: boolean;
  readonly name: string;
  readonly extras: readonly string[];
  readonly specifier: string;
  readonly url: string | null;
  readonly marker: string | null;
  readonly str: string;
}

test("texts are requirements or not, and have these parts", () => {
  const { cases } = vectors<RequirementCase>("packaging/requirements");
  const wrong = failures(cases, (one) => {
    const found = attempt(() => parseRequirement(one.input), "REQUIREMENT_INVALID");
    if (found === undefined || !one.valid) return one.valid === (found !== undefined) ? undefined : String(found);
    const seen = {
      name: found.displayName,
      extras: found.displayExtras,
      specifier: String(found.specifier),
      url: found.url ?? null,
      marker: found.marker === undefined ? null : String(found.marker),
      str: String(found),
    };
    const expected = {
      name: one.name,
      extras: one.extras,
      specifier: one.specifier,
      url: one.url,
      marker: one.marker,
      str: one.str,
    };
    return JSON.stringify(seen) === JSON.stringify(expected) ? undefined : seen;
  });
  expect(cases.length).toBeGreaterThan(3000);
  expect(wrong).toEqual([]);
});

test("any requirement is a list of one, and three joined by commas are three", () => {
  const { cases } = vectors<RequirementCase>("packaging/requirements");
  const valid = cases.filter((one) => one.valid && !one.str.includes("==="));
  const wrong = failures(valid, (one) => {
    const text = `first>=1,<2, ${one.str}, last`;
    const seen = splitRequirements(text).map((member) => String(member.requirement));
    return JSON.stringify(seen) === JSON.stringify(["first<2,>=1", one.str, "last"]) ? undefined : seen;
  });
  expect(wrong).toEqual([]);
});
