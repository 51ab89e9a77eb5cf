import { expect, test } from "vitest";
import { isNormalizedName, isValidName, normalizeName, parsePackageName } from "../../src/pep/index.ts";

test("spellings of one name are one", () => {
  expect(["Zope.Interface", "zope-interface", "ZOPE__._interface"].map(normalizeName)).toEqual(
    Array.from({ length: 3 }, () => "zope-interface"),
  );
  expect(parsePackageName("Pillow")).toBe("pillow");
});

test("names of letters, digits and single marks are legal", () => {
  expect(["a", "A1", "a.b_c-d", "_a", "a-", "", "a b", "é", "\u212Aelvin", "a\n"].filter(isValidName)).toEqual([
    "a",
    "A1",
    "a.b_c-d",
  ]);
  expect(["a", "a-b", "a--b", "A", "-a"].filter(isNormalizedName)).toEqual(["a", "a-b"]);
});

test.each([
  ["", "An empty text is not a package name"],
  ["_a", "it must start and end with a letter or digit"],
  ["na me", "only ASCII letters, digits, `.`, `_` and `-` may stand in it"],
])("%j is refused in words", (text, why) => {
  expect(() => parsePackageName(text)).toThrow(why);
});
