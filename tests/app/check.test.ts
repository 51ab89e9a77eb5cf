import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CheckReport } from "../../src/app/index.ts";
import { testContext } from "../kit/context.ts";
import { realPythons } from "../kit/real-pythons.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";

const projects = {
  num: { "1.26": {}, "2.0": {} },
  panda: { "1.0": { requires: ["num<2"] }, "2.0": { requires: ["num>=2"] } },
  idna: { "3.6": {}, "3.7": {} },
};

test("scripts that agree share one process: exit 0", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# r: num==1.26\n");
  t.write("b.py", "# r: num<2, idna\n");
  const said = await t.venvoy("check", "a.py", "b.py");
  expect(said).toMatchObject({ exit: 0, err: "" });
  expect(said.out).toContain("a.py (default), b.py (default)");
  expect(said.out).toMatch(/✓ 2 scripts can share one process, Python 3\.\d+\.\d+\n$/);
});

test("two that can't be in one environment are told with both chains: exit 3", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# venv: tools\n# r: num<2\n");
  t.write("b.py", "# venv: tools\n# r: idna, panda>=2\n");
  const { out, exit } = await t.venvoy("check", "a.py", "b.py");
  expect(exit).toBe(3);
  expect(out).toContain("✗ a.py and b.py can't be in one environment: no version of num serves both\n");
  expect(out).toContain("  a.py line 2 asks for num<2 → num 1.26\n");
  expect(out).toContain("  b.py line 2 asks for panda>=2 → panda 2.0 needs num>=2 → num 2.0\n");
  expect(out).toContain("✗ 2 scripts need 2 processes\n");
  expect(out).toContain("--write");
});

test("environments that each resolve but hold different versions clash at import", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# venv: old\n# r: num<2\n");
  t.write("b.py", "# venv: new\n# r: num>=2\n");
  const report = await t.library.check({ files: ["a.py", "b.py"] });
  expect(report).toMatchObject({ together: false, fewest: { exact: true, atLeast: 2 }, lines: [], prepared: [] });
  expect(report.clashes).toMatchObject([
    { kind: "import", about: "package", package: "num", scripts: ["a.py", "b.py"] },
  ]);
  expect(report.environments).toMatchObject([
    { name: "old", holdsAll: true, packages: [{ name: "num", version: "1.26" }] },
    { name: "new", holdsAll: true, packages: [{ name: "num", version: "2.0" }] },
  ]);
});

test("environments that differ, but would agree, are told and are no reason to split", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# venv: old\n# r: num<2\n");
  t.write("b.py", "# venv: new\n# r: num\n");
  const { out, exit } = await t.venvoy("check", "a.py", "b.py");
  expect(exit).toBe(0);
  expect(out).toContain("! a.py has num 1.26 in old, and b.py has 2.0 in new\n");
  expect(out).toContain("in one environment they would share num 1.26");
});

test("environments that differ in a package that both would do without are told as ones that would agree", async () => {
  await using t = await testContext({
    lib: { "1": { requires: ["part"] }, "2": {} },
    part: { "1": {}, "2": {} },
    rest: { "1": { requires: ["lib<2"] } },
  });
  t.write("a.py", "# venv: old\n# r: lib\n");
  t.write("old.py", "# venv: old\n# r: rest, part<2\n");
  t.write("b.py", "# venv: new\n# r: lib\n");
  t.write("new.py", "# venv: new\n# r: rest\n");
  const { clashes } = await t.library.check({ files: ["."] });
  const pair = clashes.find(({ scripts }) => scripts.join() === "a.py,b.py");
  expect(pair).toMatchObject({ kind: "import", package: "part", wouldShare: { name: "part" } });
  expect(pair?.wouldShare?.version).toBeUndefined();
  const { out } = await t.venvoy("check", "a.py", "b.py", "old.py", "new.py");
  expect(out).toContain("in one environment they would do without part: give them the same # venv: line");
});

test("three that fit in pairs but not all together are told as three", async () => {
  await using t = await testContext({
    one: { "1.0": { requires: ["x!=1"] } },
    two: { "1.0": { requires: ["x!=2"] } },
    three: { "1.0": { requires: ["x!=3"] } },
    x: { "1": {}, "2": {}, "3": {} },
  });
  for (const name of ["one", "two", "three"]) t.write(`${name}.py`, `# r: ${name}\n`);
  const { clashes, lanes } = await t.library.check({ files: ["."] });
  expect(lanes).toHaveLength(2);
  expect(clashes).toMatchObject([{ kind: "install", scripts: ["one.py", "three.py", "two.py"], package: "x" }]);
  expect(clashes[0]?.sentence).toContain("no version of x serves all of them");
  expect(clashes[0]?.chains).toHaveLength(3);
});

