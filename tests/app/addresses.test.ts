import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { type TestContext, testContext } from "../kit/context.ts";
import { git } from "../kit/git.ts";
import { sdist, sdistFilename } from "../kit/sdist.ts";
import { sourceProject } from "../kit/source-project.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";

/** A repository with version 1.0 under the tag `v1` and 2.0 at its head. */
function repository(
  t: TestContext,
  name = "mylib",
): { readonly path: string; readonly url: string; readonly first: string } {
  const path = sourceProject(join(t.home, "repos"), name, { version: "1.0" });
  git(path, "init", "--quiet", "--initial-branch=main");
  git(path, "add", ".");
  git(path, "commit", "--quiet", "-m", "one");
  git(path, "tag", "v1");
  const first = git(path, "rev-parse", "HEAD");
  sourceProject(join(t.home, "repos"), name, { version: "2.0" });
  git(path, "commit", "--quiet", "-a", "-m", "two");
  return { path, url: `git+${pathToFileURL(path).href}`, first };
}

async function directUrl(t: TestContext, name: string, dist: string): Promise<unknown> {
  const said = await t.runs(
    "run",
    "-n",
    name,
    "-c",
    `from importlib.metadata import distribution; print(distribution("${dist}").read_text("direct_url.json"))`,
  );
  return JSON.parse(said.out);
}

const version = (t: TestContext, name: string) => t.runs("run", "-n", name, "-c", "import mylib; print(mylib.v)");

