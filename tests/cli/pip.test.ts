import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type TestContext, testContext } from "../kit/context.ts";
import { sourceProject } from "../kit/source-project.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";

const projects = {
  idna: { "3.6": {}, "3.7": {}, "4.0rc1": {} },
  web: { "1.0": { requires: ["idna<3.7", 'absent; extra == "more"'] }, "2.0": { requires: ["idna"] } },
  other: { "1.0": { sdist: { files: { "other.py": "" } } } },
};

/** The environment's own pip: what it prints is what ours has to print. */
async function real(t: TestContext, ...words: readonly string[]) {
  const said = await t.runs("run", "-n", "demo", "-m", "pip", ...words, "--disable-pip-version-check");
  return { exit: said.exit, out: said.out.replace(/^\s*\[notice\].*\n/gm, "") };
}

async function ours(t: TestContext, ...words: readonly string[]) {
  const { exit, out } = await t.venvoy("pip", "-n", "demo", ...words);
  return { exit, out };
}

/** A tree that only pip could leave behind: an editable project, a file, names in odd spelling, an unmet requirement. */
async function demo(t: TestContext): Promise<void> {
  t.index.packages["odd-name"] = [
    { filename: wheelFilename("Odd.Name", "1.0"), content: wheel("Odd.Name", "1.0", { requires: ["idna>=3"] }) },
  ];
  await t.venvoy("create", "demo", "web==1.0", "odd-name");
  const local = t.write(wheelFilename("local", "2.0"), "");
  writeFileSync(local, wheel("local", "2.0", { requires: ["idna>=3.7", "nowhere>=1"] }));
  const put = await real(t, "install", "-q", "--no-deps", local);
  expect(put.exit).toBe(0);
}

test("list, freeze, show and check print what the environment's own pip prints", async () => {
  await using t = await testContext(projects);
  await demo(t);
  const lines: readonly (readonly string[])[] = [
    ["list"],
    ["list", "--format", "json"],
    ["list", "--format=freeze"],
    ["list", "-v"],
    ["list", "-v", "--format", "json"],
    ["list", "--exclude", "Odd_name", "--exclude=idna"],
    ["list", "--not-required"],
    ["list", "-e"],
    ["list", "-o", "--format", "json"],
    ["list", "--outdated", "--pre"],
    ["list", "--uptodate"],
    ["freeze"],
    ["freeze", "--all", "--exclude", "web"],
    ["freeze", "-l"],
    ["show", "web"],
    ["show", "-f", "Odd-Name", "idna"],
    ["show", "-v", "web", "nothing-there"],
    ["show", "nothing-there"],
    ["index", "versions", "idna"],
    ["index", "versions", "idna", "--pre"],
    ["index", "versions", "web"],
  ];
  for (const words of lines) expect([words, await ours(t, ...words)]).toEqual([words, await real(t, ...words)]);
  // Since pip 25.1.
  expect((await ours(t, "index", "versions", "idna", "--json")).out).toBe(
    '{"name": "idna", "versions": ["3.7", "3.6"], "latest": "3.7", "installed_version": "3.6"}\n',
  );
  const check = await real(t, "check");
  expect(check).toMatchObject({ exit: 1 });
  const sorted = (text: string): string[] => text.split("\n").sort();
  expect(sorted((await ours(t, "check")).out)).toEqual(sorted(check.out));
  expect((await ours(t, "check")).exit).toBe(1);
  await real(t, "uninstall", "-y", "local");
  expect(await ours(t, "check")).toEqual(await real(t, "check"));
});

test("freeze -r keeps the file's order and comments", async () => {
  await using t = await testContext(projects);
  await demo(t);
  t.write("wanted.txt", "# first\nweb>=1\n\n--index-url https://index.example/simple\nidna  # why\n");
  expect(await ours(t, "freeze", "-r", "wanted.txt")).toEqual(await real(t, "freeze", "-r", join(t.cwd, "wanted.txt")));
});

