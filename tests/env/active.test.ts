import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { tempDir } from "../kit/temp.ts";
import { anyPython, runIn, workbench } from "./workbench.ts";

test("the active environment is known by every path that leads to it", async () => {
  const home = tempDir("active");
  const bench = workbench(home);
  const interpreter = await anyPython(bench);
  const base = await bench.base(interpreter);
  const made = await bench.home.create("demo", bench.request(base, []));
  const local = await bench.home.create("./local", bench.request(base, []));
  const at = (path: string | undefined) => bench.home.active({ VIRTUAL_ENV: path });
  for (const path of [made.root, `${made.root}/`, made.current.root, join(made.dir, "current")]) {
    expect(await at(path)).toMatchObject({ kind: "ours", place: { name: "demo", id: made.id } });
  }
  symlinkSync(bench.layout.envs, join(home, "shortcut"));
  expect(await at(join(home, "shortcut", "demo"))).toMatchObject({ kind: "ours", place: { id: made.id } });
  for (const path of [local.root, local.current.root]) {
    expect(await at(path)).toMatchObject({ kind: "ours", place: { id: local.id, kind: "directory" } });
  }
  const foreign = join(home, "foreign");
  await runIn(bench, interpreter.executable, ["-m", "venv", "--without-pip", foreign]);
  expect(await at(foreign)).toEqual({ kind: "foreign", root: foreign, manager: "venv" });
  expect(await at(join(home, "nowhere"))).toEqual({ kind: "gone", root: join(home, "nowhere") });
  expect(await at(undefined)).toBeUndefined();
  expect(await at("")).toBeUndefined();
  const conda = absPath(join(home, "conda"));
  mkdirSync(join(conda, "conda-meta"), { recursive: true });
  expect(await bench.home.active({ CONDA_PREFIX: conda })).toEqual({ kind: "foreign", root: conda, manager: "conda" });
});
