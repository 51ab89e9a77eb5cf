import { execFileSync, spawn } from "node:child_process";
import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openContext } from "../../src/app/context.ts";
import { tidy } from "../../src/app/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import { silentReporter } from "../../src/ports/index.ts";
import { type TestContext, testContext } from "../kit/context.ts";

const big = "x = 1\n".repeat(20_000);
const projects = {
  idna: { "3.6": { files: { "idna/__init__.py": big } }, "3.7": { files: { "idna/__init__.py": big } } },
  attrs: { "24.1": { files: { "attrs/__init__.py": big } } },
};
const dayMs = 86_400_000;

function du(directory: string): number {
  return Number(execFileSync("du", ["-s", "--block-size=1", directory], { encoding: "utf8" }).split("\t")[0]);
}

function dirOf(t: TestContext, name: string): string {
  const envs = join(t.home, "venvoy", "envs");
  return join(envs, readdirSync(envs).find((entry) => entry.startsWith(`${name}-`)) ?? "");
}

/** As if the environment was used last so long ago. */
function age(t: TestContext, name: string, days: number): void {
  const then = new Date(Date.now() - days * dayMs);
  utimesSync(join(dirOf(t, name), "used"), then, then);
}

/** As if all packages had been unpacked, and needed last, two hours ago. */
function ageStore(t: TestContext): void {
  const wheels = join(t.home, "venvoy", "store", "wheel");
  for (const name of readdirSync(wheels).filter((one) => /^[0-9a-f]{64}$/.test(one))) {
    const file = join(wheels, name, "manifest.json");
    const then = new Date(Date.now() - 7_200_000);
    utimesSync(file, then, then);
  }
}

function portsOf(t: TestContext) {
  const ports = nodePorts();
  const system = Object.defineProperties({} as typeof ports.system, {
    ...Object.getOwnPropertyDescriptors(ports.system),
    env: { value: t.env },
    home: { value: t.home },
    cwd: { value: t.cwd },
  });
  return { ...ports, system };
}

const quiet = { reporter: silentReporter(), offline: true };

test("a dry run tells the bytes that then come back, as the file system counts them", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna<3.7");
  await t.venvoy("create", "gone", "attrs");
  await t.venvoy("add", "-n", "demo", "idna==3.7");
  await t.venvoy("delete", "gone", "-y");
  const trash = join(t.home, "venvoy", "envs", ".trash");
  const [deleted = ""] = readdirSync(trash);
  execFileSync("mv", [join(trash, deleted), join(trash, deleted.replace(/@\d+$/, `@${Date.now() - 31 * dayMs}`))]);
  ageStore(t);
  const planned = await t.library.clean({ dryRun: true });
  expect(planned).toMatchObject({ packages: 1, versions: 1, expired: 1 });
  expect(planned.freedBytes).toBeGreaterThan(big.length);
  const before = du(join(t.home, "venvoy"));
  const done = await t.library.clean();
  expect(done).toEqual({ ...planned, dryRun: false });
  // The directory that held the trash, and locks, keep their few blocks.
  expect(Math.abs(before - du(join(t.home, "venvoy")) - planned.freedBytes)).toBeLessThan(20_000);
  // The version before still has its packages: an undo needs no network.
  expect((await t.venvoy("undo", "-n", "demo", "--offline")).exit).toBe(0);
});

test("what was unpacked or needed within the hour is left to whoever needs it now", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "attrs");
  await t.venvoy("delete", "demo", "-y");
  const { home, store } = openContext(portsOf(t), quiet);
  for (const { dir } of await home.deleted()) execFileSync("rm", ["-r", dir]);
  expect(await t.library.clean({ dryRun: true })).toMatchObject({ packages: 0 });
  ageStore(t);
  expect(await t.library.clean({ dryRun: true })).toMatchObject({ packages: 2 });
  for (const { sha256 } of await store.list()) await store.hold(sha256);
  expect(await t.library.clean()).toMatchObject({ packages: 0 });
});

