import { describe, expect, it } from "vitest";
import { crashHint, type HintFacts } from "../../src/script/index.ts";

const facts: HintFacts = {
  installed: [
    { name: "torch", topLevel: ["torch", "torchgen"] },
    { name: "numpy", topLevel: ["numpy"] },
    { name: "pillow", topLevel: ["PIL"] },
  ],
  add: "venvoy add -n demo",
  pythonVersion: "3.9.18",
  pythons: [
    { version: "3.11.7", executable: "/usr/bin/python3" },
    { version: "2.7.18", executable: "/opt/python2.7" },
  ],
  glibc: "2.31",
};

const missing = (name: string, known: HintFacts = facts): string | undefined =>
  crashHint({ exceptionType: "ModuleNotFoundError", message: `No module named '${name}'`, name }, known);

describe("a module that is not there", () => {
  it.each([
    ["pytorch", "write `import torch`: the installed package `torch` provides it"],
    ["opencv", "write `import cv2`; its package: `venvoy add -n demo opencv-python`"],
    ["pillow", "write `import PIL`: the installed package `pillow` provides it"],
    ["cv2", "`cv2` comes with the package `opencv-python`: `venvoy add -n demo opencv-python`"],
    ["sklearn.cluster", "`sklearn` comes with the package `scikit-learn`: `venvoy add -n demo scikit-learn`"],
    ["yaml", "`yaml` comes with the package `pyyaml`: `venvoy add -n demo pyyaml`"],
    ["numppy", "did you mean `import numpy`? the installed package `numpy` provides it"],
    ["jsno", "did you mean `import json`? the standard library has it"],
    ["rhinoscriptsyntax", "`rhinoscriptsyntax` exists only inside Rhino: no package brings it; run the script there"],
    ["bpy", "`bpy` exists only inside Blender: no package brings it; run the script there"],
    ["pymxs", "`pymxs` exists only inside 3ds Max: no package brings it; run the script there"],
    ["urllib2", "`urllib2` is a module of Python 2; in Python 3 it is `urllib.request`"],
    [
      "distutils.core",
      "`distutils` left the standard library with Python 3.12; `venvoy add -n demo setuptools` brings it back",
    ],
    ["imp", '`imp` left the standard library with Python 3.12; run it with `--python "<3.12"`'],
    [
      "some_package",
      "nothing here provides `some_package`; if its package has the same name: `venvoy add -n demo some-package`",
    ],
  ])("answers `import %s`", (name, hint) => {
    expect(missing(name)).toBe(hint);
  });

  it("says nothing where Python's own message is enough", () => {
    expect(missing("numpy.nothing")).toBeUndefined();
    expect(missing("../../etc")).toBeUndefined();
    expect(crashHint({ exceptionType: "ValueError", message: "no" }, facts)).toBeUndefined();
  });

  it("takes hosts that the caller knows", () => {
    expect(missing("studio_api", { hostModules: new Map([["studio_api", "Studio"]]) })).toContain("only inside Studio");
  });

  it("looks behind the outermost error", () => {
    const cause = { exceptionType: "ModuleNotFoundError", message: "No module named 'cv2'", name: "cv2" };
    expect(crashHint({ exceptionType: "RuntimeError", message: "plugin failed", causes: [cause] })).toContain(
      "opencv-python",
    );
  });

  it("keeps control characters off the terminal", () => {
    const hint = crashHint(
      { exceptionType: "SyntaxError", message: "Missing parentheses in call to 'print'", filename: "a\u001b[2J.py" },
      facts,
    );
    expect(hint).toContain("\\x1b");
  });
});

describe("syntax of another Python", () => {
  const syntax = (text: string, message = "invalid syntax"): string | undefined =>
    crashHint({ exceptionType: "SyntaxError", message, text, filename: "/home/me/old.py", line: 3 }, facts);

  it.each([
    ['print "hello"', "Missing parentheses in call to 'print'. Did you mean print(...)?"],
    ["except IOError, e:", "multiple exception types must be parenthesized"],
    ["except IOError, e:", "invalid syntax"],
    ['raise ValueError, "no"', "invalid syntax"],
    ["mode = 0777", "leading zeros in decimal integer literals are not permitted; use an 0o prefix"],
    ["if a <> b:", "invalid syntax"],
    ["n = 10L", "invalid decimal literal"],
  ])("knows `%s` for Python 2", (text, message) => {
    expect(syntax(text, message)).toBe(
      "line 3 of `old.py` is written for Python 2; Python 2.7.18 is here as `/opt/python2.7`",
    );
  });

  it("says when there is no Python 2.7", () => {
    expect(crashHint({ exceptionType: "NameError", message: "name 'xrange' is not defined", name: "xrange" })).toBe(
      "`xrange` is a name of Python 2, `range` in Python 3; no Python 2.7 was found on this machine",
    );
  });

  it.each([
    ["match command:", '`match` needs Python 3.10, and this is 3.9: run it with `--python ">=3.10"`'],
    ["type Point = tuple[int, int]", '`type` needs Python 3.12, and this is 3.9: run it with `--python ">=3.12"`'],
  ])("knows `%s` for a newer Python", (text, hint) => {
    expect(syntax(text)).toBe(hint);
  });

  it.each(['print("2024-01-05 0777"', "x = = 1", 'd["a <> b"', "raise ValueError('a, b'", "match = 3 3"])(
    "leaves the ordinary slip `%s` to Python",
    (text) => {
      expect(syntax(text)).toBeUndefined();
    },
  );
});

describe("compiled modules and files", () => {
  it("says which C library this machine has", () => {
    const message =
      "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by /e/lib/python3.9/site-packages/numpy/core/_m.so)";
    expect(crashHint({ exceptionType: "ImportError", message }, facts)).toBe(
      "`numpy` needs glibc 2.34, and this machine has 2.31; an older version of it may fit",
    );
    expect(crashHint({ exceptionType: "OSError", message }, {})).toContain("this machine has another C library");
  });

  it("knows system libraries that packages expect", () => {
    const message = "libGL.so.1: cannot open shared object file: No such file or directory";
    expect(crashHint({ exceptionType: "ImportError", message }, facts)).toContain("opencv-python-headless");
  });

  it("finds a script that hides a module", () => {
    const crash = {
      exceptionType: "ImportError",
      message: "cannot import name 'randint' from 'random' (/home/me/random.py)",
      path: "/home/me/random.py",
    };
    expect(crashHint(crash, facts)).toBe(
      "the script's own `random.py` hides the module `random`; give the file another name",
    );
  });
});
