import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withStage } from "../../src/disk/index.ts";
import { environments, lastUsedMs, trashLifetimeMs } from "../../src/env/index.ts";
import { tempDir } from "../kit/temp.ts";
import { anyPython, workbench } from "./workbench.ts";

const dayMs = 24 * 3_600_000;

async function later(label: string) {
  const bench = workbench(tempDir(label));
  const base = await bench.base(await anyPython(bench));
  const { clock } = bench.io;
  const at = (offsetMs: number) =>
    environments({ ...bench.io, clock: { ...clock, now: () => clock.now() + offsetMs } }, bench.context);
  return { bench, base, at };
}

test("temporary environments go after a day without use, deleted ones after thirty days", async () => {
  const { bench, base, at } = await later("sweep");
  await bench.home.create("scratch", { ...bench.request(base, []), temporary: true });
  await bench.home.create("kept", bench.request(base, []));
  expect(await at(dayMs - 60_000).sweep()).toMatchObject({ temporary: [], deleted: 0 });
  expect(await at(dayMs + 60_000).sweep()).toMatchObject({ temporary: ["scratch"], deleted: 0 });
  expect((await bench.home.list()).map((item) => item.label)).toEqual(["kept"]);
  expect((await bench.home.deleted()).map((item) => item.name)).toEqual(["scratch"]);
  expect(await at(dayMs + trashLifetimeMs + 120_000).sweep()).toMatchObject({ deleted: 1 });
  expect(await bench.home.deleted()).toEqual([]);
});

test("what a process left that is long gone is swept", async () => {
  const { bench } = await later("stages");
  const dead = join(bench.layout.stage, "env-abcdefgh.00000000.1-aaaaaaaa");
  mkdirSync(join(dead, "bin"), { recursive: true });
  const old = Date.now() / 1000 - 30 * 24 * 3_600;
  utimesSync(dead, old, old);
  expect(await bench.home.sweep()).toMatchObject({ stages: 1, links: 0 });
  expect(readdirSync(bench.layout.stage)).toEqual([]);
});

test("what a process left when it was killed while it made an environment goes with the next one made", async () => {
  const { bench, base } = await later("killed-create");
  const child = spawnSync(process.execPath, ["--eval", ""]);
  const system = { ...bench.io.system, pid: child.pid };
  // Not removed after the body, as after a kill.
  const fs = { ...bench.io.fs, remove: async () => undefined };
  await withStage({ fs, system }, bench.layout.stage, "new-abcdefgh", async () => undefined);
  expect(readdirSync(bench.layout.stage)).toHaveLength(1);
  await bench.home.create("demo", bench.request(base, []));
  expect(readdirSync(bench.layout.stage)).toEqual([]);
});

test("names of environments that were removed by hand are dropped", async () => {
  const { bench, base } = await later("links");
  const made = await bench.home.create("demo", bench.request(base, []));
  const local = await bench.home.create("./local", bench.request(base, []));
  await bench.home.create("kept", bench.request(base, []));
  rmSync(made.dir, { recursive: true });
  rmSync(local.root, { recursive: true });
  expect(await bench.home.sweep()).toMatchObject({ links: 2 });
  expect((await bench.home.list()).map((item) => item.label)).toEqual(["kept"]);
  expect(existsSync(join(bench.layout.envs, "kept", "bin", "python"))).toBe(true);
});

test("use is noted at most once an hour", async () => {
  const { bench, base, at } = await later("used");
  const made = await bench.home.create("demo", bench.request(base, []));
  const first = (await lastUsedMs(bench.io, made)) ?? 0;
  await at(3_500_000).noteUse(made);
  expect(await lastUsedMs(bench.io, made)).toBe(first);
  await at(3_700_000).noteUse(made);
  expect(((await lastUsedMs(bench.io, made)) ?? 0) - first).toBeGreaterThan(3_600_000);
});
