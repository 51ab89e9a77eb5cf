import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";

test("settings are printed, and written only when asked, beside what is there", async () => {
  await using t = await testContext();
  await t.venvoy("create", "demo");
  const python = join(t.home, "venvoy", "envs", "demo", "bin", "python");
  const shown = await t.venvoy("editor", "vscode", "-n", "demo");
  expect(JSON.parse(shown.out)).toEqual({ "python.defaultInterpreterPath": python });
  expect(existsSync(join(t.cwd, ".vscode"))).toBe(false);
  const file = t.write(".vscode/settings.json", '{\n\t// mine\n\t"editor.tabSize": 2,\n}\n');
  expect((await t.venvoy("editor", "vscode", "-n", "demo", "--write")).out).toContain("leads to demo");
  expect(readFileSync(file, "utf8")).toBe(
    `{\n\t// mine\n\t"editor.tabSize": 2,\n\t"python.defaultInterpreterPath": "${python}",\n}\n`,
  );
  expect((await t.venvoy("editor", "vscode", "-n", "demo", "--write")).out).toContain("says so already");
});

test("another value is replaced, and told", async () => {
  await using t = await testContext();
  await t.venvoy("create", "demo");
  const file = t.write("pyrightconfig.json", '{ "venv": "old", "strict": ["src"] }');
  const said = await t.venvoy("editor", "pyright", "-n", "demo", "--write");
  expect(said.out).toContain('venv was "old"');
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
    venv: "demo",
    venvPath: join(t.home, "venvoy", "envs"),
    strict: ["src"],
  });
});

test("what can't be edited stays as it is", async () => {
  await using t = await testContext();
  await t.venvoy("create", "demo");
  const file = t.write(".vscode/settings.json", '{\n"a": oops\n}');
  const broken = await t.venvoy("editor", "vscode", "-n", "demo", "--write");
  expect(broken).toMatchObject({ exit: 1, out: "" });
  expect(broken.err).toContain("line 2 isn't JSON");
  expect(readFileSync(file, "utf8")).toBe('{\n"a": oops\n}');
  t.write("pyproject.toml", "[tool.pyright]\nstrict = []\n");
  const shadowed = await t.venvoy("editor", "pyright", "-n", "demo", "--write");
  expect(shadowed.exit).toBe(2);
  expect(shadowed.err).toContain("[tool.pyright]");
  expect(existsSync(join(t.cwd, "pyrightconfig.json"))).toBe(false);
  expect((await t.venvoy("editor", "pyright", "-n", "demo")).err).toContain("[tool.pyright]");
});
