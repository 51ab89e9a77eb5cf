import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { type TestContext, testContext } from "../kit/context.ts";
import { deadVenv, foreignDistribution, foreignFile } from "../kit/foreign.ts";
import { wheel } from "../kit/wheel.ts";

const projects = {
  idna: { "3.6": {}, "3.7": {} },
  attrs: { "24.1": {}, "25.1": {} },
  rich: { "13.0": {} },
  web: { "1.0": { requires: ["idna<3.7", "attrs; extra == 'all'"], extras: ["all"] }, "2.0": {} },
  only: { "1.0": { tags: ["cp39-cp39-win_amd64"] } },
};

/** The machine's usual Python, `3.11`. */
async function minor(t: TestContext): Promise<string> {
  const usual = (await t.library.pythons()).find(({ isDefault }) => isDefault);
  return (usual?.version ?? "").split(".").slice(0, 2).join(".");
}

async function packagesOf(t: TestContext, name: string): Promise<readonly string[]> {
  const { installed } = await t.library.show({ name });
  return installed.filter((one) => one.name !== "pip").map((one) => `${one.name} ${one.version}`);
}

async function askedOf(t: TestContext, name: string): Promise<readonly string[]> {
  return (await t.library.show({ name })).askedFor.map(({ text }) => text);
}

/** Every file with its size and time: what must not change. */
function snapshot(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .map((file) => `${file} ${statSync(file).size} ${statSync(file).mtimeMs}`)
    .sort();
}

test("a real venv comes with the same versions, and runs; the original is untouched", {
  timeout: 300_000,
}, async () => {
  await using t = await testContext(projects);
  const root = join(t.home, "old");
  const run = promisify(execFile);
  await run("python3", ["-m", "venv", root], { env: { ...process.env, ...t.env } });
  const pip = join(root, "bin", "pip");
  await run(pip, ["install", "-q", "--disable-pip-version-check", "web<2", "rich"], { env: t.env });
  const { stdout: frozen } = await run(pip, ["freeze"], { env: t.env });
  const before = snapshot(root);
  const said = await t.venvoy("import", root, "demo");
  expect(said).toMatchObject({ exit: 0, err: "" });
  expect(said.out).toContain(`imported demo from ${root}: 3 packages on Python`);
  expect(snapshot(root)).toEqual(before);
  expect((await t.venvoy("export", "demo", "--as", "pip-freeze")).out).toBe(frozen);
  expect(await askedOf(t, "demo")).toEqual(["rich", "web"]);
  expect((await t.runs("run", "-n", "demo", "-c", "import web, rich; print(web.__version__)")).out).toBe("1.0\n");
  // What came is kept by the next change.
  const report = await t.library.add({ name: "demo", requirements: ["attrs"] });
  expect(report.changes.map(({ name, from, to }) => [name, from, to])).toEqual([["attrs", undefined, "25.1"]]);
});

test("an environment whose Python is gone, half broken: what can be read comes, the rest is listed", async () => {
  await using t = await testContext(projects);
  const root = join(t.home, "dead");
  const site = deadVenv(root, await minor(t));
  foreignDistribution(site, "web", "1.0", { requested: true, requires: ["idna<3.7", "attrs; extra == 'all'"] });
  foreignDistribution(site, "idna", "3.6");
  foreignDistribution(site, "attrs", "24.1");
  foreignDistribution(site, "rich", "13.0", { metadata: null });
  foreignDistribution(site, "mine", "0.1", {
    directUrl: { url: `file://${t.home}/src`, dir_info: { editable: true } },
  });
  foreignDistribution(site, "vcs", "0.1", {
    directUrl: { url: "https://user:secret@code.example/vcs.git", vcs_info: { vcs: "git", commit_id: "00" } },
  });
  foreignDistribution(site, "~dna", "3.5");
  foreignFile(site, "eggy-1.0.egg", "");
  foreignFile(site, "setuptools-65.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: setuptools\nVersion: 65.0\n");
  const said = await t.venvoy("import", root, "--name", "demo");
  expect(said).toMatchObject({ exit: 0 });
  expect(await packagesOf(t, "demo")).toEqual(["attrs 24.1", "idna 3.6", "web 1.0"]);
  // Nothing says that somebody asked for `web[all]`: what nothing leads to is asked for by itself.
  expect(await askedOf(t, "demo")).toEqual(["attrs", "web"]);
  expect(said.out).toContain("left out rich-13.0.dist-info: it has no METADATA");
  expect(said.out).toContain(`left out mine 0.1: it is installed from the source tree ${t.home}/src`);
  expect(said.out).toContain(
    "left out vcs 0.1: it was installed from https://code.example/vcs.git, which is not a wheel",
  );
  expect(said.out).toContain("an interrupted pip left it behind");
  expect(said.out).toContain("eggy-1.0.egg");
  expect(said.out).not.toContain("secret");
  expect(said.out).not.toContain("setuptools");
});

