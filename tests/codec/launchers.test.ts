import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bytecodeNames, readExeLauncher, readMachO, withLauncherPython } from "../../src/codec/index.ts";
import { appendedLauncher, resourceLauncher, trailerLauncher } from "../kit/launchers.ts";
import { fatMachO, machO } from "../kit/mach-o.ts";
import { realPythons } from "../kit/real-pythons.ts";
import { tempDir } from "../kit/temp.ts";

const old = String.raw`C:\Tools\env\Scripts\python.exe`;
const longer = String.raw`D:\A much longer place\env\Scripts\python.exe`;

describe("launchers of Windows", () => {
  test.each([
    ["distlib's", "appended", appendedLauncher(old)],
    ["one whose archive counts from the beginning of the file", "appended", appendedLauncher(old, { absolute: true })],
    ["one with a path in quotes and an argument", "appended", appendedLauncher(old, { line: `#!"${old}" -E\n\r\n` })],
    ["uv's, with the path at its end", "uv-trailer", trailerLauncher(old)],
    ["uv's, with the path as a resource", "uv-resource", resourceLauncher(old, { roomBytes: 128 })],
  ] as const)("%s: another Python, and back to the same bytes", (_name, kind, bytes) => {
    expect(readExeLauncher(bytes)).toMatchObject({ kind, python: old });
    const moved = withLauncherPython(bytes, longer);
    expect(moved && readExeLauncher(moved)).toMatchObject({ kind, python: longer });
    const back = moved && withLauncherPython(moved, old);
    expect(back && readExeLauncher(back)).toMatchObject({ kind, python: old });
  });

  test("a resource without room is left alone", () => {
    const bytes = resourceLauncher(old, { roomBytes: 0 });
    expect(withLauncherPython(bytes, longer)).toBeUndefined();
    const shorter = String.raw`C:\e\python.exe`;
    const moved = withLauncherPython(bytes, shorter);
    expect(moved && readExeLauncher(moved)?.python).toBe(shorter);
  });

  test.skipIf(realPythons().length === 0)("Python reads the archive of a launcher that was moved", () => {
    const python = realPythons()[0]?.program ?? "";
    for (const absolute of [false, true]) {
      const moved = withLauncherPython(appendedLauncher(old, { absolute }), longer);
      const file = join(tempDir("launcher"), "tool.exe");
      writeFileSync(file, moved ?? "");
      const program = "import sys, zipimport; print(zipimport.zipimporter(sys.argv[1]).get_source('__main__'))";
      expect(execFileSync(python, ["-c", program, file], { encoding: "utf8" })).toContain("from tool import main");
    }
  });

  test.each([
    ["nothing", Buffer.alloc(0)],
    ["two letters", Buffer.from("MZ")],
    [
      "a length beyond the file",
      Buffer.concat([Buffer.from("MZ"), Buffer.from([255, 255, 255, 255]), Buffer.from("UVSC")]),
    ],
    ["a program of another kind", Buffer.concat([Buffer.from("MZ"), Buffer.alloc(4_000, 0xff)])],
  ])("%s is no launcher", (_name, bytes) => {
    expect(readExeLauncher(bytes)).toBeUndefined();
  });
});

describe("Mach-O", () => {
  const arm = machO({
    rpaths: ["/old/lib"],
    libraries: ["/old/lib/libz.dylib", "/usr/lib/libSystem.B.dylib"],
    isSigned: true,
  });

  test("paths of one architecture, with their places", () => {
    const facts = readMachO(arm);
    expect(facts?.isSigned).toBe(true);
    expect(facts?.paths.map(({ command, text }) => [command, text])).toEqual([
      ["LC_LOAD_DYLIB", "/old/lib/libz.dylib"],
      ["LC_LOAD_DYLIB", "/usr/lib/libSystem.B.dylib"],
      ["LC_RPATH", "/old/lib"],
    ]);
    for (const { text, offset } of facts?.paths ?? []) expect(arm.toString("utf8", offset).startsWith(text)).toBe(true);
  });

  test("paths of several architectures", () => {
    const fat = fatMachO([arm, machO({ id: "/old/lib/libx.dylib" })]);
    const facts = readMachO(fat);
    expect(facts?.paths.map(({ text }) => text)).toContain("/old/lib/libx.dylib");
    for (const { text, offset } of facts?.paths ?? []) expect(fat.toString("utf8", offset).startsWith(text)).toBe(true);
  });

  test("cut off and foreign files hold none", () => {
    for (let length = 0; length < arm.length - 64; length += 7) readMachO(arm.subarray(0, length));
    expect(readMachO(Buffer.from("cafebabe00000041000000", "hex"))).toBeUndefined();
    expect(readMachO(Buffer.from("#!/bin/sh\n"))).toBeUndefined();
  });
});

describe("names in bytecode", () => {
  for (const { minor, program } of realPythons()) {
    test(`what Python ${minor} compiled names its source`, () => {
      const directory = tempDir("bytecode");
      const sources = ["/old/place/a.py", `/old/${"long/".repeat(80)}b.py`, "/old/plåce/c.py"];
      const compile = `import py_compile, sys
for i, name in enumerate(sys.argv[2:]):
    open(sys.argv[1] + "/s.py", "w").write("def f():\\n  def g(): return '/x.py'\\n  return g\\n")
    py_compile.compile(sys.argv[1] + "/s.py", cfile=sys.argv[1] + "/%d.pyc" % i, dfile=name)
`;
      execFileSync(program, ["-c", compile, directory, ...sources]);
      const names = sources.map((_, index) => {
        const bytes = execFileSync("cat", [join(directory, `${index}.pyc`)]);
        return bytecodeNames(bytes).map(({ text }) => text);
      });
      expect(names).toEqual(sources.map((name) => expect.arrayContaining([name])));
    });
  }
});
