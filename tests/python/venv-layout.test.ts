import { describe, expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { inspect, parsePyvenvCfg, pyvenvCfg, type VenvLayout, venvLayout } from "../../src/python/index.ts";
import type { FakePythonFacts } from "../kit/fake-python.ts";
import { world } from "./world.ts";

async function layout(facts: FakePythonFacts): Promise<VenvLayout> {
  const here = world({ os: facts.os ?? "linux" });
  const program = await here.pythons.install(here.io.fs, facts.os === "windows" ? "C:\\py" : "/py", facts);
  const answer = await inspect(here.io, program, here.options);
  if ("reason" in answer) throw new Error(answer.reason);
  return venvLayout(answer.ok);
}

describe("venvLayout", () => {
  test.each<[string, FakePythonFacts, VenvLayout]>([
    [
      "CPython on Linux",
      { version: "3.11.7" },
      {
        bin: "bin",
        sitePackages: "lib/python3.11/site-packages",
        include: "include/site/python3.11",
        programs: ["python", "python3", "python3.11"],
        links: [{ name: "lib64", text: "lib" }],
        copiesLaunchers: false,
      },
    ],
    [
      "free-threaded, 32 bits",
      { version: "3.13.0", freeThreaded: true, pointerBits: 32 },
      {
        bin: "bin",
        sitePackages: "lib/python3.13t/site-packages",
        include: "include/site/python3.13t",
        programs: ["python", "python3", "python3.13", "python3.13t"],
        links: [],
        copiesLaunchers: false,
      },
    ],
    [
      "a Mac",
      { version: "3.12.4", os: "macos" },
      {
        bin: "bin",
        sitePackages: "lib/python3.12/site-packages",
        include: "include/site/python3.12",
        programs: ["python", "python3", "python3.12"],
        links: [],
        copiesLaunchers: false,
      },
    ],
    [
      "PyPy",
      { version: "3.10.14", implementation: "pypy" },
      {
        bin: "bin",
        sitePackages: "lib/pypy3.10/site-packages",
        include: "include/site/pypy3.10",
        programs: ["python", "python3", "python3.10", "pypy", "pypy3", "pypy3.10"],
        links: [{ name: "lib64", text: "lib" }],
        copiesLaunchers: false,
      },
    ],
    [
      "Windows",
      { version: "3.12.4", os: "windows" },
      {
        bin: "Scripts",
        sitePackages: "Lib/site-packages",
        include: "Include/site/python3.12",
        programs: ["python.exe", "pythonw.exe"],
        links: [],
        copiesLaunchers: true,
      },
    ],
  ])("%s", async (_, facts, expected) => {
    expect(await layout(facts)).toEqual(expected);
  });
});

describe("pyvenvCfg", () => {
  const place = { home: absPath("/data/bases/x/bin"), program: absPath("/data/bases/x/bin/python3.11") };

  test("is what Python and its tools read", () => {
    expect(
      pyvenvCfg(place, { version: "3.11.7", systemSitePackages: false, implementation: "CPython", prompt: "demo" }),
    ).toBe(
      [
        "home = /data/bases/x/bin",
        "include-system-site-packages = false",
        "version = 3.11.7",
        "version_info = 3.11.7",
        "implementation = CPython",
        "executable = /data/bases/x/bin/python3.11",
        "prompt = demo",
        "",
      ].join("\n"),
    );
  });

  test("is read back, and a line break in a name makes no second key", () => {
    const text = pyvenvCfg(place, { version: "3.11.7", systemSitePackages: true, prompt: "a\nhome = /evil" });
    const keys = parsePyvenvCfg(text);
    expect(keys.get("home")).toBe("/data/bases/x/bin");
    expect(keys.get("include-system-site-packages")).toBe("true");
    expect(parsePyvenvCfg("\uFEFFHOME=/x\r\n# c\r\nnothing\r\nVersion = 3 = 4\r\n")).toEqual(
      new Map([
        ["home", "/x"],
        ["version", "3 = 4"],
      ]),
    );
  });
});
