import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";

const projects = {
  idna: { "3.6": {}, "3.7": {} },
  attrs: { "24.1": {} },
  web: { "1.0": { requires: ["idna<3.7"] }, "2.0": { requires: ["idna>=3.7"] } },
};

test.each([
  ["../x", "it is a path", "venvoy create --at ../x makes one in that directory"],
  ["a/b", "it is a path", "--at a/b"],
  ["..", "it is a path", "--at .."],
  ["con", "device", "Choose another name"],
  ["x".repeat(300), "longer than 100 characters", "shorter"],
  ["раypal", "mixes", "one alphabet"],
  ["-x", "begins with", "begin with a letter"],
  [" ", "begins or ends with a blank", "letters"],
])("`%s` can't name an environment, and nothing is made", async (name, why, hint) => {
  await using t = await testContext(projects);
  const said = await t.venvoy("create", "--", name);
  expect(said.exit).toBe(2);
  expect(said.err).toContain("can't name an environment");
  expect(said.err).toContain(why);
  expect(said.err).toContain(hint);
  expect(await t.library.list()).toEqual([]);
});

test.each([
  ["./env", ["create", "./env", "idna"]],
  ["--at", ["create", "--at", "env", "idna"]],
])("an environment in a directory, by %s, is found by it", async (_, words) => {
  await using t = await testContext(projects);
  expect((await t.venvoy(...words)).exit).toBe(0);
  expect(existsSync(`${t.cwd}/env/pyvenv.cfg`)).toBe(true);
  const ran = await t.runs("run", "-n", "./env", "-c", "import idna, sys; print(idna.__version__)");
  expect(ran).toMatchObject({ exit: 0, out: "3.7\n", err: "" });
  t.env["VIRTUAL_ENV"] = `${t.cwd}/env`;
  expect((await t.venvoy("add", "attrs")).exit).toBe(0);
  expect((await t.venvoy("undo")).exit).toBe(0);
  expect((await t.library.show({ name: "./env" })).askedFor.map(({ text }) => text)).toEqual(["idna"]);
});

test("the active environment is meant where none is named", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna<3.7");
  const none = await t.venvoy("add", "attrs");
  expect(none).toMatchObject({ exit: 2, out: "" });
  expect(none.err).toContain("No environment is named, and none is active");
  const inPlace = await t.venvoy("add", "demo", "attrs>=23");
  expect(inPlace.err).toContain("hint: venvoy add -n demo 'attrs>=23'\n");
  t.env["VIRTUAL_ENV"] = `${t.home}/venvoy/envs/demo`;
  expect((await t.venvoy("add", "attrs")).exit).toBe(0);
  expect((await t.venvoy("tree")).out).toBe(
    "attrs 24.1\nidna 3.6\npip 24.0\n".replace("24.0", pipOf(await t.venvoy("tree"))),
  );
  expect((await t.venvoy("why", "idna")).out).toContain("asked for: idna<3.7");
  expect((await t.venvoy("which", "idna")).out).toContain("from idna 3.6");
  expect((await t.venvoy("history")).out).toContain("venvoy add attrs");
  expect((await t.venvoy("remove", "attrs")).out).toContain("- attrs 24.1");
  expect((await t.runs("run", "-c", "import idna; print(1)")).out).toBe("1\n");
});

function pipOf({ out }: { readonly out: string }): string {
  return /^pip (\S+)$/m.exec(out)?.[1] ?? "?";
}

test("--dry-run says what would be done, and changes nothing", async () => {
  await using t = await testContext(projects);
  const create = await t.venvoy("create", "demo", "idna", "--dry-run");
  expect(create.out).toContain("+ idna 3.7");
  expect(await t.library.list()).toEqual([]);
  await t.venvoy("create", "demo", "idna<3.7");
  for (const words of [["add", "attrs"], ["remove", "idna"], ["upgrade"], ["delete", "demo"], ["clean"]]) {
    const inDemo = words[0] === "delete" || words[0] === "clean" ? words : [...words, "-n", "demo"];
    expect((await t.venvoy(...inDemo, "--dry-run")).exit, words.join(" ")).toBe(0);
  }
  expect((await t.library.history({ name: "demo" })).length).toBe(1);
  expect((await t.library.list()).map(({ name }) => name)).toEqual(["demo"]);
});

