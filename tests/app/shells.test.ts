import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";

test("activate makes an environment ready and answers the path that stays the same", async () => {
  await using t = await testContext();
  await t.venvoy("create", "demo");
  await t.venvoy("create", "./local");
  const envs = join(t.home, "venvoy", "envs");
  for (const [name, path] of [
    ["demo", join(envs, "demo")],
    ["DEMO", join(envs, "demo")],
    ["./local", join(t.cwd, "local")],
  ] as const)
    expect(await t.venvoy("activate", "--path", "--", name)).toEqual({ exit: 0, out: `${path}\n`, err: "" });
  const details = await t.library.show({ name: "demo" });
  rmSync(join(envs, `demo-${details.id}`, "generations", "1"), { recursive: true });
  expect((await t.venvoy("activate", "--path", "demo")).exit).toBe(0);
  expect(existsSync(join(envs, "demo", "bin", "python"))).toBe(true);
});

test("activate without the hook says how to get it; unknown names get near ones", async () => {
  await using t = await testContext();
  await t.venvoy("create", "demo");
  const plain = await t.venvoy("activate", "demo");
  expect(plain.exit).toBe(1);
  expect(plain.err).toContain("venvoy setup");
  expect((await t.venvoy("deactivate")).err).toContain("venvoy setup");
  const near = await t.venvoy("activate", "--path", "demi");
  expect(near).toMatchObject({ exit: 2, out: "" });
  expect(near.err).toContain("`demo`");
  expect((await t.venvoy("workon", "demo")).err).toContain("`workon` is called `activate` here");
});

test("a directory that another tool made an environment in can be activated, too", async () => {
  await using t = await testContext();
  mkdirSync(join(t.cwd, "theirs"));
  writeFileSync(join(t.cwd, "theirs", "pyvenv.cfg"), "");
  expect((await t.venvoy("activate", "--path", "./theirs")).out).toBe(`${join(t.cwd, "theirs")}\n`);
});

test("hooks are written once, and follow .venvoy files only when told to", async () => {
  await using t = await testContext();
  const first = await t.library.writeHooks();
  expect(first).toMatchObject({ changed: true, follows: false });
  expect((await t.library.writeHooks()).changed).toBe(false);
  expect(readFileSync(first.files.bash, "utf8")).not.toContain("_venvoy_follow");
  expect((await t.library.writeHooks({ follows: true })).changed).toBe(true);
  expect((await t.library.writeHooks()).follows).toBe(true);
  expect(readFileSync(first.files.zsh, "utf8")).toContain("_venvoy_follow");
  const said = await t.venvoy("hook", "bash");
  expect(said.out.trimEnd()).toBe(readFileSync(first.files.bash, "utf8").trimEnd());
  expect((await t.venvoy("hook", "elvish")).exit).toBe(2);
});

test("trust answers for the file above with the name that it has now", async () => {
  await using t = await testContext();
  const none = await t.venvoy("trust");
  expect(none).toMatchObject({ exit: 1 });
  expect(none.err).toContain("No `.venvoy` file lies in");
  t.write(".venvoy", "# ours\ndemo\n");
  mkdirSync(join(t.cwd, "deep"));
  const file = join(t.cwd, ".venvoy");
  expect((await t.venvoy("trust", "deep")).out).toContain("activates demo");
  expect((await t.venvoy("trust", "--no")).out).toContain("never activates demo");
  t.write(".venvoy", "other\n");
  await t.venvoy("trust");
  const list = join(t.home, "venvoy", "shell", "trusted");
  expect(readFileSync(list, "utf8")).toBe(`n\tdemo\t${file}\ny\tother\t${file}\n`);
  t.write(".venvoy", "# nothing\n");
  expect((await t.venvoy("trust")).err).toContain("names no environment");
});

test("list --names prints names and nothing else", async () => {
  await using t = await testContext();
  expect((await t.venvoy("list", "--names")).out).toBe("");
  for (const name of ["zeta", "alpha"]) await t.venvoy("create", name);
  expect((await t.venvoy("list", "--names")).out).toBe("alpha\nzeta\n");
});
