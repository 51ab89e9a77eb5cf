import { describe, expect, test } from "vitest";
import { absPath, type VenvoyError } from "../../src/base/index.ts";
import { chooseInterpreter, parsePythonRequest } from "../../src/python/index.ts";
import { fakeAnswer, printed } from "../kit/fake-python.ts";
import { type World, world } from "./world.ts";

async function chosen({ io, options }: World, request?: string): Promise<string> {
  const asked = request === undefined ? undefined : parsePythonRequest(request);
  return (await chooseInterpreter(io, asked, options)).executable;
}

async function failure(promise: Promise<unknown>): Promise<VenvoyError> {
  try {
    await promise;
  } catch (error) {
    return error as VenvoyError;
  }
  return expect.unreachable();
}

describe("without a request", () => {
  test("the first suitable program on PATH", async () => {
    const here = world({ env: { PATH: "/old/bin:/a/bin:/b/bin" } });
    await here.pythons.install(here.io.fs, "/old", { version: "3.6.15" });
    await here.pythons.install(here.io.fs, "/a", { version: "3.10.1" });
    await here.pythons.install(here.io.fs, "/b", { version: "3.13.1" });
    expect(await chosen(here)).toBe("/a/bin/python3.10");
    expect(here.started()).toEqual(["/old/bin/python3.6", "/a/bin/python3.10"]);
  });

  test("a numbered program on PATH when the plain ones are too old", async () => {
    const here = world({ env: { PATH: "/usr/bin" } });
    await here.pythons.install(here.io.fs, "/usr", { version: "3.6.8" });
    await here.pythons.place(
      here.io.fs,
      "/usr/bin/python3.11",
      printed(fakeAnswer({ version: "3.11.9" }, { prefix: "/usr", executable: "/usr/bin/python3.11" })),
    );
    expect(await chosen(here)).toBe("/usr/bin/python3.11");
  });

  test("CPython before PyPy, releases before prereleases, whatever PATH says", async () => {
    const here = world({ env: { PATH: "/pypy/bin:/pre/bin:/b/bin" } });
    await here.pythons.install(here.io.fs, "/pypy", { version: "3.10.14", implementation: "pypy" });
    await here.io.fs.symlink("pypy3", absPath("/pypy/bin/python3"), "file");
    await here.pythons.install(here.io.fs, "/pre", { version: "3.14.0rc1" });
    await here.pythons.install(here.io.fs, "/b", { version: "3.12.1" });
    expect(await chosen(here)).toBe("/b/bin/python3.12");
  });

  test("an active environment is seen through to its base, without running it", async () => {
    const here = world({ env: { PATH: "/usr/bin", VIRTUAL_ENV: "/proj/.venv" } });
    await here.pythons.install(here.io.fs, "/opt/py", { version: "3.12.1" });
    await here.pythons.install(here.io.fs, "/usr", { version: "3.11.2" });
    await here.file("/proj/.venv/pyvenv.cfg", "home = /opt/py/bin\n");
    await here.io.fs.makeDir(absPath("/proj/.venv/bin"));
    await here.io.fs.symlink("/opt/py/bin/python3.12", absPath("/proj/.venv/bin/python3"), "file");
    expect(await chosen(here)).toBe("/opt/py/bin/python3.12");
    expect(here.started()).toEqual(["/opt/py/bin/python3.12"]);
  });

  test("nothing is on the machine", async () => {
    const error = await failure(chosen(world({ env: { PATH: "/usr/bin" } })));
    expect(error.code).toBe("PYTHON_NOT_FOUND");
    expect(error.message).toBe("No Python from 3.8 to 3.14 is on this machine; there is none at all");
    expect(error.hint).toBe("Bring one: venvoy python install 3.13");
  });
});

describe("by version", () => {
  test.each([
    ["3.9", "/p39/bin/python3.9"],
    ["3.9.18", "/p39/bin/python3.9"],
    [">=3.10,<3.12", "/p310/bin/python3.10"],
    [">=3.11", "/p312/bin/python3.12"],
    ["3", "/p39/bin/python3.9"],
    ["pypy", "/pypy/bin/pypy3.10"],
    ["pypy@3.10", "/pypy/bin/pypy3.10"],
    ["3.13t", "/t/bin/python3.13t"],
    ["cpython@3.10", "/p310/bin/python3.10"],
  ])("%s", async (request, expected) => {
    const here = world({ env: { PATH: "/p39/bin:/p310/bin:/p312/bin:/pypy/bin:/t/bin" } });
    for (const [prefix, version] of Object.entries({ "/p39": "3.9.18", "/p310": "3.10.2", "/p312": "3.12.0" })) {
      await here.pythons.install(here.io.fs, prefix, { version });
    }
    await here.pythons.install(here.io.fs, "/pypy", { version: "3.10.14", implementation: "pypy" });
    await here.pythons.install(here.io.fs, "/t", { version: "3.13.0", freeThreaded: true });
    expect(await chosen(here, request)).toBe(expected);
  });

  test("a failure lists what is here, newest first, and what to type", async () => {
    const here = world({ env: { PATH: "/a/bin:/b/bin:/c/bin" } });
    await here.pythons.install(here.io.fs, "/a", { version: "3.9.18" });
    await here.pythons.install(here.io.fs, "/b", { version: "3.12.1" });
    await here.pythons.place(here.io.fs, "/c/bin/python3", { exit: 127, stderr: "libpython3.so: cannot open\n" });
    const error = await failure(chosen(here, "3.14"));
    expect(error.code).toBe("PYTHON_NOT_FOUND");
    expect(error.message).toBe(
      "No Python that fits `3.14` is on this machine; here are Python 3.12.1 and Python 3.9.18",
    );
    expect(error.hint).toBe("Take `--python 3.12`, or bring the one you want: venvoy python install 3.14");
    expect(error.data["broken"]).toEqual([
      { path: "/c/bin/python3", reason: "it ended with status 127: libpython3.so: cannot open" },
    ]);
  });

  test("a version that is too old for environments is told as that", async () => {
    const here = world({ env: { PATH: "/a/bin" } });
    await here.pythons.install(here.io.fs, "/a", { version: "3.7.16" });
    const error = await failure(chosen(here, "3.7"));
    expect(error.code).toBe("PYTHON_UNSUPPORTED");
    expect(
      (await chooseInterpreter(here.io, parsePythonRequest("3.7"), { ...here.options, allowUnsupported: true }))
        .version,
    ).toBe("3.7.16");
  });
});