test("few questions are asked: none where known versions agree", async () => {
  await using t = await testContext({ ...projects, rich: { "1": {} }, attrs: { "1": {} }, yarl: { "1": {} } });
  for (const name of ["idna", "rich", "attrs", "yarl"]) t.write(`${name}.py`, `# r: ${name}\n`);
  t.write("twin.py", "# r: idna\n");
  const { solved, lanes } = await t.library.check({ files: ["."] });
  expect({ solved, lanes: lanes.map(({ scripts }) => scripts) }).toEqual({
    solved: 4,
    lanes: [["attrs.py", "idna.py", "twin.py", "rich.py", "yarl.py"]],
  });
});

test("a directory and a pattern name scripts; modules without a header are left out", async () => {
  await using t = await testContext(projects);
  t.write("scripts/a.py", "# r: idna\n");
  t.write("scripts/deep/b.py", "# r: idna\n");
  t.write("scripts/helper.py", "X = 1\n");
  t.write("scripts/env/pyvenv.cfg", "home = /usr\n");
  t.write("scripts/env/lib/c.py", "# r: num\n");
  t.write("scripts/notes.txt", "# r: num\n");
  const names = async (...files: string[]): Promise<readonly string[]> =>
    (await t.library.check({ files })).scripts.map(({ script }) => script);
  expect(await names("scripts")).toEqual(["scripts/a.py", "scripts/deep/b.py"]);
  expect(await names("scripts/*.py")).toEqual(["scripts/a.py", "scripts/helper.py"]);
  expect(await names("scripts/**/b.py")).toEqual(["scripts/deep/b.py"]);
  expect((await t.venvoy("check", "scripts")).err).toBe(
    "1 file without a header left out: `default` serves what says nothing\n",
  );
  expect(await t.venvoy("check", "nothing/*.py")).toMatchObject({
    exit: 1,
    err: "error: `nothing/*.py`: no file fits this pattern\n",
  });
});

test("a file without a header is served by `default`", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "print(1)\n");
  const { out, exit } = await t.venvoy("check", "a.py");
  expect(exit).toBe(0);
  expect(out).toContain("a.py (default)");
});

