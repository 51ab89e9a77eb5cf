/** Trees of Windows, on a disk that follows Windows' rules: paths with drive letters, junctions, launchers. */
import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { readExeLauncher } from "../../src/codec/index.ts";
import type { Fs } from "../../src/ports/index.ts";
import { applyFix, examineTree, finish, moveOf, stableLinkFor } from "../../src/relocate/index.ts";
import { appendedLauncher } from "../kit/launchers.ts";
import { memoryPorts } from "../kit/memory-ports.ts";

const old = String.raw`C:\Users\Ann\env`;
const root = absPath(String.raw`D:\Tools of all\env`);
const { signal } = new AbortController();

async function plant(fs: Fs, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const at = fs.path.join(root, ...path.split("/"));
    await fs.makeDir(fs.path.directory(at));
    await fs.write(at, content);
  }
}

test("an environment that went to another drive", async () => {
  const ports = memoryPorts({ os: "windows" });
  const { fs } = ports;
  await fs.makeDir(absPath(String.raw`C:\Python311`));
  await plant(fs, {
    "pyvenv.cfg": `home = C:\\Python311\r\nversion = 3.11.2\r\ncommand = C:\\Python311\\python.exe -m venv ${old}\r\n`,
    "Scripts/activate.bat": `@echo off\r\nset VIRTUAL_ENV=${old}\r\n`,
    "Scripts/activate": `VIRTUAL_ENV="${old}"\nexport VIRTUAL_ENV\n`,
    "Scripts/python.exe": "MZ",
    "Scripts/tool.exe": appendedLauncher(`${old}\\Scripts\\python.exe`),
    "Scripts/other-script.py": `#!"${old}\\Scripts\\python.exe"\r\nprint()\r\n`,
    "Lib/site-packages/__editable___x_finder.py": `MAPPING = {'x': '${old.replaceAll("\\", "\\\\")}\\\\src'}\n`,
    "Lib/site-packages/x-1.dist-info/direct_url.json": `{"url": "file:///C:/Users/Ann/env/src"}`,
  });
  await fs.symlink(`${old}\\Lib`, fs.path.join(root, "lib64"), "directory");
  const tree = await examineTree(ports, root, { signal });
  expect(tree.facts).toMatchObject({
    kind: "venv",
    pythonVersion: "3.11.2",
    bases: [{ path: String.raw`C:\Python311` }],
  });
  expect(tree.former.map(({ path }) => path)).toEqual([old]);
  const kinds = tree.paths.filter(({ owner }) => owner === "former").map(({ file, kind }) => `${file} ${kind}`);
  expect(kinds).toEqual(
    expect.arrayContaining([
      "Scripts/tool.exe launcher",
      "Scripts/other-script.py program",
      "Scripts/activate.bat activation",
      "lib64 link",
      "Lib/site-packages/__editable___x_finder.py import",
      "Lib/site-packages/x-1.dist-info/direct_url.json note",
    ]),
  );
  await applyFix(ports, tree, { move: moveOf(old, root), signal });
  const text = async (path: string) => fs.readText(fs.path.join(root, ...path.split("/")));
  expect(await text("Scripts/activate.bat")).toContain(`set VIRTUAL_ENV=${root}\r\n`);
  expect(await text("Scripts/other-script.py")).toBe(`#!"${root}\\Scripts\\python.exe"\r\nprint()\r\n`);
  expect(await text("Lib/site-packages/__editable___x_finder.py")).toContain(String.raw`'D:\\Tools of all\\env\\src'`);
  expect(await text("Lib/site-packages/x-1.dist-info/direct_url.json")).toContain(
    "file:///D:/Tools%20of%20all/env/src",
  );
  expect(await fs.readLink(fs.path.join(root, "lib64"))).toBe(`${root}\\Lib`);
  const launcher = await fs.read(fs.path.join(root, "Scripts", "tool.exe"));
  expect(readExeLauncher(launcher)?.python).toBe(`${root}\\Scripts\\python.exe`);
  expect(await finish(fs, root)).toBeUndefined();
  const after = await examineTree(ports, root, { signal });
  expect(after.former).toEqual([]);
  expect(after.paths.filter(({ harm }) => harm === "now").map(({ file, path }) => [file, path])).toEqual([
    // What they name was never there on this disk; it is the right place all the same.
    ["Lib/site-packages/__editable___x_finder.py", `${root}\\src`],
  ]);
});

test.each([
  ["K:\\Tools\\Python311", "C:\\tools_link\\Python311", true],
  ["\\\\server\\Tools\\Python311", "C:\\tools_link\\Python311", true],
  ["C:\\tools_link\\Python311", "C:\\tools_link\\Python311", false],
])("the recipe for a base at %s", async (base, stable, isFixed) => {
  const ports = memoryPorts({ os: "windows" });
  await plant(ports.fs, { "pyvenv.cfg": `home = ${base}\r\nversion = 3.11.2\r\n` });
  const tree = await examineTree(ports, root, { signal });
  const recipe = await stableLinkFor(ports.fs, tree.facts, "env");
  expect(recipe).toMatchObject({ why: "missing", base, stable });
  expect(recipe?.link[0]).toBe(`mklink /j "${stable}" HERE`);
  expect(recipe?.fix !== undefined).toBe(isFixed);
});
