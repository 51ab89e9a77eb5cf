import { spawn } from "node:child_process";
import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  type HeldEnvironment,
  markUse,
  readHistory,
  readLock,
  usersOf,
  type VersionRecord,
} from "../../src/env/index.ts";
import type { Lock } from "../../src/resolve/index.ts";
import type { Artifact } from "../../src/store/index.ts";
import { tempDir } from "../kit/temp.ts";
import { anyPython, lockOf, runIn, startPython, workbench } from "./workbench.ts";

/** An environment with three versions: demo 1.0, 2.0, 3.0. */
async function threeVersions(label: string) {
  const bench = workbench(tempDir(label));
  const base = await bench.base(await anyPython(bench));
  const artifacts: Artifact[] = [];
  for (const version of ["1.0", "2.0", "3.0"]) {
    artifacts.push(
      await bench.artifact("demo", version, {
        files: {
          "demo/__init__.py": `__version__ = "${version}"\n`,
          "demo/late.py": `version = "${version}"\n`,
          "demo/later.py": `version = "${version}"\n`,
        },
      }),
    );
  }
  const [one, two, three] = artifacts as [Artifact, Artifact, Artifact];
  const wanted = (version: string) => ({
    requirements: [{ text: `demo==${version}`, source: { kind: "typed" as const } }],
  });
  await bench.home.create("demo", bench.request(base, [one], "create", wanted("1.0")));
  await bench.home.using("demo", { purpose: "change" }, async (held) => {
    await held.change(bench.request(base, [two], "second", wanted("2.0")));
    await held.change(bench.request(base, [three], "third", wanted("3.0")));
  });
  const build = async ({ lock }: { readonly record: VersionRecord; readonly lock: Lock }) => {
    const found = artifacts.filter((artifact) => lock.packages.some((item) => item.wheel.sha256 === artifact.sha256));
    return { base, artifacts: found, lock };
  };
  const version = async (): Promise<string> => {
    const { root } = await bench.home.open("demo");
    return runIn(bench, bench.io.fs.path.join(root, "bin", "python"), ["-c", "import demo; print(demo.__version__)"]);
  };
  const using = <T>(body: (held: HeldEnvironment) => Promise<T>): Promise<T> =>
    bench.home.using("demo", { purpose: "test" }, body);
  return { bench, base, artifacts, build, version, using };
}

function readlinkOr(path: string): string | undefined {
  return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
}

test("a change makes a version, undo and redo flip between them, and what was asked follows", async () => {
  const { bench, build, version, using } = await threeVersions("undo");
  expect(await version()).toBe("3.0");
  expect(
    (await readHistory(bench.io.fs, await bench.home.open("demo"))).map((item) => [
      item.number,
      item.from,
      item.command,
    ]),
  ).toEqual([
    [1, undefined, "create"],
    [2, 1, "second"],
    [3, 2, "third"],
  ]);
  const undone = await using((held) => held.goTo({ build }));
  expect(undone.current.number).toBe(2);
  expect(undone.intent.requirements.map((item) => item.text)).toEqual(["demo==2.0"]);
  expect(await version()).toBe("2.0");
  await using((held) => held.goTo({ build }));
  expect(await version()).toBe("1.0");
  await expect(using((held) => held.goTo({ build }))).rejects.toMatchObject({ code: "HISTORY_END" });
  await expect(using((held) => held.goTo({ number: 9, build }))).rejects.toThrow("has no version 9");
  await using((held) => held.goTo({ number: 3, build }));
  expect(await version()).toBe("3.0");
  expect((await bench.home.open("demo")).intent.standing).toMatchObject({ generation: 3, latest: 3 });
});

test("a change after an undo gets a new number and undoes to where it came from", async () => {
  const { bench, base, artifacts, build, using, version } = await threeVersions("branch");
  await using((held) => held.goTo({ number: 1, build }));
  const [, two] = artifacts as [Artifact, Artifact];
  const changed = await using((held) => held.change(bench.request(base, [two], "fourth")));
  expect(changed.current.number).toBe(4);
  await using((held) => held.goTo({ build }));
  expect(await version()).toBe("1.0");
});

test("collected versions are built again from their locks", async () => {
  const { bench, build, using, version } = await threeVersions("collect");
  const collected = await using((held) => held.collect());
  expect(collected).toEqual({ removed: [1, 2], kept: [] });
  const { dir } = await bench.home.open("demo");
  expect(["1", "2", "3"].map((number) => readlinkOr(join(dir, "generations", number)))).toEqual([
    "../current",
    "../current",
    undefined,
  ]);
  expect(readdirSync(join(dir, "history")).sort()).toEqual(["1.toml", "2.toml", "3.toml"]);
  await using((held) => held.goTo({ number: 1, build }));
  expect(await version()).toBe("1.0");
  expect((await using((held) => held.collect({ keep: 1 }))).removed).toEqual([]);
  expect(await using((held) => held.dematerialise(3))).toBe(true);
  // A path that a kernel or a timetable wrote down starts the version that is current.
  const kept = bench.io.fs.path.join(dir, "generations", "3", "bin", "python");
  expect(await runIn(bench, kept, ["-c", "import demo; print(demo.__version__)"])).toBe("1.0");
  await using((held) => held.goTo({ number: 3, build }));
  expect(await runIn(bench, kept, ["-c", "import demo; print(demo.__version__)"])).toBe("3.0");
  await using((held) => held.goTo({ number: 1, build }));
  await expect(using((held) => held.dematerialise(1))).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
});

