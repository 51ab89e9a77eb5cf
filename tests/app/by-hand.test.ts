import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { type Projects, type TestContext, testContext } from "../kit/context.ts";
import { sourceProject } from "../kit/source-project.ts";
import { type WheelParts, wheel, wheelFilename } from "../kit/wheel.ts";

/** The environment's own pip, without the network. */
function pip(t: TestContext, name: string, ...words: readonly string[]): string {
  const python = join(t.home, "venvoy", "envs", name, "bin", "python");
  return execFileSync(python, ["-m", "pip", "--disable-pip-version-check", ...words], {
    env: { ...t.env, PIP_NO_INDEX: "1", PIP_ROOT_USER_ACTION: "ignore", GIT_CONFIG_GLOBAL: "/dev/null" },
    cwd: t.cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function installed(t: TestContext, name: string): Record<string, string> {
  const list: { name: string; version: string }[] = JSON.parse(pip(t, name, "list", "--format", "json"));
  return Object.fromEntries(list.filter((one) => one.name !== "pip").map((one) => [one.name, one.version]));
}

async function siteOf(t: TestContext, name: string): Promise<string> {
  const said = await t.runs("run", "-n", name, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))");
  return said.out.trim();
}

function wheelFile(t: TestContext, name: string, version: string, parts: WheelParts = {}): string {
  const file = join(t.cwd, wheelFilename(name, version, parts));
  writeFileSync(file, wheel(name, version, parts));
  return file;
}

const projects: Projects = { plain: { "1.0": {} }, tiny: { "1.0": {}, "2.0": {} } };

test("what was built from source by hand goes on into the next version, with its programs and its origin", async () => {
  await using t = await testContext(projects);
  const source = sourceProject(t.cwd, "fromdir", { requires: ["tiny<2"] });
  const repository = sourceProject(t.cwd, "fromgit");
  const git = (...words: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@index.example", ...words], { cwd: repository });
  git("init", "-q");
  git("add", ".");
  git("commit", "-q", "-m", "first");
  expect((await t.venvoy("create", "demo")).exit).toBe(0);
  const tiny = wheelFile(t, "tiny", "1.0");
  pip(t, "demo", "install", "--find-links", t.cwd, source, `git+file://${repository}`);
  pip(t, "demo", "install", "--no-deps", "-e", sourceProject(t.cwd, "editable"));
  const shown = await t.venvoy("show", "demo");
  expect(shown.out).toContain("installed by pip: editable, fromdir, fromgit and 1 that they need");

  const added = await t.venvoy("add", "plain", "-n", "demo");
  expect(added).toMatchObject({ exit: 0 });
  expect(added.err).toContain("kept what was installed by hand: editable 1.0, fromdir 1.0, fromgit 1.0, and 1 that");
  expect(installed(t, "demo")).toEqual({ editable: "1.0", fromdir: "1.0", fromgit: "1.0", plain: "1.0", tiny: "1.0" });
  const bin = join(t.home, "venvoy", "envs", "demo", "bin");
  const said = (program: string) => execFileSync(join(bin, program), { encoding: "utf8" }).trim();
  expect(said("fromdir")).toBe("fromdir 1.0");
  expect(said("fromgit-tool")).toMatch(/^tool .*\/generations\/2$/);
  expect(readFileSync(join(bin, "../share/fromdir/note.txt"), "utf8")).toBe("a note\n");
  writeFileSync(join(t.cwd, "editable/editable/__init__.py"), "def main():\n    print('edited')\n");
  expect(said("editable")).toBe("edited");
  const freeze = pip(t, "demo", "freeze");
  expect(freeze).toMatch(/^fromgit @ git\+file:.*@[0-9a-f]{40}$/m);
  expect(freeze).toMatch(/^fromdir @ file:/m);
  expect(freeze).toMatch(/^-e /m);

  // The source is gone, and a package leaves: what was built stays, through changes, undo and a rebuilt tree.
  rmSync(repository, { recursive: true });
  rmSync(tiny);
  expect((await t.venvoy("remove", "plain", "-n", "demo")).exit).toBe(0);
  expect(installed(t, "demo")).toEqual({ editable: "1.0", fromdir: "1.0", fromgit: "1.0", tiny: "1.0" });
  expect((await t.venvoy("show", "demo")).out).not.toContain("by pip");
  expect((await t.venvoy("undo", "-n", "demo")).exit).toBe(0);
  expect(Object.keys(installed(t, "demo"))).toContain("plain");
  const dropped = await t.venvoy("remove", "fromgit", "-n", "demo");
  expect(dropped).toMatchObject({ exit: 0 });
  expect(installed(t, "demo")).toEqual({ editable: "1.0", fromdir: "1.0", plain: "1.0", tiny: "1.0" });
  expect((await t.venvoy("store", "verify")).exit).toBe(0);
});

test("a package that no index knows, and one whose index is out of reach, are taken from the tree", async () => {
  await using t = await testContext({ ...projects, parted: { "1.0": {} } });
  expect((await t.venvoy("create", "demo", "tiny==1.0")).exit).toBe(0);
  wheelFile(t, "nowhere", "3.1", { requires: ["parted"] });
  wheelFile(t, "parted", "1.0");
  wheelFile(t, "extra", "1.0", { requires: ['parted ; extra == "more"', "tiny"], extras: ["more"] });
  pip(t, "demo", "install", "--find-links", t.cwd, "nowhere", "extra[more]");
  const added = await t.venvoy("add", "tiny", "-n", "demo", "--offline");
  expect(added).toMatchObject({ exit: 0 });
  expect(installed(t, "demo")).toEqual({ extra: "1.0", nowhere: "3.1", parted: "1.0", tiny: "1.0" });
  // Online again, nothing moves.
  expect((await t.venvoy("add", "plain", "-n", "demo")).exit).toBe(0);
  expect(installed(t, "demo")).toEqual({ extra: "1.0", nowhere: "3.1", parted: "1.0", plain: "1.0", tiny: "1.0" });
});

test("what only an extra asks for stays, and what another package needs comes back and says so", async () => {
  await using t = await testContext({
    ...projects,
    parted: { "1.0": {} },
    extra: { "1.0": { requires: ['parted ; extra == "more"', "tiny"], extras: ["more"] } },
  });
  expect((await t.venvoy("create", "demo", "extra")).exit).toBe(0);
  wheelFile(t, "parted", "1.0");
  pip(t, "demo", "install", "--find-links", t.cwd, "extra[more]");
  pip(t, "demo", "uninstall", "-y", "tiny");
  const added = await t.venvoy("add", "plain", "-n", "demo");
  expect(added.err).toContain("tiny, removed by hand, is back: extra needs it");
  expect(installed(t, "demo")).toEqual({ extra: "1.0", parted: "1.0", plain: "1.0", tiny: "2.0" });
});

test("pip that was upgraded by hand stays as it is, whatever the index has", async () => {
  await using t = await testContext({ ...projects, pip: { "99.0": {} } });
  expect((await t.venvoy("create", "demo")).exit).toBe(0);
  const site = join(t.home, "venvoy", "envs", "demo", "lib");
  // Its own next version, made from itself: a real upgrade needs no network.
  const script = `
import pathlib, re, sys, sysconfig, zipfile
site = pathlib.Path(sysconfig.get_path("purelib"))
info = next(site.glob("pip-*.dist-info"))
name = "pip-77.1.dist-info"
out = pathlib.Path(sys.argv[1]) / "pip-77.1-py3-none-any.whl"
record = ""
with zipfile.ZipFile(out, "w") as archive:
    for root in (site / "pip", info):
        for file in root.rglob("*"):
            path = file.relative_to(site).as_posix().replace(info.name, name)
            if not file.is_file() or "__pycache__" in path or path.endswith(("RECORD", "INSTALLER", "REQUESTED")):
                continue
            data = file.read_bytes()
            if path.endswith("dist-info/METADATA"):
                data = re.sub(rb"^Version: .*$", b"Version: 77.1", data, count=1, flags=re.M)
            archive.writestr(path, data)
            record += f"{path},,\\n"
    archive.writestr(f"{name}/RECORD", record + f"{name}/RECORD,,\\n")
`;
  const python = join(site, "../bin/python");
  execFileSync(python, ["-c", script, t.cwd]);
  pip(t, "demo", "install", "--find-links", t.cwd, "--upgrade", "pip");
  expect(pip(t, "demo", "list")).toMatch(/^pip +77\.1$/m);
  expect((await t.venvoy("show", "demo")).out).toMatch(/changed by hand: pip \S+ → 77\.1/);
  const added = await t.venvoy("add", "plain", "-n", "demo");
  expect(added).toMatchObject({ exit: 0 });
  expect(pip(t, "demo", "list")).toMatch(/^pip +77\.1$/m);
  expect((await t.venvoy("add", "tiny", "-n", "demo")).exit).toBe(0);
  expect(pip(t, "demo", "list")).toMatch(/^pip +77\.1$/m);
});

test("what can't go on is named, and stays where it is", async () => {
  await using t = await testContext(projects);
  expect((await t.venvoy("create", "demo")).exit).toBe(0);
  const site = execFileSync(
    join(t.home, "venvoy", "envs", "demo", "bin/python"),
    ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
    { encoding: "utf8" },
  ).trim();
  mkdirSync(join(site, "old-0.1-py3.11.egg-info"));
  mkdirSync(join(site, "half-1.0.dist-info"));
  writeFileSync(join(site, "half-1.0.dist-info/METADATA"), "Metadata-Version: 2.1\nName: half\nVersion: 1.0\n");
  const added = await t.venvoy("add", "plain", "-n", "demo");
  expect(added.exit).toBe(0);
  expect(added.err).toContain(
    "old can't be carried over: it was installed in an old form that doesn't list its files; it stays in version 1 of demo",
  );
  expect(added.err).toContain("half can't be carried over: it is only half installed; it stays in version 1 of demo");
  expect(existsSync(join(site, "half-1.0.dist-info/METADATA"))).toBe(true);
});

test("three environments in which pip installed the same wheel share one copy afterwards, without another download", async () => {
  await using t = await testContext(projects);
  t.serve("heavy", { "1.0": { files: { "heavy/__init__.py": "v = 1\n", "heavy/blob.bin": "x".repeat(200_000) } } });
  t.index.options = { ...t.index.options, etags: true };
  const blobs: string[] = [];
  const before: string[] = [];
  for (const name of ["a", "b", "c"]) {
    expect((await t.venvoy("create", name)).exit).toBe(0);
    const python = join(t.home, "venvoy", "envs", name, "bin", "python");
    await promisify(execFile)(python, ["-m", "pip", "install", "-q", "heavy"], { env: t.env, cwd: t.cwd });
    before.push(await siteOf(t, name));
  }
  const blobOf = (site: string): string => join(site, "heavy/blob.bin");
  expect(new Set(before.map((site) => statSync(blobOf(site)).ino)).size).toBe(3);
  const asked = t.index.requests.length;
  for (const name of ["a", "b", "c"]) {
    expect((await t.venvoy("add", "plain", "-n", name)).err).toContain("kept what was installed by hand: heavy 1.0");
    blobs.push(blobOf(await siteOf(t, name)));
  }
  const inodes = [...blobs, ...before.map(blobOf)].map((file) => statSync(file));
  expect(new Set(inodes.map((info) => info.ino)).size).toBe(1);
  // In the store, in three environments, and in the three versions in which pip had made copies.
  expect(inodes[0]?.nlink).toBe(7);
  const wheels = t.index.requests
    .slice(asked)
    .filter(({ method, path }) => method === "GET" && /heavy.*\.whl$/.test(path));
  // pip of Python 3.12 and earlier may keep its downloads in another form; then one is fetched, once.
  expect(wheels.filter(({ headers }) => headers.range === undefined).length).toBeLessThanOrEqual(1);
  expect((await t.venvoy("store", "verify")).exit).toBe(0);
});

test("pip at work in one shell and venvoy in another: both packages are there in the end", async () => {
  await using t = await testContext({ ...projects, slow: { "1.0": {} } });
  expect((await t.venvoy("create", "demo")).exit).toBe(0);
  wheelFile(t, "byhand", "1.0");
  wheelFile(t, "later", "1.0");
  const first = join(await siteOf(t, "demo"), "../../../bin/python");
  const python = join(t.home, "venvoy", "envs", "demo", "bin", "python");
  const env = { ...t.env, PIP_NO_INDEX: "1", PIP_FIND_LINKS: t.cwd };
  const run = promisify(execFile);
  const installing = run(python, ["-m", "pip", "install", "-q", "byhand"], { env, cwd: t.cwd });
  // venvoy begins while pip has not ended, now earlier and now later.
  for (const name of ["plain", "tiny", "slow"]) expect((await t.venvoy("add", name, "-n", "demo")).exit).toBe(0);
  await installing;
  // A program that was started before goes on in its own version, and installs into that.
  await run(first, ["-m", "pip", "install", "-q", "later"], { env, cwd: t.cwd });
  const shown = await t.venvoy("show", "demo");
  expect(shown.exit).toBe(0);
  expect((await t.venvoy("add", "plain", "-n", "demo")).exit).toBe(0);
  const packages = installed(t, "demo");
  expect(packages).toMatchObject({ plain: "1.0", tiny: "2.0", slow: "1.0" });
  expect((await t.venvoy("store", "verify")).exit).toBe(0);
  expect(Object.keys(packages).filter((name) => name === "byhand")).toEqual(["byhand"]);
});

test("what a program installs into the version that it still runs in comes along with the next change", async () => {
  await using t = await testContext(projects);
  expect((await t.venvoy("create", "demo")).exit).toBe(0);
  wheelFile(t, "byhand", "1.0");
  const first = join(await siteOf(t, "demo"), "../../../bin/python");
  expect((await t.venvoy("add", "plain", "-n", "demo")).exit).toBe(0);
  execFileSync(first, ["-m", "pip", "install", "-q", "--no-index", "--find-links", t.cwd, "byhand"], { env: t.env });
  expect((await t.venvoy("show", "demo")).out).toContain("installed into version 1 meanwhile: byhand");
  const added = await t.venvoy("add", "tiny", "-n", "demo");
  expect(added.err).toContain("kept what was installed by hand: byhand 1.0");
  expect(installed(t, "demo")).toEqual({ byhand: "1.0", plain: "1.0", tiny: "2.0" });
  expect((await t.venvoy("show", "demo")).out).not.toContain("meanwhile");
});

test("a package that needs pip is content with the one that is there", async () => {
  await using t = await testContext({
    ...projects,
    pip: { "99.0": {} },
    needy: { "1.0": { requires: ["pip"] } },
  });
  expect((await t.venvoy("create", "demo")).exit).toBe(0);
  const before = /^pip +(\S+)$/m.exec(pip(t, "demo", "list"))?.[1];
  expect(await t.venvoy("add", "needy", "-n", "demo")).toMatchObject({ exit: 0 });
  expect(/^pip +(\S+)$/m.exec(pip(t, "demo", "list"))?.[1]).toBe(before);
  expect(await t.venvoy("add", "plain", "-n", "demo")).toMatchObject({ exit: 0 });
  expect(/^pip +(\S+)$/m.exec(pip(t, "demo", "list"))?.[1]).toBe(before);
});

test("an undo says what really changes: what pip installed in the older version is still there", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "plain");
  pip(t, "demo", "install", "--no-index", wheelFile(t, "tiny", "1.0"));
  await t.venvoy("add", "-n", "demo", "plain==1.0");
  const back = JSON.parse((await t.venvoy("undo", "-n", "demo", "--json")).out);
  expect(back).toMatchObject({ version: 1, changes: [] });
  expect(installed(t, "demo")).toEqual({ plain: "1.0", tiny: "1.0" });
});
