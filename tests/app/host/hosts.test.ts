import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testContext } from "../../kit/context.ts";
import { realPythons, skipMissing } from "../../kit/real-pythons.ts";

const pythons = realPythons();
skipMissing(pythons);

const projects = {
  num: { "1.0": {}, "2.0": {} },
  uses: { "1.0": { requires: ["num"] }, "2.0": { requires: ["num>=2"] } },
  tool: { "1.0": {} },
};

/** A host: a virtual environment of a real Python, with packages of its own. */
async function withHost(program: string) {
  const context = await testContext(projects);
  const host = join(context.home, "host");
  execFileSync(program, ["-m", "venv", "--without-pip", host]);
  const python = join(host, "bin", "python");
  const site = execFileSync(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).toString().trim();
  mkdirSync(join(site, "num-1.0.dist-info"));
  writeFileSync(join(site, "num-1.0.dist-info", "METADATA"), "Metadata-Version: 2.1\nName: num\nVersion: 1.0\n");
  mkdirSync(join(site, "num"));
  writeFileSync(join(site, "num", "__init__.py"), "__version__ = 'of the host'\n");
  return { context, python, site };
}

const [some] = pythons;

test.each(pythons)(
  "a host with Python $minor is asked what it is",
  async ({ program, minor }) => {
    const { context, python, site } = await withHost(program);
    const { exit, err } = await context.venvoy("host", "add", "demo", "--python", python);
    expect([exit, err]).toEqual([0, ""]);
    const { profile } = await context.library.showHost("demo");
    expect(profile.version).toMatch(new RegExp(`^${minor.replace(".", "\\.")}\\.`));
    expect(profile.siteDirs).toContain(site);
    expect(profile.honours).toEqual(["PYTHONPATH", "PYTHONHOME"]);
    // A virtual environment doesn't see the person's own packages.
    expect(profile.ignores).toEqual(["PYTHONUSERBASE"]);
    expect(profile.bundled).toEqual([{ name: "num", version: "1.0", at: join(site, "num-1.0.dist-info") }]);
    await context[Symbol.asyncDispose]();
  },
  300_000,
);

test.skipIf(some === undefined)(
  "no second copy of what a host brings lands, and an impossible request names it",
  async () => {
    const { context, python } = await withHost(some?.program ?? "");
    await context.venvoy("host", "add", "demo", "--python", python);
    const made = await context.venvoy("create", "lib", "--host", "demo", "uses", "tool");
    expect(made.exit).toBe(0);
    const lib = (await context.library.show({ name: "lib" })).path;
    expect(readdirSync(lib).sort()).toEqual([".venvoy", "tool", "tool-1.0.dist-info", "uses", "uses-1.0.dist-info"]);
    const told = await context.venvoy("create", "other", "--host", "demo", "num");
    expect(told.err).toContain("demo brings num 1.0: nothing to install");
    const refused = await context.venvoy("create", "new", "--host", "demo", "uses==2.0");
    expect(refused.exit).toBe(1);
    expect(refused.err).toContain("demo brings `num==1.0`");
    const over = await context.venvoy("add", "-n", "lib", "uses==2.0", "--override-bundled", "num");
    expect([over.exit, over.err]).toEqual([0, ""]);
    expect(readdirSync(lib)).toContain("num-2.0.dist-info");
    expect(
      (await context.runs("run", "-n", "lib", "python", "-c", "import num; print(num.__version__)")).out.trim(),
    ).toBe("2.0");
    // What is asked later is held to the same.
    const again = await context.venvoy("add", "-n", "lib", "tool");
    expect([again.exit, readdirSync(lib).includes("num-2.0.dist-info")]).toEqual([0, true]);
    await context[Symbol.asyncDispose]();
  },
);

