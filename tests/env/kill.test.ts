import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Environment, inspectTree, isUntouched, readHistory, readLock } from "../../src/env/index.ts";
import { bundleProgram, nodeProgram } from "../kit/runtimes.ts";
import { tempDir } from "../kit/temp.ts";
import { demoWheel } from "./programs/demo-wheel.ts";
import { anyPython, runIn, type Workbench, workbench } from "./workbench.ts";

const kills = Number(process.env["VENVOY_KILLS"] ?? 30);
const firstSeed = Number(process.env["VENVOY_KILL_SEED"] ?? Date.now() % 1_000_000);

test(`a kill at any of ${kills} instants leaves the old environment or the new one (first seed ${firstSeed})`, async () => {
  console.log(`kill -9 at ${kills} instants, first seed ${firstSeed} (VENVOY_KILL_SEED repeats it)`);
  const home = tempDir("kill");
  const program = bundleProgram("tests/env/programs/change-loop.ts", home);
  const bench = workbench(home);
  const base = await bench.base(await anyPython(bench));
  const first = await bench.artifact("demo", "1.0", demoWheel("1.0"));
  const wanted = { requirements: [{ text: "demo==1.0", source: { kind: "typed" as const } }] };
  const make = (name: string) => bench.home.create(name, bench.request(base, [first], "create", wanted));
  for (const name of names) await make(name);
  for (let round = 0; round < kills; round++) {
    const seed = firstSeed + round;
    // Every third one in a directory, which has a few steps more.
    const name = names[round % 3 === 2 ? 1 : 0];
    const child = spawn(nodeProgram, [program, home, String(seed), name], { stdio: ["ignore", "pipe", "inherit"] });
    await ready(child);
    await killSoon(child, ((seed * 7919) % 1_000) / 3);
    const found = await bench.home.find(name);
    for (const one of await bench.home.list())
      expect([one.label, one.problem], `seed ${seed}`).toEqual([one.label, undefined]);
    if (found === undefined) {
      // A machine that is too slow for a whole step before the kill would never make it again.
      await make(name);
      continue;
    }
    await whole(bench, found, seed);
    const after = await bench.home.using(found, { purpose: "look" }, async (held) => held.environment);
    expect(after.current.number, `seed ${seed}`).toBe(found.current.number);
    expect(after.intent.requirements, `seed ${seed}`).toEqual(found.intent.requirements);
    await tidy(bench, after, seed);
    await whole(bench, after, seed);
  }
}, 600_000);

const names = ["demo", "./env"] as const;

async function ready(child: ChildProcess): Promise<void> {
  const { stdout } = child;
  if (stdout === null) throw new Error("no output");
  await Promise.race([
    once(stdout, "data"),
    once(child, "exit").then(() => Promise.reject(new Error("the program ended by itself"))),
  ]);
}

async function killSoon(child: ChildProcess, delayMs: number): Promise<void> {
  const ended = once(child, "exit");
  await new Promise((done) => setTimeout(done, delayMs));
  child.kill("SIGKILL");
  const [, signal] = (await ended) as [number | null, string | null];
  if (signal !== "SIGKILL") throw new Error("the program ended by itself");
}

/** Lock, record, intent and tree say the same, and Python agrees. */
async function whole(bench: Workbench, environment: Environment, seed: number): Promise<void> {
  const lock = await readLock(bench.io.fs, environment, environment.current.number);
  const locked = lock?.packages.map((item) => `${item.name}==${item.version}`);
  expect(
    environment.intent.requirements.map((item) => item.text),
    `seed ${seed}`,
  ).toEqual(locked);
  const inspection = await inspectTree(bench.io, environment.current.root);
  expect(isUntouched(inspection), `seed ${seed}`).toBe(true);
  expect(
    inspection.installed.map((item) => item.name),
    `seed ${seed}`,
  ).toEqual(["demo", "pip"]);
  const python = bench.io.fs.path.join(environment.current.root, "bin", "python");
  const version = locked?.[0]?.split("==")[1];
  expect(await runIn(bench, python, ["-c", everyFile]), `seed ${seed}`).toBe(`${version} 200`);
}

const everyFile = [
  "import demo, glob, os",
  "files = glob.glob(os.path.join(os.path.dirname(demo.__file__), 'part*', 'm*.py'))",
  "assert {open(f).read() for f in files} == {'version = \"%s\"\\n' % demo.__version__}",
  "print(demo.__version__, len(files))",
].join("\n");

/** Nothing is left of what did not finish. */
async function tidy(bench: Workbench, environment: Environment, seed: number): Promise<void> {
  const note = `seed ${seed}`;
  expect(existsSync(bench.layout.stage) ? readdirSync(bench.layout.stage) : [], note).toEqual([]);
  const records = (await readHistory(bench.io.fs, environment)).map((record) => record.number);
  const trees = readdirSync(join(environment.dir, "generations"));
  expect(
    trees.filter((name) => !records.includes(Number(name))),
    note,
  ).toEqual([]);
  expect(Math.max(...records), note).toBe(environment.intent.standing.latest);
  expect(
    readdirSync(environment.dir).filter((name) => name.startsWith(".")),
    note,
  ).toEqual([]);
  expect(
    readdirSync(join(environment.dir, "history")).filter((name) => name.startsWith(".")),
    note,
  ).toEqual([]);
}
