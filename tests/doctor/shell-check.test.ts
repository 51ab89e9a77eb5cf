import { describe, expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { checkShell, hiddenByPythonPath } from "../../src/doctor/index.ts";
import { memoryPorts } from "../kit/memory-ports.ts";

async function disk(os: "linux" | "windows", files: readonly string[], env: Record<string, string>) {
  const io = memoryPorts({ os, system: { env } });
  for (const file of files) {
    await io.fs.makeDir(io.fs.path.directory(absPath(file)));
    await io.fs.write(absPath(file), "", { mode: 0o755 });
  }
  return io;
}

describe("PYTHONPATH", () => {
  test("names modules that the environment has too, and no others", async () => {
    const files = [
      "/site/idna/__init__.py",
      "/site/six.py",
      "/site/__pycache__/six.pyc",
      "/a/six.py",
      "/a/own.py",
      "/b/x.py",
    ];
    const io = await disk("linux", files, {});
    expect(await hiddenByPythonPath(io, "/a::/b:/nowhere", absPath("/site"))).toEqual([
      { entry: "/a", names: ["six"], more: "" },
    ]);
    expect(await hiddenByPythonPath(io, "", absPath("/site"))).toEqual([]);
    expect(await hiddenByPythonPath(io, "/a", undefined)).toEqual([]);
  });

  test("shows five names of many", async () => {
    const names = ["a", "b", "c", "d", "e", "f", "g"];
    const io = await disk(
      "linux",
      names.flatMap((name) => [`/site/${name}.py`, `/x/${name}.py`]),
      {},
    );
    expect(await hiddenByPythonPath(io, "/x", absPath("/site"))).toEqual([
      { entry: "/x", names: ["a", "b", "c", "d", "e"], more: " and 2 more" },
    ]);
  });

  test("is separated by semicolons on Windows", async () => {
    const io = await disk("windows", ["C:\\site\\six.py", "D:\\x\\six.py"], {});
    expect(await hiddenByPythonPath(io, "D:\\y;D:\\x", absPath("C:\\site"))).toMatchObject([{ entry: "D:\\x" }]);
  });
});

describe("PATH and PYTHONHOME", () => {
  const subject = { label: "demo", sitePackages: absPath("/envs/demo/site"), bins: [absPath("/envs/demo/bin")] };

  test.each<[string, string, readonly string[]]>([
    ["the environment's first", "/envs/demo/bin:/usr/bin", []],
    ["a directory without a Python first", "/opt/tools:/envs/demo/bin:/usr/bin", []],
    ["another Python first", "/usr/bin:/envs/demo/bin", ["path-hides"]],
    ["entries that are no absolute paths", ":.:/envs/demo/bin", []],
  ])("%s", async (_name, path, codes) => {
    const files = ["/usr/bin/python", "/envs/demo/bin/python", "/opt/tools/other"];
    const io = await disk("linux", files, { PATH: path });
    expect((await checkShell(io, subject)).map((one) => one.code)).toEqual(codes);
  });

  test("one that is not active has no place on PATH to lose", async () => {
    const io = await disk("linux", ["/usr/bin/python"], { PATH: "/usr/bin" });
    expect(await checkShell(io, { ...subject, bins: [] })).toEqual([]);
  });

  test("PYTHONHOME counts without any environment, and what it holds can't command the terminal", async () => {
    const io = await disk("linux", [], { PYTHONHOME: "/opt/\u001b[31mpython" });
    const [found] = await checkShell(io, undefined);
    expect(found).toMatchObject({ code: "pythonhome-set", place: "PYTHONHOME", hint: "unset PYTHONHOME" });
    expect(found?.sentence).not.toContain("\u001b");
    expect(await checkShell(await disk("linux", [], { PYTHONHOME: "" }), undefined)).toEqual([]);
  });
});
