import { execFile } from "node:child_process";
import { readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";

const projects = {
  idna: { "3.6": {}, "3.7": {} },
  attrs: { "24.1": {} },
  web: { "1.0": { requires: ["idna<3.7"] }, "2.0": { requires: ["idna>=3.7"] } },
};

test("a clone is its own environment with the same packages, made from the lock without the network", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "web<2", "--purpose", "to show");
  await t.venvoy("add", "-n", "demo", "attrs");
  t.serve("web", { "3.0": {} });
  const cloned = await t.venvoy("clone", "demo", "demo-next", "--offline");
  expect(cloned.err).toBe("");
  expect(cloned.out).toMatch(
    /^✓ demo-next is a copy of demo: 3 packages, Python 3\.[\d.]+, in .* {3}remove it: venvoy delete demo-next\n$/,
  );
  const copy = await t.library.show({ name: "demo-next" });
  const original = await t.library.show({ name: "demo" });
  expect([copy.purpose, copy.version, copy.askedFor]).toEqual(["to show", 1, original.askedFor]);
  expect(copy.installed).toEqual(original.installed);
  expect(copy.id).not.toBe(original.id);
  const [first, ...others] = await t.library.history({ name: "demo-next" });
  expect([first?.command, others]).toEqual(["venvoy clone demo demo-next --offline", []]);
  const inode = (name: string) => {
    const site = readdirSync(`${realpathSync(`${t.home}/venvoy/envs/${name}`)}/lib`)[0];
    return statSync(`${t.home}/venvoy/envs/${name}/lib/${site}/site-packages/web/__init__.py`).ino;
  };
  expect(inode("demo-next")).toBe(inode("demo"));
  await t.venvoy("remove", "-n", "demo-next", "attrs");
  expect((await t.library.show({ name: "demo" })).installed.map(({ name }) => name)).toContain("attrs");
  expect((await t.venvoy("clone", "demo", "demo-next")).err).toContain("An environment is named `demo-next` already");
  expect((await t.venvoy("clone", "nothing", "x")).exit).toBe(2);
  expect((await t.venvoy("clone", "demo", "con")).err).toContain("names a device");
  expect((await t.library.list()).map(({ name }) => name)).toEqual(["demo", "demo-next"]);
});

test("a clone takes over what pip did by hand, variables, and what scripts ask for", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# venv: demo\n# r: idna\n");
  await t.venvoy("run", "a.py");
  const pip = (...words: string[]) => promisify(execFile)(`${t.home}/venvoy/envs/demo/bin/pip`, words, { env: t.env });
  await pip("install", "-q", "attrs");
  const intent = `${realpathSync(`${t.home}/venvoy/envs/demo`)}/../../intent.toml`;
  writeFileSync(intent, readFileSync(intent, "utf8").replace("\n[[", '\n[variables]\nA = "1"\n\n[['));
  const cloned = await t.venvoy("clone", "demo", "./copy");
  expect([cloned.exit, cloned.err]).toEqual([0, "kept what was installed by hand: attrs 24.1\n"]);
  expect((await t.runs("run", "-n", "./copy", "-c", "import attrs, idna, os; print(os.environ['A'])")).out).toBe("1\n");
  expect((await t.library.show({ name: "./copy" })).askedFor).toEqual([
    { text: "attrs", origin: "typed" },
    { text: "idna", origin: "a.py line 2" },
  ]);
  expect((await t.venvoy("add", "-n", "./copy", "web")).exit).toBe(0);
  expect((await t.library.show({ name: "./copy" })).installed.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["attrs", "idna", "web"]),
  );
});

test("a clone has the files that somebody edited or put in, as copies of its own", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna<3.7", "attrs");
  const site = (name: string) => {
    const root = `${t.home}/venvoy/envs/${name}`;
    return `${root}/lib/${readdirSync(`${root}/lib`)[0]}/site-packages`;
  };
  const edited = `${site("demo")}/idna/__init__.py`;
  const text = `${readFileSync(edited, "utf8")}edited = True\n`;
  rmSync(edited);
  writeFileSync(edited, text);
  // What is as young as its tree is part of it.
  const receipt = `${t.home}/venvoy/envs/demo/.venvoy/receipt`;
  const older = (_: string, time: string) => `"madeMs": ${Number(time) - 10_000}`;
  writeFileSync(receipt, readFileSync(receipt, "utf8").replace(/"madeMs": (\d+)/, older));
  writeFileSync(`${site("demo")}/mine.py`, "x = 1\n");
  const cloned = await t.venvoy("clone", "demo", "copy");
  expect(cloned.exit).toBe(0);
  expect(cloned.err).toBe("kept what was edited by hand: idna/__init__.py\nkept what was put in by hand: mine.py\n");
  expect((await t.runs("run", "-n", "copy", "-c", "import idna, mine; print(idna.edited, mine.x)")).out).toBe(
    "True 1\n",
  );
  expect(statSync(`${site("copy")}/mine.py`).ino).not.toBe(statSync(`${site("demo")}/mine.py`).ino);
  expect((await t.venvoy("store", "verify")).exit).toBe(0);
});

