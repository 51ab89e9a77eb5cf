import { describe, expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { findInterpreters, type InterpreterReport } from "../../src/python/index.ts";
import { fakeAnswer, printed } from "../kit/fake-python.ts";
import { type World, world } from "./world.ts";

async function found({ io, options }: World): Promise<string[]> {
  return (await findInterpreters(io, options)).map(line);
}

const line = (report: InterpreterReport): string =>
  "ok" in report
    ? `${report.source}: ${report.ok.version} ${report.ok.executable}`
    : `${report.source}: ${report.path} ${report.reason}`;

describe("places", () => {
  test("pyenv, uv, asdf, mise, conda and the system, newest first in each", async () => {
    const here = world({ env: { PATH: "/usr/bin" } });
    const places: Record<string, string> = {
      "/home/ada/.pyenv/versions/3.9.18": "3.9.18",
      "/home/ada/.pyenv/versions/3.13.0": "3.13.0",
      "/home/ada/.local/share/uv/python/cpython-3.12.4-linux-x86_64-gnu": "3.12.4",
      "/home/ada/.asdf/installs/python/3.8.1": "3.8.1",
      "/home/ada/.local/share/mise/installs/python/3.11.1": "3.11.1",
      "/home/ada/miniconda3": "3.10.1",
      "/home/ada/miniconda3/envs/science": "3.10.2",
      "/data/conda-env": "3.10.3",
      "/usr": "3.11.2",
    };
    for (const [prefix, version] of Object.entries(places)) await here.pythons.install(here.io.fs, prefix, { version });
    await here.file("/home/ada/.conda/environments.txt", "/data/conda-env\n/data/removed\n");
    expect(await found(here)).toEqual([
      "path: 3.11.2 /usr/bin/python3.11",
      "pyenv: 3.13.0 /home/ada/.pyenv/versions/3.13.0/bin/python3.13",
      "pyenv: 3.9.18 /home/ada/.pyenv/versions/3.9.18/bin/python3.9",
      "asdf: 3.8.1 /home/ada/.asdf/installs/python/3.8.1/bin/python3.8",
      "mise: 3.11.1 /home/ada/.local/share/mise/installs/python/3.11.1/bin/python3.11",
      "uv: 3.12.4 /home/ada/.local/share/uv/python/cpython-3.12.4-linux-x86_64-gnu/bin/python3.12",
      "conda: 3.10.1 /home/ada/miniconda3/bin/python3.10",
      "conda: 3.10.2 /home/ada/miniconda3/envs/science/bin/python3.10",
      "conda: 3.10.3 /data/conda-env/bin/python3.10",
    ]);
  });

  test("variables move them", async () => {
    const here = world({
      env: {
        PYENV_ROOT: "/p",
        UV_PYTHON_INSTALL_DIR: "/u",
        ASDF_DATA_DIR: "/a",
        MISE_DATA_DIR: "/m",
        CONDA_PREFIX: "/c",
      },
    });
    for (const prefix of [
      "/p/versions/3.9.1",
      "/u/cpython-3.9.2",
      "/a/installs/python/3.9.3",
      "/m/installs/python/3.9.4",
      "/c",
    ]) {
      await here.pythons.install(here.io.fs, prefix, { version: `3.9.${prefix === "/c" ? "5" : prefix.at(-1)}` });
    }
    expect((await found(here)).map((one) => one.split(" ")[0])).toEqual(["pyenv:", "asdf:", "mise:", "uv:", "conda:"]);
  });

  test("python.org and Homebrew on a Mac; the shop window of Apple is left alone", async () => {
    const here = world({ os: "macos", env: { PATH: "/opt/homebrew/bin:/usr/bin" } });
    const framework = "/Library/Frameworks/Python.framework/Versions/3.12";
    await here.pythons.install(here.io.fs, framework, { version: "3.12.4", os: "macos" });
    await here.io.fs.symlink("3.12", absPath("/Library/Frameworks/Python.framework/Versions/Current"), "directory");
    const cellar = "/opt/homebrew/Cellar/python@3.13/3.13.1/Frameworks/Python.framework/Versions/3.13";
    const stable = "/opt/homebrew/opt/python@3.13/Frameworks/Python.framework/Versions/3.13";
    await here.io.fs.makeDir(absPath("/opt/homebrew/opt"));
    await here.io.fs.makeDir(absPath("/opt/homebrew/bin"));
    await here.pythons.place(
      here.io.fs,
      `${cellar}/bin/python3.13`,
      printed(
        fakeAnswer({ version: "3.13.1", os: "macos" }, { prefix: stable, executable: `${stable}/bin/python3.13` }),
      ),
    );
    await here.io.fs.symlink("../Cellar/python@3.13/3.13.1", absPath("/opt/homebrew/opt/python@3.13"), "directory");
    await here.io.fs.symlink(`${cellar}/bin/python3.13`, absPath("/opt/homebrew/bin/python3"), "file");
    await here.file("/usr/bin/python3", "Apple's");
    expect(await found(here)).toEqual([
      // The prefix that survives an upgrade, not the one in the Cellar.
      `path: 3.13.1 ${stable}/bin/python3.13`,
      "path: /usr/bin/python3 it only offers to install Apple's command line tools",
      `python.org: 3.12.4 ${framework}/bin/python3.12`,
    ]);
  });
});

describe("one that can't be used never stops the search", () => {
  test("each with its reason", async () => {
    const here = world({
      env: { PATH: "/silent/bin:/crash/bin:/slow/bin:/foreign/bin:/dangling/bin:/a/file:/good/bin" },
    });
    const { fs } = here.io;
    await here.pythons.place(fs, "/silent/bin/python3", { stdout: "hello" });
    await here.pythons.place(fs, "/crash/bin/python3", {
      killedBy: "SIGSEGV",
      stderr: "Fatal: \u001b[31mno encodings\n",
    });
    await here.pythons.place(fs, "/slow/bin/python3", { timedOut: true });
    await here.pythons.place(fs, "/foreign/bin/python3", undefined);
    await fs.makeDir(absPath("/dangling/bin"));
    await fs.symlink("/gone/python3.11", absPath("/dangling/bin/python3"), "file");
    await here.file("/a/file", "no directory");
    await here.pythons.install(fs, "/good", { version: "3.11.7" });
    expect(await found(here)).toEqual([
      "path: /silent/bin/python3 it does not answer as a Python does",
      "path: /crash/bin/python3 it was ended by SIGSEGV: Fatal: \\x1b[31mno encodings",
      "path: /slow/bin/python3 it gave no answer within 15 s",
      "path: /foreign/bin/python3 it can't be started (it is not there, or the loader that it names is missing)",
      "path: /dangling/bin/python3 it is a link to nothing: the Python behind it is gone",
      "path: 3.11.7 /good/bin/python3.11",
    ]);
  });

  test("whatever is printed around the answer is skipped", async () => {
    const here = world({ env: { PATH: "/a/bin" } });
    const answer = fakeAnswer({ version: "3.11.7" }, { prefix: "/a", executable: "/a/bin/python3" });
    const noise = { before: 'Welcome! {"version": "9"} <venvoy: not this :venvoy>\u0000\n', after: "bye\n" };
    await here.pythons.place(here.io.fs, "/a/bin/python3", printed(answer, noise));
    expect(await found(here)).toEqual(["path: 3.11.7 /a/bin/python3"]);
  });

  test("an answer with the wrong shape is no answer", async () => {
    const here = world({ env: { PATH: "/a/bin" } });
    await here.pythons.place(here.io.fs, "/a/bin/python3", printed({ version: "3.11.7" }));
    expect(await found(here)).toEqual(["path: /a/bin/python3 it does not answer as a Python does"]);
  });
});

test("several paths to one program are one Python with aliases; it is asked once", async () => {
  const here = world({ env: { PATH: "/usr/bin:/bin:/opt/links" } });
  await here.pythons.install(here.io.fs, "/usr", { version: "3.11.2" });
  await here.io.fs.symlink("usr/bin", absPath("/bin"), "directory");
  await here.io.fs.makeDir(absPath("/opt/links"));
  await here.io.fs.symlink("/usr/bin/python3.11", absPath("/opt/links/python"), "file");
  const [one, ...others] = await findInterpreters(here.io, here.options);
  expect(others).toEqual([]);
  expect(one).toMatchObject({
    path: "/usr/bin/python3",
    aliases: [
      "/usr/bin/python",
      "/bin/python3",
      "/bin/python",
      "/opt/links/python",
      "/usr/bin/python3.11",
      "/bin/python3.11",
    ],
  });
  expect(here.started()).toEqual(["/usr/bin/python3.11"]);
});

test("relative and empty entries of PATH are never looked at", async () => {
  const here = world({ env: { PATH: "::.:bin:/usr/bin" }, cwd: "/proj" });
  await here.pythons.install(here.io.fs, "/proj", { version: "3.12.1" });
  await here.pythons.place(here.io.fs, "/proj/python3", {});
  await here.pythons.install(here.io.fs, "/usr", { version: "3.11.2" });
  expect(await found(here)).toEqual(["path: 3.11.2 /usr/bin/python3.11"]);
});

test("files that may not be executed are no programs", async () => {
  const here = world({ env: { PATH: "/a/bin" } });
  await here.io.fs.makeDir(absPath("/a/bin"));
  await here.io.fs.write(absPath("/a/bin/python3"), "text", { mode: 0o644 });
  expect(await found(here)).toEqual([]);
});
