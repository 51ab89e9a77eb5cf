import { readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type TestContext, testContext } from "../kit/context.ts";
import { movePython, pythonAt, removePython, twoPythons } from "../kit/moved-python.ts";

const projects = {
  idna: { "3.6": {}, "3.7": {} },
  old: { "1.0": { tags: ["cp39-none-any"] }, "1.1": { tags: ["cp310-none-any"] } },
  stuck: { "1.0": { tags: ["cp39-none-any"] } },
  marked: { "1.0": { requires: ["idna; python_version < '3.10'", "attrs; python_version >= '3.10'"] } },
  attrs: { "24.1": {} },
};

const pythons = twoPythons();

const homes: string[] = [];
// Each home holds some thousand files: they go with their test.
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

/** A person whose only Pythons of these versions are copies below the test's own home. */
async function setUp(): Promise<{ readonly t: TestContext; at(minor: string): string }> {
  if (pythons === undefined) throw new Error("the test is skipped without its Pythons");
  const t = await testContext(projects, { PATH: "/usr/bin:/bin" });
  homes.push(t.home);
  const root = join(t.home, "pyenv");
  t.env["PYENV_ROOT"] = root;
  const at = (minor: string): string => join(root, "versions", `${minor}.1`);
  for (const real of pythons) pythonAt(real, at(real.minor));
  return { t, at };
}