test("a dry run makes no clone, and a protected original can be cloned", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna");
  await t.venvoy("protect", "demo");
  const dry = await t.venvoy("clone", "demo", "copy", "--dry-run");
  expect(dry.out).toMatch(/^would be: copy is a copy of demo: 1 package, .*; nothing was made\n$/);
  expect((await t.library.list()).map(({ name }) => name)).toEqual(["demo"]);
  expect((await t.venvoy("clone", "demo", "copy", "--purpose", "to try")).exit).toBe(0);
  expect(await t.library.show({ name: "copy" })).toMatchObject({ purpose: "to try" });
  expect((await t.library.show({ name: "copy" })).protected).toBeUndefined();
});

test("rebuild makes the next version from the lock, offline; --latest from what is asked for", async () => {
  await using t = await testContext({ ...projects, idna: { "3.6": {} } });
  await t.venvoy("create", "demo", "idna");
  t.serve("idna", { "3.6": {}, "3.7": {} });
  const rebuilt = await t.venvoy("rebuild", "demo", "--offline");
  expect(rebuilt).toMatchObject({ exit: 0, err: "" });
  expect(rebuilt.out).toMatch(/^✓ version 2 of demo in .* {3}go back: venvoy undo -n demo\n$/);
  expect((await t.runs("run", "-n", "demo", "-c", "import idna; print(idna.__version__)")).out).toBe("3.6\n");
  const latest = await t.venvoy("rebuild", "demo", "--latest");
  expect(latest.out).toContain("~ idna 3.6 → 3.7\n✓ version 3 of demo");
  const intent = `${realpathSync(`${t.home}/venvoy/envs/demo`)}/../../intent.toml`;
  writeFileSync(intent, readFileSync(intent, "utf8").replace('text = "idna"', 'text = "attrs"'));
  const edited = await t.venvoy("rebuild", "demo");
  expect(edited.out).toMatch(/\+ attrs 24\.1\n {2}- idna 3\.7\n|- idna 3\.7\n {2}\+ attrs 24\.1\n/);
});

test("rebuild --all goes on when one fails, and says which", async () => {
  await using t = await testContext(projects);
  for (const name of ["one", "two", "three"]) await t.venvoy("create", name, "idna");
  await t.venvoy("protect", "two");
  const said = await t.venvoy("rebuild", "--all");
  expect(said.exit).toBe(1);
  expect(said.out.split("\n").map((line) => line.replace(/ in .*/, ""))).toEqual([
    "✓ version 2 of one",
    "✓ version 2 of three",
    "✗ two: error: The environment `two` is protected against changes",
    "hint: venvoy unprotect two",
    "",
  ]);
  const data = JSON.parse((await t.venvoy("rebuild", "--all", "--json")).out) as { name: string; error?: unknown }[];
  expect(data.map(({ name, error }) => [name, error === undefined])).toEqual([
    ["one", true],
    ["three", true],
    ["two", false],
  ]);
  expect((await t.venvoy("rebuild", "one", "--all")).exit).toBe(2);
});

