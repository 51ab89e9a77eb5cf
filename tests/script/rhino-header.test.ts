import { describe, expect, it } from "vitest";
import { readHeader } from "../../src/script/index.ts";
import { lines, messages, texts } from "./header-words.ts";

describe("Rhino's language line", () => {
  it.each([
    ["#! python 3", "python3"],
    ["#! python3", "python3"],
    ["#!python 2", "python2"],
    ["// #! csharp", "csharp"],
    ["//#! csharp", "csharp"],
    ["#! *.python3.9", "python3.9"],
    ["#! mcneel.python3.9.10-dev", "python3.9.10"],
    ["#! gh1.csharp: 12.4-testing", "csharp12.4"],
    ["#! *.net.python@3.9", "python3.9"],
    ["#! *.python-3.10.*", "python3.10"],
    ["#! python@*", "python"],
    ["#! python@*_custom", "python"],
    ["#! python-3.*-custom", "python3"],
    ["#! python-3.* custom", "python3"],
    ["#!/usr/bin/env python3", undefined],
    ["#! python-*_custom@sep", undefined],
    ["#! python-3.*:custom", undefined],
    ["#! d.python3", undefined],
    ["#! dd.*.python", undefined],
    ["#! p", undefined],
  ])("reads `%s`", (line, name) => {
    expect(readHeader(`${line}\n`).language?.name).toBe(name);
  });

  it("knows developer and implementation", () => {
    expect(readHeader("#! mcneel.pythonnet.python@3.9.10\n").language).toMatchObject({
      developer: "mcneel",
      implementation: "pythonnet",
      family: "python",
      version: "3.9.10",
      line: 1,
    });
  });

  it("counts after statements too, with its line", () => {
    expect(readHeader(lines("import os", "x = '#! python2'", "  #! python3")).language).toMatchObject({
      line: 3,
      column: 3,
    });
  });
});

