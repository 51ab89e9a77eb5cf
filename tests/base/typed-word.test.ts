import { expect, test } from "vitest";
import { typedWord } from "../../src/base/index.ts";

test.each([
  ["/mnt/tools/demo@3", "/mnt/tools/demo@3"],
  ["/mnt/my share/tools", "'/mnt/my share/tools'"],
  ["it's", "'it'\\''s'"],
  ["K:\\tools\\demo", "K:\\tools\\demo"],
  ["K:\\my tools\\demo", '"K:\\my tools\\demo"'],
  ["idna>=3", "'idna>=3'"],
])("%s is told as %s in a command to type", (text, told) => {
  expect(typedWord(text)).toBe(told);
});
