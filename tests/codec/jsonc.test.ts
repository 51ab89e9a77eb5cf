import { expect, test } from "vitest";
import { editJsonc, parseJsonc } from "../../src/codec/index.ts";

test("comments, order, blanks and trailing commas survive an edit", () => {
  const text = `{
    // how I like it
    "editor.tabSize": 8, /* wide */
    "python.defaultInterpreterPath": "/old/python",
    "files.exclude": { "**/x": true, },
}
`;
  expect(editJsonc(text, { "python.defaultInterpreterPath": "/new/python" })).toBe(text.replace("/old", "/new"));
  const added = editJsonc(text, { "python.analysis.typeCheckingMode": "strict" });
  expect(added).toContain("// how I like it");
  expect(added).toContain("/* wide */");
  expect(added).toContain('\n    "python.analysis.typeCheckingMode": "strict"');
  expect(parseJsonc(added, "x")).toEqual({
    "editor.tabSize": 8,
    "python.defaultInterpreterPath": "/old/python",
    "files.exclude": { "**/x": true },
    "python.analysis.typeCheckingMode": "strict",
  });
});

test("tabs and line ends stay as the file has them", () => {
  expect(editJsonc('{\r\n\t"a": 1\r\n}\r\n', { b: 2 })).toBe('{\r\n\t"a": 1,\r\n\t"b": 2\r\n}\r\n');
});

test.each(["", "  \n", "{}", "\uFEFF{}"])("%j holds no settings yet", (text) => {
  expect(parseJsonc(text, "settings.json")).toEqual({});
  expect(parseJsonc(editJsonc(text, { a: "b" }), "x")).toEqual({ a: "b" });
});

test.each([
  ['{\n "a": 1\n "b": 2\n}', "line 3"],
  ["[1]", "it is not an object"],
  ["{", "line 1"],
  ["null", "it is not an object"],
])("%j is refused with its line", (text, why) => {
  expect(() => parseJsonc(text, "settings.json")).toThrow(why);
});