test("metadata that contradict each other don't keep a set that worked from coming", async () => {
  await using t = await testContext(projects);
  const site = deadVenv(join(t.home, "old"), await minor(t));
  foreignDistribution(site, "web", "1.0", { requested: true, requires: ["idna<3.7", "gone>=1"] });
  foreignDistribution(site, "idna", "3.7");
  const said = await t.venvoy("import", join(t.home, "old"));
  expect(said.exit).toBe(0);
  expect(said.err).toContain("web needs gone, which is not installed there either");
  expect(await packagesOf(t, "old")).toEqual(["idna 3.7", "web 1.0"]);
});

test("what can't be had refuses the import as a whole, unless it is left out", async () => {
  await using t = await testContext(projects);
  const site = deadVenv(join(t.home, "old"), await minor(t));
  foreignDistribution(site, "web", "1.0", { requested: true });
  foreignDistribution(site, "idna", "9.9", { requested: true });
  foreignDistribution(site, "unknown", "1.0", { requested: true });
  foreignDistribution(site, "only", "1.0", { requested: true });
  const refused = await t.venvoy("import", join(t.home, "old"), "demo");
  expect(refused.exit).toBe(1);
  expect(refused.err).toContain("3 packages of");
  expect(refused.err).toContain("`idna` 9.9 (no index has that version)");
  expect(refused.err).toContain("`unknown` 1.0 (no index has a package of that name)");
  expect(refused.err).toContain("`only` 1.0 (its wheels are for ");
  expect(refused.err).toContain("--skip-missing leaves them out");
  expect(await t.library.list()).toEqual([]);
  const said = await t.venvoy("import", join(t.home, "old"), "demo", "--skip-missing");
  expect(said.exit).toBe(0);
  expect(said.out).toContain("left out idna 9.9: no index has that version");
  expect(await askedOf(t, "demo")).toEqual(["web"]);
});

test("offline, the store gives what it has", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "seed", "idna==3.6");
  const site = deadVenv(join(t.home, "old"), await minor(t));
  foreignDistribution(site, "idna", "3.6", { requested: true });
  const asked = t.index.requests.length;
  expect((await t.venvoy("import", join(t.home, "old"), "here", "--offline")).exit).toBe(0);
  foreignDistribution(site, "rich", "13.0", { requested: true });
  const refused = await t.venvoy("import", join(t.home, "old"), "not", "--offline");
  expect(refused.err).toContain("`rich` 13.0 (it is not on this machine, and the network may not be used)");
  expect(t.index.requests.length).toBe(asked);
  expect(await packagesOf(t, "here")).toEqual(["idna 3.6"]);
});

test("a home gives all its environments under their names; one that can't come doesn't stop the others", async () => {
  await using t = await testContext(projects);
  const home = join(t.home, ".multivenv");
  const python = await minor(t);
  foreignDistribution(deadVenv(join(home, "one"), python), "idna", "3.6", { requested: true });
  foreignDistribution(deadVenv(join(home, "two"), python), "idna", "9.9", { requested: true });
  foreignDistribution(deadVenv(join(home, "three"), python), "rich", "13.0", { requested: true });
  foreignDistribution(deadVenv(join(home, "my art"), python), "idna", "3.6", { requested: true });
  mkdirSync(join(home, "no environment"));
  foreignFile(home, "postmkvirtualenv", "#!/bin/sh\n");
  const said = await t.venvoy("import", home);
  expect(said.exit).toBe(1);
  expect(said.out).toContain("imported one from");
  expect(said.out).toContain("✗ two: A package of");
  expect((await t.library.list()).map(({ name }) => name)).toEqual(["my-art", "one", "three"]);
  expect(said.err).toContain("my art can't be a name here: it is my-art\n");
  const again = await t.venvoy("import", home);
  expect(again.out).toContain("hint: venvoy import");
  const named = await t.venvoy("import", home, "name");
  expect(named.exit).toBe(2);
  expect(named.err).toContain("holds 4 environments, and they keep their names");
});

