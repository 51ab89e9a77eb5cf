import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { environments } from "../../src/env/index.ts";
import type { Fs } from "../../src/ports/index.ts";
import { tempDir } from "../kit/temp.ts";
import { anyPython, runIn, workbench } from "./workbench.ts";

/** A disk on which one kind of call fails. */
function failing(fs: Fs, call: "write" | "rename" | "writeAtomic" | "replaceLink" | "symlink", code: string): Fs {
  const fail = (path: unknown) => Promise.reject(Object.assign(new Error(`${code}: ${call}`), { code, path }));
  return { ...fs, [call]: fail };
}

test.each([
  ["write", "ENOSPC", "DISK_FULL"],
  ["writeAtomic", "EDQUOT", "DISK_FULL"],
  ["rename", "EROFS", "DISK_READ_ONLY"],
  ["replaceLink", "EACCES", "DISK_READ_ONLY"],
  ["symlink", "ENOSPC", "DISK_FULL"],
] as const)("when %s fails with %s nothing is changed and nothing is left", async (call, code, expected) => {
  const bench = workbench(tempDir("fail"));
  const base = await bench.base(await anyPython(bench));
  const [one, two] = [await bench.artifact("demo", "1.0"), await bench.artifact("demo", "2.0")];
  const made = await bench.home.create("demo", bench.request(base, [one]));
  const broken = environments({ ...bench.io, fs: failing(bench.io.fs, call, code) }, bench.context);
  await expect(
    broken.using("demo", { purpose: "change" }, (held) => held.change(bench.request(base, [two]))),
  ).rejects.toMatchObject({ code: expected });
  await expect(broken.create("other", bench.request(base, [one]))).rejects.toMatchObject({ code: expected });
  const python = bench.io.fs.path.join(made.root, "bin", "python");
  expect(await runIn(bench, python, ["-c", "import demo; print(demo.__version__)"])).toBe("1.0");
  await bench.home.using("demo", { purpose: "look" }, async (held) => {
    expect(held.environment.current.number).toBe(1);
    expect((await held.versions()).map((record) => record.number)).toEqual([1]);
  });
  expect(readdirSync(bench.layout.stage)).toEqual([]);
  expect(readdirSync(join(made.dir, "generations"))).toEqual(["1"]);
  expect((await bench.home.list()).filter((item) => item.problem !== undefined)).toEqual([]);
});

test("a home that can't be written says so", async () => {
  const bench = workbench(tempDir("readonly"));
  const base = await bench.base(await anyPython(bench));
  if (bench.io.system.uid === 0) {
    // Root writes everywhere: a file in the place of the directory refuses even root.
    writeFileSync(bench.layout.envs, "");
    await expect(bench.home.create("demo", bench.request(base, []))).rejects.toThrow();
    return;
  }
  mkdirSync(bench.layout.envs, { recursive: true });
  chmodSync(bench.layout.envs, 0o500);
  await expect(bench.home.create("demo", bench.request(base, []))).rejects.toMatchObject({ code: "DISK_READ_ONLY" });
});

test("an extra file can't leave site-packages", async () => {
  const bench = workbench(tempDir("extra"));
  const base = await bench.base(await anyPython(bench));
  const extraFiles = [{ path: "../../../../evil.pth", text: "" }];
  await expect(bench.home.create("demo", { ...bench.request(base, []), extraFiles })).rejects.toMatchObject({
    code: "ARCHIVE_INVALID",
  });
  expect(await bench.home.list()).toEqual([]);
});

test("a version whose tree was removed by hand is built again from its lock; without pointer and lock it is broken", async () => {
  const bench = workbench(tempDir("gone"));
  const base = await bench.base(await anyPython(bench));
  const demo = await bench.artifact("demo", "1.0");
  const made = await bench.home.create("demo", bench.request(base, [demo]));
  await bench.io.fs.remove(made.current.root);
  await bench.home.using("demo", { purpose: "rebuild" }, (held) =>
    held.materialise(async ({ lock }) => ({ base, lock, artifacts: [demo] })),
  );
  const python = bench.io.fs.path.join(made.root, "bin", "python");
  expect(await runIn(bench, python, ["-c", "import demo; print(demo.__version__)"])).toBe("1.0");
  await bench.io.fs.remove(bench.io.fs.path.join(made.dir, "current"));
  expect((await bench.home.open("demo")).current.number).toBe(1);
  await bench.home.using("demo", { purpose: "look" }, async () => {});
  expect(await runIn(bench, python, ["-c", "import demo; print(demo.__version__)"])).toBe("1.0");
  await bench.io.fs.remove(bench.io.fs.path.join(made.dir, "current"));
  await bench.io.fs.remove(made.current.root);
  expect((await bench.home.open("demo")).current.number).toBe(1);
  await bench.io.fs.remove(bench.io.fs.path.join(made.dir, "history"));
  await expect(bench.home.open("demo")).rejects.toMatchObject({ code: "ENV_BROKEN" });
  expect((await bench.home.list()).map((item) => item.problem)).toEqual(["it has no current version"]);
});