describe("sources by address", () => {
  it("a directory: built once while nothing in it changes, kept by later changes", async () => {
    await using t = await testContext({ idna: { "3.7": {} } });
    sourceProject(t.cwd, "mylib", { requires: ["idna"] });
    expect(await t.venvoy("create", "demo", "./mylib")).toMatchObject({ exit: 0 });
    expect((await version(t, "demo")).out).toBe("1.0\n");
    expect(await directUrl(t, "demo", "mylib")).toEqual({
      url: pathToFileURL(join(t.cwd, "mylib")).href,
      dir_info: {},
    });
    const builds = () => t.events.filter((event) => event.type === "op:start" && event.kind === "build").length;
    const before = builds();
    await t.venvoy("create", "other", "./mylib");
    expect(builds()).toBe(before);
    expect(await t.venvoy("remove", "-n", "demo", "mylib")).toMatchObject({ exit: 0 });
    sourceProject(t.cwd, "mylib", { version: "1.1" });
    await t.venvoy("add", "-n", "other", "./mylib");
    expect((await version(t, "other")).out).toBe("1.1\n");
  });

  it("an editable install shows edits at once, also after the next change", async () => {
    await using t = await testContext({ idna: { "3.7": {} } });
    const root = sourceProject(t.cwd, "mylib");
    expect(await t.venvoy("create", "demo", "-e", "./mylib")).toMatchObject({ exit: 0 });
    appendFileSync(join(root, "mylib", "__init__.py"), '\nv = "edited"\n');
    expect((await version(t, "demo")).out).toBe("edited\n");
    expect(await directUrl(t, "demo", "mylib")).toMatchObject({ dir_info: { editable: true } });
    expect(await t.venvoy("add", "-n", "demo", "idna")).toMatchObject({ exit: 0 });
    expect((await version(t, "demo")).out).toBe("edited\n");
  });

  it("git: a tag, a branch, a commit, the default; and says which commit it is", async () => {
    await using t = await testContext({});
    const { url, first } = repository(t);
    expect(await t.venvoy("create", "head", url)).toMatchObject({ exit: 0 });
    expect((await version(t, "head")).out).toBe("2.0\n");
    for (const revision of ["v1", first]) {
      const name = `at-${revision.slice(0, 6)}`;
      expect(await t.venvoy("create", name, `mylib @ ${url}@${revision}`)).toMatchObject({ exit: 0 });
      expect((await version(t, name)).out).toBe("1.0\n");
    }
    expect(await directUrl(t, "at-v1", "mylib")).toMatchObject({
      vcs_info: { vcs: "git", commit_id: first, requested_revision: "v1" },
    });
    const said = await t.venvoy("create", "no", `${url}@nowhere`);
    expect(said.exit).toBe(1);
    expect(said.err).toContain("at nowhere");
    expect((await t.venvoy("create", "no", `${url}@--upload-pack=x`)).err).toContain("can't be a revision");
  });

  it("git: a subdirectory, and submodules", async () => {
    await using t = await testContext({});
    const inner = repository(t, "inner");
    const outer = join(t.home, "repos", "outer");
    mkdirSync(join(outer, "sub"), { recursive: true });
    cpSync(sourceProject(join(t.home, "plain"), "mylib"), join(outer, "sub"), { recursive: true });
    writeFileSync(join(outer, "sub", "mylib", "__init__.py"), "import os\nv = os.path.exists('x')\n");
    git(outer, "init", "--quiet", "--initial-branch=main");
    git(outer, "submodule", "--quiet", "add", inner.path, "sub/vendored");
    git(outer, "add", ".");
    git(outer, "commit", "--quiet", "-m", "one");
    const url = `git+${pathToFileURL(outer).href}@main#subdirectory=sub`;
    expect(await t.venvoy("create", "demo", url)).toMatchObject({ exit: 0 });
    expect((await version(t, "demo")).out).toBe("False\n");
    expect((await t.venvoy("create", "no", url.replace("=sub", "=../x"))).err).toContain("leads elsewhere");
  });

  it("archives and wheels that lie on the disk, by their path", async () => {
    await using t = await testContext({});
    writeFileSync(join(t.cwd, sdistFilename("demo", "1.0")), sdist("demo", "1.0"));
    writeFileSync(join(t.cwd, wheelFilename("idna", "3.7")), wheel("idna", "3.7"));
    const made = await t.venvoy("create", "one", "./demo-1.0.tar.gz", wheelFilename("idna", "3.7"));
    expect(made).toMatchObject({ exit: 0 });
    expect((await t.runs("run", "-n", "one", "-c", "import demo, idna; print(1)")).out).toBe("1\n");
    expect(await directUrl(t, "one", "demo")).toMatchObject({
      archive_info: { hashes: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    });
  });

  it("stand in requirements files, where paths count from the file", async () => {
    await using t = await testContext({});
    sourceProject(join(t.cwd, "libs"), "mylib");
    sourceProject(join(t.cwd, "libs"), "other");
    t.write("libs/requirements.txt", "-e ./mylib\n./other\n");
    expect(await t.venvoy("create", "demo", "-f", "libs/requirements.txt")).toMatchObject({ exit: 0 });
    expect((await t.runs("run", "-n", "demo", "-c", "import mylib, other; print(1)")).out).toBe("1\n");
  });

  it("are refused when they are something else than was said", async () => {
    await using t = await testContext({});
    sourceProject(t.cwd, "mylib");
    const url = pathToFileURL(join(t.cwd, "mylib")).href;
    expect((await t.venvoy("create", "demo", `other @ ${url}`)).err).toContain("holds `mylib`, not `other`");
    expect((await t.venvoy("create", "demo", "./absent")).err).toContain("is not a directory");
    expect((await t.venvoy("create", "demo", "hg+https://hg.example/x")).err).toContain("only git is understood");
    expect((await t.venvoy("list", "--json")).out.trim()).toBe("[]");
    expect(readFileSync(join(t.cwd, "mylib", "pyproject.toml"), "utf8")).toContain("own_backend");
  });

  it("are not too new under --exclude-newer: who writes an address has chosen", async () => {
    await using t = await testContext({ mylib: { "1.0": {} } });
    const address = `${t.index.origin}/files/mylib/${wheelFilename("mylib", "1.0")}`;
    const said = await t.venvoy("create", "demo", `mylib @ ${address}`, "--exclude-newer", "2020-01-01", "--dry-run");
    expect(said).toMatchObject({ exit: 0, out: expect.stringContaining("mylib") });
  });
});
