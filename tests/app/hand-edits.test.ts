import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Projects, type TestContext, testContext } from "../kit/context.ts";

const original = 'name = "original"\n';
const edited = 'name = "edited by hand"\n';
const projects: Projects = {
  tool: {
    "1.0": { files: { "tool/__init__.py": original, "tool/data.txt": "1" }, entryPoints: { tool: "tool:main" } },
    "2.0": { files: { "tool/__init__.py": 'name = "new"\n' } },
  },
  other: { "1.0": {} },
  third: { "1.0": {} },
};

async function siteOf(t: TestContext, name: string): Promise<string> {
  const said = await t.runs("run", "-n", name, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))");
  return said.out.trim();
}

async function nameIn(t: TestContext, environment: string): Promise<string> {
  return (await t.runs("run", "-n", environment, "-c", "import tool; print(tool.name)")).out.trim();
}

/** As editors do that write into the file they have opened; a second later than the store was filled. */
function editInPlace(file: string, text: string): void {
  writeFileSync(file, text);
  const later = new Date(Date.now() + 5_000);
  utimesSync(file, later, later);
}

test("an edit through a hard link stays with its environment; the store and the others get the original", async () => {
  await using t = await testContext(projects);
  for (const name of ["mine", "theirs"]) expect((await t.venvoy("create", name, "tool==1.0")).exit).toBe(0);
  const mine = join(await siteOf(t, "mine"), "tool/__init__.py");
  const theirs = join(await siteOf(t, "theirs"), "tool/__init__.py");
  expect(statSync(mine).ino).toBe(statSync(theirs).ino);
  editInPlace(mine, edited);
  expect(readFileSync(theirs, "utf8")).toBe(edited);
  expect((await t.venvoy("show", "mine")).out).toContain("edited by hand: tool/__init__.py");

  const added = await t.venvoy("add", "other", "-n", "mine");
  expect(added).toMatchObject({ exit: 0 });
  expect(added.err).toContain("tool 1.0: tool/__init__.py was edited by hand: theirs has the original again");
  expect(added.err).toContain("the edit stays in mine");
  expect(added.err).toContain("kept what was edited by hand: tool/__init__.py");
  expect(readFileSync(theirs, "utf8")).toBe(original);
  expect(await nameIn(t, "mine")).toBe("edited by hand");
  expect(await nameIn(t, "theirs")).toBe("original");
  expect((await t.venvoy("store", "verify")).exit).toBe(0);
  expect((await t.venvoy("show", "mine")).out).toContain("edited by hand: tool/__init__.py");
  expect((await t.venvoy("show", "theirs")).out).not.toContain("edited by hand");
  expect((await t.venvoy("create", "fresh", "tool==1.0")).exit).toBe(0);
  expect(await nameIn(t, "fresh")).toBe("original");

  // It goes on as long as the version stays, and is put aside when that changes.
  expect((await t.venvoy("add", "third", "-n", "mine")).exit).toBe(0);
  expect(await nameIn(t, "mine")).toBe("edited by hand");
  const upgraded = await t.venvoy("add", "tool==2.0", "-n", "mine");
  expect(await nameIn(t, "mine")).toBe("new");
  const shelf = /tool 1\.0 becomes 2\.0: tool\/__init__\.py, edited by hand, is kept as (\S+)/.exec(upgraded.err)?.[1];
  expect(readFileSync(shelf ?? "", "utf8")).toBe(edited);
  expect((await t.venvoy("undo", "-n", "mine")).exit).toBe(0);
  expect(await nameIn(t, "mine")).toBe("edited by hand");
});

test("the environment that ran an edit keeps it, wherever it is found", async () => {
  await using t = await testContext(projects);
  for (const name of ["mine", "theirs"]) expect((await t.venvoy("create", name, "tool==1.0")).exit).toBe(0);
  const mine = join(await siteOf(t, "mine"), "tool/__init__.py");
  editInPlace(mine, edited);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await nameIn(t, "mine")).toBe("edited by hand");
  const added = await t.venvoy("add", "other", "-n", "theirs");
  expect(added.err).toContain("theirs has the original again, the edit stays in mine");
  expect(await nameIn(t, "mine")).toBe("edited by hand");
  expect(await nameIn(t, "theirs")).toBe("original");
  expect((await t.venvoy("show", "theirs")).out).not.toContain("by hand");
});

