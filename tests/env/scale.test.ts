import { cpSync, renameSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newEnvId } from "../../src/env/index.ts";
import { tempDir } from "../kit/temp.ts";
import { anyPython, workbench } from "./workbench.ts";

test("a thousand environments are listed from small reads, and one more is made no slower", async () => {
  const bench = workbench(tempDir("scale"));
  const base = await bench.base(await anyPython(bench));
  const made = await bench.home.create("env-0", bench.request(base, []));
  const started = performance.now();
  await bench.home.create("alone", bench.request(base, []));
  const aloneMs = performance.now() - started;
  const template = join(bench.layout.data, "template");
  cpSync(made.dir, template, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.includes("generations/"),
  });
  for (let index = 1; index < 1_000; index++) {
    const id = newEnvId(bench.io.system, new Set());
    const copy = join(bench.layout.data, "copy");
    cpSync(template, copy, { recursive: true, verbatimSymlinks: true });
    renameSync(copy, join(bench.layout.envs, `env-${index}-${id}`));
  }
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const before = performance.now();
    const listed = await bench.home.list();
    times.push(performance.now() - before);
    expect(listed).toHaveLength(1_001);
    expect(listed.filter((item) => item.problem !== undefined)).toEqual([]);
  }
  const beforeCreate = performance.now();
  await bench.home.create("one-more", bench.request(base, []));
  const createMs = performance.now() - beforeCreate;
  console.log(
    `list of 1,001: ${Math.min(...times).toFixed(0)} ms; create alone ${aloneMs.toFixed(0)} ms, beside 1,001: ${createMs.toFixed(0)} ms`,
  );
  // Loose, because the machine may be busy; the figure itself is printed.
  expect(Math.min(...times)).toBeLessThan(500);
}, 180_000);