test("every answer is JSON with --json, failures too", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "web<2");
  for (const words of [
    ["list"],
    ["show", "demo"],
    ["tree", "-n", "demo"],
    ["why", "idna", "-n", "demo"],
    ["which", "idna", "-n", "demo"],
    ["history", "-n", "demo"],
    ["add", "attrs", "-n", "demo"],
    ["undo", "-n", "demo"],
    ["python", "list"],
    ["size"],
    ["clean"],
    ["store", "verify"],
    ["delete", "demo"],
    ["restore", "demo"],
    ["show", "dmo"],
    ["nonsense"],
  ]) {
    const said = await t.venvoy(...words, "--json");
    expect(() => JSON.parse(said.out), words.join(" ")).not.toThrow();
    expect(said.err, words.join(" ")).toBe("");
  }
});

test("what a tree has lost is built again before anything is compared with it", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna<3.7");
  const { path } = await t.library.show({ name: "demo" });
  const { realpathSync } = await import("node:fs");
  rmSync(realpathSync(path), { recursive: true });
  expect((await t.venvoy("add", "attrs", "-n", "demo")).exit).toBe(0);
  const shown = await t.library.show({ name: "demo" });
  expect(shown.askedFor.map(({ text }) => text)).toEqual(["idna<3.7", "attrs"]);
  expect(shown.installed.map(({ name }) => name)).toContain("idna");
});

test("cleaning never breaks an undo: what old versions need stays", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna<3.7");
  await t.venvoy("upgrade", "-n", "demo");
  await t.venvoy("add", "-n", "demo", "attrs");
  await t.venvoy("remove", "-n", "demo", "attrs");
  expect((await t.venvoy("clean")).exit).toBe(0);
  expect((await t.venvoy("undo", "-n", "demo", "--offline")).exit).toBe(0);
  expect((await t.runs("run", "-n", "demo", "-c", "import attrs; print(attrs.__version__)")).out).toBe("24.1\n");
});

test("what was deleted is listed, and comes back", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna");
  await t.venvoy("delete", "demo");
  expect((await t.venvoy("list", "--deleted")).out).toBe("demo  deleted just now\n");
  expect((await t.venvoy("list")).out).toContain("no environments yet");
  expect((await t.venvoy("restore", "demo")).exit).toBe(0);
  expect((await t.venvoy("list", "--deleted")).out).toContain("no environment was deleted");
  expect((await t.runs("run", "-n", "demo", "-c", "import idna; print(1)")).out).toBe("1\n");
});

test("what pip installed by hand is carried over, and told by what was asked for", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  const { path } = await t.library.show({ name: "demo" });
  // Not synchronously: the index is served by this process.
  const pip = (...words: string[]) => promisify(execFile)(`${path}/bin/pip`, words, { env: t.env });
  await pip("install", "-q", "web");
  expect((await t.venvoy("show", "demo")).out).toContain("installed by pip: web and 1 that it needs");
  const added = await t.venvoy("add", "-n", "demo", "attrs");
  expect(added.err).toBe("kept what was installed by hand: web 2.0, and 1 that it needs\n");
  expect((await t.library.show({ name: "demo" })).askedFor.map(({ text }) => text)).toEqual(["web", "attrs"]);
  await pip("uninstall", "-q", "-y", "attrs");
  await t.venvoy("add", "-n", "demo", "idna");
  expect((await t.library.show({ name: "demo" })).askedFor.map(({ text }) => text)).toEqual(["web", "idna"]);
});

test("why tells of another version whether it would fit, and what stands against it", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "web>=2");
  expect((await t.venvoy("why", "idna", "-n", "demo")).out).toBe("idna 3.7\n  web 2.0 wants idna>=3.7 → idna 3.7\n");
  const not = await t.venvoy("why", "idna==3.6", "-n", "demo");
  expect(not.exit).toBe(0);
  expect(not.out).toMatch(/✗ .*web.*idna/);
  expect((await t.venvoy("why", "attrs==24.1", "-n", "demo")).out).toBe(
    "attrs is not there\n✓ attrs==24.1 would fit\n",
  );
  expect((await t.venvoy("why-not", "attrs==24.1", "-n", "demo")).out).toBe("✓ attrs==24.1 would fit\n");
  expect((await t.venvoy("why-not", "idna==3.7", "-n", "demo")).out).toBe("✓ idna 3.7 is what is there\n");
  expect((await t.venvoy("why-not", "idna==3.6", "-n", "demo")).out).toMatch(/^✗ .*web.*idna/);
  expect(await t.venvoy("why-not", "idna", "-n", "demo")).toMatchObject({ exit: 2 });
  expect((await t.venvoy("why", "nope", "-n", "demo")).exit).toBe(2);
  expect((await t.library.history({ name: "demo" })).length).toBe(1);
});