test("what can't be served is told, and the rest goes on: exit 1", async () => {
  await using t = await testContext(projects);
  t.write("good.py", "# r: idna\n");
  t.write("broken.py", "# r: idna >>3\n");
  t.write("unknown.py", "# r: nosuchthing\n");
  t.write("two.py", "#! python 2\n# r: idna\n");
  t.write("nine.py", '# /// script\n# requires-python = ">=3.99"\n# ///\n');
  t.write("plug.cs", '// #! csharp\n// r "nuget: RestSharp, 110.2.0"\n');
  const said = await t.venvoy(
    "check",
    "good.py",
    "broken.py",
    "unknown.py",
    "two.py",
    "nine.py",
    "absent.py",
    "plug.cs",
  );
  expect(said.exit).toBe(1);
  expect(said.out).toContain("process 1, Python 3");
  expect(said.out).toMatch(/✗ `broken.py` line 1: .*\n {2,}.*# r: idna >>3\n {2,} +\^/);
  expect(said.out).toContain("✗ `nosuchthing` (unknown.py line 1) can't be installed");
  expect(said.out).toContain("✗ `two.py` line 1 asks for Python 2");
  expect(said.out).toContain("✗ `absent.py` can't be run: there is no such file");
  expect(said.out).toContain("No Python that fits `>=3.99`");
  expect(said.out).toContain("plug.cs line 1 asks for csharp, which its host runs, so it is left out");
  expect(said.out).toMatch(/✗ 5 scripts can't be served\n✓ 1 script needs one process/);
});

test("a script of another host program is a lane by nature", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# platform: rhino3d@8\n# r: idna\n");
  t.write("b.py", "# platform: revit 2023\n# r: idna\n");
  t.write("c.py", "# platform: rhino3d@8.12\n# r: idna\n");
  const { clashes, lanes } = await t.library.check({ files: ["a.py", "b.py", "c.py"] });
  expect(lanes.map(({ scripts, platform }) => [platform, ...scripts])).toEqual([
    ["rhino3d@8", "a.py", "c.py"],
    ["revit 2023", "b.py"],
  ]);
  expect(clashes[0]).toMatchObject({
    about: "host",
    sentence: "a.py and b.py are for different programs: a.py line 1 says rhino3d@8, b.py line 1 says revit 2023",
  });
});

test.skipIf(!["3.9", "3.12"].every((minor) => realPythons().some((one) => one.minor === minor)))(
  "scripts for different Pythons are lanes by nature, and meet where they can",
  async () => {
    await using t = await testContext(projects);
    const script = (python: string): string =>
      `# /// script\n# requires-python = "${python}"\n# dependencies = ["idna"]\n# ///\n`;
    t.write("nine.py", script("==3.9.*"));
    t.write("twelve.py", script("==3.12.*"));
    t.write("any.py", "# r: idna\n");
    const { clashes, lanes } = await t.library.check({ files: ["nine.py", "twelve.py", "any.py"] });
    expect(lanes.map(({ python }) => python.replace(/\.\d+$/, "")).sort()).toEqual(["3.12", "3.9"]);
    expect(clashes).toMatchObject([
      {
        kind: "install",
        about: "python",
        sentence:
          "nine.py and twelve.py need different Pythons: nine.py line 2 asks for Python ==3.9.*, twelve.py line 2 asks for Python ==3.12.*",
      },
    ]);
  },
);

test("versions in use are kept, and what an environment is asked for besides counts", async () => {
  await using t = await testContext(projects);
  t.write("first.py", "# venv: tools\n# r: num<2\n");
  expect((await t.venvoy("run", "first.py")).exit).toBe(0);
  t.write("b.py", "# venv: tools\n# r: num\n");
  expect((await t.library.check({ files: ["b.py"] })).environments).toMatchObject([
    { exists: true, packages: [{ version: "1.26" }] },
  ]);
  t.write("c.py", "# venv: tools\n# r: num>=2\n");
  const { out, exit } = await t.venvoy("check", "c.py");
  expect(exit).toBe(3);
  expect(out).toContain("c.py can't be in tools, where first.py line 2 asks for num<2");
  await t.venvoy("create", "typed", "num<2");
  t.write("d.py", "# venv: typed\n# r: num>=2\n");
  expect((await t.venvoy("check", "d.py")).exit).toBe(1);
});

test("beside what was typed into `default` a script that doesn't fit gets an environment of its own", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "default", "num<2");
  t.write("a.py", "# r: num>=2\n");
  t.write("b.py", "# r: num\n");
  const { scripts, lanes } = await t.library.check({ files: ["a.py", "b.py"] });
  expect(scripts.map(({ environment, ownEnvironment }) => [environment, ownEnvironment])).toEqual([
    ["a.py's own", true],
    ["default", undefined],
  ]);
  expect(lanes).toHaveLength(2);
});

test("--write puts clashing scripts apart, byte for byte, and --dry-run shows it", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# r: num<2\nprint(1)\n");
  const before = "\ufeff#! python 3\r\n# coding: utf-8\r\n# r: num>=2\r\nprint('é')\r\n";
  t.write("New Tool.py", before);
  const planned = await t.venvoy("check", "a.py", "New Tool.py", "--write", "--dry-run");
  expect(planned.out).toContain(
    "--- New Tool.py\n+++ New Tool.py\n@@ -1,4 +1,5 @@\n #! python 3\n # coding: utf-8\n+# venv: new-tool\n # r: num>=2\n print('é')\n",
  );
  expect(readFileSync(join(t.cwd, "New Tool.py"), "utf8")).toBe(before);
  const written = await t.venvoy("check", "a.py", "New Tool.py", "--write");
  expect(written.exit).toBe(3);
  expect(written.out).toContain("✓ New Tool.py line 3: # venv: new-tool");
  expect(written.out).not.toContain("in one environment");
  expect(readFileSync(join(t.cwd, "New Tool.py"), "utf8")).toBe(before.replace("# r:", "# venv: new-tool\r\n# r:"));
  expect((await t.venvoy("check", "a.py", "New Tool.py", "--write")).out).not.toContain("# venv:");
});