test.skipIf(some === undefined)(
  "hosts are listed, asked again and forgotten; names and programs that are none are refused",
  async () => {
    const { context, python } = await withHost(some?.program ?? "");
    await context.venvoy("host", "add", "demo", "--python", python, "--site-dir", "own");
    expect((await context.venvoy("host", "add", "demo", "--python", python)).err).toContain(
      "A host is named `demo` already",
    );
    const file = (await context.library.showHost("demo")).file;
    writeFileSync(file, readFileSync(file, "utf8").replace('title = "demo"', 'title = "My Demo"'));
    const again = await context.venvoy("host", "add", "demo", "--refresh");
    expect([again.exit, again.out.includes("My Demo")]).toEqual([0, true]);
    expect((await context.library.showHost("demo")).profile.siteDirs).toContain(join(context.cwd, "own"));
    expect((await context.venvoy("host", "list")).out).toMatch(/^demo {2}My Demo {2}Python/);
    expect((await context.venvoy("host", "remove", "demo", "--dry-run")).out).toContain("would forget");
    expect((await context.venvoy("host", "remove", "demo")).out).toContain("forgot My Demo");
    expect((await context.venvoy("host", "show", "demo")).err).toContain("No host is named `demo`");
    expect((await context.venvoy("host", "add", "x", "--python", "/bin/false")).err).toContain(
      "can't be asked what it is",
    );
    expect((await context.venvoy("host", "add", "x", "--python", "/not/there")).err).toContain(
      "there is no such program",
    );
    expect((await context.venvoy("host", "add", "../x", "--python", python)).err).toContain("can't name a host");
    expect((await context.venvoy("host", "add", "x", "--template", "acad", "--python", python)).err).toContain(
      "known kinds: rhino8",
    );
    expect((await context.venvoy("host", "add", "maya")).err).toContain("is not where it usually lies");
    await context[Symbol.asyncDispose]();
  },
);

test.skipIf(some === undefined)("a script runs on the Python of a host, beside what that brings", async () => {
  const { context, python, site } = await withHost(some?.program ?? "");
  await context.venvoy("host", "add", "demo", "--python", python);
  // This host is a virtual environment, which a real one is not: the Python behind it gets the packages by its path.
  context.env["PYTHONPATH"] = site;
  context.write("a.py", "# r: uses, tool\nimport num, uses, tool\nprint(num.__version__, uses.__version__)\n");
  expect((await context.runs("run", "--host", "demo", "a.py")).out.trim()).toBe("of the host 1.0");
  context.write("b.py", "# r: uses==2.0\n");
  expect((await context.venvoy("run", "--host", "demo", "b.py")).err).toContain("demo brings `num==1.0`");
  expect(readdirSync(site).sort()).toEqual(expect.arrayContaining(["num", "num-1.0.dist-info"]));
  await context[Symbol.asyncDispose]();
});

test.skipIf(some === undefined)(
  "a directory that pip --target filled is taken over; when that fails it is as it was",
  async () => {
    const { context, python } = await withHost(some?.program ?? "");
    await context.venvoy("host", "add", "demo", "--python", python);
    const lib = join(context.cwd, "lib");
    const metadata = "tool-1.0.dist-info/METADATA";
    const files = {
      "tool/__init__.py": "x = 1\n",
      [metadata]: "Metadata-Version: 2.1\nName: tool\nVersion: 1.0\n",
      "tool-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    };
    const record = [...Object.keys(files), "tool-1.0.dist-info/RECORD"].map((path) => `${path},,\n`).join("");
    for (const [path, text] of Object.entries({ ...files, "tool-1.0.dist-info/RECORD": record, "mine.py": "" })) {
      mkdirSync(join(lib, path, ".."), { recursive: true });
      writeFileSync(join(lib, path), text);
    }
    const before = readdirSync(lib).sort();
    const refused = await context.venvoy("create", "./lib", "--host", "demo", "uses==2.0");
    expect([refused.exit, readdirSync(lib).sort()]).toEqual([1, before]);
    const plan = await context.venvoy("create", "./lib", "--host", "demo", "uses", "--dry-run");
    expect([plan.exit, readdirSync(lib).sort()]).toEqual([0, before]);
    const made = await context.venvoy("create", "./lib", "--host", "demo", "uses");
    expect([made.exit, made.err]).toEqual([0, expect.stringContaining("kept what was installed by hand: tool 1.0")]);
    expect(readdirSync(lib).sort()).toEqual([
      ".venvoy",
      "mine.py",
      "tool",
      "tool-1.0.dist-info",
      "uses",
      "uses-1.0.dist-info",
    ]);
    expect((await context.library.show({ name: "./lib" })).askedFor.map((one) => one.text).sort()).toEqual([
      "tool",
      "uses",
    ]);
    await context[Symbol.asyncDispose]();
  },
);
