import fc from "fast-check";
import { expect, test } from "vitest";
import { type LanguageFacts, snippetIn } from "../../../src/host/snippets/languages.ts";
import { pythonSnippet } from "../../../src/host/snippets/python.ts";

const facts: LanguageFacts = {
  label: "tools",
  kind: "publication",
  roots: ["K:\\tools", "/share/tools"],
  layout: "venv",
  python: "3.11",
  entries: ["/share/tools/current/lib/python3.11/site-packages"],
  separator: ":",
  isModule: false,
  title: "3ds Max",
  variable: "PYTHONPATH",
  arguments: [],
  program: undefined,
  startup: undefined,
};

/** Strings and everything else of MEL or MaxScript, which both write `"…"` with `\` before what is meant otherwise. */
function tokens(text: string, escapes: string): { readonly strings: readonly string[]; readonly rest: string } {
  const strings: string[] = [];
  let rest = "";
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '"') {
      rest += text[at];
      continue;
    }
    let value = "";
    for (at++; text[at] !== '"'; at++) {
      const char = text[at];
      if (char === undefined || char === "\n") throw new Error(`a string has no end: ${value}`);
      if (char !== "\\") value += char;
      else {
        const next = text[++at] ?? "";
        if (!escapes.includes(next)) throw new Error(`\\${next} means nothing there`);
        value += { n: "\n", t: "\t" }[next] ?? next;
      }
    }
    strings.push(value);
    rest += '""';
  }
  return { strings, rest };
}

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom('"', "\\", "\\\\\\n", '");quit();//', "%$`'\n"),
);

test("MaxScript holds the Python lines in strings that say the same", () => {
  fc.assert(
    fc.property(anyText, anyText, (label, root) => {
      const given = { ...facts, label, roots: [root] as const };
      const text = snippetIn("maxscript", given);
      const { strings, rest } = tokens(text, '\\"nt');
      return (
        /^[\x20-\x7e\n]*$/.test(text) &&
        strings.slice(0, -1).join("") === pythonSnippet(given) &&
        /^\(\n {2}local venvoyProgram = (?:"" \+\n {4})*""\n {2}try \(python\.Execute venvoyProgram\) catch \(format ""\)\n\)\n$/.test(
          rest,
        )
      );
    }),
    { verbose: true },
  );
});

test("MEL does, too", () => {
  fc.assert(
    fc.property(anyText, anyText, (label, root) => {
      const given = { ...facts, label, roots: [root] as const };
      const text = snippetIn("mel", given);
      const { strings, rest } = tokens(text, '\\"nt');
      return (
        /^[\x20-\x7e\n]*$/.test(text) &&
        strings.slice(0, -1).join("") === pythonSnippet(given) &&
        /^\{\n {2}string \$venvoyProgram = (?:"" \+\n {4})*"";\n {2}if \(catch\(python\(\$venvoyProgram\)\)\) warning\(""\);\n\}\n$/.test(
          rest,
        )
      );
    }),
    { verbose: true },
  );
});

test("a batch file sets what it was given, doubles percent signs and refuses what would end the quotes", () => {
  const given = {
    ...facts,
    label: "100% & more",
    roots: ["K:\\a b & c\\100%\\!x!^y", "\\\\server\\tööls"] as const,
    variable: "PYTHONPATH",
    program: "C:\\Program Files\\Autodesk\\Maya2025\\bin\\maya.exe",
  };
  const text = snippetIn("bat", given);
  expect(text.split("\r\n")).toEqual([
    "@echo off",
    "chcp 65001 >nul",
    "setlocal DisableDelayedExpansion",
    'set "VENVOY_NAME=100%% & more"',
    'set "VENVOY_ROOT="',
    'if not defined VENVOY_ROOT if exist "K:\\a b & c\\100%%\\!x!^y\\" set "VENVOY_ROOT=K:\\a b & c\\100%%\\!x!^y"',
    'if not defined VENVOY_ROOT if exist "\\\\server\\tööls\\" set "VENVOY_ROOT=\\\\server\\tööls"',
    "if not defined VENVOY_ROOT goto :gone",
    'set "VENVOY_RELEASE="',
    'if exist "%VENVOY_ROOT%\\current.txt" set /p VENVOY_RELEASE=<"%VENVOY_ROOT%\\current.txt"',
    "if not defined VENVOY_RELEASE goto :gone",
    'for /f "tokens=1" %%r in ("%VENVOY_RELEASE%") do set "VENVOY_RELEASE=%%r"',
    'set "VENVOY_TREE=%VENVOY_ROOT%\\releases\\%VENVOY_RELEASE%"',
    'set "VENVOY_LEASES=%VENVOY_ROOT%\\leases\\%VENVOY_RELEASE%"',
    'if exist "%VENVOY_LEASES%\\" call :lease 2>nul',
    'set "VENVOY_PACKAGES=%VENVOY_TREE%\\Lib\\site-packages"',
    'if not exist "%VENVOY_PACKAGES%\\" goto :gone',
    'if defined PYTHONPATH set "PYTHONPATH=%VENVOY_PACKAGES%;%PYTHONPATH%"',
    'if not defined PYTHONPATH set "PYTHONPATH=%VENVOY_PACKAGES%"',
    'if exist "%VENVOY_TREE%\\Scripts\\" set "PATH=%VENVOY_TREE%\\Scripts;%PATH%"',
    'set "PYTHONHOME="',
    "goto :start",
    ":gone",
    'echo venvoy: "%VENVOY_NAME%" is not there; its packages are missing here 1>&2',
    ":start",
    'set "VENVOY_PROGRAM=C:\\Program Files\\Autodesk\\Maya2025\\bin\\maya.exe"',
    '"%VENVOY_PROGRAM%" %*',
    "exit /b %ERRORLEVEL%",
    ":lease",
    '>"%VENVOY_LEASES%\\%COMPUTERNAME%.0.%RANDOM%x%RANDOM%" echo windows',
    "exit /b 0",
    "",
  ]);
  for (const root of ['a"b', "a\nb", "a\rb"])
    expect(() => snippetIn("bat", { ...facts, roots: [root] })).toThrow("can't be written into a batch file");
});

test("houdini.env and path files take paths alone, and refuse what they can't say", () => {
  const windows = { ...facts, entries: ["K:\\tools\\$x\\Lib\\site-packages", "K:\\own"], separator: ";" } as const;
  expect(snippetIn("env", windows)).toBe('PYTHONPATH = "K:/tools/\\$x/Lib/site-packages;K:/own;$PYTHONPATH"\n');
  expect(snippetIn("env", facts)).toBe(
    'PYTHONPATH = "/share/tools/current/lib/python3.11/site-packages:$PYTHONPATH"\n',
  );
  for (const entry of ['/a"b', "/a\nb", "/a:b", "/a\\b", "/a;b"])
    expect(() => snippetIn("env", { ...facts, entries: [entry] })).toThrow("can't be written into houdini.env");
  expect(snippetIn("path", { ...facts, entries: ["/a b", "/ü"] })).toBe("/a b\n/ü\n");
  expect(() => snippetIn("path", { ...facts, entries: ["/a\nb"] })).toThrow("can't be written into a path file");
});

test("a program that imports its startup files as modules gets what it asks of them", () => {
  expect(snippetIn("python", { ...facts, isModule: true })).toContain("\ndef register():\n    pass\n");
});
