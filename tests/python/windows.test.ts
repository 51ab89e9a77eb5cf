import { describe, expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { dataLayout } from "../../src/disk/index.ts";
import {
  chooseInterpreter,
  ensureBase,
  findInterpreters,
  launcherPrograms,
  listBases,
  parsePythonRequest,
  registeredPrograms,
} from "../../src/python/index.ts";
import { fakeAnswer, printed } from "../kit/fake-python.ts";
import { type World, world } from "./world.ts";

const local = "C:\\Users\\ada\\AppData\\Local";
const env = {
  Path: `${local}\\Microsoft\\WindowsApps;C:\\tools`,
  LOCALAPPDATA: local,
  APPDATA: "C:\\Users\\ada\\AppData\\Roaming",
  ProgramFiles: "C:\\Program Files",
  SystemDrive: "C:",
  SystemRoot: "C:\\Windows",
};

const registry = [
  "",
  "HKEY_CURRENT_USER\\Software\\Python\\PythonCore",
  "    DisplayName    REG_SZ    Python Software Foundation",
  "",
  "HKEY_CURRENT_USER\\Software\\Python\\PythonCore\\3.12",
  "    SysVersion    REG_SZ    3.12",
  "HKEY_CURRENT_USER\\Software\\Python\\PythonCore\\3.12\\InstallPath",
  "    (Standard)    REG_SZ    D:\\Py312\\",
  "    ExecutablePath    REG_SZ    D:\\Py312\\python.exe",
  "    WindowedExecutablePath    REG_SZ    D:\\Py312\\pythonw.exe",
  "HKEY_CURRENT_USER\\Software\\Python\\PythonCore\\3.9\\InstallPath",
  "    (Standard)    REG_SZ    D:\\Program Files\\Py39\\",
  "HKEY_CURRENT_USER\\Software\\Python\\PyLauncher\\InstallPath",
  "    (Standard)    REG_SZ    C:\\Windows\\",
  "HKEY_CURRENT_USER\\Software\\Python\\ContinuumAnalytics\\Anaconda39-64\\InstallPath",
  "    ExecutablePath    REG_SZ    C:\\gone\\python.exe",
  "",
].join("\r\n");

const launcher = [
  " -V:3.12 *        D:\\Py312\\python.exe",
  " -V:Astral/CPython3.11.9 C:\\uv\\python.exe",
  ' -3.8-64        "D:\\Py 38\\python.exe"',
  " -2.7-32        D:\\Py27\\python.exe *",
  "Installed Pythons found by py Launcher for Windows",
].join("\r\n");

test("what the registry names, by PEP 514", () => {
  expect(registeredPrograms(registry)).toEqual([
    "D:\\Py312\\python.exe",
    "D:\\Program Files\\Py39\\python.exe",
    "C:\\gone\\python.exe",
  ]);
  expect(registeredPrograms("FEHLER: Der angegebene Registrierungsschlüssel wurde nicht gefunden.")).toEqual([]);
});

test("what the py launcher lists, old and new", () => {
  expect(launcherPrograms(launcher)).toEqual([
    "D:\\Py312\\python.exe",
    "C:\\uv\\python.exe",
    "D:\\Py 38\\python.exe",
    "D:\\Py27\\python.exe",
  ]);
});

async function windowsWorld(): Promise<World> {
  const here = world({ os: "windows", env });
  const { fs } = here.io;
  await here.file(`${local}\\Microsoft\\WindowsApps\\python.exe`, "");
  await here.pythons.install(fs, `${local}\\Programs\\Python\\Python313`, { version: "3.13.1", os: "windows" });
  await here.pythons.install(fs, "C:\\Users\\ada\\.pyenv\\pyenv-win\\versions\\3.11.9", {
    version: "3.11.9",
    os: "windows",
  });
  await here.pythons.install(fs, "D:\\Py312", { version: "3.12.4", os: "windows" });
  here.pythons.answer("C:\\Windows\\System32\\reg.exe", { stdout: registry });
  return here;
}

describe("a Windows machine", () => {
  test("places, registry, and the shop window of the Store left alone", async () => {
    const here = await windowsWorld();
    const reports = await findInterpreters(here.io, here.options);
    expect(reports.map((one) => [one.source, one.path, "ok" in one ? one.ok.version : one.reason])).toEqual([
      ["path", `${local}\\Microsoft\\WindowsApps\\python.exe`, "it only opens the Microsoft Store"],
      ["pyenv", "C:\\Users\\ada\\.pyenv\\pyenv-win\\versions\\3.11.9\\python.exe", "3.11.9"],
      ["python.org", `${local}\\Programs\\Python\\Python313\\python.exe`, "3.13.1"],
      ["registry", "D:\\Py312\\python.exe", "3.12.4"],
    ]);
  });

  test("a choice that a place answers doesn't ask the registry", async () => {
    const here = await windowsWorld();
    const chosen = await chooseInterpreter(here.io, parsePythonRequest("3.13"), here.options);
    expect(chosen.executable).toBe(`${local}\\Programs\\Python\\Python313\\python.exe`);
    expect(here.started().filter((program) => program.endsWith("reg.exe"))).toEqual([]);
  });

  test("a free-threaded build beside the ordinary one is found when it is asked for", async () => {
    const here = await windowsWorld();
    const prefix = `${local}\\Programs\\Python\\Python313`;
    const threaded = `${prefix}\\python3.13t.exe`;
    const facts = { version: "3.13.1", os: "windows", freeThreaded: true } as const;
    await here.pythons.place(here.io.fs, threaded, printed(fakeAnswer(facts, { prefix, executable: threaded })));
    const choose = (request: string) => chooseInterpreter(here.io, parsePythonRequest(request), here.options);
    expect((await choose("3.13t")).executable).toBe(threaded);
    expect((await choose("3.13")).executable).toBe(`${prefix}\\python.exe`);
  });

  test("a Python at the root of a drive says `P:`, and lies in `P:\\`", async () => {
    const here = await windowsWorld();
    const [prefix, executable] = ["P:", "P:\\python.exe"];
    const facts = { version: "3.11.9", os: "windows" } as const;
    await here.pythons.place(here.io.fs, executable, printed(fakeAnswer(facts, { prefix, executable })));
    const chosen = await chooseInterpreter(here.io, parsePythonRequest(executable), here.options);
    expect(chosen.prefix).toBe("P:\\");
  });

  test("an environment's launcher is seen through by its pyvenv.cfg", async () => {
    const here = await windowsWorld();
    await here.file("C:\\work\\env\\pyvenv.cfg", "home = D:\\Py312\r\nversion = 3.12.4\r\n");
    await here.file("C:\\work\\env\\Scripts\\python.exe", "launcher");
    const chosen = await chooseInterpreter(here.io, parsePythonRequest("C:\\work\\env"), here.options);
    expect(chosen.executable).toBe("D:\\Py312\\python.exe");
  });

  test("a base is a junction with an absolute target", async () => {
    const here = await windowsWorld();
    const interpreter = await chooseInterpreter(here.io, parsePythonRequest("3.12"), here.options);
    const layout = dataLayout(here.io.system);
    const base = await ensureBase(here.io, layout, interpreter);
    expect(base.key).toBe("cpython-3.12-windows-amd64");
    expect(await here.io.fs.realPath(base.link)).toBe("D:\\Py312");
    expect(await listBases(here.io, layout)).toMatchObject([{ key: base.key, prefix: "D:\\Py312", isAlive: true }]);
    await here.io.fs.remove(absPath("D:\\Py312\\python312.dll"));
    expect(await listBases(here.io, layout)).toMatchObject([{ isAlive: false }]);
  });
});
