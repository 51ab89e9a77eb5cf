import { describe, expect, test } from "vitest";
import { parseTarget } from "../../src/python/index.ts";

describe("a target by its name", () => {
  test.each([
    ["linux-x86_64-cp311", "linux-x86_64-cp311"],
    ["Linux-AMD64-cp3.11", "linux-x86_64-cp311"],
    ["linux-x86_64-glibc2.28-cp311", "linux-x86_64-cp311"],
    ["linux-x86_64-glibc2.17-cp311", "linux-x86_64-glibc2.17-cp311"],
    ["linux-aarch64-musl1.2-pp310", "linux-aarch64-musl1.2-pp310"],
    ["windows-x86_64-cp312", "windows-amd64-cp312"],
    ["macos-aarch64-cp313t", "macos-arm64-cp313t"],
    ["macos-x86_64-11.0-cp3.9.2", "macos-x86_64-11.0-cp3.9.2"],
  ])("%s is %s, and reads the same again", (text, name) => {
    expect(parseTarget(text).name).toBe(name);
    expect(parseTarget(name)).toEqual(parseTarget(text));
  });

  test.each([
    ["linux-x86_64-cp311", ["cp311-cp311-manylinux_2_28_x86_64", "cp39-abi3-manylinux2014_x86_64", "py3-none-any"]],
    ["linux-x86_64-musl1.2-cp311", ["cp311-cp311-musllinux_1_1_x86_64"]],
    ["linux-aarch64-pp310", ["pp310-pypy310_pp73-manylinux_2_17_aarch64"]],
    ["windows-amd64-cp312", ["cp312-cp312-win_amd64"]],
    ["windows-x86-cp312", ["cp312-cp312-win32"]],
    ["macos-arm64-cp313", ["cp313-cp313-macosx_11_0_arm64", "cp313-cp313-macosx_10_13_universal2"]],
    ["macos-arm64-cp313t", ["cp313-cp313t-macosx_13_0_arm64"]],
  ])("%s takes wheels for %j", (name, tags) => {
    expect(parseTarget(name).target.tags).toEqual(expect.arrayContaining(tags));
  });

  test.each([
    ["linux-x86_64-cp311", "cp311-cp311-manylinux_2_34_x86_64"],
    ["linux-x86_64-glibc2.17-cp311", "cp311-cp311-manylinux_2_28_x86_64"],
    ["linux-x86_64-musl1.2-cp311", "cp311-cp311-manylinux_2_17_x86_64"],
    ["macos-arm64-11.0-cp313", "cp313-cp313-macosx_12_0_arm64"],
    ["macos-arm64-cp313t", "cp313-abi3-macosx_11_0_arm64"],
  ])("%s takes no wheel for %s", (name, tag) => {
    expect(parseTarget(name).target.tags).not.toContain(tag);
  });

  test("markers are those of that platform, not of this one", () => {
    expect(parseTarget("windows-amd64-cp312").target.markers).toMatchObject({
      sys_platform: "win32",
      os_name: "nt",
      platform_machine: "AMD64",
      platform_system: "Windows",
      python_version: "3.12",
      python_full_version: "3.12.0",
    });
    // Nobody stays on the releases that packages shut out; what one of them needs comes all the same.
    expect(parseTarget("windows-amd64-cp312").target.pythonVersion).toBe("3.12.20");
    expect(parseTarget("windows-amd64-cp3.12.4").target).toMatchObject({
      pythonVersion: "3.12.4",
      markers: { python_full_version: "3.12.4" },
    });
    expect(parseTarget("macos-arm64-pp310").target.markers).toMatchObject({
      sys_platform: "darwin",
      platform_machine: "arm64",
      platform_python_implementation: "PyPy",
      implementation_name: "pypy",
      implementation_version: "7.3.0",
    });
  });

  test.each([
    "",
    "linux",
    "linux-x86_64",
    "linux-x86_64-python3",
    "linux-x86_64-2.17-cp311",
    "linux-m68k-cp311",
    "windows-amd64-glibc2.17-cp311",
    "macos-arm64-musl1.2-cp311",
    "solaris-x86_64-cp311",
    "linux-x86_64-cp311-extra-words",
    "linux-x86_64-pp310t",
  ])("%j is refused with examples", (text) => {
    expect(() => parseTarget(text)).toThrow(
      expect.objectContaining({ code: "ARGUMENT_INVALID", hint: expect.stringContaining("linux-x86_64-cp311") }),
    );
  });
});
