import { expect, test } from "vitest";
import { readDependencyGroups } from "../../src/pep/index.ts";

const groups = readDependencyGroups({
  Test: ["pytest>=8", { "include-group": "runtime_" }, "coverage"],
  "runtime-": ["numpy"],
  loop: [{ "include-group": "pool" }],
  pool: [{ "include-group": "loop" }],
  odd: [{ "include-group": "test", more: 1 }],
  text: "numpy",
});

test("a group holds what it includes, in place", () => {
  expect(groups.resolve("test").map(String)).toEqual(["pytest>=8", "numpy", "coverage"]);
  expect(groups.lookup("TEST").map((item) => item.kind)).toEqual(["requirement", "include", "requirement"]);
  expect(groups.names).toEqual(["Test", "runtime-", "loop", "pool", "odd", "text"]);
});

test.each([
  ["loop", "its includes form a circle: loop -> pool -> loop"],
  ["odd", "item 1 is neither a requirement nor an `include-group`"],
  ["text", "it is not a list"],
  ["none", "There is no dependency group `none`"],
])("group %s is refused in words", (group, why) => {
  expect(() => groups.resolve(group)).toThrow(why);
});

test("two spellings of one name are refused", () => {
  expect(() => readDependencyGroups({ "a.b": [], a_b: [] })).toThrow("another group has the same name");
});

test("groups that double at each level are refused before they fill the memory", () => {
  const levels = Array.from({ length: 40 }, (_, i) => [
    `g${i}`,
    [{ "include-group": `g${i + 1}` }, { "include-group": `g${i + 1}` }],
  ]);
  const doubling = readDependencyGroups({ ...Object.fromEntries(levels), g40: ["x"] });
  expect(() => doubling.resolve("g0")).toThrow("it has more than 100000 members");
});
