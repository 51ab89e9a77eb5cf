import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { dataLayout } from "../../src/disk/index.ts";
import { type EnvContext, environments, nothingWanted, parseEnvName } from "../../src/env/index.ts";
import type { Base, Interpreter } from "../../src/python/index.ts";
import type { Store } from "../../src/store/index.ts";
import { memoryPorts } from "../kit/memory-ports.ts";

const prefix = absPath("C:\\Python311");

const interpreter = {
  executable: absPath("C:\\Python311\\python.exe"),
  prefix,
  version: "3.11.7",
  versionInfo: [3, 11, 7],
  implementation: "cpython",
  platformTag: "win-amd64",
  pointerBits: 64,
  freeThreaded: false,
  paths: {
    purelib: "Lib/site-packages",
    platlib: "Lib/site-packages",
    scripts: "Scripts",
    include: "Include",
    data: "",
  },
  markers: { platform_python_implementation: "CPython" },
  bundledPip: undefined,
} as unknown as Interpreter;

const emptyStore = {
  find: async () => undefined,
  add: () => Promise.reject(new Error("no pip here")),
} as unknown as Store;

async function windowsHome() {
  const io = memoryPorts({ os: "windows" });
  const layout = dataLayout(io.system);
  const { fs } = io;
  for (const file of ["python.exe", "pythonw.exe"]) {
    const place = fs.path.join(prefix, "Lib", "venv", "scripts", "nt");
    await fs.makeDir(place);
    await fs.write(fs.path.join(place, file), `launcher ${file}`);
  }
  await fs.write(interpreter.executable, "python");
  const base: Base = {
    key: "cpython-3.11-windows-amd64",
    link: fs.path.join(layout.bases, "cpython-3.11-windows-amd64"),
    interpreter,
  };
  await fs.makeDir(layout.bases);
  await fs.symlink(prefix, base.link, "directory");
  const context: EnvContext = { layout, store: emptyStore, tool: "test" };
  const request = { command: "create", base, artifacts: [], lock: { packages: [] }, wanted: nothingWanted };
  return { io, fs, layout, base, context, home: environments(io, context), request };
}

test("on a Windows disk an environment has Windows' shape", async () => {
  const { fs, layout, home, request, base } = await windowsHome();
  const made = await home.create("Demo", request);
  expect(made.dir).toBe(`${layout.envs}\\Demo-${made.id}`);
  const scripts = fs.path.join(made.current.root, "Scripts");
  expect((await fs.list(scripts))?.map((entry) => entry.name)).toEqual([
    "Activate.ps1",
    "activate.bat",
    "activate.nu",
    "deactivate.bat",
    "python.exe",
    "pythonw.exe",
  ]);
  expect(await fs.readText(fs.path.join(scripts, "python.exe"))).toBe("launcher python.exe");
  expect(await fs.readText(fs.path.join(scripts, "activate.bat"))).toContain("\r\n");
  const config = await fs.readText(fs.path.join(made.current.root, "pyvenv.cfg"));
  expect(config).toContain(`home = ${base.link}\n`);
  const site = fs.path.join(made.current.root, "Lib", "site-packages");
  expect((await fs.list(site))?.map((entry) => entry.name)).toEqual(["00_venvoy.pth"]);
  expect(await fs.realPath(made.root)).toBe(made.current.root);
});

test("where a Python comes without venv's launchers, it stands in the tree itself, with its libraries", async () => {
  const { fs, home, request } = await windowsHome();
  await fs.remove(fs.path.join(prefix, "Lib"));
  for (const name of ["pythonw.exe", "python311.dll", "python3.dll", "vcruntime140_1.dll", "sqlite3.dll"]) {
    await fs.write(fs.path.join(prefix, name), name);
  }
  const made = await home.create("Demo", request);
  const scripts = await fs.list(fs.path.join(made.current.root, "Scripts"));
  expect(scripts?.map((entry) => entry.name).filter((name) => /exe|dll/.test(name))).toEqual([
    "python.exe",
    "python3.dll",
    "python311.dll",
    "pythonw.exe",
    "vcruntime140_1.dll",
  ]);
});

test("on a Windows disk versions flip, names fold, and deleting and restoring work", async () => {
  const { home, request, fs, layout } = await windowsHome();
  const made = await home.create("Demo", request);
  await expect(home.create("DEMO", request)).rejects.toMatchObject({ code: "ENV_EXISTS" });
  expect((await home.open("dEmO")).id).toBe(made.id);
  await home.using("demo", { purpose: "change" }, async (held) => {
    expect((await held.change({ ...request, command: "second" })).current.number).toBe(2);
    expect((await held.goTo({ build: () => Promise.reject(new Error("it is there")) })).current.number).toBe(1);
    expect((await held.collect()).removed).toEqual([2]);
  });
  await home.remove("demo");
  expect(await home.list()).toEqual([]);
  expect((await home.restore("DEMO")).id).toBe(made.id);
  expect((await fs.list(layout.stage)) ?? []).toEqual([]);
});

test("Windows' device names are no names on any system", () => {
  for (const name of ["con", "PRN", "aux.txt", "Nul", "COM1", "lpt9", "com³", "conin$"]) {
    expect(() => parseEnvName(name)).toThrow(/device|holds/);
  }
});

test("on a Windows disk a rename leaves junctions, and case alone can change", async () => {
  const { fs, layout, home, request } = await windowsHome();
  const made = await home.create("demo", request);
  const renamed = await home.rename("demo", { to: "relephant" });
  expect(renamed.dir).toBe(fs.path.join(layout.envs, `relephant-${made.id}`));
  for (const root of [made.root, made.current.root, renamed.root]) {
    expect(await fs.info(fs.path.join(root, "pyvenv.cfg"))).toMatchObject({ kind: "file" });
  }
  expect((await home.find("demo"))?.name).toBe("relephant");
  expect((await home.rename("relephant", { to: "Relephant" })).name).toBe("Relephant");
  expect((await home.open("relephant")).id).toBe(made.id);
  expect(await fs.info(fs.path.join(layout.envs, "RELEPHANT", "pyvenv.cfg"))).toMatchObject({ kind: "file" });
  expect((await home.create("demo", request)).id).not.toBe(made.id);
  expect((await home.list()).map((one) => one.label).sort()).toEqual(["Relephant", "demo"]);
  await home.using("relephant", { purpose: "look" }, async () => {});
  expect((await home.list()).filter((one) => one.problem !== undefined && !/Python/.test(one.problem))).toEqual([]);
});
