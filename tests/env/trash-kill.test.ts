import { expect, test } from "vitest";
import { type AbsPath, absPath } from "../../src/base/index.ts";
import { dataLayout } from "../../src/disk/index.ts";
import { type EnvContext, type EnvironmentHome, environments, nothingWanted } from "../../src/env/index.ts";
import type { Base, Interpreter } from "../../src/python/index.ts";
import type { Store } from "../../src/store/index.ts";
import { memoryPorts } from "../kit/memory-ports.ts";
import { cutAfter } from "./power-cut.ts";

const emptyStore = {
  find: async () => undefined,
  add: () => Promise.reject(new Error("no pip here")),
} as unknown as Store;

const windowsPaths = { purelib: "Lib/site-packages", platlib: "Lib/site-packages", scripts: "Scripts" };
const linuxPaths = { purelib: "lib/python3.11/site-packages", platlib: "lib/python3.11/site-packages", scripts: "bin" };

type Way = "one disk" | "two disks" | "a loaded file on Windows";

/** An environment in `<project>/env` with two versions, and a home for each process that works with it. */
async function project(way: Way) {
  const os = way === "a loaded file on Windows" ? "windows" : "linux";
  const prefix = absPath(os === "windows" ? "C:\\Python311" : "/opt/python");
  const cwd = absPath(os === "windows" ? "C:\\project" : "/project");
  const io = memoryPorts({ os, system: { cwd } });
  const { fs } = io;
  const join = fs.path.join;
  const executable = os === "windows" ? join(prefix, "python.exe") : join(prefix, "bin", "python3.11");
  await fs.makeDir(fs.path.directory(executable));
  await fs.write(executable, "python");
  const launchers = join(prefix, "Lib", "venv", "scripts", "nt");
  await fs.makeDir(launchers);
  for (const file of ["python.exe", "pythonw.exe"]) await fs.write(join(launchers, file), "launcher");
  await fs.makeDir(cwd);
  if (way === "two disks") io.disk.mount(cwd);
  const layout = dataLayout(io.system);
  await fs.makeDir(layout.bases);
  const key = `cpython-3.11-${os === "windows" ? "windows-amd64" : "linux-x86_64"}`;
  const base = { key, link: join(layout.bases, key), interpreter: interpreterAt(prefix, executable, os) } as Base;
  await fs.symlink(prefix, base.link, "directory");
  const context: EnvContext = { layout, store: emptyStore, tool: "test" };
  const request = { command: "create", base, artifacts: [], lock: { packages: [] }, wanted: nothingWanted };
  const root = join(cwd, "env");
  let pid = 5000;
  /** What a new process sees; it dies after so many changes of the disk. */
  const process = (steps = Number.POSITIVE_INFINITY) => {
    io.clock.advance(1_000);
    const cut = cutAfter(fs, steps);
    const own = { ...io, fs: cut.fs, system: { ...io.system, pid: ++pid } };
    return { home: environments(own, context), isCut: cut.isCut };
  };
  const { home } = process();
  const made = await home.create(root, request);
  await home.using(root, { purpose: "change" }, (held) => held.change(request));
  if (os === "windows") io.disk.loadElsewhere(join(made.dir, "generations", "2", "Scripts", "python.exe"));
  return { fs, root, id: made.id, process, request, clock: io.clock };
}

function interpreterAt(prefix: AbsPath, executable: AbsPath, os: "windows" | "linux"): Interpreter {
  const paths = os === "windows" ? windowsPaths : linuxPaths;
  return {
    executable,
    prefix,
    version: "3.11.7",
    versionInfo: [3, 11, 7],
    implementation: "cpython",
    platformTag: os === "windows" ? "win-amd64" : "linux-x86_64",
    pointerBits: 64,
    freeThreaded: false,
    paths: { ...paths, include: "Include", data: "" },
    markers: { platform_python_implementation: "CPython" },
    bundledPip: undefined,
  } as unknown as Interpreter;
}

const ways: readonly Way[] = ["one disk", "two disks", "a loaded file on Windows"];

