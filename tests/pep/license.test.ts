import { describe, expect, test } from "vitest";
import { canonicalLicense, tryCanonicalLicense } from "../../src/pep/index.ts";

describe("licence expressions", () => {
  test.each([
    ["mit", "MIT"],
    ["mit  and(apache-2.0+ OR bsd-2-clause)", "MIT AND (Apache-2.0+ OR BSD-2-Clause)"],
    ["gpl-2.0-or-later with bison-exception-2.2", "GPL-2.0-or-later WITH Bison-exception-2.2"],
    ["licenseref-My.Own-1", "LicenseRef-My.Own-1"],
  ])("%j is %j", (text, canonical) => {
    expect(canonicalLicense(text)).toBe(canonical);
  });

  test.each([
    ["", "An empty text is not a licence expression"],
    ["MIT or", "a licence is missing at its end"],
    ["MIT Apache-2.0", "`Apache-2.0` can't stand here"],
    ["(MIT", "a parenthesis is never closed"],
    ["()", "a licence is missing before `)`"],
    ["(MIT) WITH Bison-exception-2.2", "`WITH` can't stand here"],
    ["MIT WITH MIT", "`MIT` is not a licence exception of the SPDX list"],
    ["Freeware", "`Freeware` is not a licence of the SPDX list"],
    ["LicenseRef-a_b", "is not a licence"],
    ["(".repeat(100_000), "nested too deeply"],
  ])("%.20j is refused in words", (text, why) => {
    expect(() => canonicalLicense(text)).toThrow(why);
    expect(tryCanonicalLicense(text)).toBeUndefined();
  });
});