test("diff tells what two environments, or two versions, differ in, and ends with 3", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "stable", "web<2");
  await t.venvoy("clone", "stable", "test");
  expect(await t.venvoy("diff", "stable", "test")).toEqual({
    exit: 0,
    out: "✓ stable and test are the same\n",
    err: "",
  });
  await t.venvoy("add", "-n", "test", "web>=2", "attrs");
  const said = await t.venvoy("diff", "stable", "test");
  expect(said.exit).toBe(3);
  expect(said.out.split("\n")).toEqual([
    "- stable   + test",
    "",
    "packages",
    "  + attrs 24.1",
    "  ~ idna 3.6 → 3.7",
    "  ~ web 1.0 → 2.0",
    "",
    "asked for",
    "  + attrs",
    "  - web<2",
    "  + web>=2",
    "",
  ]);
  expect((await t.venvoy("diff", "test@1", "stable")).exit).toBe(0);
  expect((await t.venvoy("diff", "test@1")).out).toContain("- test@1   + test@2\n");
  t.env["VIRTUAL_ENV"] = `${t.home}/venvoy/envs/test`;
  expect(JSON.parse((await t.venvoy("diff", "@2", "@1", "--json")).out)).toMatchObject({
    same: false,
    from: { name: "test", version: 2 },
    to: { name: "test", version: 1 },
    packages: expect.arrayContaining([{ name: "attrs", from: "24.1" }]),
  });
  expect((await t.venvoy("diff", "test@9", "test")).err).toContain("has no version 9; it has 1–2");
  expect((await t.venvoy("diff", "test")).err).toContain("compares two");
  expect((await t.venvoy("diff", "test", "nothing")).exit).toBe(2);
});

test("what pip installed by hand counts as a difference", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  await promisify(execFile)(`${t.home}/venvoy/envs/demo/bin/pip`, ["install", "-q", "attrs"], { env: t.env });
  expect((await t.venvoy("diff", "demo@1")).exit).toBe(0);
  await t.venvoy("create", "other");
  expect((await t.venvoy("diff", "demo", "other")).out).toContain("- attrs 24.1");
});

test("redo takes undo back, step by step, until something is changed", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  await t.venvoy("add", "-n", "demo", "attrs");
  await t.venvoy("add", "-n", "demo", "idna");
  const current = async () => (await t.library.show({ name: "demo" })).version;
  expect((await t.venvoy("redo", "-n", "demo")).err).toContain("Nothing was undone in `demo` since its last change");
  await t.venvoy("undo", "-n", "demo");
  await t.venvoy("undo", "-n", "demo");
  expect(await current()).toBe(1);
  expect((await t.venvoy("redo", "-n", "demo")).out).toContain("version 2 of demo");
  expect((await t.venvoy("redo", "-n", "demo")).out).toContain("version 3 of demo");
  expect((await t.venvoy("redo", "-n", "demo")).exit).toBe(1);
  await t.venvoy("undo", "1", "-n", "demo");
  await t.venvoy("redo", "-n", "demo");
  expect(await current()).toBe(2);
  await t.venvoy("add", "-n", "demo", "web");
  expect((await t.venvoy("redo", "-n", "demo")).exit).toBe(1);
  expect((await t.venvoy("list")).out).toContain("demo");
});

test("a clone may have another layout; what lies elsewhere there stays with the original, and is said", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna", "attrs<25");
  const site = `${t.home}/venvoy/envs/demo/lib/${readdirSync(`${t.home}/venvoy/envs/demo/lib`)[0]}/site-packages`;
  expect((await t.venvoy("clone", "demo", "lib", "--layout", "plain", "--offline")).exit).toBe(0);
  expect(readdirSync(`${t.home}/venvoy/envs/lib`)).toEqual(expect.arrayContaining(["attrs", "idna"]));
  expect((await t.venvoy("clone", "lib", "back", "--layout", "venv", "--offline")).exit).toBe(0);
  expect((await t.runs("run", "-n", "back", "-c", "import attrs, idna; print(idna.__name__)")).out).toBe("idna\n");
  expect((await t.library.show({ name: "back" })).askedFor).toEqual((await t.library.show({ name: "demo" })).askedFor);

  const receipt = `${t.home}/venvoy/envs/demo/.venvoy/receipt`;
  const older = (_: string, time: string) => `"madeMs": ${Number(time) - 10_000}`;
  writeFileSync(receipt, readFileSync(receipt, "utf8").replace(/"madeMs": (\d+)/, older));
  writeFileSync(`${site}/mine.py`, "");
  const left = await t.venvoy("clone", "demo", "lib2", "--layout", "plain");
  expect([left.exit, left.err]).toEqual([0, expect.stringContaining("put in by hand stays in demo")]);
  expect(readdirSync(`${t.home}/venvoy/envs/lib2`)).not.toContain("mine.py");
  expect((await t.venvoy("clone", "demo", "x", "--layout", "flat")).err).toContain("`flat` is no layout");
  await t.venvoy("create", "sees", "--system-site-packages");
  expect((await t.venvoy("clone", "sees", "x", "--layout", "standalone")).err).toContain("can't see packages");
  expect((await t.library.list()).map(({ name }) => name)).not.toContain("x");
});
