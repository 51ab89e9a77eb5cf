import { expect, test } from "vitest";
import { isVenvoyError, printable } from "../../src/base/index.ts";
import { adaptEnvName, checkDistinct, isDirectoryName, nameKey, parseEnvName, sameName } from "../../src/env/index.ts";

const good = [
  "demo",
  "my-tools",
  "py3.11",
  "brg-csd",
  "DDU_CSC",
  "site-packages",
  "c++",
  "2024",
  "größe",
  "проект",
  "環境",
  "テスト環境",
  "tools環境",
  "_private",
  "a",
  "x".repeat(100),
  "con-fusion",
  "console",
  "com10",
];

test.each(good)("%s names an environment", (name) => {
  expect(parseEnvName(name)).toBe(name.normalize("NFC"));
});

const bad: readonly (readonly [name: string, why: RegExp])[] = [
  ["", /it is empty/],
  [".", /it is a path/],
  ["..", /it is a path/],
  ["../x", /it is a path/],
  ["a/b", /it is a path/],
  ["/etc/passwd", /it is a path/],
  ["..\\x", /it is a path/],
  ["C:\\x", /it is a path/],
  ["C:", /it is a path/],
  ["~", /it is a path/],
  ["~/x", /it is a path/],
  [".hidden", /begins with `\.`/],
  ["-n", /begins with `-`/],
  ["--help", /begins with `-`/],
  ["demo.", /ends with `\.`/],
  [" demo", /begins or ends with a blank/],
  ["demo ", /begins or ends with a blank/],
  ["my tools", /holds a blank/],
  ["con", /device on Windows/],
  ["CON", /device on Windows/],
  ["con.txt", /device on Windows/],
  ["Aux", /device on Windows/],
  ["nul", /device on Windows/],
  ["com1", /device on Windows/],
  ["LPT9.log", /device on Windows/],
  ["com²", /device on Windows/],
  ["x".repeat(101), /longer than 100/],
  ["x".repeat(300), /longer than 100/],
  ["環".repeat(60), /longer than 100/],
  ["de\nmo", /control character/],
  ["demo\u0000", /control character/],
  ["\u001b[31mred", /control character/],
  ["demo\u200b", /invisible character U\+200B/],
  ["de\u202emo", /invisible character U\+202E/],
  ["demo\ufeff", /begins or ends with a blank|invisible/],
  ["de\u00admo", /invisible character U\+00AD/],
  ["a:b", /holds `:`|is a path/],
  ["a*b", /holds `\*`/],
  ["$HOME", /holds `\$`/],
  ["a'b", /holds `'`/],
  ["demo@1", /holds `@`/],
  ["+demo", /doesn't begin with a letter/],
  ["ｄｅｍｏ", /look like `demo`/],
  ["ﬁle", /look like `file`/],
  ["dеmo", /mixes Latin and Cyrillic/],
  ["dεmo", /mixes Latin and Greek/],
  ["αβв", /mixes Greek and Cyrillic/],
];

test.each(bad)("%j is refused, and the error says why", (name, why) => {
  try {
    parseEnvName(name);
    expect.unreachable();
  } catch (error) {
    if (!isVenvoyError(error, "ENV_NAME_INVALID")) throw error;
    expect(error.message).toMatch(why);
    expect(error.hint).toBeTruthy();
    expect(printable(error.message, { newlines: false })).toBe(error.message);
    expect(error.message.length).toBeLessThan(240);
  }
});

test("names that differ by case or Unicode form only are one name", () => {
  expect(sameName("Demo", "dEMO")).toBe(true);
  expect(sameName("STRASSE", "straße")).toBe(true);
  expect(sameName("cafe\u0301", "caf\u00e9")).toBe(true);
  expect(sameName("ΟΔΟΣ", "οδός".normalize("NFD").replace("\u0301", ""))).toBe(true);
  expect(sameName("demo", "demo2")).toBe(false);
  expect(nameKey("Demo")).toBe("demo");
});

test("a name that looks like an existing one is refused", () => {
  const name = parseEnvName("сора");
  expect(() => checkDistinct(name, ["other", "copa"])).toThrow(/looks like the environment `copa`/);
  expect(() => checkDistinct(name, ["other", "сора"])).not.toThrow();
  expect(() => checkDistinct(parseEnvName("copa"), ["сора"])).toThrow(/looks like/);
});

test("what a person types for a directory is told from a name", () => {
  for (const text of ["./env", ".", "..", "../x", "/abs/env", "C:\\env", "~/env", "sub/env"]) {
    expect(isDirectoryName(text)).toBe(true);
  }
  for (const text of ["env", ".venv", "con", "demo.1"]) expect(isDirectoryName(text)).toBe(false);
});

test.each([
  ["art one", "art-one"],
  [" web (old)  copy", "web-old-copy"],
  ["naïve", "naïve"],
  ["-.x.", "x"],
])("what is called %j elsewhere is %j here", (text, name) => {
  expect(adaptEnvName(text)).toBe(name);
});

test("what holds no letter of a name can't be adapted", () => {
  expect(() => adaptEnvName("()")).toThrow(/can't name an environment/);
});
