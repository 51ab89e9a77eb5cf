import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { WhichReport } from "../../src/app/index.ts";
import { type TestContext, testContext } from "../kit/context.ts";
import { pythonAt, removePython, twoPythons } from "../kit/moved-python.ts";
import { zipBytes } from "../kit/zip-writer.ts";

const pythons = twoPythons();

const projects = {
  idna: { "3.6": {}, "3.7": {} },
  web: { "1.0": { requires: ["idna<3.7"] } },
};

async function asked(t: TestContext, ...words: readonly string[]): Promise<WhichReport> {
  const said = await t.venvoy("which", ...words, "--json");
  expect(said.exit, said.err).toBe(0);
  return JSON.parse(said.out) as WhichReport;
}

/** site-packages of the current version of `demo`. */
function siteOf(t: TestContext): string {
  const lib = join(t.home, "venvoy", "envs", "demo", "lib");
  const python = readdirSync(lib).find((name) => name.startsWith("python")) ?? "";
  return join(lib, python, "site-packages");
}

test("a module's file, its package, and who asked for it", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "web");
  const { found } = await asked(t, "idna", "-n", "demo");
  expect(found).toMatchObject({
    kind: "package",
    owner: "the environment demo",
    distribution: { name: "idna", version: "3.6", editable: false },
    askedFor: [],
    hides: [],
  });
  expect(found?.file).toMatch(/idna[\\/]__init__\.py$/);
  const said = await t.venvoy("which", "idna", "-n", "demo");
  expect(said.out).toContain("needed by web");
  expect(said.out).toContain("wants idna<3.7");
  expect((await asked(t, "web", "-n", "demo")).found?.askedFor).toEqual([{ text: "web", origin: "typed" }]);
});

test("a file of the person's that hides Python's own module is warned of", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  t.write("random.py", "");
  const { found } = await asked(t, "random", "-n", "demo");
  expect(found).toMatchObject({ file: join(t.cwd, "random.py"), owner: "the working directory" });
  expect(found?.hides).toMatchObject([{ isPythons: true }]);
  const said = await t.venvoy("which", "random", "-n", "demo");
  expect(said.out).toContain("hides Python's own random");
  expect(said.out).toContain("give the file another name");
});

test("names like those of the modules that venvoy asks with don't disturb the answer", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna");
  for (const name of ["json", "os", "types", "site", "importlib"]) t.write(`${name}.py`, "raise SystemExit(9)");
  expect((await asked(t, "idna", "-n", "demo")).found?.distribution?.name).toBe("idna");
  expect((await asked(t, "json", "-n", "demo")).found?.file).toBe(join(t.cwd, "json.py"));
  // Python has `os` before it looks anywhere.
  expect((await asked(t, "os", "-n", "demo")).found?.file).not.toBe(join(t.cwd, "os.py"));
});

test("every entry of the search path has an owner and a reason", async () => {
  await using t = await testContext(projects, {});
  await t.venvoy("create", "demo", "idna");
  t.env["PYTHONPATH"] = join(t.cwd, "mine");
  t.write("mine/idna.py", "");
  const extra = t.write("extra/there.py", "");
  writeFileSync(join(siteOf(t), "hand.pth"), `# a comment\n${join(extra, "..")}\n`);
  const { searchPath, found } = await asked(t, "idna", "-n", "demo");
  expect(searchPath.map(({ kind }) => kind)).toEqual([
    "working-directory",
    "PYTHONPATH",
    "python",
    "python",
    "python",
    "environment",
    "pth",
  ]);
  expect(searchPath.at(-1)).toMatchObject({
    path: join(t.cwd, "extra"),
    owner: "no package: somebody put the file there",
    why: "hand.pth line 2",
  });
  expect(found?.file).toBe(join(t.cwd, "mine", "idna.py"));
  expect(found?.hides).toMatchObject([
    { owner: "the environment demo", distribution: { name: "idna", version: "3.7" }, isPythons: false },
  ]);
  const said = await t.venvoy("which", "--path", "-n", "demo");
  expect(said.out).toContain("PYTHONPATH");
  expect(said.out).toContain("the environment demo");
  expect((await asked(t, "there", "-n", "demo")).found?.owner).toBe("no package: somebody put the file there");
});

test("zip files, finders of editable installs and their owners are seen", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  const zip = join(t.cwd, "lib.zip");
  writeFileSync(zip, zipBytes([{ name: "zipped.py", content: "x = 1" }]));
  t.env["PYTHONPATH"] = zip;
  const project = t.write("project/src/mine/__init__.py", "raise SystemExit('imported')");
  const site = siteOf(t);
  const directory = join(project, "..");
  writeFileSync(
    join(site, "__editable___mine_finder.py"),
    `import sys, importlib.util, os
class _EditableFinder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name == "mine":
            return importlib.util.spec_from_file_location(name, ${JSON.stringify(project)}, submodule_search_locations=[${JSON.stringify(directory)}])
def install():
    sys.meta_path.append(_EditableFinder)
`,
  );
  writeFileSync(join(site, "__editable__.mine-1.0.pth"), "import __editable___mine_finder as f; f.install()\n");
  const info = join(site, "mine-1.0.dist-info");
  mkdirSync(info);
  writeFileSync(join(info, "METADATA"), "Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n");
  writeFileSync(join(info, "RECORD"), "__editable__.mine-1.0.pth,,\n__editable___mine_finder.py,,\n");
  writeFileSync(
    join(info, "direct_url.json"),
    JSON.stringify({ url: `file://${join(t.cwd, "project")}`, dir_info: { editable: true } }),
  );
  const zipped = await asked(t, "zipped", "-n", "demo");
  expect(zipped.found?.file).toBe(join(zip, "zipped.py"));
  expect(zipped.searchPath[1]).toMatchObject({ kind: "PYTHONPATH", why: expect.stringContaining("a zip file") });
  const { found, finders } = await asked(t, "mine", "-n", "demo");
  expect(found).toMatchObject({
    file: project,
    owner: "the finder __editable___mine_finder._EditableFinder",
    distribution: { name: "mine", version: "1.0", editable: true },
  });
  expect(finders).toMatchObject([{ owner: "mine 1.0", why: "__editable__.mine-1.0.pth put it there" }]);
});