test("why-not names what excludes a version, and what it would take", async () => {
  await using t = await testContext({
    app: { "1.0": { requires: ["lib"] } },
    lib: { "1.0": { requires: ["idna"] }, "2.0": { requires: ["idna>=3.7", "extra"] } },
    extra: { "1.0": {} },
    idna: { "3.6": {}, "3.7": {} },
  });
  await t.venvoy("create", "demo", "app");
  expect((await t.venvoy("why-not", "idna==3.6", "-n", "demo")).out).toBe(
    "✗ idna==3.6 would fit only with lib 1.0 (2.0 now) and without 1 package of those that are there:\n  lib 2.0 wants idna>=3.7\n",
  );
  expect(JSON.parse((await t.venvoy("why-not", "idna==3.6", "-n", "demo", "--json")).out)).toMatchObject({
    other: { fits: true, excludedBy: [{ name: "lib", version: "2.0", wants: "idna>=3.7" }] },
  });
});

test("tree --why is the tree upside down, up to what was asked for", async () => {
  await using t = await testContext({
    app: { "1.0": { requires: ["lib", "idna>=3"] } },
    tool: { "1.0": { requires: ["lib<2; python_version > '3'"] } },
    lib: { "1.0": { requires: ["idna"] } },
    idna: { "3.7": {} },
  });
  await t.venvoy("create", "demo", "app", "tool>=1");
  expect((await t.venvoy("tree", "--why", "idna", "-n", "demo")).out).toBe(
    [
      "idna 3.7",
      "├── app 1.0 wants idna>=3 · asked for: app",
      "└── lib 1.0 wants idna",
      "    ├── app 1.0 wants lib · asked for: app",
      "    └── tool 1.0 wants lib<2 · asked for: tool>=1",
      "",
    ].join("\n"),
  );
  expect((await t.venvoy("tree", "--why", "nope", "-n", "demo")).exit).toBe(2);
});

test("environments are listed by name, whatever their ids are", async () => {
  await using t = await testContext();
  // A directory is called after the name and a random id: only several neighbours tell.
  const names = ["d", "d-0", "d-9", "d-a", "d-m", "d-z", "d0"];
  for (const name of names.toReversed()) await t.venvoy("create", name);
  expect((await t.library.list()).map(({ name }) => name)).toEqual(names);
});

test("what is asked of one package at once holds together, and what is asked later takes its place", async () => {
  await using t = await testContext(projects);
  t.write("requirements.txt", "idna>=3.6\n");
  const apart = await t.venvoy("create", "apart", "idna<3.7", "idna>3.6");
  expect(apart).toMatchObject({ exit: 1, err: expect.stringContaining("`idna<3.7` and `idna>3.6`") });
  expect((await t.venvoy("create", "demo", "-f", "requirements.txt", "idna<3.7", "idna<3.7")).exit).toBe(0);
  const asked = async () => (await t.library.show({ name: "demo" })).askedFor.map(({ text }) => text);
  expect(await asked()).toEqual(["idna>=3.6", "idna<3.7"]);
  expect((await t.venvoy("add", "-n", "demo", "idna!=3.5", "idna>3.6")).exit).toBe(0);
  expect(await asked()).toEqual(["idna!=3.5", "idna>3.6"]);
});

test("a command to type names a directory with a blank as one word", async () => {
  await using t = await testContext({ idna: { "3.6": {} } });
  const place = `'${t.cwd}/my env'`;
  await t.venvoy("create", "./my env");
  expect((await t.venvoy("add", "-n", "./my env", "idna")).out).toContain(`go back: venvoy undo -n ${place}\n`);
  expect((await t.venvoy("create", "./my env")).err).toContain(
    `hint: venvoy add -n ${place} PACKAGE, or venvoy delete ${place}`,
  );
  expect((await t.venvoy("undo", "7", "-n", "./my env")).err).toContain(`hint: venvoy history -n ${place}\n`);
  expect((await t.venvoy("delete", "./my env")).out).toContain(`bring back: venvoy restore ${place}\n`);
  const gone = await t.venvoy("show", "./my env");
  expect([gone.exit, gone.err]).toEqual([
    2,
    "error: No environment is named `./my env` any more\nhint: venvoy restore './my env'\n",
  ]);
});
