import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { type TestContext, testContext } from "../kit/context.ts";
import { git } from "../kit/git.ts";
import { sdist, sdistFilename } from "../kit/sdist.ts";
import { sourceProject } from "../kit/source-project.ts";

/** Everything that a person can name by address, in one requirements file. */
async function started(): Promise<{ readonly t: TestContext; readonly first: string }> {
  const t = await testContext({ idna: { "3.7": {} }, tool: { "1.0": {}, "2.0": {} } });
  const repo = sourceProject(join(t.cwd, "repos"), "mylib", { requires: ["idna"] });
  git(repo, "init", "--quiet", "--initial-branch=main");
  git(repo, "add", ".");
  git(repo, "commit", "--quiet", "-m", "one");
  sourceProject(t.cwd, "app", { version: "0.3" });
  const needsTool = { buildRequires: ["tool<2"] };
  writeFileSync(join(t.cwd, "main.tar.gz"), sdist("packed", "1.0", needsTool));
  t.index.packages["old"] = [{ filename: sdistFilename("old", "1.0"), content: sdist("old", "1.0", needsTool) }];
  t.write(
    "requirements.txt",
    [
      `mylib @ git+${pathToFileURL(repo).href}@main`,
      "./app",
      `packed @ ${pathToFileURL(join(t.cwd, "main.tar.gz")).href}`,
      "old",
      "",
    ].join("\n"),
  );
  return { t, first: git(repo, "rev-parse", "HEAD") };
}

const installed = async (t: TestContext) =>
  (await t.library.show({ name: "demo" })).installed
    .map((one) => `${one.name} ${one.version}`)
    .filter((one) => !one.startsWith("pip "));

const everything = ["app 0.3", "idna 3.7", "mylib 1.0", "old 1.0", "packed 1.0"];

describe("sources by address in a wheelhouse", () => {
  test("come as wheels, archives and what builds need; a machine without any of it installs them", async () => {
    const { t, first } = await started();
    await using _t = t;
    await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml");
    const fetched = await t.venvoy("fetch", "requirements.txt", "-o", "house");
    expect(fetched).toMatchObject({ exit: 0, err: "only sources: old, packed; built where it is installed\n" });
    expect(fetched.out).toContain("fetched 4 files");
    expect(fetched.out).toContain("and built 2 wheels");
    const house = join(t.cwd, "house");
    const names = readdirSync(house).filter((name) => !name.startsWith("packed-"));
    expect(names.sort()).toEqual([
      "app-0.3-py3-none-any.whl",
      "idna-3.7-py3-none-any.whl",
      "mylib-1.0-py3-none-any.whl",
      "old-1.0.tar.gz",
      "tool-1.0-py3-none-any.whl",
      "venvoy-sources.json",
    ]);
    expect((await t.venvoy("fetch", "pylock.toml", "-o", "house")).out).toContain("has all 6 files");
    await t.index.close();
    for (const file of ["requirements.txt", "pylock.toml"]) {
      await using there = await testContext({});
      await there.index.close();
      there.write(file, readFileSync(join(t.cwd, file), "utf8").replaceAll("repos/mylib", "gone/mylib"));
      cpSync(house, join(there.cwd, "house"), { recursive: true });
      const list = join(there.cwd, "house", "venvoy-sources.json");
      // As from a server that can't be reached.
      writeFileSync(list, readFileSync(list, "utf8").replaceAll("repos/mylib", "gone/mylib"));
      await there.venvoy("create", "demo");
      const links = ["--offline", "--no-index", "--find-links", "house"];
      expect(await there.venvoy("sync", "-n", "demo", file, ...links)).toMatchObject({ exit: 0 });
      expect(await installed(there)).toEqual(everything);
      const frozen = await there.venvoy("pip", "-n", "demo", "freeze");
      expect(frozen.out).toContain(`gone/mylib@${first}`);
    }
  });

  test("are built again when they changed, and a wheel that is not what the list says is refused", async () => {
    await using t = await testContext({});
    const repo = sourceProject(join(t.cwd, "repos"), "mylib");
    git(repo, "init", "--quiet", "--initial-branch=main");
    git(repo, "add", ".");
    git(repo, "commit", "--quiet", "-m", "one");
    t.write("requirements.txt", `mylib @ git+${pathToFileURL(repo).href}\n./app\n`);
    const app = sourceProject(t.cwd, "app");
    const fetch = () => t.venvoy("fetch", "requirements.txt", "-o", "house");
    const planned = await t.venvoy("fetch", "requirements.txt", "-o", "house", "--dry-run");
    expect(planned.out).toContain("would fetch 2 files");
    expect(existsSync(join(t.cwd, "house"))).toBe(false);
    expect((await fetch()).out).toContain("built 2 wheels");
    expect((await fetch()).out).toContain("has all 2 files");
    writeFileSync(join(app, "app", "__init__.py"), 'v = "edited by hand"\n');
    expect((await fetch()).out).toContain("built 1 wheel ");
    rmSync(repo, { recursive: true });
    rmSync(app, { recursive: true });
    rmSync(join(t.home, ".cache"), { recursive: true, force: true });
    const offline = ["--offline", "--no-index", "--find-links", "house"];
    expect(await t.venvoy("create", "demo", "-f", "requirements.txt", ...offline)).toMatchObject({ exit: 0 });
    expect((await t.runs("run", "-n", "demo", "-c", "import app; print(app.v)")).out).toBe("edited by hand\n");
    t.write("house/mylib-1.0-py3-none-any.whl", "other bytes");
    const said = await t.venvoy("create", "other", "-f", "requirements.txt", ...offline);
    expect(said).toMatchObject({ exit: 1, err: expect.stringContaining("is not what its list says") });
    t.write("house/venvoy-sources.json", "{");
    const broken = await t.venvoy("create", "other", "-f", "requirements.txt", ...offline);
    expect(broken).toMatchObject({ exit: 1, err: expect.stringContaining("is no list of what a wheelhouse holds") });
  });

  test("an editable project must be there itself", async () => {
    await using t = await testContext({});
    sourceProject(t.cwd, "app");
    t.write("requirements.txt", "-e ./app\n");
    const said = await t.venvoy("fetch", "requirements.txt", "-o", "house");
    expect(said).toMatchObject({ exit: 0, err: expect.stringContaining("not fetched: app; it is edited in place") });
    expect(readdirSync(join(t.cwd, "house"))).toEqual([]);
  });
});