test("a venv line that is there stays unless somebody says otherwise", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# venv: tools\n# r: num<2\n");
  t.write("b.py", "# venv: tools   \n# r: num>=2\n");
  const said = await t.venvoy("check", "a.py", "b.py", "--write");
  expect(said.out).toContain(
    "b.py line 1 stays as it is: # venv: tools-2 in place of # venv: tools would put it apart; --write --yes replaces it",
  );
  expect(readFileSync(join(t.cwd, "b.py"), "utf8")).toBe("# venv: tools   \n# r: num>=2\n");
  expect((await t.venvoy("check", "a.py", "b.py", "--write", "--yes")).out).toContain(
    "✓ b.py line 1: # venv: tools-2 in place of # venv: tools",
  );
  expect(readFileSync(join(t.cwd, "b.py"), "utf8")).toBe("# venv: tools-2   \n# r: num>=2\n");
});

test("--prepare makes every environment, and a run has nothing left to do", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# venv: old\n# r: num<2\nimport num; print(num.__version__)\n");
  t.write("b.py", "# venv: new\n# r: num>=2\nimport num; print(num.__version__)\n");
  const said = await t.venvoy("check", "a.py", "b.py", "--prepare", "--json");
  expect((JSON.parse(said.out) as CheckReport).prepared).toEqual([
    { script: "a.py", environment: "old", changed: true },
    { script: "b.py", environment: "new", changed: true },
  ]);
  const asked = t.index.requests.length;
  expect((await t.runs("run", "a.py")).out + (await t.runs("run", "b.py")).out).toBe("1.26\n2.0\n");
  expect(t.index.requests.length).toBe(asked);
  expect((await t.venvoy("check", "a.py", "b.py", "--prepare")).out).toContain("✓ a.py: old was ready");
});

test("without a network and without a cache each script says what is missing", async () => {
  await using t = await testContext(projects);
  t.write("a.py", "# r: num\n");
  t.write("b.py", "print(1)\n");
  const { out, exit } = await t.venvoy("check", "a.py", "b.py", "--offline");
  expect(exit).toBe(1);
  expect(out).toMatch(/✗ `num` \(a.py line 1\) .*network is not used\n/);
  expect(out).toContain("✓ 1 script needs one process");
});

test("an unreadable file is told", async () => {
  await using t = await testContext(projects);
  writeFileSync(join(t.cwd, "big.py"), Buffer.alloc(17 << 20, 32));
  expect((await t.venvoy("check", "big.py")).out).toContain("✗ `big.py` can't be run: it is larger than 16 MiB");
});

test("what a host brings limits the scripts of an environment that is made for it", async () => {
  await using t = await testContext(projects);
  const [python] = realPythons();
  if (python === undefined) return;
  const host = join(t.home, "host");
  execFileSync(python.program, ["-m", "venv", "--without-pip", host]);
  const program = join(host, "bin", "python");
  const site = execFileSync(program, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    .toString()
    .trim();
  mkdirSync(join(site, "num-1.26.dist-info"));
  writeFileSync(join(site, "num-1.26.dist-info", "METADATA"), "Metadata-Version: 2.1\nName: num\nVersion: 1.26\n");
  await t.venvoy("host", "add", "demo", "--python", program);
  await t.venvoy("create", "lib", "--host", "demo", "idna");
  t.write("a.py", "# venv: lib\n# r: panda\n");
  t.write("b.py", "# venv: lib\n# r: num>=2\n");
  const { environments, scripts } = await t.library.check({ files: ["a.py", "b.py"] });
  expect(environments[0]?.packages).toContainEqual({ name: "panda", version: "1.0" });
  expect(scripts[1]?.problem?.message).toContain("demo brings `num==1.26`");
});

test("a package that was put in by hand, and that no index has, serves the environment's scripts", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "tools", "idna");
  const wheelFile = join(t.home, wheelFilename("mine", "1.0"));
  writeFileSync(wheelFile, wheel("mine", "1.0"));
  expect((await t.runs("run", "-n", "tools", "python", "-m", "pip", "install", "-q", wheelFile)).exit).toBe(0);
  await t.venvoy("add", "-n", "tools", "num");
  t.write("a.py", "# venv: tools\n# r: mine\n");
  expect(await t.venvoy("check", "a.py")).toMatchObject({ exit: 0 });
});
