import { expect, test } from "vitest";
import { parseSpecifier, parseSpecifierSet, tryParseSpecifierSet, tryParseVersion } from "../../src/pep/index.ts";
import { failures, vectors } from "./vectors.ts";

interface SpecifierCase {
  readonly input: string;
  readonly valid: boolean;
  readonly str: string;
  readonly parts: readonly (readonly [string, string])[];
  readonly prereleases: boolean | null;
}

test("texts are specifier sets or not, and print canonically", () => {
  const { cases } = vectors<SpecifierCase>("packaging/specifiers");
  const wrong = failures(cases, (one) => {
    const set = tryParseSpecifierSet(one.input);
    if (set === undefined || !one.valid) return one.valid === (set !== undefined) ? undefined : String(set);
    const parts = parseSpecifierSet(String(set))
      .specifiers.map((clause) => [clause.operator, clause.versionText])
      .map(String)
      .sort();
    const seen = [String(set), parts, set.namesPrerelease ? true : null];
    const expected = [one.str, one.parts.map(String).sort(), one.prereleases];
    return JSON.stringify(seen) === JSON.stringify(expected) ? undefined : seen;
  });
  expect(cases.length).toBeGreaterThan(1500);
  expect(wrong).toEqual([]);
});

interface ContainsCase {
  readonly kind: "set" | "single";
  readonly spec: string;
  readonly version: string;
  readonly prereleases: boolean | null;
  readonly spec_prereleases?: boolean | null;
  readonly installed?: boolean | null;
  readonly expected: boolean;
}

test("specifiers admit these versions", () => {
  const { cases } = vectors<ContainsCase>("packaging/specifier_contains");
  const wrong = failures(cases, (one) => {
    const specifier = one.kind === "set" ? parseSpecifierSet(one.spec) : parseSpecifier(one.spec);
    const counts = one.installed === true && tryParseVersion(one.version)?.isPrerelease === true;
    const prereleases = counts ? true : (one.prereleases ?? one.spec_prereleases ?? undefined);
    const seen = specifier.contains(one.version, { prereleases });
    return seen === one.expected ? undefined : seen;
  });
  expect(cases.length).toBeGreaterThan(4000);
  expect(wrong).toEqual([]);
});

interface FilterCase {
  readonly spec: string;
  readonly prereleases: boolean | null;
  readonly versions: readonly string[];
  readonly expected: readonly string[];
}

test("specifiers keep these versions of real projects", () => {
  const { cases } = vectors<FilterCase>("packaging/specifier_filter");
  const wrong = failures(cases, (one) => {
    const seen = parseSpecifierSet(one.spec).filter(one.versions, { prereleases: one.prereleases ?? undefined });
    return JSON.stringify(seen) === JSON.stringify(one.expected) ? undefined : seen;
  });
  expect(cases.length).toBeGreaterThan(200);
  expect(wrong).toEqual([]);
});
