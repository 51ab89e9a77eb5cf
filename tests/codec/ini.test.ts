import { expect, test } from "vitest";
import { type IniOptions, parseIni } from "../../src/codec/index.ts";

function read(text: string, options: Partial<IniOptions> = {}): Record<string, Record<string, string>> {
  const sections = parseIni(text, { label: "pip.conf", ...options });
  return Object.fromEntries([...sections].map(([name, values]) => [name, Object.fromEntries(values)]));
}

// Each expectation was printed by CPython 3.11's RawConfigParser for the same text.
test.each<[string, string, Record<string, Record<string, string>>]>([
  ["two delimiters", "[a]\nx = 1\ny: 2\nz=a:b\nw: c=d", { a: { x: "1", y: "2", z: "a:b", w: "c=d" } }],
  ["names fold", "[Global]\nIndex-URL = https://index.example/", { Global: { "index-url": "https://index.example/" } }],
  ["comments only at line starts", "# c\n[a]\n; d\nx = 1 # kept ; too\n", { a: { x: "1 # kept ; too" } }],
  ["continuation", "[a]\nx =\n  one\n  two\ny = 3", { a: { x: "\none\ntwo", y: "3" } }],
  ["empty line inside a value", "[a]\nx = one\n\n  two\n\ny = 3", { a: { x: "one\n\ntwo", y: "3" } }],
  ["comment inside a value", "[a]\nx = one\n  # gone\n  two", { a: { x: "one\ntwo" } }],
  ["per cent", "[a]\nx = %(home)s 100%", { a: { x: "%(home)s 100%" } }],
  ["defaults", "[DEFAULT]\nx = 1\ny = 2\n[a]\nx = 3\n[b]", { a: { x: "3", y: "2" }, b: { x: "1", y: "2" } }],
  ["indented option", "[a]\n  x = 1\n  y = 2", { a: { x: "1", y: "2" } }],
  ["carriage returns", "[a]\r\nx = 1\r\ny = 2\r", { a: { x: "1", y: "2" } }],
  ["bracket inside the header", "[a]b]\nx = 1", { "a]b": { x: "1" } }],
  ["text after the header", "[a] tail\nx=1", { a: { x: "1" } }],
  ["empty value", "[a]\nx =\ny:", { a: { x: "", y: "" } }],
  ["byte order mark", "\uFEFF[a]\nx=1", { a: { x: "1" } }],
])("%s", (_name, text, wanted) => {
  expect(read(text)).toEqual(wanted);
});

test.each<[string, string, number]>([
  ["`pip.conf` line 1 has no section header before its first option", "x = 1", 1],
  ["`pip.conf` line 3 has a line that isn't `name = value`", "[a]\nx = 1\nnonsense", 3],
  ["`pip.conf` line 2 has a line that isn't `name = value`", "[a]\n= 1", 2],
  ["`pip.conf` line 3 has the option `x` twice in one section", "[a]\nx = 1\nX = 2", 3],
  ["`pip.conf` line 2 has the section `[a]` twice", "[a]\n[a]", 2],
])("%s", (message, text, line) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", message }));
  try {
    read(text);
  } catch (error) {
    expect(error).toMatchObject({ data: { file: "pip.conf", line } });
  }
});

test("entry points: one delimiter, case kept", () => {
  const text = "[console_scripts]\nBlack = black:main [d]\n";
  expect(read(text, { delimiters: ["="], keepCase: true })).toEqual({ console_scripts: { Black: "black:main [d]" } });
});
