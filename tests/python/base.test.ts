import { describe, expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { dataLayout } from "../../src/disk/index.ts";
import {
  baseKey,
  ensureBase,
  type Interpreter,
  inspect,
  listBases,
  openBase,
  parseBaseKey,
  repairBase,
} from "../../src/python/index.ts";
import type { FakePythonFacts } from "../kit/fake-python.ts";
import { type World, world } from "./world.ts";

async function installed(here: World, prefix: string, facts: FakePythonFacts): Promise<Interpreter> {
  const program = await here.pythons.install(here.io.fs, prefix, facts);
  const answer = await inspect(here.io, program, here.options);
  if ("reason" in answer) throw new Error(answer.reason);
  return answer.ok;
}

describe("keys", () => {
  test.each<[string, FakePythonFacts, string]>([
    ["/a", { version: "3.11.7" }, "cpython-3.11-linux-x86_64"],
    ["/a", { version: "3.13.0", freeThreaded: true }, "cpython-3.13t-linux-x86_64"],
    ["/a", { version: "3.12.0", debug: true }, "cpython-3.12d-linux-x86_64"],
    ["/a", { version: "3.12.0", libc: ["musl", "1.2"] }, "cpython-3.12-linux-x86_64-musl"],
    ["/a", { version: "3.12.0", pointerBits: 32 }, "cpython-3.12-linux-i686"],
    ["/a", { version: "3.10.14", implementation: "pypy" }, "pypy-3.10-linux-x86_64"],
    ["/a", { version: "3.12.0", os: "macos" }, "cpython-3.12-macos-arm64"],
  ])("%s %j", async (prefix, facts, key) => {
    const here = world();
    const interpreter = await installed(here, prefix, facts);
    expect(baseKey(interpreter)).toBe(key);
    const facts2 = parseBaseKey(key);
    expect(facts2).toMatchObject({
      version: interpreter.versionInfo.slice(0, 2),
      suffix: undefined,
      musl: key.endsWith("musl"),
    });
    expect(parseBaseKey(`${key}-0a1b2c`)).toEqual({ ...facts2, suffix: "0a1b2c" });
  });

  test.each(["", "cpython", "cpython-3-linux-x86_64", "../x", "cpython-3.11-beos-x86_64"])("%j is none", (key) => {
    expect(parseBaseKey(key)).toBeUndefined();
  });
});

describe("ensureBase", () => {
  test("makes a link that leads to the installation, and finds it again", async () => {
    const here = world();
    const layout = dataLayout(here.io.system);
    const interpreter = await installed(here, "/opt/py", { version: "3.11.7" });
    const base = await ensureBase(here.io, layout, interpreter);
    expect(base).toEqual({
      key: "cpython-3.11-linux-x86_64",
      link: `${layout.bases}/cpython-3.11-linux-x86_64`,
      interpreter,
    });
    expect(await here.io.fs.readLink(base.link)).toBe("/opt/py");
    expect(await ensureBase(here.io, layout, interpreter)).toEqual(base);
  });

  test("is relative inside the data directory, so that this can move", async () => {
    const here = world();
    const layout = dataLayout(here.io.system);
    const interpreter = await installed(here, `${layout.data}/pythons/cpython-3.11.7`, { version: "3.11.7" });
    const base = await ensureBase(here.io, layout, interpreter);
    expect(await here.io.fs.readLink(base.link)).toBe("../pythons/cpython-3.11.7");
  });

  test("a second installation of the same minor version gets a key of its own", async () => {
    const here = world();
    const layout = dataLayout(here.io.system);
    const first = await ensureBase(here.io, layout, await installed(here, "/one", { version: "3.11.7" }));
    const second = await ensureBase(here.io, layout, await installed(here, "/two", { version: "3.11.9" }));
    expect(first.key).toBe("cpython-3.11-linux-x86_64");
    expect(second.key).toMatch(/^cpython-3\.11-linux-x86_64-[0-9a-f]{6}$/);
    expect((await listBases(here.io, layout)).map((base) => base.prefix)).toEqual(["/one", "/two"]);
    const third = await ensureBase(here.io, layout, await installed(here, "/three", { version: "3.12.0" }));
    expect(third.key).toBe("cpython-3.12-linux-x86_64");
  });

  test("takes over the link of a Python that is gone, which heals all that stand on it", async () => {
    const here = world();
    const layout = dataLayout(here.io.system);
    const old = await ensureBase(here.io, layout, await installed(here, "/old", { version: "3.11.7" }));
    await here.io.fs.remove(absPath("/old"));
    const next = await ensureBase(here.io, layout, await installed(here, "/new", { version: "3.11.9" }));
    expect(next.link).toBe(old.link);
    expect(await here.io.fs.readLink(old.link)).toBe("/new");
  });

  test("a distribution's upgrade leaves the prefix and takes the version: that base is gone, too", async () => {
    const here = world();
    const layout = dataLayout(here.io.system);
    await ensureBase(here.io, layout, await installed(here, "/usr", { version: "3.11.2" }));
    await here.io.fs.remove(absPath("/usr/bin"));
    await here.pythons.install(here.io.fs, "/usr", { version: "3.12.3" });
    expect(await listBases(here.io, layout)).toMatchObject([{ key: "cpython-3.11-linux-x86_64", isAlive: false }]);
  });

  test("of several processes at once all get the same link", async () => {
    const here = world();
    const layout = dataLayout(here.io.system);
    const interpreter = await installed(here, "/opt/py", { version: "3.11.7" });
    const bases = await Promise.all(Array.from({ length: 8 }, () => ensureBase(here.io, layout, interpreter)));
    expect(new Set(bases.map((base) => base.link)).size).toBe(1);
  });

  test("a data directory that can't be written is told as that", async () => {
    const here = world();
    const layout = dataLayout(here.io.system);
    const interpreter = await installed(here, "/opt/py", { version: "3.11.7" });
    await here.io.fs.makeDir(layout.data);
    here.io.disk.protect(layout.data);
    await expect(ensureBase(here.io, layout, interpreter)).rejects.toMatchObject({ code: "DISK_READ_ONLY" });
  });

  test("what is no link is left alone", async () => {
    const here = world();
    const layout = dataLayout(here.io.system);
    await here.file(`${layout.bases}/cpython-3.11-linux-x86_64`, "somebody's file");
    await here.file(`${layout.bases}/README`, "text");
    const base = await ensureBase(here.io, layout, await installed(here, "/opt/py", { version: "3.11.7" }));
    expect(base.key).toMatch(/-[0-9a-f]{6}$/);
    expect((await listBases(here.io, layout)).length).toBe(1);
  });
});

describe("repair", () => {
  test("a base whose Python is gone is led to the newest of the same minor version", async () => {
    const here = world({ env: { PYENV_ROOT: "/p" } });
    const layout = dataLayout(here.io.system);
    const base = await ensureBase(here.io, layout, await installed(here, "/old", { version: "3.11.1" }));
    await here.io.fs.remove(absPath("/old"));
    for (const version of ["3.11.4", "3.11.9", "3.12.1"]) {
      await here.pythons.install(here.io.fs, `/p/versions/${version}`, { version });
    }
    await here.pythons.install(here.io.fs, "/p/versions/pypy", { version: "3.11.13", implementation: "pypy" });
    const opened = await openBase(here.io, layout, base.key, here.options);
    expect(opened).toMatchObject({ key: base.key, link: base.link, interpreter: { version: "3.11.9" } });
    expect(await here.io.fs.readLink(base.link)).toBe("/p/versions/3.11.9");
  });

  test("a living base is left as it is and asked nothing new", async () => {
    const here = world();
    const layout = dataLayout(here.io.system);
    const base = await ensureBase(here.io, layout, await installed(here, "/one", { version: "3.11.1" }));
    const before = here.started().length;
    expect(await openBase(here.io, layout, base.key, here.options)).toEqual(base);
    expect(here.started().length).toBe(before);
  });

  test("without another Python of that version it says what to do", async () => {
    const here = world({ env: { PATH: "/usr/bin" } });
    await here.pythons.install(here.io.fs, "/usr", { version: "3.12.1" });
    const layout = dataLayout(here.io.system);
    await expect(repairBase(here.io, layout, "cpython-3.11-linux-x86_64", here.options)).rejects.toMatchObject({
      code: "PYTHON_GONE",
      message: "Python 3.11 is gone, and no other Python of that version is on this machine",
    });
  });
});
