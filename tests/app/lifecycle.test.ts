import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";

const projects = {
  idna: { "3.6": {}, "3.7": {} },
  attrs: { "24.1": {} },
  web: { "1.0": { requires: ["idna<3.7"] }, "2.0": { requires: ["idna>=3.7"] } },
};

test("a protected environment refuses every change, and says how to lift that", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna<3.7");
  await t.venvoy("add", "-n", "demo", "attrs");
  expect((await t.venvoy("protect", "demo")).out).toBe("✓ demo is protected   lift it: venvoy unprotect demo\n");
  expect((await t.venvoy("protect", "demo")).out).toBe("✓ demo is protected already\n");
  expect((await t.venvoy("list")).out).toContain("protected");
  t.write("requirements.txt", "attrs\n");
  for (const words of [
    ["add", "-n", "demo", "nowhere-to-be-found"],
    ["remove", "-n", "demo", "attrs"],
    ["upgrade", "-n", "demo"],
    ["sync", "-n", "demo", "requirements.txt"],
    ["undo", "-n", "demo"],
    ["delete", "demo"],
  ]) {
    const said = await t.venvoy(...words);
    expect([said.exit, said.err], words.join(" ")).toEqual([
      1,
      "error: The environment `demo` is protected against changes\nhint: venvoy unprotect demo\n",
    ]);
  }
  expect((await t.runs("run", "-n", "demo", "-c", "import attrs; print(1)")).out).toBe("1\n");
  expect((await t.venvoy("unprotect", "demo")).out).toBe("✓ demo may be changed\n");
  expect((await t.venvoy("undo", "-n", "demo")).exit).toBe(0);
});

test("several are deleted together or not at all, and not the one that this shell is in", async () => {
  await using t = await testContext(projects);
  for (const name of ["one", "two", "three"]) await t.venvoy("create", name);
  await t.venvoy("protect", "two");
  expect(await t.venvoy("delete", "one", "two", "three")).toMatchObject({ exit: 1, out: "" });
  expect((await t.venvoy("delete", "one", "nothing")).err).toContain("No environment is named `nothing`");
  expect((await t.library.list()).map(({ name }) => name)).toEqual(["one", "three", "two"]);
  t.env["VIRTUAL_ENV"] = `${t.home}/venvoy/envs/three`;
  const active = await t.venvoy("delete", "one", "three");
  expect(active.exit).toBe(1);
  expect(active.err).toBe(
    "error: The environment `three` is active in this shell\nhint: Leave it first with `deactivate`, or add --force\n",
  );
  const gone = await t.venvoy("delete", "one", "three", "ONE", "--force");
  expect(gone.out).toBe("✓ deleted `one`, `three`   bring back: venvoy restore one\n");
  expect((await t.library.list()).map(({ name }) => name)).toEqual(["two"]);
});

test("undo beyond the history names the versions that there are", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  expect((await t.venvoy("undo", "-n", "demo")).err).toContain("has no older version to go back to");
  await t.venvoy("add", "-n", "demo", "attrs");
  await t.venvoy("add", "-n", "demo", "idna");
  const said = await t.venvoy("undo", "9", "-n", "demo");
  expect(said).toMatchObject({ exit: 1, out: "" });
  expect(said.err).toBe("error: The environment `demo` has no version 9; it has 1–3\nhint: venvoy history -n demo\n");
  expect((await t.venvoy("undo", "one", "-n", "demo")).err).toContain("takes a version number, not `one`");
});

test("a renamed environment answers to both names, and is deleted by its own only", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna<3.7");
  const dry = await t.venvoy("rename", "demo", "relephant", "--dry-run");
  expect(dry.out).toBe("would call demo relephant; nothing was changed\n");
  expect((await t.library.list()).map(({ name }) => name)).toEqual(["demo"]);
  const renamed = await t.venvoy("rename", "demo", "relephant");
  expect(renamed).toEqual({
    exit: 0,
    out: "✓ demo is called relephant now   back: venvoy rename relephant demo\n",
    err: "",
  });
  const added = await t.venvoy("add", "-n", "demo", "attrs");
  expect(added.err).toContain("`demo` is called `relephant` now");
  expect(added.out).toContain("version 2 of relephant");
  expect((await t.runs("run", "-n", "demo", "-c", "import attrs; print(1)")).out).toBe("1\n");
  const refused = await t.venvoy("delete", "demo");
  expect(refused.exit).toBe(2);
  expect(refused.err).toContain("hint: venvoy delete relephant\n");
  await t.venvoy("create", "demo");
  expect(await t.venvoy("show", "demo", "--path")).toMatchObject({ out: `${t.home}/venvoy/envs/demo\n`, err: "" });
  const taken = await t.venvoy("rename", "relephant", "demo");
  expect(taken).toMatchObject({ exit: 2, out: "" });
  expect(taken.err).toBe("error: An environment is named `demo` already\nhint: venvoy show demo\n");
  await t.venvoy("create", "./env");
  expect((await t.venvoy("rename", "./env", "other")).err).toContain(
    `hint: mv ${t.cwd}/env NEW; venvoy finds it there`,
  );
  expect((await t.venvoy("rename", "demo", "./other")).err).toContain("hint: venvoy clone demo ./other makes a copy");
});