async function stateOf(home: EnvironmentHome): Promise<"here" | "in the trash" | "both" | "nowhere"> {
  const [here, gone] = [(await home.list()).length, (await home.deleted()).length];
  if (here > 0 && gone > 0) return "both";
  return here > 0 ? "here" : gone > 0 ? "in the trash" : "nowhere";
}

/** It is whole: its intent, its versions, its names. */
async function whole(home: EnvironmentHome, root: AbsPath): Promise<unknown> {
  const after = await home.using(root, { purpose: "look" }, async (held) => held.environment);
  const [one, ...others] = await home.list();
  expect([one?.label, others]).toEqual([root, []]);
  // No Python starts on a disk in memory; whatever else is wrong would be told before it.
  expect(one?.problem ?? "Python 3.11.7 is gone").toBe("Python 3.11.7 is gone");
  return [after.id, after.current.number, after.intent.standing.latest];
}

for (const way of ways) {
  test(`${way}: a deletion that dies between any two steps is open or done, and goes either way`, async () => {
    const seen = new Set<string>();
    for (let steps = 0; ; steps++) {
      const { root, id, process, request, fs } = await project(way);
      const dying = process(steps);
      await dying.home.remove(root, { force: true }).catch(() => {});
      const { home } = process();
      await home.sweep();
      const note = `after ${steps} steps`;
      const state = await stateOf(home);
      seen.add(state);
      if (state === "here") {
        expect(await whole(home, root), note).toEqual([id, 2, 2]);
        await process().home.remove(root, { force: true });
      }
      expect(await stateOf(home), note).toBe("in the trash");
      // Restored, it is the same; or another one can be made in its place.
      if (steps % 2 === 0) {
        await home.restore(root);
        expect(await whole(home, root), note).toEqual([id, 2, 2]);
        expect(await stateOf(home), note).toBe("here");
      } else {
        expect((await home.create(root, request)).id, note).not.toBe(id);
      }
      const left = (await fs.list(root))?.map(({ name }) => name).filter((name) => name.startsWith(".venvoy-"));
      expect(left, note).toEqual([]);
      if (!dying.isCut()) break;
    }
    expect([...seen].sort()).toEqual(["here", "in the trash"]);
  });

  test(`${way}: a restoring that dies between any two steps can be typed again`, async () => {
    for (let steps = 0; ; steps++) {
      const { root, id, process } = await project(way);
      await process().home.remove(root, { force: true });
      const dying = process(steps);
      await dying.home.restore(root).catch(() => {});
      const { home } = process();
      await home.sweep();
      const note = `after ${steps} steps`;
      if ((await stateOf(home)) === "in the trash") await home.restore(root);
      expect(await whole(home, root), note).toEqual([id, 2, 2]);
      expect(await stateOf(home), note).toBe("here");
      if (!dying.isCut()) break;
    }
  });
}

test("across disks what hands put in comes back, and what was put aside", async () => {
  const { fs, root, process, clock } = await project("two disks");
  clock.advance(60_000);
  const join = fs.path.join;
  const site = join(root, "lib", "python3.11", "site-packages");
  await fs.write(join(site, "mine.py"), "by hand");
  const shelf = join(root, ".venvoy", "edited", "1");
  await fs.makeDir(shelf);
  await fs.write(join(shelf, "core.py"), "an edit");
  await process().home.remove(root);
  expect(await fs.list(root)).toBeUndefined();
  await process().home.restore(root);
  expect(await fs.readText(join(site, "mine.py"))).toBe("by hand");
  expect(await fs.readText(join(shelf, "core.py"))).toBe("an edit");
});

test("a list for version control that somebody wrote in the directory stays", async () => {
  const { fs, root, process, request } = await project("one disk");
  const ignore = fs.path.join(root, ".gitignore");
  await fs.write(ignore, "notes\n");
  await process().home.remove(root);
  expect((await fs.list(root))?.map(({ name }) => name)).toEqual([".gitignore"]);
  await expect(process().home.create(root, request)).rejects.toMatchObject({ code: "ENV_EXISTS" });
  await process().home.restore(root);
  expect(await fs.readText(ignore)).toBe("notes\n");
});
