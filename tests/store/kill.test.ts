import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundleProgram, nodeProgram } from "../kit/runtimes.ts";
import { wheel } from "../kit/wheel.ts";
import { sha256Of, storeBench } from "./store-bench.ts";

const kills = 12;

test("killed at any instant, an unpacking leaves the artifact whole or absent, and the next one cleans up", async () => {
  const bench = storeBench();
  const wheels = join(bench.root, "store/wheel");
  const program = bundleProgram("tests/store/programs/ensure.ts", bench.root);
  const files = Object.fromEntries(
    Array.from({ length: 1_500 }, (_, index) => [`demo/p${index % 40}/m${index}.py`, `x = ${index}\n`.repeat(50)]),
  );
  const bytes = wheel("demo", "1.0", { files, entryPoints: { demo: "demo:main" } });
  const file = join(bench.root, "demo-1.0-py3-none-any.whl");
  writeFileSync(file, bytes);
  const wanted = { filename: "demo-1.0-py3-none-any.whl", sha256: sha256Of(bytes) };
  const start = (): ChildProcess =>
    spawn(nodeProgram, [program, wheels, file, wanted.sha256, join(bench.root, "log")], { stdio: "ignore" });
  const ended = (child: ChildProcess) => new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const begun = performance.now();
  await ended(start());
  const wholeMs = Math.ceil(performance.now() - begun);
  const instants = Array.from({ length: kills }, () => randomInt(wholeMs));
  console.log(`killed after ${instants.join(", ")} ms of ${wholeMs}`);
  let whole = 0;
  for (const instant of instants) {
    await bench.store.discard(wanted.sha256);
    const child = start();
    const end = ended(child);
    await Promise.race([end, bench.io.clock.sleep(instant)]);
    child.kill("SIGKILL");
    await end;
    const found = await bench.store.find(wanted.sha256);
    if (found === undefined) continue;
    whole++;
    expect(await bench.store.verify()).toEqual([]);
  }
  console.log(`${whole} of ${kills} were finished by then`);
  const artifact = await bench.store.ensure(wanted, async (to) => copyFileSync(file, to));
  expect(artifact.fileCount).toBe(1_506);
  expect(await bench.store.verify()).toEqual([]);
  await bench.store.collect(new Set([wanted.sha256]));
  expect(readdirSync(join(wheels, ".stage"))).toEqual([]);
  expect(readdirSync(wheels).filter((name) => !name.startsWith("."))).toEqual([wanted.sha256]);
});
