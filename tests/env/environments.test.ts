import { readdirSync, readFileSync, readlinkSync, realpathSync, renameSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { environments, lastUsedMs, readHistory, readReceipt } from "../../src/env/index.ts";
import { tempDir } from "../kit/temp.ts";
import { anyPython, realPythons, runIn, startPython, workbench } from "./workbench.ts";

test("an environment of every Python here starts, imports, and has pip that works", async () => {
  const bench = workbench(tempDir("env"));
  const demo = await bench.artifact("demo-pkg", "1.0", {
    entryPoints: { "demo-say": "demo_pkg:say" },
    files: {
      "demo_pkg/__init__.py": "__version__ = '1.0'\ndef say():\n    import sys\n    print('said', sys.prefix)\n",
    },
  });
  for (const interpreter of await realPythons(bench)) {
    const name = `py${interpreter.versionInfo[0]}${interpreter.versionInfo[1]}`;
    const made = await bench.home.create(name, bench.request(await bench.base(interpreter), [demo]));
    const python = bench.io.fs.path.join(made.root, "bin", "python");
    const facts = await runIn(bench, python, [
      "-c",
      "import sys, demo_pkg, json; print(json.dumps([sys.version.split()[0], demo_pkg.__version__, sys.base_prefix, sys.prefix]))",
    ]);
    const [version, packageVersion, basePrefix] = JSON.parse(facts) as string[];
    expect([version, packageVersion]).toEqual([interpreter.version, "1.0"]);
    expect(basePrefix).toBe(join(bench.layout.bases, (await bench.base(interpreter)).key));
    expect(await runIn(bench, python, ["-m", "pip", "--version"])).toContain(name.slice(2, 3));
    const listed = JSON.parse(await runIn(bench, python, ["-m", "pip", "list", "--format", "json"])) as {
      name: string;
    }[];
    expect(listed.map((item) => item.name.toLowerCase().replace("_", "-")).sort()).toEqual(["demo-pkg", "pip"]);
    expect(await runIn(bench, python, ["-m", "pip", "check"])).toContain("No broken requirements");
    expect(await runIn(bench, absPath(join(made.root, "bin", "demo-say")), [])).toMatch(/^said /);
    expect(await runIn(bench, absPath(join(made.root, "bin", "pip")), ["--version"])).toContain("pip ");
  }
});

test("what is on the disk is what the design says", async () => {
  const bench = workbench(tempDir("env"));
  const base = await bench.base(await anyPython(bench));
  const demo = await bench.artifact("demo", "1.0");
  const made = await bench.home.create("demo", {
    ...bench.request(base, [demo], "venvoy create demo demo", {
      requirements: [{ text: "demo", source: { kind: "typed" } }],
      python: ">=3.8",
    }),
    purpose: "to show",
  });
  expect(made.dir).toBe(join(bench.layout.envs, `demo-${made.id}`));
  expect(readlinkSync(made.root)).toBe(`demo-${made.id}/current`);
  expect(readlinkSync(join(made.dir, "current"))).toBe("generations/1");
  expect(
    readdirSync(bench.layout.envs)
      .filter((name) => !name.startsWith("."))
      .sort(),
  ).toEqual(["demo", `demo-${made.id}`]);
  expect(readdirSync(made.dir).sort()).toEqual(["current", "generations", "history", "intent.toml", "used"]);
  expect(readdirSync(bench.layout.stage)).toEqual([]);
  const intent = readFileSync(join(made.dir, "intent.toml"), "utf8");
  expect(intent).toContain(`id = "${made.id}"`);
  expect(intent).toContain('python = ">=3.8"\n');
  expect(intent).toContain('[[requirement]]\ntext = "demo"\n');
  expect(intent).toContain('purpose = "to show"\n');
  const receipt = await readReceipt(bench.io.fs, made.current.root);
  expect(receipt?.packages.map((item) => [item.name, item.seeded ?? false])).toEqual([
    ["demo", false],
    ["pip", true],
  ]);
  const config = readFileSync(join(made.root, "pyvenv.cfg"), "utf8");
  expect(config).toContain(`home = ${join(base.link, "bin")}\n`);
  expect(config).not.toContain(made.id);
  const [record] = await readHistory(bench.io.fs, made);
  expect(record).toMatchObject({ number: 1, from: undefined, command: "venvoy create demo demo", packages: 2 });
  expect(await lastUsedMs(bench.io, made)).toBeGreaterThan(0);
});

test("names are one whatever their case, and unknown ones are answered with near ones", async () => {
  const bench = workbench(tempDir("env"));
  const base = await bench.base(await anyPython(bench));
  const made = await bench.home.create("Relephant", bench.request(base, []));
  await expect(bench.home.create("relePHANT", bench.request(base, []))).rejects.toThrow(
    "`relePHANT` is the same name as the environment `Relephant`",
  );
  expect((await bench.home.open("relephant")).id).toBe(made.id);
  await expect(bench.home.open("relephan")).rejects.toMatchObject({
    code: "ENV_UNKNOWN",
    hint: expect.stringContaining("`Relephant`"),
  });
  expect(await bench.home.find("nothing")).toBeUndefined();
  await expect(bench.home.find("con")).rejects.toMatchObject({ code: "ENV_NAME_INVALID" });
});

test("a lost link is no lost environment", async () => {
  const bench = workbench(tempDir("env"));
  const base = await bench.base(await anyPython(bench));
  const made = await bench.home.create("demo", bench.request(base, []));
  unlinkSync(made.root);
  expect((await bench.home.open("demo")).id).toBe(made.id);
  expect((await bench.home.list()).map((item) => item.label)).toEqual(["demo"]);
  await bench.home.using("demo", { purpose: "look" }, async () => {});
  expect(realpathSync(made.root)).toBe(realpathSync(made.current.root));
});

test("a deleted environment comes back as it was, and ids are never used again", async () => {
  const bench = workbench(tempDir("env"));
  const base = await bench.base(await anyPython(bench));
  const demo = await bench.artifact("demo", "1.0");
  const made = await bench.home.create("demo", bench.request(base, [demo]));
  await bench.home.remove("demo");
  expect(await bench.home.find("demo")).toBeUndefined();
  expect(
    readdirSync(bench.layout.envs)
      .filter((name) => !name.startsWith("."))
      .sort(),
  ).toEqual([]);
  expect((await bench.home.deleted()).map((item) => [item.name, item.id])).toEqual([["demo", made.id]]);
  const second = await bench.home.create("demo", bench.request(base, []));
  expect(second.id).not.toBe(made.id);
  await expect(bench.home.restore("demo")).rejects.toMatchObject({ code: "ENV_EXISTS" });
  const restored = await bench.home.restore("demo", { as: "demo-old" });
  expect(restored.id).toBe(made.id);
  const python = bench.io.fs.path.join(restored.root, "bin", "python");
  expect(await runIn(bench, python, ["-c", "import demo; print(demo.__version__)"])).toBe("1.0");
  await expect(bench.home.restore("never")).rejects.toMatchObject({ code: "ENV_UNKNOWN" });
});

test("an environment in use is not deleted, a protected one neither", async () => {
  const bench = workbench(tempDir("env"));
  const base = await bench.base(await anyPython(bench));
  const made = await bench.home.create("demo", bench.request(base, []));
  await using running = await startPython(made.root);
  await expect(bench.home.remove("demo")).rejects.toMatchObject({
    code: "ENV_BUSY",
    data: { users: [expect.objectContaining({ pid: running.pid })] },
  });
  await running.end();
  await bench.home.using("demo", { purpose: "protect" }, (held) => held.edit({ protected: true }));
  await expect(bench.home.remove("demo")).rejects.toMatchObject({ code: "ENV_PROTECTED" });
  await bench.home.remove("demo", { force: true });
  symlinkSync("nowhere", join(bench.layout.envs, "dangling"));
  expect(await bench.home.list()).toEqual([]);
});

test("the whole data directory can be moved", async () => {
  const place = tempDir("env");
  const bench = workbench(place);
  const base = await bench.base(await anyPython(bench));
  const demo = await bench.artifact("demo", "1.0");
  await bench.home.create("demo", bench.request(base, [demo]));
  const elsewhere = tempDir("moved");
  renameSync(join(place, "data"), join(elsewhere, "data"));
  const moved = workbench(elsewhere);
  const opened = await moved.home.using("demo", { purpose: "look" }, async (held) => held.environment);
  const python = moved.io.fs.path.join(opened.root, "bin", "python");
  const facts = await runIn(moved, python, ["-c", "import sys, demo; print(demo.__version__, sys.base_prefix)"]);
  expect(facts).toBe(`1.0 ${join(moved.layout.bases, base.key)}`);
});

test("creating one starts no program, unlike `python -m venv`", async () => {
  const bench = workbench(tempDir("fast"));
  const interpreter = await anyPython(bench);
  const base = await bench.base(interpreter);
  const { isAlive } = bench.io.proc;
  const refused = () => {
    throw new Error("a program was started");
  };
  const proc = { isAlive, run: refused, start: refused, startDetached: refused, open: refused };
  const home = environments({ ...bench.io, proc }, bench.context);
  const time = async (body: () => Promise<unknown>): Promise<string> => {
    const started = performance.now();
    await body();
    return (performance.now() - started).toFixed(0);
  };
  const coldMs = await time(() => home.create("cold", bench.request(base, [])));
  const warmMs = await time(() => home.create("warm", bench.request(base, [])));
  console.log(`create: ${coldMs} ms cold, ${warmMs} ms warm`);
  const python = bench.io.fs.path.join((await home.open("warm")).root, "bin", "python");
  expect(await runIn(bench, python, ["-m", "pip", "--version"])).toContain("pip ");
});

test("an environment can be the base of others: venv, and Python's own idea of its base", async () => {
  const bench = workbench(tempDir("nested"));
  const base = await bench.base(await anyPython(bench));
  const made = await bench.home.create("demo", bench.request(base, []));
  const python = bench.io.fs.path.join(made.root, "bin", "python");
  const nested = join(bench.io.system.home, "nested");
  await runIn(bench, python, ["-m", "venv", "--without-pip", nested]);
  const facts = await runIn(bench, absPath(join(nested, "bin", "python")), [
    "-c",
    "import sys, ssl; print(sys.base_prefix)",
  ]);
  expect(facts).toBe(base.link);
  const spawned =
    "import multiprocessing as m; m.set_start_method('spawn'); p = m.Process(target=print, args=('spawned',)); p.start(); p.join()";
  expect(await runIn(bench, python, ["-c", spawned])).toBe("spawned");
});