describe("by path", () => {
  test("a program, an installation, an environment, its bin, and a link", async () => {
    const here = world({ cwd: "/proj" });
    await here.pythons.install(here.io.fs, "/opt/py", { version: "3.11.7" });
    await here.file("/proj/env/pyvenv.cfg", "home = /opt/py/bin\n");
    await here.io.fs.makeDir(absPath("/proj/env/bin"));
    await here.io.fs.symlink("/opt/py/bin/python3.11", absPath("/proj/env/bin/python"), "file");
    for (const path of ["/opt/py/bin/python3", "/opt/py", "/opt/py/bin", "./env", "env/bin/python", "env/bin"]) {
      expect(await chosen(here, path)).toBe("/opt/py/bin/python3.11");
    }
  });

  test("`~` is the home directory", async () => {
    const here = world();
    await here.pythons.install(here.io.fs, "/home/ada/py", { version: "3.11.7" });
    expect(await chosen(here, "~/py")).toBe("/home/ada/py/bin/python3.11");
  });

  test.each([
    ["./missing", "there is no such file or directory"],
    ["./empty", "there is no Python in this directory"],
    ["./notes.txt", "it does not answer as a Python does"],
    ["./gone/bin/python", "it is a link to nothing: the Python behind it is gone"],
  ])("%s: %s", async (path, reason) => {
    const here = world({ cwd: "/proj" });
    await here.io.fs.makeDir(absPath("/proj/empty"));
    await here.pythons.place(here.io.fs, "/proj/notes.txt", {});
    await here.io.fs.makeDir(absPath("/proj/gone/bin"));
    await here.io.fs.symlink("/nowhere/python3.11", absPath("/proj/gone/bin/python"), "file");
    const error = await failure(chosen(here, path));
    expect(error.code).toBe("PYTHON_BROKEN");
    expect(error.data["reason"]).toBe(reason);
  });

  test("a copied environment names its base in pyvenv.cfg", async () => {
    const here = world();
    await here.pythons.install(here.io.fs, "/opt/py", { version: "3.11.7" });
    await here.file("/env/pyvenv.cfg", "home = /opt/py/bin\nversion = 3.11.7\n");
    await here.file("/env/bin/python", "a copy");
    expect(await chosen(here, "/env")).toBe("/opt/py/bin/python3.11");
    expect(here.started()).toEqual(["/opt/py/bin/python3.11"]);
  });

  test("an environment of an environment leads to the same base; a circle is told", async () => {
    const here = world();
    await here.pythons.install(here.io.fs, "/opt/py", { version: "3.11.7" });
    await here.file("/one/pyvenv.cfg", "home = /opt/py/bin\n");
    await here.file("/one/bin/python", "a copy");
    await here.file("/two/pyvenv.cfg", "home = /one/bin\n");
    await here.file("/two/bin/python", "a copy");
    expect(await chosen(here, "/two")).toBe("/opt/py/bin/python3.11");
    await here.file("/one/pyvenv.cfg", "home = /two/bin\n");
    expect((await failure(chosen(here, "/two"))).data["reason"]).toBe("its environments lead in a circle");
  });
});

test("a host's program is found by its name on PATH", async () => {
  const here = world({ env: { PATH: "/usr/bin:/opt/maya/bin" } });
  const answer = fakeAnswer({ version: "3.10.8" }, { prefix: "/opt/maya", executable: "/opt/maya/bin/python-bin" });
  await here.pythons.place(here.io.fs, "/opt/maya/bin/mayapy", printed(answer));
  await here.file("/opt/maya/bin/python-bin", "the program behind it");
  expect(await chosen(here, "mayapy")).toBe("/opt/maya/bin/python-bin");
  expect((await failure(chosen(here, "hython"))).code).toBe("PYTHON_NOT_FOUND");
});

test("a choice that was made before starts nothing", async () => {
  const here = world({ env: { PATH: "/a/bin:/b/bin" } });
  await here.pythons.place(here.io.fs, "/a/bin/python3", { exit: 1, stderr: "broken" });
  await here.pythons.install(here.io.fs, "/b", { version: "3.12.1" });
  await chosen(here);
  const before = here.started().length;
  await chosen(here);
  await chosen(here, "3.12");
  expect(here.started().length).toBe(before);
});
