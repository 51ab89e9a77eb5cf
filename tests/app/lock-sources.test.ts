import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { type PylockPackage, parsePylock } from "../../src/pep/index.ts";
import { type TestContext, testContext } from "../kit/context.ts";
import { git } from "../kit/git.ts";
import { sdist, sdistFilename } from "../kit/sdist.ts";
import { sourceProject } from "../kit/source-project.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";

function commit(path: string, message: string): string {
  git(path, "add", ".");
  git(path, "commit", "--quiet", "-m", message);
  return git(path, "rev-parse", "HEAD");
}

/** A repository with one commit on its branch `main`. */
function repository(t: TestContext, name: string, version = "1.0") {
  const path = sourceProject(join(t.home, "repos"), name, { version, requires: ["idna"] });
  git(path, "init", "--quiet", "--initial-branch=main");
  return { path, url: pathToFileURL(path).href, first: commit(path, "one") };
}

const textOf = (t: TestContext, name = "pylock.toml") => readFileSync(join(t.cwd, name), "utf8");
const packagesOf = (text: string) => new Map(parsePylock(text).packages.map((one) => [String(one.name), one]));
const plain = (one: PylockPackage | undefined) => JSON.parse(JSON.stringify(one)) as Record<string, unknown>;
const versionIn = (t: TestContext, name: string, module: string) =>
  t.runs("run", "-n", name, "-c", `import ${module}; print(${module}.v)`);

/** Serves an archive of sources at an address that no index lists. */
function served(t: TestContext, content: Uint8Array): URL {
  t.index.packages["packed"] = [{ filename: "packed-1.0.tar.gz", content }];
  return new URL("/files/packed/packed-1.0.tar.gz", t.index.url.reveal());
}

/** Requirements of every kind of sources, in one file. */
function everyKind(t: TestContext) {
  const { url, first } = repository(t, "fromgit");
  sourceProject(t.cwd, "tree", { version: "1.0" });
  sourceProject(t.cwd, "edited", { version: "1.0" });
  const packed = served(t, sdist("packed", "1.0")).href;
  writeFileSync(join(t.cwd, sdistFilename("lying", "1.0")), sdist("lying", "1.0"));
  writeFileSync(join(t.cwd, wheelFilename("wheely", "1.0")), wheel("wheely", "1.0"));
  t.write(
    "requirements.txt",
    `fromgit @ git+${url}@main\n./tree\n-e ./edited\npacked @ ${packed}\n./lying-1.0.tar.gz\n./${wheelFilename("wheely", "1.0")}\n`,
  );
  return { url, first, packed };
}