test("pyenv's, poetry's and Rhino's homes: names without what the tools put around them", async () => {
  await using t = await testContext(projects);
  const python = await minor(t);
  const pyenv = join(t.home, "pyenv");
  const real = join(pyenv, "versions", `${python}.9`, "envs", "lab");
  foreignDistribution(deadVenv(real, python), "idna", "3.6");
  symlinkSync(real, join(pyenv, "versions", "lab"));
  foreignFile(join(pyenv, "versions", `${python}.9`), `lib/python${python}/site-packages/README.txt`, "");
  expect((await t.library.import({ path: pyenv })).imported.map(({ name }) => name)).toEqual(["lab"]);

  const poetry = join(t.home, "virtualenvs");
  foreignDistribution(deadVenv(join(poetry, `shop-Kx8_ab-9-py${python}`), python), "rich", "13.0");
  expect((await t.library.import({ path: poetry })).imported.map(({ name }) => name)).toEqual(["shop"]);

  const site = join(t.home, ".rhinocode", "py39-rh8", "site-envs");
  foreignDistribution(join(site, "default-A6YRvqqN"), "idna", "3.6", { requested: true });
  // `pip install --target --upgrade` leaves two of one project.
  foreignDistribution(join(site, "default-A6YRvqqN"), "idna", "3.7", { requested: true });
  const report = await t.library.import({ path: join(t.home, ".rhinocode"), python });
  expect(report.imported.map(({ name, kind }) => [name, kind])).toEqual([["default", "directory of packages"]]);
  expect(report.imported[0]?.leftOut[0]).toMatchObject({ what: "idna-3.6.dist-info" });
  expect(await packagesOf(t, "default")).toEqual(["idna 3.7"]);
});

test("a conda environment: what an index has comes, what only conda has is listed", async () => {
  await using t = await testContext(projects);
  const root = join(t.home, "miniconda3", "envs", "lab");
  const python = await minor(t);
  const site = join(root, "lib", `python${python}`, "site-packages");
  const web = foreignDistribution(site, "web", "1.0", {
    installer: "conda",
    requires: ["idna<3.7"],
    directUrl: { url: "file:///home/conda/feedstock_root/build_artifacts/web", dir_info: {} },
  });
  const idna = foreignDistribution(site, "idna", "3.6", { installer: "conda" });
  foreignDistribution(site, "rich", "13.0", { requested: true });
  const record = (name: string, version: string, files: readonly string[], spec = "") =>
    foreignFile(
      root,
      `conda-meta/${name}-${version}-0.json`,
      JSON.stringify({ name, version, files, requested_spec: spec }),
    );
  record("python", `${python}.2`, ["bin/python"], `python=${python}`);
  record("web-server", "1.0", [`lib/python${python}/site-packages/${web}/METADATA`], "web-server");
  record("idna", "3.6", [`site-packages/${idna}/METADATA`]);
  record("openssl", "3.1", ["lib/libssl.so"]);
  record("gdal", "3.8", ["bin/gdalinfo"], "gdal");
  foreignFile(root, "conda-meta/broken-1-0.json", "{");
  const said = await t.venvoy("import", join(t.home, "miniconda3", "envs"));
  expect(said.exit).toBe(0);
  expect(said.out).toContain("left out gdal 3.8, openssl 3.1: only conda has it");
  expect(said.out).toContain("left out conda-meta/broken-1-0.json: it can't be read");
  expect(await packagesOf(t, "lab")).toEqual(["idna 3.6", "rich 13.0", "web 1.0"]);
  expect(await askedOf(t, "lab")).toEqual(["rich", "web"]);
});

