import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { inspectTree, isUntouched } from "../../src/env/index.ts";
import { tempDir } from "../kit/temp.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";
import { anyPython, runIn, workbench } from "./workbench.ts";

test("what pip did by hand is seen: added, removed, replaced, put in again, from where", async () => {
  const home = tempDir("hand");
  const bench = workbench(home);
  const base = await bench.base(await anyPython(bench));
  const artifacts = [];
  for (const name of ["kept", "gone", "moved", "again"]) artifacts.push(await bench.artifact(name, "1.0"));
  const made = await bench.home.create("demo", bench.request(base, artifacts));
  expect(isUntouched(await inspectTree(bench.io, made.current.root))).toBe(true);

  const wheels = join(home, "wheels");
  mkdirSync(wheels);
  const put = (name: string, version: string): string => {
    const file = join(wheels, wheelFilename(name, version));
    writeFileSync(file, wheel(name, version));
    return file;
  };
  const python = bench.io.fs.path.join(made.root, "bin", "python");
  const pip = (...args: string[]) => runIn(bench, python, ["-m", "pip", ...args]);
  put("New.Thing", "3.0");
  await pip("install", "--find-links", wheels, "new-thing", put("moved", "2.0"));
  await pip("install", "--force-reinstall", "--find-links", wheels, put("again", "1.0"));
  await pip("uninstall", "-y", "gone");

  const seen = await inspectTree(bench.io, made.current.root);
  expect(isUntouched(seen)).toBe(false);
  expect(seen.added.map((item) => [item.name, item.displayName, item.version, item.installer, item.requested])).toEqual(
    [["new-thing", "new_thing", "3.0", "pip", true]],
  );
  expect(seen.removed.map((item) => [item.name, item.version])).toEqual([["gone", "1.0"]]);
  expect(seen.changed.map((item) => [item.from.name, item.from.version, item.to.version])).toEqual([
    ["again", "1.0", "1.0"],
    ["moved", "1.0", "2.0"],
  ]);
  expect(seen.changed[1]?.to.directUrl).toContain(`"url": "file://`);
  expect(seen.installed.map((item) => item.name)).toEqual(["again", "kept", "moved", "new-thing", "pip"]);
  expect(await bench.store.verify()).toEqual([]);
});

test("another tool's environment is read without its Python", async () => {
  const bench = workbench(tempDir("hand"));
  const root = absPath(join(bench.io.system.home, "foreign"));
  const interpreter = await anyPython(bench);
  await runIn(bench, interpreter.executable, ["-m", "venv", "--without-pip", root]);
  const site = bench.io.fs.path.join(root, ...interpreter.paths.purelib.split("/"));
  const info = join(site, "thing-1.5.dist-info");
  mkdirSync(info);
  writeFileSync(join(info, "METADATA"), "Metadata-Version: 2.1\nName: thing\nVersion: 1.5\n");
  mkdirSync(join(site, "old_one-0.1-py3.8.egg-info"));
  mkdirSync(join(site, "~hing-1.4.dist-info"));
  const seen = await inspectTree(bench.io, root);
  expect(seen.added.map((item) => [item.name, item.version, item.form])).toEqual([
    ["old-one", "0.1", "egg-info"],
    ["thing", "1.5", "dist-info"],
  ]);
});
