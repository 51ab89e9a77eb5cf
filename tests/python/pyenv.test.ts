import { describe, expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { chooseInterpreter, findInterpreters, parsePythonRequest, readVersionFile } from "../../src/python/index.ts";
import { type World, world } from "./world.ts";

/** A machine with pyenv's shims first on PATH and a system Python behind them. */
async function pyenvWorld(env: Record<string, string> = {}): Promise<World> {
  const here = world({ env: { PATH: "/home/ada/.pyenv/shims:/usr/bin", ...env }, cwd: "/proj/project/sub" });
  const { io, pythons } = here;
  for (const version of ["3.9.18", "3.11.7", "3.11.12", "3.12.1"]) {
    await pythons.install(io.fs, `/home/ada/.pyenv/versions/${version}`, { version });
  }
  await pythons.install(io.fs, "/usr", { version: "3.10.2" });
  // A shim that is started would be seen among the programs that were started.
  for (const name of ["python", "python3", "python3.9", "python3.11", "python3.12", "black"]) {
    await here.file(`/home/ada/.pyenv/shims/${name}`, "#!/usr/bin/env bash\nexec pyenv exec\n");
  }
  return here;
}

async function chosen({ io, options }: World, request?: string): Promise<string> {
  const asked = request === undefined ? undefined : parsePythonRequest(request);
  const { executable } = await chooseInterpreter(io, asked, options);
  return executable.replace("/home/ada/.pyenv/versions/", "");
}

describe("shims are seen through by pyenv's own rules", () => {
  test("its `version` file", async () => {
    const here = await pyenvWorld();
    await here.file("/home/ada/.pyenv/version", "3.11.7\n");
    expect(await chosen(here)).toBe("3.11.7/bin/python3.11");
    expect(here.started()).toEqual(["/home/ada/.pyenv/versions/3.11.7/bin/python3.11"]);
  });

  test("without any choice the system's Python", async () => {
    expect(await chosen(await pyenvWorld())).toBe("/usr/bin/python3.10");
  });

  test("`system` is the system's Python", async () => {
    const here = await pyenvWorld();
    await here.file("/home/ada/.pyenv/version", "system\n3.12.1\n");
    // The first chosen version that has the program: system is none of pyenv's.
    expect(await chosen(here)).toBe("3.12.1/bin/python3.12");
    expect(await chosen(await pyenvWorld({ PYENV_VERSION: "system" }))).toBe("/usr/bin/python3.10");
  });

  test("the nearest .python-version above the current directory wins over the global one", async () => {
    const here = await pyenvWorld();
    await here.file("/home/ada/.pyenv/version", "3.9.18\n");
    await here.file("/proj/.python-version", "3.9.18\n");
    await here.file("/proj/project/.python-version", "# ours\n3.12.1 # newest\n\n3.9.18\n");
    expect(await chosen(here)).toBe("3.12.1/bin/python3.12");
  });

  test("of several lines the first that has the program", async () => {
    const here = await pyenvWorld();
    await here.file("/proj/project/.python-version", "3.12.1\n3.9.18\n");
    expect(await chosen(here, "python3.9")).toBe("3.9.18/bin/python3.9");
    expect(await chosen(here)).toBe("3.12.1/bin/python3.12");
  });

  test("PYENV_VERSION wins over files, PYENV_DIR says where to look for them", async () => {
    const here = await pyenvWorld({ PYENV_VERSION: "3.9.18:3.11.7" });
    await here.file("/proj/project/.python-version", "3.12.1\n");
    expect(await chosen(here)).toBe("3.9.18/bin/python3.9");
    const there = await pyenvWorld({ PYENV_DIR: "/other/place" });
    await there.file("/other/.python-version", "3.11.7\n");
    await there.file("/proj/project/.python-version", "3.12.1\n");
    expect(await chosen(there)).toBe("3.11.7/bin/python3.11");
  });

  test("`3.11` is the newest 3.11 that is installed, by number and not by letter", async () => {
    const here = await pyenvWorld({ PYENV_VERSION: "3.11" });
    expect(await chosen(here)).toBe("3.11.12/bin/python3.11");
  });

  test("a chosen version that isn't installed, or is a path, leads on along PATH", async () => {
    for (const version of ["3.8.1", "../../../etc", "/etc", "3.11.7/../3.12.1"]) {
      expect(await chosen(await pyenvWorld({ PYENV_VERSION: version }))).toBe("/usr/bin/python3.10");
    }
  });

  test("a version that pyenv hasn't chosen is still found among its installations", async () => {
    const here = await pyenvWorld({ PYENV_VERSION: "3.12.1" });
    expect(await chosen(here, "3.9")).toBe("3.9.18/bin/python3.9");
    expect(await chosen(here, "3.11")).toBe("3.11.12/bin/python3.11");
    expect(await chosen(here, "3.11.7")).toBe("3.11.7/bin/python3.11");
  });

  test("a shim named by its path is seen through, too", async () => {
    const here = await pyenvWorld({ PYENV_VERSION: "3.9.18" });
    expect(await chosen(here, "/home/ada/.pyenv/shims/python3")).toBe("3.9.18/bin/python3.9");
  });

  test("no shim is ever started", async () => {
    const here = await pyenvWorld({ PYENV_VERSION: "3.12.1" });
    await findInterpreters(here.io, here.options);
    expect(here.started().filter((program) => program.includes("shims"))).toEqual([]);
    expect(here.started().length).toBe(5);
  });
});

describe("shims of asdf and mise", () => {
  test.each([
    ["/home/ada/.asdf", "ASDF_PYTHON_VERSION"],
    ["/home/ada/.local/share/mise", "MISE_PYTHON_VERSION"],
  ])("%s", async (data, name) => {
    const make = async (env: Record<string, string>): Promise<World> => {
      const here = world({ env: { PATH: `${data}/shims:/usr/bin`, ...env }, cwd: "/proj/project" });
      for (const version of ["3.9.1", "3.12.1"]) {
        await here.pythons.install(here.io.fs, `${data}/installs/python/${version}`, { version });
      }
      await here.pythons.install(here.io.fs, "/usr", { version: "3.10.2" });
      await here.file(`${data}/shims/python3`, "#!/usr/bin/env bash\n");
      return here;
    };
    const here = await make({});
    expect(await chosen(here)).toBe("/usr/bin/python3.10");
    await here.file("/home/ada/.tool-versions", "python 3.9.1\n");
    expect(await chosen(here)).toBe(`${data}/installs/python/3.9.1/bin/python3.9`);
    await here.file("/proj/.tool-versions", "nodejs 20\npython 3.12.1 3.9.1 # two\n");
    expect(await chosen(here)).toBe(`${data}/installs/python/3.12.1/bin/python3.12`);
    expect(await chosen(await make({ [name]: "3.9.1" }))).toBe(`${data}/installs/python/3.9.1/bin/python3.9`);
  });
});

describe("a .python-version is a request when the caller wants it", () => {
  const from = absPath("/proj/project/sub");

  async function byFile(text: string): Promise<string> {
    const here = await pyenvWorld({ PYENV_VERSION: "3.9.18" });
    await here.file("/proj/project/.python-version", text);
    const { io, options } = here;
    await here.pythons.install(io.fs, "/home/ada/.pyenv/versions/pypy3.10-7.3.17", {
      version: "3.10.14",
      implementation: "pypy",
    });
    await here.file("/home/ada/.pyenv/versions/mine/pyvenv.cfg", "home = /home/ada/.pyenv/versions/3.12.1/bin\n");
    await here.file("/home/ada/.pyenv/versions/mine/bin/python", "a copy");
    const { executable } = await chooseInterpreter(io, undefined, { ...options, versionFileFrom: from });
    return executable.replace("/home/ada/.pyenv/versions/", "");
  }

  test.each([
    ["3.12\n", "3.12.1/bin/python3.12"],
    ["# first counts\n3.11.7\n3.12.1\n", "3.11.7/bin/python3.11"],
    [">=3.12\n", "3.12.1/bin/python3.12"],
    ["pypy3.10-7.3.17\n", "pypy3.10-7.3.17/bin/pypy3.10"],
    ["mine\n", "3.12.1/bin/python3.12"],
    ["system\n", "3.9.18/bin/python3.9"],
    ["\n", "3.9.18/bin/python3.9"],
  ])("%j", async (text, expected) => {
    expect(await byFile(text)).toBe(expected);
  });

  test("a failure names the file, since nobody typed it", async () => {
    await expect(byFile("3.14\n")).rejects.toMatchObject({
      code: "PYTHON_NOT_FOUND",
      message: expect.stringMatching(
        /^No Python that fits `3\.14` .*; `\/proj\/project\/\.python-version` asks for it$/,
      ),
    });
    await expect(byFile("???\n")).rejects.toMatchObject({ code: "PYTHON_REQUEST_INVALID" });
  });
});

describe("readVersionFile", () => {
  test("walks up to the nearest one that says something", async () => {
    const { io, file } = world();
    await file("/a/.python-version", "3.11\n");
    await file("/a/b/c/.python-version", "# nothing\n\n");
    expect(await readVersionFile(io, absPath("/a/b/c/d"))).toEqual({ path: "/a/.python-version", versions: ["3.11"] });
    expect(await readVersionFile(io, absPath("/x"))).toBeUndefined();
  });
});
