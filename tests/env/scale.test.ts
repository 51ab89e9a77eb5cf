import { cpSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Environment, environments, newEnvId } from "../../src/env/index.ts";
import type { Fs } from "../../src/ports/index.ts";
import type { Base } from "../../src/python/index.ts";
import { cpuMs } from "../kit/cpu-time.ts";
import { tempDir } from "../kit/temp.ts";
import { anyPython, type Workbench, workbench } from "./workbench.ts";

test("a thousand environments are listed from small reads, and one more is made no slower", async () => {
  const bench = workbench(tempDir("scale"));
  const base = await bench.base(await anyPython(bench));
  const made = await bench.home.create("env-0", bench.request(base, []));
  const started = performance.now();
  await bench.home.create("alone", bench.request(base, []));
  const aloneMs = performance.now() - started;
  multiply(bench, made, 1_000);
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const before = cpuMs();
    const listed = await bench.home.list();
    times.push(cpuMs() - before);
    expect(listed).toHaveLength(1_001);
    expect(listed.filter((item) => item.problem !== undefined)).toEqual([]);
  }
  const beforeCreate = performance.now();
  await bench.home.create("one-more", bench.request(base, []));
  const createMs = performance.now() - beforeCreate;
  console.log(
    `list of 1,001: ${Math.min(...times).toFixed(0)} ms; create alone ${aloneMs.toFixed(0)} ms, beside 1,001: ${createMs.toFixed(0)} ms`,
  );
  // Loose, because a busy machine computes slower, too; the figure itself is printed.
  expect(Math.min(...times)).toBeLessThan(2_000);
});

test("work on one environment asks the disk no more often when there are many others", async () => {
  const bench = workbench(tempDir("scale-calls"));
  const base = await bench.base(await anyPython(bench));
  const made = await bench.home.create("env-0", bench.request(base, []));
  const few = await callsOfEach(bench, base);
  multiply(bench, made, 100);
  const many = await callsOfEach(bench, base);
  expect(many).toEqual({ ...few, list: expect.any(Number) });
  // One reading of the directory, and for each environment its intent, its pointer and when it was used.
  expect(many.list).toBe(few.list + 99 * 3);
});

/** How often each operation asks the disk; reading `/proc` depends on what else runs on the machine. */
async function callsOfEach(bench: Workbench, base: Base) {
  let calls = 0;
  const fs: Fs = new Proxy(bench.io.fs, {
    get: (real, key) => {
      const value: unknown = Reflect.get(real, key);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (!String(args[0]).startsWith("/proc")) calls++;
        return value.apply(real, args);
      };
    },
  });
  const home = environments({ ...bench.io, fs }, bench.context);
  const counted = async (body: () => Promise<unknown>): Promise<number> => {
    const before = calls;
    await body();
    return calls - before;
  };
  const request = bench.request(base, []);
  return {
    list: await counted(() => home.list()),
    create: await counted(() => home.create("one-more", request)),
    find: await counted(() => home.find("one-more")),
    change: await counted(() => home.using("one-more", { purpose: "change" }, (held) => held.change(request))),
    undo: await counted(() =>
      home.using("one-more", { purpose: "undo" }, (held) => held.goTo({ build: async () => request })),
    ),
    rename: await counted(() => home.rename("one-more", { to: "renamed" })),
    remove: await counted(() => home.remove("renamed")),
  };
}

/** Puts copies of an environment beside it, without trees, until there are so many. */
function multiply(bench: Workbench, made: Environment, number: number): void {
  const template = join(bench.layout.data, "template");
  cpSync(made.dir, template, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.includes("generations/"),
  });
  for (let index = 1; index < number; index++) {
    const id = newEnvId(bench.io.system, new Set());
    const copy = join(bench.layout.data, "copy");
    cpSync(template, copy, { recursive: true, verbatimSymlinks: true });
    renameSync(copy, join(bench.layout.envs, `env-${index}-${id}`));
    symlinkSync(`env-${index}-${id}/current`, join(bench.layout.envs, `env-${index}`));
  }
}