test("packages of versions that were left long ago are no longer kept", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "attrs");
  await t.venvoy("remove", "-n", "demo", "attrs");
  await t.venvoy("add", "-n", "demo", "idna<3.7");
  await t.venvoy("upgrade", "-n", "demo");
  await t.venvoy("add", "-n", "demo", "idna==3.7");
  ageStore(t);
  expect(await t.library.clean()).toMatchObject({ packages: 0 });
  for (const number of [1, 2, 3, 4]) {
    const then = new Date(Date.now() - 40 * dayMs);
    utimesSync(join(dirOf(t, "demo"), "history", `${number}.toml`), then, then);
  }
  // attrs was only in version 1, which was left when version 2 was made.
  expect(await t.library.clean()).toMatchObject({ packages: 1 });
});

test("unused environments are proposed, and deleted only after a yes", async () => {
  await using t = await testContext(projects);
  for (const name of ["old", "young", "kept", "active", "running"]) await t.venvoy("create", name);
  await t.venvoy("protect", "kept");
  for (const name of ["old", "kept", "active", "running"]) age(t, name, 100);
  age(t, "young", 80);
  t.env["VIRTUAL_ENV"] = join(t.home, "venvoy", "envs", "active");
  const python = join(t.home, "venvoy", "envs", "running", "bin", "python");
  const program = spawn(python, ["-c", "import time; print(1, flush=True); time.sleep(600)"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    await new Promise((resolve) => program.stdout.once("data", resolve));
    const proposed = await t.venvoy("clean", "--unused", "90d");
    expect(proposed.exit).toBe(0);
    expect(proposed.out).toContain("old");
    expect(proposed.out).toContain("venvoy clean --unused 90d --yes");
    expect(JSON.parse((await t.venvoy("clean", "--unused", "90", "--json")).out).unused).toMatchObject([
      { name: "old" },
    ]);
    expect((await t.library.list()).length).toBe(5);
    const done = await t.venvoy("clean", "--unused", "90d", "--yes");
    expect(done.out).toContain("deleted old");
    expect((await t.library.list()).map(({ name }) => name)).toEqual(["active", "kept", "running", "young"]);
    expect((await t.venvoy("restore", "old")).exit).toBe(0);
  } finally {
    program.kill("SIGKILL");
  }
});

test.each([
  ["store gc", ["store", "gc"], "venvoy clean"],
  ["gc", ["gc", "--unused", "90d"], "venvoy clean --unused 90d"],
])("`%s` is answered with `clean`", async (_, words, hint) => {
  await using t = await testContext(projects);
  const said = await t.venvoy(...words);
  expect(said.exit).toBe(2);
  expect(said.err).toContain(`hint: ${hint}`);
});

test("behind an answer old trees go, but for the one before and those in use", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "attrs");
  await t.venvoy("add", "-n", "demo", "idna<3.7");
  const first = join(dirOf(t, "demo"), "generations");
  const program = spawn(
    join(first, "2", "bin", "python"),
    ["-c", "import time; print(1, flush=True); time.sleep(600)"],
    {
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  try {
    await new Promise((resolve) => program.stdout.once("data", resolve));
    await t.venvoy("remove", "-n", "demo", "attrs");
    const trees = () =>
      readdirSync(first, { withFileTypes: true })
        .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
        .sort();
    await t.venvoy("add", "-n", "demo", "idna==3.7");
    expect(trees()).toEqual(["1", "2", "3", "4"]);
    await tidy(portsOf(t), quiet);
    expect(trees()).toEqual(["2", "3", "4"]);
    expect(readdirSync(join(t.home, "venvoy", "stage"))).toEqual([]);
  } finally {
    program.kill("SIGKILL");
  }
  expect((await t.venvoy("undo", "1", "-n", "demo")).exit).toBe(0);
  expect((await t.runs("run", "-n", "demo", "-c", "import attrs; print(1)")).out).toBe("1\n");
});