test("`store verify` finds an edit by its content, and sets it right; out of reach of the index it says so", async () => {
  await using t = await testContext(projects);
  for (const name of ["mine", "theirs"]) expect((await t.venvoy("create", name, "tool==1.0")).exit).toBe(0);
  const mine = join(await siteOf(t, "mine"), "tool/data.txt");
  const theirs = join(await siteOf(t, "theirs"), "tool/data.txt");
  const before = statSync(mine);
  writeFileSync(mine, "2");
  utimesSync(mine, before.atime, before.mtime);
  const offline = await t.venvoy("store", "verify", "--offline");
  expect(offline.exit).toBe(3);
  expect(offline.out).toContain("can't be set right now");
  expect(readFileSync(theirs, "utf8")).toBe("2");
  const verified = await t.venvoy("store", "verify");
  expect(verified).toMatchObject({ exit: 0 });
  expect(verified.out).toMatch(/set right +tool-1\.0-py3-none-any\.whl +site\/tool\/data\.txt/);
  expect([readFileSync(mine, "utf8"), readFileSync(theirs, "utf8")].sort()).toEqual(["1", "2"]);
  expect((await t.venvoy("store", "verify")).out).toContain("every file is as it was unpacked");
});

test("what editors replace, what is put in and what is deleted is seen, kept, and told", async () => {
  await using t = await testContext(projects);
  expect((await t.venvoy("create", "demo", "tool==1.0")).exit).toBe(0);
  const site = await siteOf(t, "demo");
  // A new file under the old name, with an old time.
  const fresh = join(t.cwd, "fresh.py");
  writeFileSync(fresh, edited);
  utimesSync(fresh, new Date(1_600_000_000_000), new Date(1_600_000_000_000));
  renameSync(fresh, join(site, "tool/__init__.py"));
  rmSync(join(site, "tool/data.txt"));
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  writeFileSync(join(site, "sitecustomize.py"), "import sys; sys.custom = 1\n");
  writeFileSync(join(site, "mine.pth"), `${t.cwd}\n`);
  mkdirSync(join(site, "../../../share/jupyter/kernels/k"), { recursive: true });
  writeFileSync(join(site, "../../../share/jupyter/kernels/k/kernel.json"), "{}");
  writeFileSync(join(site, "../../../bin/hello"), "#!/bin/sh\necho hello\n", { mode: 0o755 });
  symlinkSync("hello", join(site, "../../../bin/hallo"));
  const shown = await t.venvoy("show", "demo");
  expect(shown.out).toContain("edited by hand: tool/__init__.py");
  expect(shown.out).toContain("deleted by hand: tool/data.txt");
  expect(shown.out).toContain(
    "put in by hand: bin/hallo, bin/hello, mine.pth, sitecustomize.py, share/jupyter/kernels/k/kernel.json",
  );
  for (const round of ["other", "third"]) {
    expect((await t.venvoy("add", round, "-n", "demo")).exit).toBe(0);
    const now = await siteOf(t, "demo");
    expect(now).not.toBe(site);
    expect(await nameIn(t, "demo")).toBe("edited by hand");
    expect(existsSync(join(now, "tool/data.txt"))).toBe(true);
    expect((await t.runs("run", "-n", "demo", "-c", "import sys; print(sys.custom)")).out).toBe("1\n");
    expect((await t.runs("run", "-n", "demo", "hallo")).out).toBe("hello\n");
    expect(existsSync(join(now, "../../../share/jupyter/kernels/k/kernel.json"))).toBe(true);
  }
  expect((await t.venvoy("store", "verify")).exit).toBe(0);
  // Nothing that Python or pip leave behind by themselves is anybody's.
  expect((await t.venvoy("create", "quiet", "tool==1.0")).exit).toBe(0);
  await t.runs("run", "-n", "quiet", "-m", "pip", "list");
  expect((await t.venvoy("show", "quiet")).out).not.toContain("by hand");
});
