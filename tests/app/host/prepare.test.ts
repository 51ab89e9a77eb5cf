import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type TestContext, testContext } from "../../kit/context.ts";
import { realPythons } from "../../kit/real-pythons.ts";

const [some] = realPythons();

const projects = {
  num: { "1.0": {}, "2.0": {} },
  uses: { "1.0": { requires: ["num<2"] } },
  tool: { "1.0": { files: { "tool/__init__.py": "", "tool/part.py": "x = 1\n" } } },
};

/** A runtime as Rhino lays it out, with a real Python, and scripts. */
async function rhino(): Promise<{ readonly context: TestContext; readonly envs: string }> {
  const context = await testContext(projects);
  const runtime = join(context.home, ".rhinocode", "py39-rh8");
  execFileSync(some?.program ?? "", ["-m", "venv", "--without-pip", runtime]);
  const said = await context.venvoy("host", "add", "rhino8", "--python", join(runtime, "bin", "python"));
  expect([said.exit, said.err]).toEqual([0, ""]);
  return { context, envs: join(runtime, "site-envs") };
}

/** What `pip install --target` leaves. */
function installed(directory: string, name: string, version: string): void {
  const files: Record<string, string> = {
    [`${name}/__init__.py`]: `__version__ = "${version}"\n`,
    [`${name}-${version}.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${name}-${version}.dist-info/WHEEL`]:
      "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${name}-${version}.dist-info/INSTALLER`]: "pip\n",
  };
  const paths = [...Object.keys(files), `${name}-${version}.dist-info/RECORD`];
  files[`${name}-${version}.dist-info/RECORD`] = `${paths.map((path) => `${path},,`).join("\n")}\n`;
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

const shown = (directory: string): string[] => readdirSync(directory).sort();

test.skipIf(some === undefined)(
  "every environment that scripts name is filled where the host looks for it, and only once",
  async () => {
    const { context, envs } = await rhino();
    context.write("a.py", "#! python 3\n# r: num, tool\n");
    context.write("b.py", "# venv: project-A\n# r: uses\n");
    context.write("plain.py", "import os\n");
    const said = await context.venvoy("host", "prepare", "rhino8", ".");
    expect([said.exit, said.err]).toEqual([0, ""]);
    const [first = "", second = ""] = shown(envs);
    expect([first, second]).toEqual([
      expect.stringMatching(/^default-[A-Za-z0-9]{8}$/),
      expect.stringMatching(/^project-A-[A-Za-z0-9]{8}$/),
    ]);
    expect(shown(join(envs, first))).toEqual([".venvoy", "num", "num-2.0.dist-info", "tool", "tool-1.0.dist-info"]);
    expect(shown(join(envs, second))).toEqual([".venvoy", "num", "num-1.0.dist-info", "uses", "uses-1.0.dist-info"]);
    const again = await context.venvoy("host", "prepare", "rhino8", "a.py", "b.py");
    expect([again.exit, again.out.match(/had already/g)?.length, shown(envs)]).toEqual([0, 2, [first, second]]);
    const status = await context.library.hostStatus("rhino8");
    expect(status.environments.map((one) => [one.id, one.managed, one.faults, one.stale])).toEqual([
      ["default", true, [], []],
      ["project-A", true, [], []],
    ]);
    expect(status.clashes).toEqual([
      {
        name: "num",
        versions: [
          { version: "2.0", environments: ["default"] },
          { version: "1.0", environments: ["project-A"] },
        ],
      },
    ]);
    // The script is gone: what only it asked for is told.
    rmSync(join(context.cwd, "b.py"));
    const after = await context.library.hostStatus("rhino8");
    expect(after.environments.map((one) => one.stale)).toEqual([[], ["the scripts that asked for it are gone"]]);
    await context[Symbol.asyncDispose]();
  },
);

test.skipIf(some === undefined)(
  "what the host's pip put there is taken over, its suffix kept; doubles and damage are healed",
  async () => {
    const { context, envs } = await rhino();
    const directory = join(envs, "default-A6YRvqqN");
    installed(directory, "num", "1.0");
    installed(directory, "tool", "1.0");
    // pip --target --upgrade leaves the old metadata; a stopped one leaves `~ool` and metadata without a package.
    cpSync(join(directory, "num-1.0.dist-info"), join(directory, "num-0.9.dist-info"), { recursive: true });
    const old = join(directory, "num-0.9.dist-info", "METADATA");
    writeFileSync(old, readFileSync(old, "utf8").replace("1.0", "0.9"));
    utimesSync(join(directory, "num-0.9.dist-info"), 1_000, 1_000);
    rmSync(join(directory, "tool", "__init__.py"));
    mkdirSync(join(directory, "~ool"));
    mkdirSync(join(directory, "gone-1.0.dist-info"));
    writeFileSync(join(directory, "notes.txt"), "mine");
    const before = await context.library.hostStatus("rhino8");
    expect(
      before.environments.map((one) => [one.managed, one.faults.map((fault) => `${fault.kind} ${fault.name}`).sort()]),
    ).toEqual([[false, ["damaged gone", "damaged tool", "damaged ~ool", "duplicate num"]]]);
    context.write("a.py", "# r: num\n");
    const said = await context.venvoy("host", "prepare", "rhino8", "a.py");
    expect(said.exit).toBe(0);
    expect(shown(envs)).toEqual(["default-A6YRvqqN"]);
    expect(shown(directory)).toEqual([
      ".venvoy",
      "notes.txt",
      "num",
      "num-1.0.dist-info",
      "tool",
      "tool-1.0.dist-info",
    ]);
    expect(shown(join(directory, "tool"))).toEqual(["__init__.py", "part.py"]);
    const [after] = (await context.library.hostStatus("rhino8")).environments;
    expect([after?.managed, after?.faults, after?.pending]).toEqual([true, [], false]);
    // And damage to what is venvoy's.
    rmSync(join(directory, "tool", "part.py"));
    await context.venvoy("host", "prepare", "rhino8", "a.py");
    expect(shown(join(directory, "tool"))).toEqual(["__init__.py", "part.py"]);
    await context[Symbol.asyncDispose]();
  },
);

test.skipIf(some === undefined)("a script that can't be served doesn't stop the others", async () => {
  const { context, envs } = await rhino();
  context.write("1.py", "# r: tool\n");
  context.write("2.py", "# r: num==2.0\n");
  context.write("3.py", "# r: uses\n");
  context.write("4.py", "# r: num==7\n");
  context.write("5.py", "# venv: site-packages\n# r: tool\n");
  context.write("6.py", "#! python 2\n# r: tool\n");
  const said = await context.venvoy(
    "host",
    "prepare",
    "rhino8",
    "1.py",
    "2.py",
    "3.py",
    "4.py",
    "5.py",
    "6.py",
    "--json",
  );
  expect(said.exit).toBe(1);
  const report = JSON.parse(said.out).data ?? JSON.parse(said.out);
  expect(report.environments.map((one: { scripts: string[] }) => one.scripts)).toEqual([["1.py", "2.py"]]);
  const why = Object.fromEntries(report.unserved.map((one: { script: string; why: string }) => [one.script, one.why]));
  expect(Object.keys(why).sort()).toEqual(["3.py", "4.py", "5.py", "6.py"]);
  expect(why["3.py"]).toContain("2.py line 1");
  expect(why["5.py"]).toContain("-m pip install 'tool'");
  expect(why["6.py"]).toMatch(/Python 2/);
  expect(shown(join(envs, shown(envs)[0] ?? ""))).toEqual([
    ".venvoy",
    "num",
    "num-2.0.dist-info",
    "tool",
    "tool-1.0.dist-info",
  ]);
  await context[Symbol.asyncDispose]();
});

test.skipIf(some === undefined)(
  "reset takes back what is venvoy's and leaves what is not; with --all nothing is left",
  async () => {
    const { context, envs } = await rhino();
    installed(join(envs, "other-Abcd1234"), "tool", "1.0");
    context.write("a.py", "# r: num\n");
    context.write("b.py", "# venv: mixed\n# r: num\n");
    await context.venvoy("host", "prepare", "rhino8", "a.py", "b.py");
    const mixed = join(envs, shown(envs).find((name) => name.startsWith("mixed")) ?? "");
    writeFileSync(join(mixed, "notes.txt"), "mine");
    const plan = await context.venvoy("host", "reset", "rhino8", "--dry-run");
    expect([plan.out.match(/would remove/g)?.length, shown(envs).length]).toEqual([2, 3]);
    const said = await context.venvoy("host", "reset", "rhino8");
    expect([said.exit, said.err]).toEqual([0, ""]);
    expect(shown(envs)).toEqual([mixed.split("/").at(-1), "other-Abcd1234"].sort());
    expect(shown(mixed)).toEqual(["notes.txt"]);
    expect((await context.venvoy("host", "reset", "rhino8", "--all")).exit).toBe(0);
    expect(shown(envs)).toEqual([]);
    expect((await context.venvoy("list")).out).not.toContain("site-envs");
    await context[Symbol.asyncDispose]();
  },
);

test.skipIf(some === undefined)(
  "path files are read in the order in which the host reads them; wheels of another Python are stale",
  async () => {
    const { context, envs } = await rhino();
    const root = join(context.home, ".rhinocode");
    const version = (await context.library.showHost("rhino8")).profile.version;
    const minor = version.split(".").slice(0, 2).join(".");
    writeFileSync(join(root, "python-3.pth"), "/one\n\n# no\n/two\n");
    writeFileSync(join(root, `python-${minor}_dev.pth`), "/three\n");
    writeFileSync(join(root, "python-2.pth"), "/no\n");
    writeFileSync(join(root, "other-3.pth"), "/no\n");
    const directory = join(envs, "default-A6YRvqqN");
    installed(directory, "num", "1.0");
    const wheel = join(directory, "num-1.0.dist-info", "WHEEL");
    writeFileSync(wheel, "Wheel-Version: 1.0\nTag: cp27-cp27m-win_amd64\n");
    cpSync(directory, join(envs, "default-ZZZZZZZZ"), { recursive: true });
    utimesSync(directory, 1_000, 1_000);
    const status = await context.library.hostStatus("rhino8");
    expect(status.pathFiles.map((one) => one.paths)).toEqual([["/three"], ["/one", "/two"]]);
    expect(status.environments.map((one) => one.path.split("/").at(-1))).toEqual([
      "default-ZZZZZZZZ",
      "default-A6YRvqqN",
    ]);
    expect(status.environments[1]?.stale).toEqual([
      "default-ZZZZZZZZ has the same id, and was changed later",
      `num is for cp27, and the host needs cp${minor.replace(".", "")}`,
    ]);
    renameSync(envs, `${envs}-away`);
    expect((await context.library.hostStatus("rhino8")).environments).toEqual([]);
    await context[Symbol.asyncDispose]();
  },
);

test.skipIf(some === undefined)("declarations of other tools are read like headers, here and by check", async () => {
  const { context, envs } = await rhino();
  context.write("ext/blender_manifest.toml", 'wheels = ["./wheels/num-1.0-py3-none-any.whl"]\n');
  context.write("Demo.uplugin", '{"PythonRequirements": [{"Platform": "All", "Requirements": ["tool==1.0"]}]}\n');
  context.write("node/requirements.txt", "num>=2\n");
  const files = ["ext/blender_manifest.toml", "Demo.uplugin"];
  expect((await context.venvoy("host", "prepare", "rhino8", ...files)).exit).toBe(0);
  expect(shown(join(envs, shown(envs)[0] ?? ""))).toEqual([
    ".venvoy",
    "num",
    "num-1.0.dist-info",
    "tool",
    "tool-1.0.dist-info",
  ]);
  const checked = await context.venvoy("check", ...files, "node/requirements.txt");
  expect(checked.exit).toBe(3);
  expect(checked.out).toMatch(/blender_manifest\.toml.*num==1\.0|num==1\.0.*blender_manifest\.toml/s);
  await context[Symbol.asyncDispose]();
});
