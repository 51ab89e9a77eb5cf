import { describe, expect, it } from "vitest";
import { compatibleTags, linuxPlatforms, macPlatforms, TagRank } from "../../src/pep/index.ts";

describe("the tags of a target", () => {
  const linux = linuxPlatforms({ machine: "x86_64", glibc: [2, 17] });
  const tags = compatibleTags({ implementation: "cpython", pythonVersion: [3, 11], abis: ["cp311"], platforms: linux });

  it("prefer the own ABI, then the stable one, then pure Python", () => {
    const order = [
      "cp311-cp311-manylinux_2_17_x86_64",
      "cp311-abi3-linux_x86_64",
      "cp37-abi3-manylinux1_x86_64",
      "py3-none-any",
    ];
    expect(order.map((tag) => tags.indexOf(tag))).toEqual(order.map((tag) => tags.indexOf(tag)).sort((a, b) => a - b));
    expect(tags).not.toContain("cp312-abi3-linux_x86_64");
    expect(tags).not.toContain("cp311-cp311-manylinux_2_28_x86_64");
    expect(new Set(tags).size).toBe(tags.length);
  });

  it("leave abi3 to Pythons with the lock, and give the others abi3t", () => {
    const free = compatibleTags({
      implementation: "cpython",
      pythonVersion: [3, 15],
      abis: ["cp315t"],
      platforms: ["linux_x86_64"],
    });
    expect(free.slice(0, 3)).toEqual([
      "cp315-cp315t-linux_x86_64",
      "cp315-abi3t-linux_x86_64",
      "cp315-none-linux_x86_64",
    ]);
    expect(free).not.toContain("cp314-abi3-linux_x86_64");
  });

  it("take older files on newer systems", () => {
    expect(macPlatforms({ version: [14, 2], machine: "arm64" })).toContain("macosx_11_0_universal2");
    expect(linuxPlatforms({ machine: "aarch64", musl: [1, 2] })).toEqual([
      "linux_aarch64",
      "musllinux_1_2_aarch64",
      "musllinux_1_1_aarch64",
      "musllinux_1_0_aarch64",
    ]);
  });

  it("rank files, also by the compressed tag of the name", () => {
    const rank = new TagRank(tags);
    expect(rank.ofSet("py3-none-any")).toBe(tags.indexOf("py3-none-any"));
    expect(rank.ofSet("cp310-cp310-linux_x86_64")).toBeUndefined();
    expect(rank.ofSet("cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64")).toBe(1);
    expect(rank.ofSet("py2.py3-none-any")).toBe(tags.indexOf("py3-none-any"));
    expect(rank.ofSet("cp39-cp39-win32")).toBeUndefined();
    expect(rank.ofSet("cp39-cp39-win32")).toBeUndefined();
  });
});
