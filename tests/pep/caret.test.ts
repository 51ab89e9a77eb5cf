import { expect, test } from "vitest";
import { caret } from "../../src/pep/index.ts";

test("the fault stands over carets", () => {
  expect(caret("numpy=1.2", [5, 9])).toBe("numpy=1.2\n     ^^^^");
});

test("an empty span gets one caret, also at the end", () => {
  expect(caret("numpy @", [7, 7])).toBe("numpy @\n       ^");
  expect(caret("", [0, 0])).toBe("\n^");
});

test("only the line of the fault is drawn", () => {
  expect(caret("first\nsecond one\nthird", [13, 20])).toBe("second one\n       ^^^");
});

test("control characters are shown and don't shift the carets", () => {
  expect(caret("a\u001b[2Jb c", [7, 8])).toBe("a\\x1b[2Jb c\n          ^");
  expect(caret("\ta b", [3, 4])).toBe(" a b\n   ^");
});

test("a long line is cut around the fault", () => {
  const [line = "", marks = ""] = caret(`${"x".repeat(1000)}!${"y".repeat(1000)}`, [1000, 1001]).split("\n");
  expect(line.length).toBeLessThan(200);
  expect(line[marks.indexOf("^")]).toBe("!");
  expect([line.startsWith("…"), line.endsWith("…")]).toEqual([true, true]);
});
