import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { readBuildSystem } from "../../src/build/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import { tempDir } from "../kit/temp.ts";

/** A tree with these files, read. */
function read(files: Readonly<Record<string, string>>) {
  const tree = absPath(join(tempDir("tree"), "demo"));
  mkdirSync(tree);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(tree, name), text);
  return readBuildSystem(nodePorts().fs, tree, "demo");
}

describe("how a source tree wants to be built", () => {
  test.each([
    ["setup.py", "from setuptools import setup\nsetup()\n"],
    ["setup.cfg", "[metadata]\nname = demo\n"],
    ["pyproject.toml", "[project]\nname = 'demo'\n"],
  ])("%s alone means setuptools", async (name, text) => {
    expect(await read({ [name]: text })).toMatchObject({ isAssumed: true, requires: ["setuptools>=40.8.0"] });
  });

  test("a directory without a project is told, with what to name instead", async () => {
    await expect(read({ "main.py": "" })).rejects.toMatchObject({
      code: "SOURCE_INVALID",
      message: "`demo` holds no `pyproject.toml`, `setup.py` or `setup.cfg`",
      hint: expect.stringContaining("#subdirectory="),
    });
  });
});
