import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { readHistory } from "../../src/env/index.ts";
import { bundleProgram, nodeProgram } from "../kit/runtimes.ts";
import { tempDir } from "../kit/temp.ts";
import { until } from "../kit/until.ts";
import { anyPython, runIn, workbench } from "./workbench.ts";

function start(
  program: string,
  args: readonly string[],
  onOut: (all: string) => void = () => {},
): Promise<{ readonly status: number | null; readonly out: string }> {
  return new Promise((done, failed) => {
    const child = spawn(nodeProgram, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
      onOut(out);
    });
    child.once("error", failed);
    child.once("close", (status) => done({ status, out }));
  });
}

test("two processes that change one environment wait for each other, and nothing is lost", async () => {
  const home = tempDir("together");
  const bench = workbench(home);
  await bench.home.create("demo", bench.request(await bench.base(await anyPython(bench)), []));
  const program = bundleProgram("tests/env/programs/add-many.ts", home);
  const labels = ["left", "right"];
  const waiting = new Set<string>();
  let ended: Promise<Awaited<ReturnType<typeof start>>[]> | undefined;
  // Held until both wait: one of them may be done before the other has started.
  await bench.home.using("demo", { purpose: "hold" }, async () => {
    ended = Promise.all(labels.map((label) => start(program, [home, label, "8"], () => waiting.add(label))));
    await until(() => waiting.size === labels.length);
  });
  const both = (await ended) ?? [];
  expect(both.map((item) => item.status)).toEqual([0, 0]);
  const { intent } = await bench.home.open("demo");
  const expected = labels.flatMap((label) => Array.from({ length: 8 }, (_, index) => `${label}${index}`));
  expect(intent.requirements.map((item) => item.text).sort()).toEqual(expected.sort());
  expect((await readHistory(bench.io.fs, await bench.home.open("demo"))).map((record) => record.number)).toEqual(
    Array.from({ length: 17 }, (_, index) => index + 1),
  );
  for (const { out } of both) {
    const [first, ...others] = out.trimEnd().split("\n");
    expect(first).toMatch(/^hold \(process \d+ on .+\)$/);
    for (const wait of others) expect(wait).toMatch(/^add (left|right)\d \(process \d+ on .+\)$/);
  }
});

test("eight processes fill one cold store and create their environments at once", async () => {
  const home = tempDir("cold");
  const bench = workbench(home);
  await anyPython(bench);
  const program = bundleProgram("tests/env/programs/create-one.ts", home);
  const names = Array.from({ length: 8 }, (_, index) => `env${index}`);
  const ended = await Promise.all(names.map((name) => start(program, [home, name])));
  expect(ended.map((item) => item.status)).toEqual(names.map(() => 0));
  expect((await bench.home.list()).map((item) => [item.label, item.packages, item.problem])).toEqual(
    names.map((name) => [name, 2, undefined]),
  );
  expect(readdirSync(bench.layout.wheels).filter((name) => /^[0-9a-f]{64}$/.test(name))).toHaveLength(2);
  for (const name of names) {
    const { root } = await bench.home.open(name);
    expect(
      await runIn(bench, bench.io.fs.path.join(root, "bin", "python"), ["-c", "import demo; print(demo.__version__)"]),
    ).toBe("1.0");
  }
});

test("eight processes that want one name: one gets it", async () => {
  const home = tempDir("name");
  const bench = workbench(home);
  await anyPython(bench);
  const program = bundleProgram("tests/env/programs/create-one.ts", home);
  const ended = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      start(program, [home, index % 2 === 0 ? "demo" : "DEMO"]).catch(() => undefined),
    ),
  );
  expect(ended.filter((item) => item?.status === 0)).toHaveLength(1);
  expect(await bench.home.list()).toHaveLength(1);
});