describe.skipIf(pythons === undefined)("a Python that goes away", () => {
  test("comes back elsewhere: everything on it works again, and one line says so", async () => {
    const { t, at } = await setUp();
    await using _ = t;
    for (const name of ["one", "two"]) expect((await t.venvoy("create", name, "--python", "3.9", "idna")).exit).toBe(0);
    const moved = join(t.home, "pyenv", "versions", "3.9-moved");
    movePython(at("3.9"), moved);
    const listed = await t.venvoy("list");
    expect(listed.out).not.toContain("gone");
    expect(listed.err).toBe(
      `Python 3.9 is gone from ${at("3.9")}: its environments stand on ${moved} (Python ${versionOf("3.9")}) now\n`,
    );
    for (const name of ["one", "two"]) {
      const ran = await t.runs("run", "-n", name, "-c", "import idna, sys; print(sys.base_prefix)");
      expect(ran).toMatchObject({ exit: 0, err: "" });
      expect(realpathSync(ran.out.trim())).toBe(moved);
    }
  });

  test("is gone for good: the environment is read without it, and a run says what to type", async () => {
    const { t, at } = await setUp();
    await using _ = t;
    await t.venvoy("create", "demo", "--python", "3.9", "marked");
    removePython(at("3.9"));
    expect((await t.venvoy("list")).out).toContain(`Python ${versionOf("3.9")} is gone`);
    const shown = await t.venvoy("show", "demo");
    expect(shown.out).toContain(`Python ${versionOf("3.9")} is gone`);
    expect(shown.out).toContain("idna");
    expect((await t.venvoy("tree", "-n", "demo")).out).toContain("idna 3.7");
    expect((await t.venvoy("why", "idna", "-n", "demo")).out).toContain("marked 1.0 wants idna");
    expect((await t.venvoy("history", "-n", "demo")).out).toContain("venvoy create demo");
    const ran = await t.venvoy("run", "-n", "demo", "-c", "1");
    expect(ran).toMatchObject({ exit: 1, out: "" });
    expect(ran.err).toBe(
      "error: Python 3.9 is gone, and `demo` stands on it\nhint: venvoy doctor demo --fix rebuilds it on Python 3.10\n",
    );
    expect(t.started).toEqual([]);
  });

  test("whoever is asked may have it rebuilt on another: a version in its history, and undo when the Python is back", async () => {
    const { t, at } = await setUp();
    await using _ = t;
    await t.venvoy("create", "demo", "--python", "3.9", "old", "idna<3.7");
    movePython(at("3.9"), join(t.home, "away"));
    const asked: unknown[] = [];
    const plan = await t.library.run({
      target: { kind: "code", code: "1" },
      name: "demo",
      confirmRebuild: async ({ gonePython, python, packageCount, changes }) => {
        asked.push([gonePython, python, packageCount, changes.map(({ name, from, to }) => `${name} ${from} ${to}`)]);
        return true;
      },
    });
    expect(asked).toEqual([["3.9", versionOf("3.10"), 2, ["old 1.0 1.1"]]]);
    expect(plan.environment.version).toBe(2);
    expect(readFileSync(join(t.home, "venvoy/envs/demo/pyvenv.cfg"), "utf8")).toContain(versionOf("3.10"));
    expect((await t.library.show({ name: "demo" })).askedFor.map(({ text }) => text)).toEqual(["old", "idna<3.7"]);
    const back = await t.venvoy("undo", "-n", "demo");
    expect(back.exit).toBe(1);
    expect(back.err).toContain("Version 1 of `demo` stands on Python 3.9, which is gone");
    movePython(join(t.home, "away"), at("3.9"));
    expect((await t.venvoy("undo", "-n", "demo")).exit).toBe(0);
    const ran = await t.runs("run", "-n", "demo", "-c", "import sys; print(sys.version_info[1])");
    expect(ran).toMatchObject({ exit: 0, out: "9\n" });
  });

  test("no is no, and a package that no other Python has is named", async () => {
    const { t, at } = await setUp();
    await using _ = t;
    await t.venvoy("create", "demo", "--python", "3.9", "idna");
    await t.venvoy("create", "tied", "--python", "3.9", "stuck");
    removePython(at("3.9"));
    const run = (name: string, yes: boolean) =>
      t.library.run({ target: { kind: "code", code: "1" }, name, confirmRebuild: async () => yes });
    await expect(run("demo", false)).rejects.toMatchObject({ code: "ABORTED" });
    expect((await t.library.history({ name: "demo" })).length).toBe(1);
    await expect(run("tied", true)).rejects.toMatchObject({
      code: "PYTHON_GONE",
      message: expect.stringContaining("`tied` stands on it, and it can't be rebuilt on 3.10"),
    });
  });

  test("the plan is made without the network when what is here is enough", async () => {
    const { t, at } = await setUp();
    await t.venvoy("create", "demo", "--python", "3.9", "idna");
    removePython(at("3.9"));
    await t.index[Symbol.asyncDispose]();
    const plan = await t.library.run({
      target: { kind: "code", code: "1" },
      name: "demo",
      confirmRebuild: async () => true,
    });
    expect(plan.environment.version).toBe(2);
  });

  test("an upgrade in place is followed by the next run, and makes no version", async () => {
    const { t } = await setUp();
    await using _ = t;
    await t.venvoy("create", "demo", "--python", "3.9", "idna");
    const root = join(t.home, "venvoy/envs/demo");
    // What an environment looks like that was made before the upgrade.
    for (const file of [`${root}/pyvenv.cfg`, `${root}/.venvoy/receipt`, `${realpathSync(root)}/../../intent.toml`])
      writeFileSync(file, readFileSync(file, "utf8").replaceAll(versionOf("3.9"), "3.9.1"));
    expect((await t.venvoy("list")).out).toContain(`Python ${versionOf("3.9")}`);
    expect((await t.venvoy("show", "demo")).out).toContain(`Python ${versionOf("3.9")}`);
    expect((await t.runs("run", "-n", "demo", "-c", "print(1)")).out).toBe("1\n");
    expect(readFileSync(`${root}/pyvenv.cfg`, "utf8")).toContain(`version = ${versionOf("3.9")}\n`);
    expect((await t.library.doctor()).findings).toEqual([]);
    expect((await t.venvoy("add", "idna", "-n", "demo")).out).toContain("nothing to do");
    expect((await t.library.history({ name: "demo" })).length).toBe(1);
  });

  test("a script of its own is given another Python without a question", async () => {
    const { t, at } = await setUp();
    await using _ = t;
    const script = t.write(
      "own.py",
      '# /// script\n# dependencies = ["idna"]\n# ///\nimport sys; print(sys.version_info[1])\n',
    );
    t.env["PATH"] = `${at("3.9")}/bin:/usr/bin:/bin`;
    expect(await t.runs("run", script)).toMatchObject({ exit: 0, out: "9\n" });
    removePython(at("3.9"));
    t.env["PATH"] = `${at("3.10")}/bin:/usr/bin:/bin`;
    expect(await t.runs("run", script)).toMatchObject({ exit: 0, out: "10\n" });
  });

  test("a change names the environment, and deleting and restoring need no Python", async () => {
    const { t, at } = await setUp();
    await using _ = t;
    await t.venvoy("create", "demo", "--python", "3.9", "idna");
    removePython(at("3.9"));
    const added = await t.venvoy("add", "attrs", "-n", "demo");
    expect(added).toMatchObject({ exit: 1, out: "" });
    expect(added.err).toContain("`demo` stands on it\nhint: venvoy doctor demo --fix");
    expect((await t.venvoy("delete", "demo")).exit).toBe(0);
    expect((await t.venvoy("restore", "demo")).exit).toBe(0);
  });

  test("several commands at once that meet a moved Python all go on", async () => {
    const { t, at } = await setUp();
    await using _ = t;
    const names = ["a1", "a2", "a3", "a4"];
    for (const name of names) await t.venvoy("create", name, "--python", "3.9", "idna");
    movePython(at("3.9"), join(t.home, "pyenv", "versions", "3.9-moved"));
    const runs = await Promise.all(names.map((name) => t.venvoy("run", "-n", name, "-c", "1")));
    expect(runs.map(({ exit }) => exit)).toEqual([0, 0, 0, 0]);
    expect((await t.library.doctor()).findings).toEqual([]);
  });

  test("a script that was started at once before is decided anew", async () => {
    const { t, at } = await setUp();
    await using _ = t;
    const script = t.write("a.py", "# venv: demo\n# r: idna\nimport sys; print(sys.version_info[1])\n");
    await t.venvoy("create", "demo", "--python", "3.9", "idna");
    expect(await t.runs("run", script)).toMatchObject({ exit: 0, out: "9\n" });
    removePython(at("3.9"));
    const ran = await t.venvoy("run", script);
    expect(ran).toMatchObject({ exit: 1 });
    expect(ran.err).toContain("Python 3.9 is gone");
  });
});

test.skipIf(pythons !== undefined)("with Python 3.9 and 3.10, which are not both on this machine", () => {});

function versionOf(minor: string): string {
  return /(\d+\.\d+\.\d+)\/bin/.exec(pythons?.find((one) => one.minor === minor)?.program ?? "")?.[1] ?? "?";
}