test("install and uninstall are versions with an undo, in pip's words", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  const first = await t.venvoy("pip", "-n", "demo", "install", "web<2", "-q");
  expect(first).toEqual({ exit: 0, out: "", err: "" });
  const again = await t.venvoy("pip", "install", "-n", "demo", "web");
  expect(again.out).toMatch(/^Requirement already satisfied: web in .+site-packages \(1\.0\)\n$/);
  const dry = await t.venvoy("pip", "-n", "demo", "install", "-U", "--dry-run", "web");
  expect(dry).toMatchObject({ exit: 0, out: "Would install web-2.0\n" });
  const next = await t.venvoy("pip", "-n", "demo", "install", "--upgrade", "web", "--no-inp");
  expect(next.out).toBe("Successfully installed web-2.0\n");
  expect(next.err).toContain("go back: venvoy undo -n demo");
  await t.venvoy("pip", "-n", "demo", "install", "-U", "--upgrade-strategy", "eager", "web");
  expect((await ours(t, "freeze")).out).toBe("idna==3.7\nweb==2.0\n");
  await t.venvoy("undo", "-n", "demo");
  expect((await ours(t, "freeze")).out).toBe("idna==3.6\nweb==2.0\n");
  const gone = await t.venvoy("pip", "-n", "demo", "uninstall", "-y", "web", "nothing-there");
  expect(gone).toMatchObject({ exit: 0, out: "Successfully uninstalled idna-3.6\nSuccessfully uninstalled web-2.0\n" });
  expect(gone.err).toContain("WARNING: Skipping nothing-there as it is not installed.");
  expect(await ours(t, "check")).toEqual({ exit: 0, out: "No broken requirements found.\n" });
  t.write("r.txt", "idna\n");
  t.write("c.txt", "idna<3.7\n");
  expect((await t.venvoy("pip", "-n", "demo", "install", "-Ur", "r.txt", "-cc.txt")).out).toBe(
    "Successfully installed idna-3.6\n",
  );
  expect((await t.venvoy("pip", "-n", "demo", "uninstall", "-yr", "r.txt")).out).toBe(
    "Successfully uninstalled idna-3.6\n",
  );
});

test("download writes the files and installs nothing", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  mkdirSync(join(t.cwd, "house"));
  const said = await t.venvoy("pip", "-n", "demo", "download", "web", "other", "-d", "house");
  expect(said).toMatchObject({ exit: 0 });
  expect(said.out).toMatch(/Successfully downloaded idna other web\n$/);
  expect(readdirSync(join(t.cwd, "house")).sort()).toEqual([
    "idna-3.7-py3-none-any.whl",
    "other-1.0.tar.gz",
    "web-2.0-py3-none-any.whl",
  ]);
  expect((await t.venvoy("pip", "-n", "demo", "download", "web", "--no-deps", "-d", "house")).out).toContain(
    "File was already downloaded",
  );
  const found = await t.venvoy("pip", "-n", "demo", "install", "--no-index", "-f", "house", "web");
  expect(found.out).toBe("Successfully installed idna-3.7 web-2.0\n");
});

test("what can't be honoured says so in one sentence, with ours", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  for (const [words, sentence] of [
    [["install", "--user", "web"], "`pip install --user` can't be done here: packages go into an environment"],
    [["install", "--target=x", "web"], "`pip install --target` can't be done here"],
    [["install", "--no-deps", "web"], "hint: venvoy sync FILE takes a lock as it is"],
    [["install", "--upgrad-e", "web"], "`pip install` has no option `--upgrad-e`"],
    [["install"], "You must give at least one requirement to install"],
    [["list", "--format", "yaml"], "takes columns, freeze or json, not `yaml`"],
    [["sync", "a.txt"], "`pip sync` is called `sync` here"],
    [["instal", "web"], "hint: venvoy pip install web"],
    [["hash", "x.whl"], "`venvoy pip` has no command `hash`"],
    [[], "needs a second word: install, uninstall"],
  ] as const) {
    const said = await t.venvoy("pip", "-n", "demo", ...words);
    expect([words, said.exit, said.out]).toEqual([words, 2, ""]);
    expect(said.err).toContain(sentence);
  }
});

test("freeze names the repository of an editable project as pip does", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  const root = sourceProject(t.cwd, "mylib");
  const git = (...words: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...words], { cwd: root, env: t.env });
  const same = async () => {
    const words = ["freeze"];
    expect(await ours(t, ...words)).toEqual(await real(t, ...words));
    return (await ours(t, ...words)).out;
  };
  expect(await t.venvoy("pip", "-n", "demo", "install", "-e", "mylib")).toMatchObject({ exit: 0 });
  expect(await same()).toContain("# Editable install with no version control (mylib==1.0)");
  git("init", "-q");
  expect(await same()).toContain("# Editable Git install with no remote");
  git("add", ".");
  git("commit", "-qm", "first");
  git("remote", "add", "origin", "git@git.example:me/mylib.git");
  expect(await same()).toMatch(/^-e git\+ssh:\/\/git@git\.example\/me\/mylib\.git@[0-9a-f]{40}#egg=mylib\n$/);
  git("remote", "set-url", "origin", "/nowhere/at/all");
  expect(await same()).toContain("with either a deleted local remote or invalid URI:");
  expect(await ours(t, "list")).toEqual(await real(t, "list"));
  expect(await ours(t, "list", "--exclude-editable")).toEqual(await real(t, "list", "--exclude-editable"));
  expect(await ours(t, "show", "mylib")).toEqual(await real(t, "show", "mylib"));
});