test("what a run remembers rests on the name of its environment, too", async () => {
  await using t = await testContext(projects);
  const file = t.write("a.py", "# venv: demo\n# r: idna\nprint(1)\n");
  await t.venvoy("run", file);
  const { memoName, parseMemo } = await import("../../src/launch/index.ts");
  const { readFileSync } = await import("node:fs");
  const memo = parseMemo(readFileSync(`${t.home}/venvoy/cache/launch/${memoName(file)}`, "utf8"));
  const { id } = await t.library.show({ name: "demo" });
  expect(memo?.links).toContainEqual({ path: `${t.home}/venvoy/envs/demo`, target: `demo-${id}/current` });
});

test("an environment over its Python's packages says which of them it hides", async () => {
  await using t = await testContext({ pip: { "99.0": {} }, "only-here": { "1.0": {} } });
  const made = await t.venvoy("create", "demo", "pip", "--system-site-packages", "--purpose", "with the base");
  expect(made.exit).toBe(0);
  expect(made.err).toMatch(/^hides from Python 3\.[\d.]+: pip [\d.]+ \(99\.0 here\)\n$/);
  const shown = (await t.venvoy("show", "demo")).out;
  expect(shown).toContain("with the base\nalso sees its Python's own packages\n");
  expect((await t.venvoy("list")).out).toContain("with the base");
  const later = await t.venvoy("add", "-n", "demo", "only-here");
  expect(later.err).toBe("");
});

test.each([
  ["requirements.txt", "idna<3.7\nattrs  # both\n"],
  ["pyproject.toml", '[project]\nname = "x"\nversion = "1"\ndependencies = ["idna<3.7", "attrs"]\n'],
])("an environment is made from %s", async (file, text) => {
  await using t = await testContext(projects);
  t.write(file, text);
  expect((await t.venvoy("create", "demo", "-f", file)).exit).toBe(0);
  const shown = await t.library.show({ name: "demo" });
  expect(shown.installed.map(({ name, version }) => `${name} ${version}`)).toEqual(
    expect.arrayContaining(["attrs 24.1", "idna 3.6"]),
  );
  expect((await t.venvoy("create", "other", "-f", "missing.txt")).err).toContain("missing.txt");
});

test("an environment in a directory goes the whole way: made, changed, moved, cloned, deleted, restored", async () => {
  await using t = await testContext(projects);
  const { renameSync } = await import("node:fs");
  const { realpathSync } = await import("node:fs");
  expect((await t.venvoy("create", "./env", "idna<3.7")).exit).toBe(0);
  await t.venvoy("add", "-n", "./env", "attrs");
  renameSync(`${t.cwd}/env`, `${t.cwd}/other`);
  expect((await t.venvoy("undo", "-n", "./other")).exit).toBe(0);
  expect((await t.venvoy("redo", "-n", "./other")).exit).toBe(0);
  expect((await t.library.list()).map(({ name }) => name)).toEqual([`${realpathSync(t.cwd)}/other`]);
  expect((await t.runs("run", "-n", "./other", "-c", "import attrs, idna; print(idna.__version__)")).out).toBe("3.6\n");
  expect((await t.venvoy("clone", "./other", "named")).exit).toBe(0);
  expect((await t.venvoy("diff", "./other", "named")).exit).toBe(0);
  expect((await t.venvoy("diff", "./other@1", "named")).exit).toBe(3);
  expect((await t.venvoy("delete", "./other", "named")).exit).toBe(0);
  expect(await t.library.list()).toEqual([]);
  expect((await t.venvoy("restore", "./other")).exit).toBe(0);
  expect((await t.runs("run", "-n", "./other", "-c", "import attrs; print(1)")).out).toBe("1\n");
});
