import { expect, test } from "vitest";
import { canonicalVersion, compareVersions, parseVersion, tryParseVersion } from "../../src/pep/index.ts";
import { failures, vectors } from "./vectors.ts";

interface VersionCase {
  readonly input: string;
  readonly valid: boolean;
  readonly str: string;
  readonly public: string;
  readonly base: string;
  readonly epoch: number | string;
  readonly release: readonly (number | string)[];
  readonly pre: readonly [string, number | string] | null;
  readonly post: number | string | null;
  readonly dev: number | string | null;
  readonly local: string | null;
  readonly is_prerelease: boolean;
  readonly is_postrelease: boolean;
  readonly is_devrelease: boolean;
}

test("texts are versions or not, and have these parts", () => {
  const { cases } = vectors<VersionCase>("packaging/versions");
  const wrong = failures(cases, (one) => {
    const version = tryParseVersion(one.input);
    if (version === undefined || !one.valid) return one.valid === (version !== undefined) ? undefined : version?.text;
    const seen = {
      str: version.text,
      public: version.public,
      base: version.base,
      epoch: version.epoch,
      release: version.release,
      pre: version.pre ?? null,
      post: version.post ?? null,
      dev: version.dev ?? null,
      local: version.local ?? null,
      is_prerelease: version.isPrerelease,
      is_postrelease: version.isPostrelease,
      is_devrelease: version.isDevrelease,
    };
    const expected = {
      str: one.str,
      public: one.public,
      base: one.base,
      epoch: Number(one.epoch),
      release: one.release.map(Number),
      pre: one.pre === null ? null : [one.pre[0], Number(one.pre[1])],
      post: one.post === null ? null : Number(one.post),
      dev: one.dev === null ? null : Number(one.dev),
      local: one.local,
      is_prerelease: one.is_prerelease,
      is_postrelease: one.is_postrelease,
      is_devrelease: one.is_devrelease,
    };
    return sameJson(seen, expected) ? undefined : seen;
  });
  expect(cases.length).toBeGreaterThan(2500);
  expect(wrong).toEqual([]);
});

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

test("two versions compare", () => {
  const { cases } = vectors<{ a: string; b: string; cmp: number }>("packaging/version_order");
  const wrong = failures(cases, ({ a, b, cmp }) => {
    const seen = compareVersions(parseVersion(a), parseVersion(b));
    return Math.sign(seen) === cmp ? undefined : seen;
  });
  expect(cases.length).toBeGreaterThan(3000);
  expect(wrong).toEqual([]);
});

test("all versions of a project sort", () => {
  const { cases } = vectors<{ sorted: readonly string[] }>("packaging/version_sorted_lists");
  const wrong = failures(cases, ({ sorted }) => {
    const versions = sorted.map(parseVersion);
    const disorder = versions.findIndex(
      (version, i) => i > 0 && compareVersions(versions[i - 1] ?? version, version) > 0,
    );
    return disorder === -1 ? undefined : disorder;
  });
  expect(cases.length).toBeGreaterThan(50);
  expect(wrong).toEqual([]);
});

test("versions have one canonical text", () => {
  const { cases } = vectors<{ input: string; strip_trailing_zero: boolean; expected: string }>(
    "packaging/canonical_versions",
  );
  const wrong = failures(cases, ({ input, strip_trailing_zero: stripTrailingZeros, expected }) => {
    const seen = canonicalVersion(input, { stripTrailingZeros });
    return seen === expected ? undefined : seen;
  });
  expect(cases.length).toBeGreaterThan(300);
  expect(wrong).toEqual([]);
});
