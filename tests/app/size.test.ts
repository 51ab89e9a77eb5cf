import { execFileSync } from "node:child_process";
import { copyFileSync, linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SizeReport, SpaceOf } from "../../src/app/index.ts";
import { type TestContext, testContext } from "../kit/context.ts";

const big = "x = 1\n".repeat(20_000);
const projects = {
  idna: { "3.7": { files: { "idna/__init__.py": big, "idna/data.py": big } } },
  attrs: { "24.1": { files: { "attrs/__init__.py": big } } },
  spread: { "1.0": { files: { "room/spread/__init__.py": big } } },
  other: { "1.0": { files: { "room/other/__init__.py": big } } },
};

/** What the file system says, through another program. */
function du(directory: string): number {
  return Number(execFileSync("du", ["-s", "--block-size=1", directory], { encoding: "utf8" }).split("\t")[0]);
}

function named(report: SizeReport, name: string): SpaceOf {
  const found = report.environments.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

const parts = ({ environments, scripts, trash, ...report }: SizeReport): number =>
  [...environments, scripts, ...trash].reduce((sum, one) => sum + one.freedBytes, 0) +
  report.sharedBytes +
  report.unusedBytes +
  report.cacheBytes +
  report.otherBytes;

function siteOf(t: TestContext, name: string): string {
  const lib = join(t.home, "venvoy", "envs", name, "lib");
  return join(lib, readdirSync(lib).find((entry) => entry.startsWith("python")) ?? "", "site-packages");
}

test("the sum of everything is what the file system says", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "one", "idna", "attrs");
  await t.venvoy("create", "two", "idna", "--link-mode", "copy");
  await t.venvoy("create", "gone", "attrs");
  await t.venvoy("delete", "gone", "-y");
  await t.venvoy("remove", "-n", "one", "attrs");
  t.write("own.py", '# /// script\n# dependencies = ["spread"]\n# ///\nimport room.spread\n');
  await t.venvoy("run", "own.py");
  const report = await t.library.size();
  expect(report.totalBytes).toBe(du(join(t.home, "venvoy")));
  expect(parts(report)).toBe(report.totalBytes);
  expect(report.trash.map(({ name }) => name)).toEqual(["gone"]);
  expect(report.scripts.files).toBeGreaterThan(0);
  const said = await t.venvoy("size");
  expect(said.out).toContain("gone (deleted)");
  expect(said.out).toContain("on the disk in");
});

test("what two share is told of both, and frees nothing when one goes", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "one", "idna", "attrs");
  await t.venvoy("create", "two", "idna");
  const before = await t.library.size();
  const one = named(before, "one");
  expect(one.sharedWith).toEqual(["two"]);
  expect(named(before, "two").sharedWith).toEqual(["one"]);
  // Its own: attrs, which nothing else needs, and the directories of its tree.
  expect(one.freedBytes).toBeGreaterThan(big.length);
  expect(one.sharedBytes).toBeGreaterThan(2 * big.length);
});

test("an environment's packages sum up to the environment", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "one", "idna", "attrs", "spread", "other");
  await t.venvoy("remove", "-n", "one", "attrs");
  await t.venvoy("create", "two", "idna");
  const hand = join(siteOf(t, "one"), "hand-1.0.dist-info");
  mkdirSync(hand);
  mkdirSync(join(hand, "..", "hand"));
  writeFileSync(join(hand, "..", "hand", "__init__.py"), big);
  writeFileSync(join(hand, "METADATA"), "Metadata-Version: 2.1\nName: hand\nVersion: 1.0\n");
  writeFileSync(join(hand, "RECORD"), "hand/__init__.py,,\nhand-1.0.dist-info/RECORD,,\n");
  writeFileSync(join(hand, "INSTALLER"), "pip\n");
  const report = await t.library.sizeOf({ name: "one" });
  const whole = named(await t.library.size(), "one");
  for (const key of ["freedBytes", "sharedBytes", "sharedWith", "files", "inodes"] as const)
    expect(report[key], key).toEqual(whole[key]);
  const part = (name: string) => report.packages.find((one) => one.name === name);
  expect(part("idna")).toMatchObject({ version: "3.7", sharedWith: ["two"] });
  expect(part("idna")?.sharedBytes).toBeGreaterThan(2 * big.length);
  expect(part("spread")).toMatchObject({ sharedWith: [], sharedBytes: 0 });
  expect(part("spread")?.freedBytes).toBeGreaterThan(big.length);
  expect(part("hand")?.freedBytes).toBeGreaterThan(big.length);
  expect(part("attrs")).toBeUndefined();
  expect(report.earlier.freedBytes).toBeGreaterThan(big.length);
  expect(report.trees).toBe(2);
  const said = await t.venvoy("size", "one");
  expect(said.out).toContain("idna 3.7");
  expect(said.out).toContain("with two");
  expect(said.out).toContain("packages of earlier versions");
  expect(await t.venvoy("size", "nothing")).toMatchObject({ exit: 2 });
});

test("a file that somebody linked from elsewhere is not promised to come back", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "one", "idna");
  linkSync(join(siteOf(t, "one"), "idna", "data.py"), join(t.cwd, "mine.py"));
  expect(named(await t.library.size(), "one").sharedWith).toEqual(["files outside of venvoy"]);
  rmSync(join(t.cwd, "mine.py"));
  copyFileSync(join(siteOf(t, "one"), "idna", "data.py"), join(t.cwd, "mine.py"));
  expect(named(await t.library.size(), "one").sharedWith).toEqual([]);
});

test("an environment in a directory is counted where it lies", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "./env", "idna", "--link-mode", "copy");
  const report = await t.library.size();
  const [env] = report.environments;
  expect(env?.name).toBe(join(t.cwd, "env"));
  expect(report.totalBytes).toBe(du(join(t.home, "venvoy")) + du(join(t.cwd, "env", ".venvoy")));
  expect(parts(report)).toBe(report.totalBytes);
});