test("files of other tools become environments", async () => {
  await using t = await testContext(projects);
  const python = await minor(t);
  t.write("reqs/requirements.txt", "web<2\nrich\n");
  t.write(
    "conda.yml",
    `name: fromyml\ndependencies:\n  - python=${python}\n  - pip\n  - numpy>=1.20\n  - pip:\n    - idna<3.7\n    - -r reqs/requirements.txt\n`,
  );
  t.write("pyproject.toml", '[project]\nname = "x"\ndependencies = ["rich"]\n');
  t.write("plot.py", '#! python 3\n# r: idna==3.6\n# r "nuget: RestSharp"\n');
  const yml = await t.venvoy("import", "conda.yml");
  expect(yml.out).toContain("left out numpy>=1.20: it is a conda package");
  expect(yml.err).toContain("venvoy add -n fromyml numpy");
  expect(await askedOf(t, "fromyml")).toEqual(["idna<3.7", "web<2", "rich"]);
  expect((await t.venvoy("import", "reqs/requirements.txt")).exit).toBe(0);
  expect(await packagesOf(t, "reqs")).toEqual(["idna 3.6", "rich 13.0", "web 1.0"]);
  expect((await t.venvoy("import", "pyproject.toml", "--name", "fromproject")).exit).toBe(0);
  const script = await t.venvoy("import", "plot.py");
  expect(script.out).toContain("imported plot from");
  expect(script.out).toContain("left out");
  t.write("pylock.toml", (await t.venvoy("export", "reqs", "--as", "pylock")).out);
  expect((await t.venvoy("import", "pylock.toml", "fromlock")).exit).toBe(0);
  t.write("frozen.txt", (await t.venvoy("export", "reqs", "--as", "pip-freeze")).out);
  expect((await t.venvoy("import", "frozen.txt", "fromfreeze")).exit).toBe(0);
  for (const name of ["fromlock", "fromfreeze"])
    expect(await packagesOf(t, name)).toEqual(["idna 3.6", "rich 13.0", "web 1.0"]);
  t.write("plain.yml", `dependencies:\n  - python=${python}\n  - pip:\n    - rich\n`);
  expect((await t.venvoy("create", "direct", "-f", "plain.yml")).exit).toBe(0);
  const conda = await t.venvoy("create", "no", "-f", "conda.yml");
  expect(conda.exit).toBe(2);
  expect(conda.err).toContain("`conda.yml` line 5: `numpy>=1.20` is a conda package");
});

test.each([
  ["gone", 1, "there is no such file or directory"],
  ["empty", 2, "holds no environment that can be imported"],
  ["bad.yml", 1, "`bad.yml` line 2 isn't YAML"],
  ["list.yml", 1, "is not an environment.yml"],
])("`import %s` is refused", async (path, exit, why) => {
  await using t = await testContext();
  mkdirSync(join(t.cwd, "empty"));
  t.write("bad.yml", "a: [1\nb: {\n");
  t.write("list.yml", "- a\n");
  const said = await t.venvoy("import", path, "demo");
  expect(said.err).toContain(why);
  expect(said.exit).toBe(exit);
  expect(await t.library.list()).toEqual([]);
});

test("an environment of venvoy is not imported; a project's .venv is, under the project's name", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "mine", "idna");
  const ours = await t.venvoy("import", join(t.home, "venvoy", "envs", "mine"), "other");
  expect(ours.err).toContain("is an environment of venvoy already");
  const site = deadVenv(join(t.cwd, "shop", ".venv"), await minor(t), { uv: "0.9.0" });
  foreignDistribution(site, "idna", "3.6", { requested: true, installer: "uv" });
  const report = await t.library.import({ path: join(t.cwd, "shop") });
  expect(report.imported.map(({ name, kind }) => [name, kind])).toEqual([["shop", "uv"]]);
  expect((await t.library.show({ name: "shop" })).askedFor).toMatchObject([{ text: "idna" }]);
});

test("--dry-run makes nothing", async () => {
  await using t = await testContext(projects);
  foreignDistribution(deadVenv(join(t.home, "old"), await minor(t)), "idna", "3.6");
  expect((await t.venvoy("import", join(t.home, "old"), "--dry-run")).out).toContain("would import old");
  expect(await t.library.list()).toEqual([]);
  expect(existsSync(join(t.home, "old", "pyvenv.cfg"))).toBe(true);
  expect(readFileSync(join(t.home, "old", "pyvenv.cfg"), "utf8")).toContain("/nowhere/bin");
});

test("a wheel that was installed from its file comes from there; a file that is gone is told", async () => {
  await using t = await testContext(projects);
  const file = t.write("local-2.0-py3-none-any.whl", "");
  writeFileSync(file, wheel("local", "2.0"));
  const sha256 = createHash("sha256").update(readFileSync(file)).digest("hex");
  const site = deadVenv(join(t.home, "old"), await minor(t));
  const from = (path: string) => ({ url: `file://${path}`, archive_info: { hashes: { sha256 } } });
  foreignDistribution(site, "local", "2.0", { requested: true, directUrl: from(file) });
  foreignDistribution(site, "lost", "1.0", { requested: true, directUrl: from(`${t.cwd}/lost-1.0-py3-none-any.whl`) });
  const said = await t.venvoy("import", join(t.home, "old"));
  expect(said.exit).toBe(0);
  expect(said.out).toContain("lost-1.0-py3-none-any.whl, which is gone");
  expect(await packagesOf(t, "old")).toEqual(["local 2.0"]);
  expect(await askedOf(t, "old")).toEqual([`local @ file://${file}`]);
  expect((await t.venvoy("add", "-n", "old", "rich")).exit).toBe(0);
  expect(await packagesOf(t, "old")).toEqual(["local 2.0", "rich 13.0"]);
});
