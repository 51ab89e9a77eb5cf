import { describe, expect, test } from "vitest";
import { inspect, targetOf } from "../../src/python/index.ts";
import type { FakePythonFacts } from "../kit/fake-python.ts";
import { world } from "./world.ts";

async function tags(facts: FakePythonFacts): Promise<readonly string[]> {
  const here = world({ os: facts.os ?? "linux" });
  const program = await here.pythons.install(here.io.fs, facts.os === "windows" ? "C:\\py" : "/py", facts);
  const answer = await inspect(here.io, program, here.options);
  if ("reason" in answer) throw new Error(answer.reason);
  return targetOf(answer.ok).tags;
}

describe("tags of a target, best first", () => {
  test.each<[string, FakePythonFacts, string, readonly string[], readonly string[]]>([
    [
      "glibc",
      { version: "3.11.7" },
      "cp311-cp311-linux_x86_64",
      [
        "cp311-cp311-manylinux_2_36_x86_64",
        "cp311-cp311-manylinux2014_x86_64",
        "cp38-abi3-manylinux1_x86_64",
        "py3-none-any",
      ],
      ["cp311-cp311-manylinux_2_37_x86_64", "cp311-cp311-musllinux_1_2_x86_64"],
    ],
    [
      "musl",
      { version: "3.12.1", libc: ["musl", "1.2"] },
      "cp312-cp312-linux_x86_64",
      ["cp312-cp312-musllinux_1_2_x86_64", "cp312-cp312-musllinux_1_1_x86_64"],
      ["cp312-cp312-manylinux2014_x86_64"],
    ],
    [
      "an unknown C library",
      { version: "3.12.1", libc: null },
      "cp312-cp312-linux_x86_64",
      ["py3-none-any"],
      ["cp312-cp312-manylinux2014_x86_64"],
    ],
    [
      "32 bits on a 64-bit kernel",
      { version: "3.11.7", pointerBits: 32 },
      "cp311-cp311-linux_i686",
      ["cp311-cp311-manylinux2014_i686"],
      ["cp311-cp311-manylinux2014_x86_64"],
    ],
    [
      "32-bit Arm on a 64-bit kernel",
      { version: "3.11.7", machine: "aarch64", pointerBits: 32 },
      "cp311-cp311-linux_armv8l",
      ["cp311-cp311-manylinux2014_armv7l"],
      ["cp311-cp311-manylinux2014_aarch64"],
    ],
    [
      "free-threaded",
      { version: "3.13.0", freeThreaded: true },
      "cp313-cp313t-linux_x86_64",
      ["py3-none-any"],
      ["cp313-cp313-linux_x86_64", "cp312-abi3-linux_x86_64"],
    ],
    ["debug", { version: "3.12.0", debug: true }, "cp312-cp312d-linux_x86_64", ["cp312-cp312-linux_x86_64"], []],
    [
      "PyPy",
      { version: "3.10.14", implementation: "pypy" },
      "pp310-pypy310_pp73-linux_x86_64",
      ["pp310-pypy310_pp73-manylinux2014_x86_64", "pp3-none-any", "py3-none-any"],
      ["cp310-cp310-linux_x86_64"],
    ],
    [
      "a Mac",
      { version: "3.12.4", os: "macos", macos: "14.5" },
      "cp312-cp312-macosx_14_0_arm64",
      ["cp312-cp312-macosx_11_0_universal2"],
      ["cp312-cp312-macosx_15_0_arm64", "cp312-cp312-macosx_14_0_x86_64"],
    ],
    [
      "Windows",
      { version: "3.12.4", os: "windows" },
      "cp312-cp312-win_amd64",
      ["cp312-abi3-win_amd64", "py3-none-any"],
      ["cp312-cp312-win32"],
    ],
  ])("%s", async (_, facts, first, among, none) => {
    const all = await tags(facts);
    expect(all[0]).toBe(first);
    expect(among.filter((tag) => !all.includes(tag))).toEqual([]);
    expect(none.filter((tag) => all.includes(tag))).toEqual([]);
  });
});