describe("a lock of sources at an address", () => {
  test("names the commit, the directory, the archive; and is installed again from there", async () => {
    await using t = await testContext({ idna: { "3.7": {} } });
    const { url, first, packed } = everyKind(t);
    const said = await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml");
    expect(said).toMatchObject({ exit: 0, err: "" });
    const text = textOf(t);
    const found = packagesOf(text);
    expect(found.get("fromgit")?.vcs).toMatchObject({ type: "git", url, requestedRevision: "main", commitId: first });
    expect(plain(found.get("fromgit"))).not.toHaveProperty("version");
    expect(plain(found.get("fromgit"))["dependencies"]).toEqual([{ name: "idna" }]);
    expect(plain(found.get("tree"))["directory"]).toEqual({ path: "tree" });
    expect(plain(found.get("edited"))["directory"]).toEqual({ path: "edited", editable: true });
    expect(found.get("packed")?.archive).toMatchObject({ url: packed });
    expect(found.get("lying")?.archive).toMatchObject({ path: "lying-1.0.tar.gz" });
    expect(found.get("wheely")?.archive).toMatchObject({ path: wheelFilename("wheely", "1.0") });
    expect(text).not.toContain(t.cwd);

    expect(await t.venvoy("create", "demo", "-f", "pylock.toml")).toMatchObject({ exit: 0 });
    for (const name of ["fromgit", "tree", "edited"]) expect((await versionIn(t, "demo", name)).out).toBe("1.0\n");
    const others = "import packed, lying, wheely; print(packed.__version__, lying.__version__)";
    expect((await t.runs("run", "-n", "demo", "-c", others)).out).toBe("1.0 1.0\n");
    await t.venvoy("create", "other");
    expect(await t.venvoy("sync", "-n", "other", "pylock.toml")).toMatchObject({ exit: 0 });
    expect((await versionIn(t, "other", "fromgit")).out).toBe("1.0\n");
    expect((await t.venvoy("export", "-n", "other", "--as", "pip-freeze")).out).toContain(`@${first}`);
  });

  test("of an environment is the same, whatever its branch is by now", async () => {
    await using t = await testContext({ idna: { "3.7": {} } });
    const { url, first } = everyKind(t);
    expect(await t.venvoy("create", "demo", "-f", "requirements.txt")).toMatchObject({ exit: 0 });
    const { path } = { path: join(t.home, "repos", "fromgit") };
    sourceProject(join(t.home, "repos"), "fromgit", { version: "2.0" });
    commit(path, "two");
    expect(await t.venvoy("export", "-n", "demo", "-o", "pylock.toml")).toMatchObject({ exit: 0 });
    expect(packagesOf(textOf(t)).get("fromgit")?.vcs).toMatchObject({ url, commitId: first });
    expect(await t.venvoy("lock", "-n", "demo", "-o", "pylock.demo.toml")).toMatchObject({ exit: 0, err: "" });
    const locked = packagesOf(textOf(t, "pylock.demo.toml"));
    expect([...locked.keys()]).toEqual(["edited", "fromgit", "idna", "lying", "packed", "tree", "wheely"]);
    expect(locked.get("fromgit")?.vcs).toMatchObject({ commitId: first });
    expect(await t.venvoy("lock", "-n", "demo", "-o", "pylock.demo.toml", "--check")).toMatchObject({ exit: 0 });
  });

  test("keeps its commit until it is upgraded, and --check tells", async () => {
    await using t = await testContext({ idna: { "3.7": {} } });
    const { path, url, first } = repository(t, "fromgit");
    t.write("requirements.txt", `fromgit @ git+${url}@main\n`);
    await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml");
    sourceProject(join(t.home, "repos"), "fromgit", { version: "2.0" });
    const second = commit(path, "two");
    expect(await t.venvoy("lock", "requirements.txt", "--check")).toMatchObject({ exit: 0 });
    expect(await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml")).toMatchObject({ exit: 0 });
    expect(packagesOf(textOf(t)).get("fromgit")?.vcs?.commitId).toBe(first);
    expect(await t.venvoy("lock", "requirements.txt", "--check", "-U")).toMatchObject({ exit: 3 });
    const said = await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", "-P", "fromgit");
    expect(said.out).toContain(`~ fromgit 1.0 at ${first.slice(0, 8)} -> 2.0 at ${second.slice(0, 8)}`);
    expect(packagesOf(textOf(t)).get("fromgit")?.vcs?.commitId).toBe(second);
  });

  test("for other targets too: what the sources need there is asked of a build here", async () => {
    await using t = await testContext({ idna: { "3.7": {} }, colours: { "1.0": {} } });
    sourceProject(t.cwd, "tree", { requires: ["colours ; sys_platform == 'win32'"] });
    t.write("requirements.txt", "./tree\n");
    const targets = ["--target", "linux-x86_64-cp311", "--target", "windows-amd64-cp312"];
    const said = await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", ...targets);
    expect(said).toMatchObject({ exit: 0, err: expect.stringContaining("tree: built from sources") });
    const found = packagesOf(textOf(t));
    expect(plain(found.get("tree"))["directory"]).toEqual({ path: "tree" });
    expect(String(found.get("colours")?.marker)).toContain("win32");
  });

  test("passwords in addresses aren't written, and a file with another digest is refused", async () => {
    await using t = await testContext({ idna: { "3.7": {} } });
    const packed = served(t, sdist("packed", "1.0"));
    packed.username = "ann";
    packed.password = "s3cret";
    t.write("requirements.txt", `packed @ ${packed.href}\n`);
    const said = await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml");
    expect(said.exit).toBe(0);
    expect(said.err).toContain("the password in the address of packed");
    expect(textOf(t)).not.toContain("s3cret");
    served(t, sdist("packed", "1.0", { files: { other: "bad" } }));
    const refused = await t.venvoy("create", "demo", "-f", "pylock.toml");
    expect(refused).toMatchObject({ exit: 1, err: expect.stringContaining("was promised") });
  });

  test("an environment is built again from its commit when the store has lost the wheel", async () => {
    await using t = await testContext({ idna: { "3.7": {} } });
    const { path, url } = repository(t, "fromgit");
    await t.venvoy("create", "demo", `fromgit @ git+${url}@main`);
    sourceProject(join(t.home, "repos"), "fromgit", { version: "2.0" });
    commit(path, "two");
    rmSync(join(t.home, "venvoy", "store"), { recursive: true });
    expect(await t.venvoy("rebuild", "demo")).toMatchObject({ exit: 0 });
    expect((await versionIn(t, "demo", "fromgit")).out).toBe("1.0\n");
  });

  test("sources below a directory, and a lock somewhere else", async () => {
    await using t = await testContext({});
    sourceProject(join(t.cwd, "mono", "parts"), "tree", { version: "1.0" });
    mkdirSync(join(t.cwd, "locks"));
    t.write("requirements.txt", `tree @ ${pathToFileURL(join(t.cwd, "mono")).href}#subdirectory=parts/tree\n`);
    expect(await t.venvoy("lock", "requirements.txt", "-o", "locks/pylock.toml")).toMatchObject({ exit: 0 });
    const entry = plain(packagesOf(textOf(t, "locks/pylock.toml")).get("tree"));
    expect(entry["directory"]).toEqual({ path: "../mono", subdirectory: "parts/tree" });
    expect(await t.venvoy("create", "demo", "-f", "locks/pylock.toml")).toMatchObject({ exit: 0 });
    expect((await versionIn(t, "demo", "tree")).out).toBe("1.0\n");
  });
});
