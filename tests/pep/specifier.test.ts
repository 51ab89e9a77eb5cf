import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anyVersion,
  parseSpecifier,
  parseSpecifierSet,
  parseVersion,
  tryParseSpecifierSet,
} from "../../src/pep/index.ts";
import { cpuMs } from "../kit/cpu-time.ts";
import { clauseText, specifierText, versionText } from "./arbitraries.ts";

const admitted = (specifiers: string, ...versions: string[]): string[] =>
  versions.filter((version) => parseSpecifierSet(specifiers).contains(version));

describe("membership", () => {
  test("local forms belong to their version", () => {
    expect(admitted("==1.0", "1.0", "1.0.0", "1.0+cpu", "1.0.post1")).toEqual(["1.0", "1.0.0", "1.0+cpu"]);
    expect(admitted("==1.0+cpu", "1.0", "1.0+cpu", "1.0+cpu.1")).toEqual(["1.0+cpu"]);
    expect(admitted("<=1.0", "1.0+cpu", "1.0.post0.dev0")).toEqual(["1.0+cpu"]);
  });

  test("exclusive bounds leave out what belongs to their version", () => {
    expect(admitted("<2.0", "2.0rc1", "2.0.dev0", "1.99")).toEqual(["1.99"]);
    expect(admitted("<2.0rc1", "2.0b1", "2.0rc1")).toEqual(["2.0b1"]);
    expect(admitted(">1.0", "1.0.post1", "1.0+x", "1.0.1.dev0", "1.1")).toEqual(["1.0.1.dev0", "1.1"]);
    expect(admitted(">1.0.post1", "1.0.post1+x", "1.0.post2.dev0")).toEqual(["1.0.post2.dev0"]);
  });

  test("prefixes and compatible releases", () => {
    expect(admitted("==1.2.*", "1.2", "1.2.dev0", "1.2.3+x", "1.3.dev0")).toEqual(["1.2", "1.2.dev0", "1.2.3+x"]);
    expect(admitted("~=1.4.2", "1.4.1", "1.4.2", "1.4.9", "1.5.dev0")).toEqual(["1.4.2", "1.4.9"]);
  });

  test("`===` compares texts, so it alone can match what is not a version", () => {
    expect(admitted("===1.0", "1.0", "1.0.0")).toEqual(["1.0"]);
    expect(admitted("===Odd", "odd", "1.0")).toEqual(["odd"]);
    expect(admitted(">=0", "odd", "1.0")).toEqual(["1.0"]);
  });

  test("an intersection admits what all of its parts admit", () => {
    fc.assert(
      fc.property(specifierText, specifierText, versionText, (a, b, text) => {
        const [left, right, version] = [parseSpecifierSet(a), parseSpecifierSet(b), parseVersion(text)];
        const both = left.contains(version) && right.contains(version);
        expect(left.and(right).contains(version)).toBe(both);
        expect(parseSpecifierSet(`${a},${b}`).contains(version)).toBe(both);
      }),
    );
  });

  test("a set admits what each clause admits, and its matcher says the same", () => {
    fc.assert(
      fc.property(fc.array(clauseText, { maxLength: 4 }), versionText, fc.boolean(), (clauses, text, prereleases) => {
        const [set, version] = [parseSpecifierSet(clauses.join(",")), parseVersion(text)];
        const each = clauses.every((clause) => parseSpecifier(clause).contains(version, { prereleases }));
        const allowed = prereleases || !version.isPrerelease;
        expect(set.contains(version, { prereleases })).toBe(clauses.length === 0 ? allowed : each);
        expect(set.matcher()(version, prereleases)).toBe(set.contains(version, { prereleases }));
      }),
    );
  });

  test("`!=` is the rest of `==`", () => {
    fc.assert(
      fc.property(
        clauseText.filter((text) => /^==[^=]/.test(text)),
        versionText,
        (clause, text) => {
          const version = parseVersion(text);
          const rest = parseSpecifier(`!${clause.slice(1)}`);
          expect(rest.contains(version)).toBe(!parseSpecifier(clause).contains(version));
        },
      ),
    );
  });
});

describe("pre-releases", () => {
  const versions = ["1.0", "1.1rc1", "1.1", "2.0a1"];

  test.each([
    [">=1.0", undefined, ["1.0", "1.1"]],
    [">=1.1rc1", undefined, ["1.1rc1", "1.1", "2.0a1"]],
    [">1.5", undefined, ["2.0a1"]],
    [">1.5", false, []],
    [">=1.0", true, versions],
    ["", undefined, ["1.0", "1.1"]],
  ])("%j with prereleases %j keeps %j", (specifiers, prereleases, kept) => {
    expect(parseSpecifierSet(specifiers).filter(versions, { prereleases })).toEqual(kept);
  });
});

describe("text", () => {
  test("is sorted, without clauses that mean the same", () => {
    expect(String(parseSpecifierSet(" >=1.0 , <2,<2.0, == 1.* "))).toBe("<2,==1.*,>=1.0");
    expect(String(anyVersion)).toBe("");
    expect(parseSpecifierSet(" , ").isEmpty).toBe(true);
  });

  test("parsing what was printed gives the same set", () => {
    fc.assert(
      fc.property(specifierText, versionText, (text, version) => {
        const set = parseSpecifierSet(text);
        const again = parseSpecifierSet(String(set));
        expect(String(again)).toBe(String(set));
        expect(again.contains(version)).toBe(set.contains(version));
      }),
    );
  });

  test.each([
    ["", "any version"],
    ["<2,>=1.2", "1.2 or newer, below 2"],
    ["==1.4.2", "exactly 1.4.2"],
    ["==2.*", "2.x"],
    ["!=1.5.*,~=1.4.2", "1.4.2 or newer within 1.4.x, not 1.5.x"],
    [">1,<=3", "newer than 1, 3 or older"],
    ["===odd", "exactly `odd`"],
  ])("%j in words is %j", (text, words) => {
    expect(parseSpecifierSet(text).describe()).toBe(words);
  });

  test.each([
    ["1.2", "an operator such as `==` or `>=` is missing before the version"],
    ["=1.2", "write `==` in place of `=`"],
    ["=>1.2", "write `>=` in place of `=>`"],
    ["^1.2", "`^` is not an operator here"],
    ["~=1", "`~=` needs two numbers at least, for example `~=1.0`"],
    [">=1.0.*", "`.*` can't follow `>=`"],
    [">1.0+cpu", "a local version (`+cpu`) can't follow `>`"],
    [">=1.2 <2", "a comma is missing between two clauses"],
    [">=1,<", "a version is missing after `<`"],
  ])("%j is refused in words", (text, why) => {
    expect(() => parseSpecifierSet(text)).toThrow(why);
    expect(tryParseSpecifierSet(text)).toBeUndefined();
  });
});

test("twenty thousand exclusions cost no square", () => {
  const start = cpuMs();
  const set = parseSpecifierSet(Array.from({ length: 20_000 }, (_, i) => `!=${i}`).join(","));
  expect([set.contains("19999"), set.contains("20000")]).toEqual([false, true]);
  expect(cpuMs() - start).toBeLessThan(10_000);
});
