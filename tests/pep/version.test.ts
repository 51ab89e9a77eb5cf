import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isVenvoyError } from "../../src/base/index.ts";
import { canonicalVersion, caret, compareVersions, parseVersion, tryParseVersion } from "../../src/pep/index.ts";
import { cpuMs } from "../kit/cpu-time.ts";
import { versionText } from "./arbitraries.ts";

const compare = (a: string, b: string): number => compareVersions(parseVersion(a), parseVersion(b));

describe("parts", () => {
  test("of a version that has them all", () => {
    const version = parseVersion(" v1!2.0.3-Beta_4.Post5.dev6+Ubuntu_01 ");
    expect(version).toMatchObject({
      text: "1!2.0.3b4.post5.dev6+ubuntu.1",
      epoch: 1,
      release: [2, 0, 3],
      pre: ["b", 4],
      post: 5,
      dev: 6,
      local: "ubuntu.1",
      public: "1!2.0.3b4.post5.dev6",
      base: "1!2.0.3",
      isPrerelease: true,
      isPostrelease: true,
      isDevrelease: true,
    });
    expect(`${version} ${JSON.stringify(version)}`).toBe(`${version.text} "${version.text}"`);
  });

  test("numbers beyond 2^53 keep their text and order", () => {
    const huge = "123456789012345678901234567890";
    expect(parseVersion(`1.${huge}`).text).toBe(`1.${huge}`);
    expect(compare(`1.${huge}`, "1.123456789012345678901234567891")).toBe(-1);
    expect(compare(`1.${huge}`, "1.99999999999999999999")).toBe(1);
  });

  test("equal versions have one canonical text", () => {
    expect(canonicalVersion("1.0.0")).toBe("1");
    expect(canonicalVersion("1.0.0rc1")).toBe("1rc1");
    expect(canonicalVersion("0.0")).toBe("0");
    expect(canonicalVersion("no version")).toBe("no version");
  });
});

describe("order", () => {
  const ascending =
    "1.dev0 1.0a1.dev1 1a1 1a1.post1 1b0 1rc1 1 1+a 1+a.b 1+1 1.post0.dev1 1.post0 1.1.dev1 1.1 1!0".split(" ");

  test("is PEP 440's", () => {
    const shuffled = [...ascending].reverse().map(parseVersion);
    expect(shuffled.sort(compareVersions).map(String)).toEqual(ascending.map((text) => parseVersion(text).text));
    expect(compare("1.0", "1")).toBe(0);
    expect(compare("1.0.post0", "1.0-0")).toBe(0);
  });

  test("is total and transitive, and equal means the same canonical text", () => {
    fc.assert(
      fc.property(versionText, versionText, versionText, (a, b, c) => {
        expect(compare(a, b)).toBe(-compare(b, a) + 0);
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
        expect(compare(a, b) === 0).toBe(canonicalVersion(a) === canonicalVersion(b));
      }),
    );
  });

  test("agrees with a comparison field by field", () => {
    fc.assert(
      fc.property(versionText, versionText, (a, b) => {
        expect(compare(a, b)).toBe(compareFields(a, b));
      }),
    );
  });
});

/** PEP 440's order as its text words it: the fields as lists, one after the other. */
function compareFields(a: string, b: string): number {
  const [x, y] = [fields(a), fields(b)];
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const [left, right] = [x[i], y[i]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function fields(text: string): bigint[] {
  const canonical = canonicalVersion(text);
  const match = /^(?:(\d+)!)?([\d.]*\d)(?:(a|b|rc)(\d+))?(?:\.post(\d+))?(?:\.dev(\d+))?(?:\+(.*))?$/.exec(canonical);
  const [, epoch, release = "", kind, pre, post, dev, local] = match ?? [];
  const preRank =
    kind === undefined ? (dev !== undefined && post === undefined ? -1n : 3n) : BigInt(["a", "b", "rc"].indexOf(kind));
  // Releases are padded with zeros to one length, so that they line up.
  const parts = release.split(".").map(BigInt);
  const padded = Array.from({ length: 6 }, (_, i) => parts[i] ?? 0n);
  const suffix = [preRank, BigInt(pre ?? 0), BigInt(post ?? -1), dev === undefined ? 1n : 0n, BigInt(dev ?? 0)];
  return [
    BigInt(epoch ?? 0),
    ...padded,
    ...suffix,
    ...(local === undefined ? [] : local.split(".").flatMap(localRank)),
  ];
}

/** Numbers above words, words by their letters; a shorter word that begins a longer one comes first. */
function localRank(segment: string): bigint[] {
  if (/^\d+$/.test(segment)) return [1n, BigInt(segment)];
  const letters = [...segment.padEnd(8, "\0")].reduce((sum, char) => sum * 128n + BigInt(char.charCodeAt(0)), 0n);
  return [0n, letters];
}

describe("text", () => {
  test("parsing what was printed gives the same version", () => {
    fc.assert(
      fc.property(versionText, (text) => {
        const version = parseVersion(text);
        expect(parseVersion(version.text)).toEqual(version);
      }),
    );
  });

  test("any text is a version or a VERSION_INVALID that can be drawn", () => {
    const nearly = fc.string({ unit: fc.constantFrom(..."01.abcrvpostdev+-_! \n\u0085é") });
    fc.assert(
      fc.property(nearly, (text) => {
        try {
          expect(tryParseVersion(parseVersion(text).text)).toBeDefined();
        } catch (error) {
          if (!isVenvoyError(error, "VERSION_INVALID")) throw error;
          const [start, end] = error.data["span"] as [number, number];
          expect(start <= end && end <= text.length).toBe(true);
          expect(caret(text, [start, end])).toContain("^");
          expect(tryParseVersion(text)).toBeUndefined();
        }
      }),
    );
  });

  test.each([
    ["", "An empty text is not a version"],
    ["latest", "`latest` is not a version: it must begin with a number, but `latest` stands there"],
    ["1.0.*", "`1.0.*` is not a version: `.*` can't follow `1.0`"],
    ["1.0 beta", "`1.0 beta` is not a version: white space stands inside it"],
    ["1.0-x", "`1.0-x` is not a version: `-x` can't follow `1.0`"],
  ])("%j is refused in words", (text, message) => {
    expect(() => parseVersion(text)).toThrow(message);
  });
});

test("hostile texts cost one pass", () => {
  const size = 300_000;
  const hostile = [
    "1".repeat(size),
    `1${".0".repeat(size)}x`,
    `${" ".repeat(size)}x`,
    `1+${"a.".repeat(size)}`,
    `1-${"1".repeat(size)}-`,
  ];
  const start = cpuMs();
  for (const text of hostile) {
    tryParseVersion(text);
    canonicalVersion(text);
  }
  expect(cpuMs() - start).toBeLessThan(20_000);
});
