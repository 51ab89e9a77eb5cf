import { execFileSync } from "node:child_process";
import { appendFileSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tidy } from "../../src/app/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import { silentReporter } from "../../src/ports/index.ts";
import { type TestContext, testContext } from "../kit/context.ts";

const projects = { idna: { "3.7": {} } };

function dirOf(t: TestContext, name: string): string {
  const envs = join(t.home, "venvoy", "envs");
  return join(envs, readdirSync(envs).find((entry) => entry.startsWith(`${name}-`)) ?? "");
}

async function namesHere(t: TestContext): Promise<readonly string[]> {
  return (await t.library.list({ here: true })).map(({ name }) => name);
}

test("`list --here` names what was used in this directory or below, and why", async () => {
  await using t = await testContext(projects);
  for (const name of ["used", "claimed", "elsewhere"]) await t.venvoy("create", name);
  await t.venvoy("create", "./env");
  expect(await namesHere(t)).toEqual([join(t.cwd, "env")]);
  await t.runs("run", "-n", "used", "-c", "pass");
  await t.runs("run", t.write("deep/a.py", "# venv: claimed\n# r: idna\n"));
  appendFileSync(join(dirOf(t, "elsewhere"), "used-from"), `${t.home}\n`);
  expect((await t.library.list({ here: true })).map(({ name, here }) => [name, here])).toEqual([
    ["claimed", ["deep/a.py", "used in deep", "used here"]],
    [join(t.cwd, "env"), ["it lies here"]],
    ["used", ["used here"]],
  ]);
  const said = await t.venvoy("list", "--here");
  expect(said.out).toContain("deep/a.py");
  expect(said.out).not.toContain("elsewhere");
});

test("directories that are gone are dropped, and what shells add stays bounded", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  const file = join(dirOf(t, "demo"), "used-from");
  appendFileSync(file, `${join(t.cwd, "gone")}\n`);
  expect(await namesHere(t)).toEqual([]);
  // As activations do, which write without looking.
  for (let count = 0; count < 500; count++) appendFileSync(file, `${t.cwd}\nnot a path\n${t.home}\n`);
  await t.runs("run", "-n", "demo", "-c", "pass");
  expect(readFileSync(file, "utf8")).toBe(`${t.home}\n${t.cwd}\n`);
  rmSync(file);
  expect(await namesHere(t)).toEqual([]);
  expect((await t.venvoy("list", "--here")).out).toContain("no environment was used from this directory");
});

test("activation counts as use, and notes where", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  const used = join(dirOf(t, "demo"), "used");
  utimesSync(used, 1, 1);
  const script = join(t.home, "venvoy", "envs", "demo", "bin", "activate");
  execFileSync("bash", ["-c", `. "${script}"`], { cwd: t.cwd });
  expect((await t.library.show({ name: "demo" })).usedMs).toBeGreaterThan(1_600_000_000_000);
  expect(await namesHere(t)).toEqual(["demo"]);
});

test("a temporary environment says so, and goes to the trash when nobody used it for a day", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna", "--temporary");
  await t.venvoy("create", "fresh", "--temporary");
  await t.venvoy("create", "lasting");
  expect((await t.venvoy("list")).out).toContain("goes when unused for a day");
  expect((await t.venvoy("show", "demo")).out).toContain("goes when unused for a day");
  const then = new Date(Date.now() - 25 * 3_600_000);
  for (const name of ["demo", "lasting"]) utimesSync(join(dirOf(t, name), "used"), then, then);
  const ports = nodePorts();
  const system = Object.defineProperties({} as typeof ports.system, {
    ...Object.getOwnPropertyDescriptors(ports.system),
    env: { value: t.env },
  });
  await tidy({ ...ports, system }, { reporter: silentReporter(), offline: true });
  expect((await t.library.list()).map(({ name }) => name)).toEqual(["fresh", "lasting"]);
  expect((await t.venvoy("list", "--deleted")).out).toContain("demo");
  expect((await t.venvoy("restore", "demo")).exit).toBe(0);
  expect((await t.library.show({ name: "demo" })).usedMs).toBeGreaterThan(then.getTime() + 3_600_000);
});