test("what has no file of its own, or another name", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  t.write("spread/inner/deep.py", "");
  expect((await asked(t, "sys", "-n", "demo")).found).toMatchObject({ kind: "built-in" });
  expect((await t.venvoy("which", "sys", "-n", "demo")).out).toContain("built into the interpreter");
  expect((await asked(t, "os.path", "-n", "demo")).found).toMatchObject({ realName: "posixpath" });
  expect((await asked(t, "spread", "-n", "demo")).found).toMatchObject({
    kind: "namespace",
    folders: [join(t.cwd, "spread")],
  });
  expect((await asked(t, "spread.inner.deep", "-n", "demo")).found?.file).toBe(
    join(t.cwd, "spread", "inner", "deep.py"),
  );
  expect((await asked(t, "_json", "-n", "demo")).found?.kind).toMatch(/extension|built-in/);
});

test("neither a module nor its parents are imported", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  t.write("loud/__init__.py", "open('imported', 'w')");
  t.write("loud/part.py", "open('imported', 'w')");
  expect((await asked(t, "loud.part", "-n", "demo")).found?.file).toBe(join(t.cwd, "loud", "part.py"));
  expect(existsSync(join(t.cwd, "imported"))).toBe(false);
  const absent = await t.venvoy("which", "loud.other", "-n", "demo");
  expect(absent).toMatchObject({ exit: 3, out: "" });
});

test("a script is asked about where run would start it", async () => {
  await using t = await testContext(projects);
  const script = t.write("tools/a.py", "# venv: demo\n# env: ../more\n# r: idna<3.7\nimport idna\n");
  t.write("more/extra.py", "");
  const early = await t.venvoy("which", "idna", "--script", script);
  expect(early).toMatchObject({ exit: 2 });
  expect(early.err).toContain("`demo`, which does not exist yet");
  expect((await t.venvoy("run", script)).exit).toBe(0);
  const report = await asked(t, "idna", "--script", "tools/a.py");
  expect(report.searchPath.slice(0, 2)).toMatchObject([
    { kind: "script", path: join(t.cwd, "tools") },
    { kind: "header", path: join(t.cwd, "more") },
  ]);
  expect(report.found?.askedFor).toEqual([{ text: "idna<3.7", origin: "tools/a.py line 3" }]);
  const own = t.write("b.py", '# /// script\n# dependencies = ["web"]\n# ///\n');
  expect((await t.venvoy("run", own)).exit).toBe(0);
  expect((await asked(t, "web", "--script", "b.py")).found).toMatchObject({
    distribution: { name: "web" },
    askedFor: [{ text: "web", origin: "b.py line 2" }],
  });
});

test("what is not there is told with what would bring it", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna");
  await t.venvoy("create", "other", "web");
  const near = await t.venvoy("which", "idan", "-n", "demo");
  expect(near).toMatchObject({ exit: 3, out: "" });
  expect(near.err).toContain("did you mean `import idna`?");
  expect((await t.venvoy("which", "web", "-n", "demo")).err).toContain("`venvoy add -n demo web`");
  expect((await t.venvoy("which", "cv2", "-n", "demo")).err).toContain("opencv-python");
  expect(await t.venvoy("which", "a b", "-n", "demo")).toMatchObject({ exit: 2 });
  expect((await t.venvoy("which", "-n", "demo")).err).toContain("takes a module, or --path");
});

test.skipIf(pythons === undefined)("of an environment whose Python is gone, the files tell", async () => {
  await using t = await testContext(projects, { PATH: "/usr/bin:/bin" });
  const root = join(t.home, "pyenv");
  t.env["PYENV_ROOT"] = root;
  const [real] = pythons ?? [];
  if (real === undefined) return;
  const place = join(root, "versions", `${real.minor}.1`);
  pythonAt(real, place);
  await t.venvoy("create", "demo", "web", "--python", real.minor);
  removePython(place);
  const said = await t.venvoy("which", "idna", "-n", "demo");
  expect(said.exit, said.err).toBe(0);
  expect(said.err).toContain("is gone, so this is what the files of demo tell");
  expect(said.out).toContain("from idna 3.6");
  expect(said.out).toContain("needed by web");
  expect((await t.venvoy("which", "--path", "-n", "demo")).out).toContain("the environment demo");
  expect((await t.venvoy("which", "nowhere", "-n", "demo")).exit).toBe(3);
});