describe("Rhino's directives", () => {
  it("adds references up, each with its place", () => {
    const header = readHeader(
      lines(
        "#! python 3",
        "",
        "# r: numpy>=1.2,<2, scipy",
        "#r:jax[cpu, cuda]==0.4.*",
        "# requirements: toml ; python_version < '3.11'",
      ),
    );
    expect(header.kind).toBe("rhino");
    expect(header.requirements.map(({ text, line, column, endColumn }) => ({ text, line, column, endColumn }))).toEqual(
      [
        { text: "numpy>=1.2,<2", line: 3, column: 6, endColumn: 19 },
        { text: "scipy", line: 3, column: 21, endColumn: 26 },
        { text: "jax[cpu, cuda]==0.4.*", line: 4, column: 4, endColumn: 25 },
        { text: "toml ; python_version < '3.11'", line: 5, column: 17, endColumn: 47 },
      ],
    );
    expect(header.requirements[0]?.requirement?.specifier.toString()).toBe("<2,>=1.2");
    expect(header.problems).toEqual([]);
  });

  it("takes C# leaders, with and without blanks, around C# comments", () => {
    const header = readHeader(
      lines(
        "/* a block",
        "   // r: hidden */",
        "// r: a",
        "//r:b",
        "// venv: tools",
        "//async:true",
        "using System;",
        "// r: late",
      ),
    );
    expect(texts(header)).toEqual(["a", "b"]);
    expect(header.venv).toMatchObject({ text: "tools", isName: true, line: 5, column: 10 });
    expect(header.async).toBe(true);
  });

  it.each([
    ["the first venv", lines("# venv: one", "# venv: two"), { venv: "one" }],
    ["the first venv that is not empty", lines("# venv: ", "# venv:", "# venv: two"), { venv: "two" }],
    ["the first async that is one", lines("# async: maybe", "# async: False", "# async: true"), { async: false }],
    [
      "the first platform",
      lines("# platform:", "# platform: rhino3d@8", "# platform: revit 2023"),
      { platform: "rhino3d@8" },
    ],
    ["a platform with a blank", lines("# platform: revit 2023"), { platform: "revit 2023" }],
    ["all flags", lines("# flag: python.reloadEngine", "# flag: x"), { flags: ["python.reloadEngine", "x"] }],
    ["all paths", lines("# env: C:/lib/dir/", "# env: /a b/c"), { envPaths: ["C:/lib/dir/", "/a b/c"] }],
  ])("takes %s", (_, script, wanted) => {
    const { venv, async, platform, flags, envPaths } = readHeader(script);
    expect({
      venv: venv?.text,
      async,
      platform: platform?.text,
      flags: flags.map((item) => item.text),
      envPaths: envPaths.map((item) => item.text),
    }).toEqual({
      venv: undefined,
      async: undefined,
      platform: undefined,
      flags: [],
      envPaths: [],
      ...wanted,
    });
  });

  it("stops at the first statement and passes over a docstring", () => {
    expect(
      texts(readHeader(lines("# r: a", '"""doc', "# r: b", '"""  # r: c', "# r: d", "import os", "# r: e"))),
    ).toEqual(["a", "d"]);
    expect(texts(readHeader(lines("'one line' # x", "# r: d", "'second string'", "# r: e")))).toEqual(["d"]);
    expect(texts(readHeader(lines('r"""a \\""" b', "# r: x", '"""', "# r: d")))).toEqual(["d"]);
    expect(texts(readHeader(lines('"""doc""" + x', "# r: d")))).toEqual([]);
    expect(texts(readHeader(lines('"""never closed', "# r: d")))).toEqual([]);
    expect(texts(readHeader(lines("## r: a", "#### venv: x", "//// r: b", "# r: c")))).toEqual(["c"]);
  });

  it("reads the quoted form of every provider, and tells what is not Python's", () => {
    const header = readHeader(
      lines(
        '#r "pip: numpy, requests[security]"',
        '# r "pip: --editable ./lib"',
        '# r "pip: git+https://host.example/a.git@main#subdirectory=x"',
        '# r "nuget: RestSharp, 110.2.0"',
        '//r nuget "X==1.2"',
        '# r "yak: LunchBox, 2025.5.5"',
        '# r "C:/libs/X.dll"',
        '# r "wheel: a-1.0-py3-none-any.whl"',
        "# wheel: natsort-3.5.5-py2.py3-none-any.whl",
      ),
    );
    expect(header.requirements.map(({ provider, text, editable, url }) => [provider, text, editable, url])).toEqual([
      ["pip", "numpy", false, undefined],
      ["pip", "requests[security]", false, undefined],
      ["pip", "./lib", true, "./lib"],
      [
        "pip",
        "git+https://host.example/a.git@main#subdirectory=x",
        false,
        "git+https://host.example/a.git@main#subdirectory=x",
      ],
      ["nuget", "RestSharp, 110.2.0", false, undefined],
      ["nuget", "X==1.2", false, undefined],
      ["yak", "LunchBox, 2025.5.5", false, undefined],
      ["assembly", "C:/libs/X.dll", false, undefined],
      ["wheel", "a-1.0-py3-none-any.whl", false, undefined],
      ["wheel", "natsort-3.5.5-py2.py3-none-any.whl", false, undefined],
    ]);
    expect(header.problems.map(({ severity, line }) => [severity, line])).toEqual(
      [4, 5, 6, 7].map((line) => ["warning", line]),
    );
  });

  it("reads pip's options beside names and alone", () => {
    const header = readHeader(
      lines(
        "# r: torch, numpy --index-url https://index.example/cpu --extra-index-url=https://b.example",
        "# r: --no-index -f ./wheels",
      ),
    );
    expect(texts(header)).toEqual(["torch", "numpy"]);
    expect(header.pipOptions).toEqual([
      { name: "index-url", value: "https://index.example/cpu" },
      { name: "extra-index-url", value: "https://b.example" },
      { name: "no-index" },
      { name: "f", value: "./wheels" },
    ]);
    expect(header.requirements[0]?.options).toHaveLength(2);
  });

  it("takes an address for what it is, and a comment off a reference", () => {
    const header = readHeader(
      lines(
        "# r: git+https://host.example/a.git#subdirectory=x, numpy",
        "# r: scipy  # for the solver",
        "# r: ./a b.whl",
      ),
    );
    expect(texts(header)).toEqual(["git+https://host.example/a.git#subdirectory=x", "numpy", "scipy", "./a b.whl"]);
    expect(header.problems).toEqual([]);
  });

  it("takes prose for prose", () => {
    const header = readHeader(
      lines(
        "# Requirements: Rhino 8 and Python 3",
        "# R: radius of the circle",
        "# venv: my env (old)",
        "# Requirements: numpy, scipy",
      ),
    );
    expect(texts(header)).toEqual(["numpy", "scipy"]);
    expect(header.venv).toMatchObject({ text: "my env (old)", isName: false });
    expect(messages(header)).toEqual([
      "warning 3: this is no name of an environment, so the line counts as a plain comment",
    ]);
  });
});
