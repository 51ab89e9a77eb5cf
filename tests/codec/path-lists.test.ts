import { expect, test } from "vitest";
import { formatPathLists, parsePathLists } from "../../src/codec/index.ts";

const lists = new Map([
  ["site", { directories: ["a", "a/b", "ab"], files: ["a/x.py", "a/b/y.py", "ab/z.py", "a.py"] }],
  ["data", { directories: ["share"], files: ["share/a"] }],
]);

test("lists come back as they were written", () => {
  expect([...parsePathLists(formatPathLists(lists))].slice(1)).toEqual([...lists]);
});

test("of a list that is named only what lies at or below some names is read, and of the others all", () => {
  const read = parsePathLists(formatPathLists(lists), new Map([["site", new Set(["a"])]]));
  expect(read.get("site")).toEqual({ directories: ["a", "a/b"], files: ["a/x.py", "a/b/y.py"] });
  expect(read.get("data")).toEqual(lists.get("data"));
});

test("a list that was cut ends with its last whole line", () => {
  expect(parsePathLists(":site\na/\na/x.py\na/y").get("site")).toEqual({ directories: ["a"], files: ["a/x.py"] });
});
