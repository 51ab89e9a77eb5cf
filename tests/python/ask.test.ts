import { describe, expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import type { Proc } from "../../src/ports/index.ts";
import { findInterpreters, inspect } from "../../src/python/index.ts";
import { fakeAnswer, printed } from "../kit/fake-python.ts";
import { world } from "./world.ts";

const python = absPath("/a/bin/python3");

describe("an answer is kept", () => {
  test("until the program changes", async () => {
    const here = world();
    const program = await here.pythons.install(here.io.fs, "/a", { version: "3.11.7" });
    await inspect(here.io, program, here.options);
    await inspect(here.io, program, here.options);
    expect(here.started().length).toBe(1);
    await here.pythons.place(
      here.io.fs,
      program,
      printed(fakeAnswer({ version: "3.11.8" }, { prefix: "/a", executable: program })),
    );
    await here.io.fs.setTimes(program, 1_700_000_000_000);
    expect(await inspect(here.io, program, here.options)).toMatchObject({ ok: { version: "3.11.8" } });
    expect(here.started().length).toBe(2);
  });

  test("until it is asked to look again", async () => {
    const here = world();
    const program = await here.pythons.install(here.io.fs, "/a", { version: "3.11.7" });
    await inspect(here.io, program, here.options);
    await inspect(here.io, program, { ...here.options, refresh: true });
    expect(here.started().length).toBe(2);
  });

  test("for one kernel and C library: a home directory is seen by several machines", async () => {
    const here = world();
    const program = await here.pythons.install(here.io.fs, "/a", { version: "3.11.7" });
    await inspect(here.io, program, here.options);
    const rebooted = { ...here.io, system: { ...here.io.system, kernel: "6.2.0 #1 SMP" } };
    await inspect(rebooted, program, here.options);
    expect(here.started().length).toBe(2);
    await here.file("/lib64/ld-linux-x86-64.so.2", "another C library");
    await inspect(here.io, program, here.options);
    expect(here.started().length).toBe(3);
    await inspect(here.io, program, here.options);
    expect(here.started().length).toBe(3);
  });

  test("a failure only for ten minutes, since it may be mended from outside", async () => {
    const here = world();
    await here.pythons.place(here.io.fs, python, { exit: 127, stderr: "libpython3.11.so: not found" });
    await inspect(here.io, python, here.options);
    await inspect(here.io, python, here.options);
    expect(here.started().length).toBe(1);
    here.pythons.answer(python, printed(fakeAnswer({ version: "3.11.7" }, { prefix: "/a", executable: python })));
    here.io.clock.advance(600_001);
    expect(await inspect(here.io, python, here.options)).toMatchObject({ ok: { version: "3.11.7" } });
  });

  test("a damaged or foreign entry is as good as none", async () => {
    const here = world();
    const program = await here.pythons.install(here.io.fs, "/a", { version: "3.11.7" });
    await inspect(here.io, program, here.options);
    const { pythons } = here.options.layout;
    const [entry] = (await here.io.fs.list(pythons)) ?? [];
    for (const text of ["", "{", "null", "[]", '{"answer":{}}', "\u0000\u0000"]) {
      await here.io.fs.write(here.io.fs.path.join(pythons, entry?.name ?? ""), text);
      expect(await inspect(here.io, program, here.options)).toMatchObject({ ok: { version: "3.11.7" } });
    }
    expect(here.started().length).toBe(7);
  });

  test("but the wheels beside it are looked at anew: a distribution installs them apart", async () => {
    const here = world();
    const program = await here.pythons.install(here.io.fs, "/usr", { version: "3.11.2" });
    expect(await inspect(here.io, program, here.options)).toMatchObject({ ok: { bundledWheels: [] } });
    for (const version of ["23.0.1", "23.0.2"]) {
      const wheel = absPath(`/usr/share/python-wheels/pip-${version}-py3-none-any.whl`);
      await here.file(wheel, "a wheel");
      expect(await inspect(here.io, program, here.options)).toMatchObject({ ok: { bundledPip: wheel } });
      await here.io.fs.remove(wheel);
    }
    expect(here.started().length).toBe(1);
  });

  test("a cache that can't be written is done without", async () => {
    const here = world();
    const program = await here.pythons.install(here.io.fs, "/a", { version: "3.11.7" });
    await here.file(here.options.layout.pythons, "a file where the directory should be");
    expect(await inspect(here.io, program, here.options)).toMatchObject({ ok: { version: "3.11.7" } });
  });
});

describe("asking", () => {
  test("is isolated, and nothing that steers a Python comes through", async () => {
    const here = world({ env: { PATH: "/bin", PYTHONHOME: "/x", PYTHONPATH: "/y", VIRTUAL_ENV: "/z", LANG: "C" } });
    const program = await here.pythons.install(here.io.fs, "/a", { version: "3.11.7" });
    await inspect(here.io, program, here.options);
    const [request] = here.io.proc.ran;
    expect(request?.argv.slice(0, 4)).toEqual([program, "-I", "-S", "-c"]);
    expect(request?.timeoutMs).toBe(15_000);
    expect(Object.keys(request?.env ?? {}).sort()).toEqual([
      "LANG",
      "PATH",
      "PYTHONDONTWRITEBYTECODE",
      "SYSTEM_VERSION_COMPAT",
    ]);
  });

  test("Python 2, which has no isolated mode, is asked again in its own way", async () => {
    const here = world();
    await here.file(python, "an old Python");
    const answer = printed(fakeAnswer({ version: "2.7.18" }, { prefix: "/a", executable: python }));
    const { io } = here;
    const proc: Proc = Object.assign(Object.create(io.proc) as Proc, {
      run: async (request: Parameters<typeof io.proc.run>[0]) => {
        here.pythons.answer(python, request.argv[1] === "-I" ? { exit: 2, stderr: "Unknown option: -I" } : answer);
        return io.proc.run(request);
      },
    });
    expect(await inspect({ ...io, proc }, python, here.options)).toMatchObject({ ok: { version: "2.7.18" } });
    expect(io.proc.ran.map((request) => request.argv.slice(1, 4))).toEqual([
      ["-I", "-S", "-c"],
      ["-E", "-s", "-S"],
    ]);
  });

  test("at most four at once", async () => {
    const here = world({ env: { PYENV_ROOT: "/p" } });
    for (let minor = 0; minor < 9; minor++) {
      await here.pythons.install(here.io.fs, `/p/versions/3.${minor}.0`, { version: `3.${minor}.0` });
    }
    let running = 0;
    let most = 0;
    const { io } = here;
    const proc: Proc = Object.assign(Object.create(io.proc) as Proc, {
      run: async (request: Parameters<typeof io.proc.run>[0]) => {
        most = Math.max(most, ++running);
        for (let turn = 0; turn < 5; turn++) await Promise.resolve();
        running--;
        return io.proc.run(request);
      },
    });
    expect((await findInterpreters({ ...io, proc }, here.options)).length).toBe(9);
    expect(most).toBe(4);
  });

  test("can be cancelled", async () => {
    const here = world({ env: { PATH: "/a/bin" } });
    await here.pythons.install(here.io.fs, "/a", { version: "3.11.7" });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(findInterpreters(here.io, { ...here.options, signal })).rejects.toThrow("enough");
  });
});

test("facts come out in venvoy's words", async () => {
  const here = world();
  const wheels = [
    "/a/w/pip-9.0.1-py3-none-any.whl",
    "/a/w/pip-23.0.1-py3-none-any.whl",
    "/a/w/setuptools-65.5.0-py3-none-any.whl",
  ];
  const facts = {
    version: "3.13.0",
    freeThreaded: true,
    pointerBits: 32,
    libc: ["musl", "1.2"],
    bundledWheels: wheels,
  } as const;
  const program = await here.pythons.install(here.io.fs, "/a", facts);
  expect(await inspect(here.io, program, here.options)).toMatchObject({
    ok: {
      executable: "/a/bin/python3.13t",
      prefix: "/a",
      versionInfo: [3, 13, 0],
      machine: "i686",
      freeThreaded: true,
      libc: { kind: "musl", version: [1, 2] },
      bundledPip: "/a/w/pip-23.0.1-py3-none-any.whl",
      paths: { purelib: "lib/python3.13t/site-packages", scripts: "bin" },
    },
  });
});
