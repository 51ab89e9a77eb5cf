import { describe, expect, it } from "vitest";
import {
  compareBuilds,
  compatibleTags,
  parseSdistName,
  parseTag,
  parseWheelName,
  TagRank,
} from "../../src/pep/index.ts";
import { vectors } from "./vectors.ts";

interface NameCase {
  readonly input: string;
  readonly valid: boolean;
  readonly name?: string;
  readonly version?: string;
  readonly build?: (string | number)[] | null;
  readonly tags?: string[];
}

interface BestCase {
  readonly project: string;
  readonly version: string;
  readonly implementation: string;
  readonly python: [number, number];
  readonly abis: string[];
  readonly platform: string;
  readonly files: string[];
  readonly best: string | null;
  readonly compatible: string[];
}

const best = vectors<BestCase, { readonly platforms: Record<string, string[]> }>("packaging/best_wheel");

describe("file names as Python's packaging reads them", () => {
  it.each(vectors<NameCase>("packaging/wheel_filenames").cases)(
    "reads the wheel $input",
    ({ input, valid, name, version, build, tags }) => {
      if (!valid) {
        expect(() => parseWheelName(input)).toThrow("is not a wheel's file name");
        return;
      }
      const parsed = parseWheelName(input);
      expect(parsed.name).toBe(name);
      expect(parsed.version.toString()).toBe(version);
      expect(parsed.build && [String(parsed.build.number), parsed.build.suffix]).toEqual(
        build ? [String(build[0]), build[1]] : undefined,
      );
      expect([...parseTag(parsed.tagText)].sort()).toEqual(tags);
    },
  );

  it.each(vectors<NameCase>("packaging/sdist_filenames").cases)(
    "reads the source archive $input",
    ({ input, valid, name, version }) => {
      // `packaging` reads the forms of PEP 625; pip installs these, too, and so must we.
      if (!valid && /\.(?:tar\.(?:bz2|xz)|tgz)$/.test(input)) return;
      if (!valid) {
        expect(() => parseSdistName(input)).toThrow("is not a source archive's file name");
        return;
      }
      const parsed = parseSdistName(input);
      expect(parsed.name).toBe(name);
      expect(parsed.version.toString()).toBe(version);
    },
  );

  it.each(best.cases)("picks the wheel of $project $version for $implementation $python $platform", (given) => {
    const platforms = best.meta.platforms[given.platform] ?? [];
    const { implementation, abis } = given;
    const pythonVersion = given.python;
    const rank = new TagRank(compatibleTags({ implementation, pythonVersion, abis, platforms }));
    const usable = given.files.filter((file) => rank.ofSet(parseWheelName(file).tagText) !== undefined);
    expect([...usable].sort()).toEqual([...given.compatible].sort());
    const ordered = usable
      .map((file) => ({ file, wheel: parseWheelName(file) }))
      .sort(
        (a, b) =>
          (rank.ofSet(a.wheel.tagText) ?? 0) - (rank.ofSet(b.wheel.tagText) ?? 0) ||
          compareBuilds(b.wheel.build, a.wheel.build),
      );
    expect(ordered[0]?.file ?? null).toBe(given.best);
  });
});
