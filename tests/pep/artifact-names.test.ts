import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isVenvoyError } from "../../src/base/index.ts";
import {
  compareBuilds,
  normalizeName,
  parseSdistName,
  parseTag,
  parseWheelName,
  sdistVersion,
} from "../../src/pep/index.ts";

describe("a wheel's file name", () => {
  it("gives name, version, build and all tags", () => {
    const wheel = parseWheelName(
      "Some_Package-1.0RC1-2abc-cp311.cp312-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    );
    expect(wheel.name).toBe("some-package");
    expect(wheel.version.toString()).toBe("1.0rc1");
    expect(wheel.build).toEqual({ number: 2, suffix: "abc" });
    expect(wheel.tagText).toBe("cp311.cp312-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64");
    expect(parseTag(wheel.tagText)).toEqual([
      "cp311-abi3-manylinux_2_17_x86_64",
      "cp311-abi3-manylinux2014_x86_64",
      "cp312-abi3-manylinux_2_17_x86_64",
      "cp312-abi3-manylinux2014_x86_64",
    ]);
  });

  it("keeps every digit of a build number", () => {
    const build = parseWheelName("a-1-90071992547409931-py3-none-any.whl").build;
    expect(build?.number).toBe(90071992547409931n);
    expect(compareBuilds(build, { number: 5, suffix: "" })).toBeGreaterThan(0);
    expect(compareBuilds(undefined, { number: 0, suffix: "" })).toBeLessThan(0);
    expect(compareBuilds({ number: 1, suffix: "a" }, { number: 1, suffix: "b" })).toBeLessThan(0);
    expect(compareBuilds({ number: 1, suffix: "" }, { number: 1, suffix: "" })).toBe(0);
  });

  it("refuses a name that stands for too many tags", () => {
    const many = Array.from({ length: 70 }, (_, index) => `a${index}`).join(".");
    expect(() => parseWheelName(`a-1-${many}-${many}-any.whl`)).toThrow("the tags are not tags");
  });

  it("fails in one way only", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseWheelName(`${text}.whl`);
        } catch (error) {
          expect(isVenvoyError(error, "WHEEL_INVALID")).toBe(true);
        }
      }),
    );
  });
});

describe("a compressed tag", () => {
  it("is lower-cased and has no repetitions", () => {
    expect(parseTag("PY3.py3-None-ANY.any")).toEqual(["py3-none-any"]);
  });

  it.each(["py3-none", "py3-none-any-x", "py3--any", "3-none-any", "p y-none-any"])("is not `%s`", (tag) => {
    expect(() => parseTag(tag)).toThrow("is not a wheel tag");
  });
});

describe("a source archive's file name", () => {
  it("splits at the last dash", () => {
    expect(parseSdistName("zope-interface-5.0.zip")).toMatchObject({ name: "zope-interface", format: "zip" });
    expect(() => parseSdistName("a.tar.gz")).toThrow("it names no version");
    expect(() => parseSdistName("-1.tar.gz")).toThrow("it names no package");
    expect(parseSdistName("a-1.tar.bz2")).toMatchObject({ name: "a", format: "tar.bz2" });
    expect(() => parseSdistName("a-1.tar.lz")).toThrow("it must end in .tar.gz, .zip, .tar.bz2, .tar.xz, .tgz");
  });

  it.each([
    ["a-1-2.tar.gz", "a", "1.post2"],
    ["Foo.Bar-1.0.tar.gz", "foo-bar", "1.0"],
    ["foo-bar-1.0-beta2.zip", "foo-bar", "1.0b2"],
    ["foo-bar-1.0.tar.gz", "foo", undefined],
    ["foo-1.0.whl", "foo", undefined],
    [`${"-".repeat(5000)}.zip`, "a", undefined],
  ])("tells the version of `%s` on the page of %s", (filename, name, version) => {
    expect(sdistVersion(filename, normalizeName(name))?.toString()).toBe(version);
  });
});