test("a running Python stays in its version when the pointer flips, and its tree is kept while it runs", async () => {
  const { bench, build, using } = await threeVersions("running");
  const { root } = await bench.home.open("demo");
  await using running = await startPython(root);
  expect(await running.ask("import demo; print(demo.__version__)")).toBe("3.0");
  await using((held) => held.goTo({ number: 1, build }));
  expect(await running.ask("import demo.late; print(demo.late.version)")).toBe("3.0");
  const collected = await using((held) => held.collect());
  expect(collected.kept).toContainEqual({ number: 3, why: "in use" });
  expect(await running.ask("import demo.later; print(demo.later.version)")).toBe("3.0");
  const child =
    "import subprocess; print(subprocess.check_output([sys.executable, '-c', 'import demo; print(demo.__version__)']).decode().strip())";
  expect(await running.ask(child)).toBe("3.0");
  await running.end();
  expect((await using((held) => held.collect())).removed).toEqual([2, 3]);
});

test("the history holds each lock and what was asked for it", async () => {
  const { bench } = await threeVersions("history");
  const environment = await bench.home.open("demo");
  const lock = await readLock(bench.io.fs, environment, 2);
  expect(lock?.packages.map((item) => [item.name, item.version, item.requested])).toEqual([["demo", "2.0", true]]);
  const records = await readHistory(bench.io.fs, environment);
  expect(records[1]?.wanted.requirements).toEqual([{ text: "demo==2.0", source: { kind: "typed" } }]);
  expect(await readLock(bench.io.fs, environment, 7)).toBeUndefined();
});

test("a protected environment refuses changes and undo", async () => {
  const { bench, base, build, using } = await threeVersions("protected");
  await using((held) => held.edit({ protected: true, variables: { A: "1" } }));
  await expect(using((held) => held.change(bench.request(base, [])))).rejects.toMatchObject({ code: "ENV_PROTECTED" });
  await expect(using((held) => held.goTo({ build }))).rejects.toMatchObject({ code: "ENV_PROTECTED" });
  await using((held) => held.goTo({ build, force: true }));
  expect((await bench.home.open("demo")).intent).toMatchObject({ protected: true, variables: { A: "1" } });
});

test("a change that is cancelled or fails leaves the environment as it was", async () => {
  const { bench, base, artifacts, using, version } = await threeVersions("cancelled");
  const [one] = artifacts as [Artifact];
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(using((held) => held.change({ ...bench.request(base, [one]), signal }))).rejects.toThrow("enough");
  const stranger = { ...one, root: bench.io.fs.path.join(one.root, "gone") };
  await expect(
    using((held) => held.change({ ...bench.request(base, [stranger]), lock: lockOf([stranger]) })),
  ).rejects.toThrow();
  expect(await version()).toBe("3.0");
  const { dir } = await bench.home.open("demo");
  expect(readdirSync(join(dir, "generations")).sort()).toEqual(["1", "2", "3"]);
  expect(readdirSync(bench.layout.stage)).toEqual([]);
  expect(readlinkSync(join(dir, "current"))).toBe("generations/3");
});

test("who uses an environment is known by where it stands, not by what it talks about", async () => {
  const { bench } = await threeVersions("users");
  const environment = await bench.home.open("demo");
  const others = (await usersOf(bench.io, environment)).map((user) => user.pid);
  const wait = "import sys; sys.stdin.read()";
  const talks = spawn("python3", ["-c", wait, environment.root], { stdio: ["pipe", "ignore", "ignore"] });
  const stands = spawn("python3", ["-c", wait], { cwd: environment.current.root, stdio: ["pipe", "ignore", "ignore"] });
  const relative = spawn("demo/bin/python", ["-c", wait], {
    cwd: bench.layout.envs,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const found = (await usersOf(bench.io, environment)).filter((user) => !others.includes(user.pid));
  expect(found.map((user) => [user.pid, user.generation]).sort()).toEqual(
    [
      [stands.pid, 3],
      [relative.pid, undefined],
    ].sort(),
  );
  await markUse(bench.io, environment, 2, talks.pid ?? 0);
  const marked = (await usersOf(bench.io, environment)).find((user) => user.pid === talks.pid);
  expect(marked?.generation).toBe(2);
  for (const child of [talks, stands, relative]) child.kill("SIGKILL");
});
