/** Locks for several targets and wheelhouses, with other tools. Uses the registry, pip's newest version and uv. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { binary, type Person, person } from "../kit/binary.ts";
import { realPythons } from "../kit/real-pythons.ts";
import { sdist } from "../kit/sdist.ts";
import { sourceProject } from "../kit/source-project.ts";

const requirements = "numpy\npandas\nrequests\nclick\nrich\n";
const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
const others = ["windows-amd64-cp312", "macos-arm64-cp313"];

async function ok(ann: Person, program: string, words: readonly string[], env: Record<string, string> = {}) {
  const ended = await ann.run(program, words, { env });
  expect(ended, `${program} ${words.join(" ")}`).toMatchObject({ exit: 0 });
  return ended.out;
}

/** `name version` of each package, pip aside. */
function names(frozen: string): string[] {
  return frozen
    .split("\n")
    .filter((line) => line.includes("=="))
    .map((line) => line.toLowerCase().replace("==", " ").replaceAll("_", "-"))
    .filter((line) => !/^(pip|setuptools|wheel) /.test(line))
    .sort();
}

/** The oldest and the newest that all packages here have wheels for. */
const supported = realPythons().filter(({ minor }) => ["3.10", "3.11", "3.12", "3.13"].includes(minor));
const pythons = [...new Set([...supported.slice(0, 1), ...supported.slice(-1)])];

describe.skipIf(process.platform !== "linux" || pythons.length === 0)("one lock for several targets", () => {
  test("pip, uv and venvoy install the same from it, on an old and a new Python", { timeout: 600_000 }, async () => {
    using ann = person();
    writeFileSync(join(ann.home, "requirements.txt"), requirements);
    const here = pythons.map(({ minor }) => `linux-${machine}-cp${minor.replace(".", "")}`);
    const targets = [...here, ...others].flatMap((one) => ["--target", one]);
    await ok(ann, binary, ["lock", "requirements.txt", "-o", "pylock.toml", ...targets]);
    const text = readFileSync(join(ann.home, "pylock.toml"), "utf8");
    expect(text).toContain("win_amd64.whl");
    expect(text).toContain("macosx_");
    expect((await ann.venvoy("lock", "requirements.txt", "--check")).exit).toBe(0);
    await ok(ann, "python3", ["-m", "venv", "tools"]);
    await ok(ann, join(ann.home, "tools/bin/python"), ["-m", "pip", "install", "-q", "-U", "pip", "uv"]);
    for (const { minor, program } of pythons) {
      const [byPip, byUv] = [join(ann.home, `pip-${minor}`), join(ann.home, `uv-${minor}`)];
      await ok(ann, program, ["-m", "venv", byPip]);
      await ok(ann, join(byPip, "bin/python"), ["-m", "pip", "install", "-q", "-U", "pip"]);
      await ok(ann, join(byPip, "bin/python"), ["-m", "pip", "install", "-q", "-r", "pylock.toml"]);
      await ok(ann, join(byPip, "bin/python"), ["-m", "pip", "check"]);
      await ok(ann, program, ["-m", "venv", "--without-pip", byUv]);
      const uv = [join(ann.home, "tools/bin/uv"), ["pip"]] as const;
      const quick = ["--python", join(byUv, "bin/python")];
      await ok(ann, uv[0], [...uv[1], "sync", "--preview", "-q", "pylock.toml", ...quick]);
      await ok(ann, binary, ["create", `ours-${minor}`, "-p", minor, "-f", "pylock.toml"]);
      const pipNames = names(await ok(ann, join(byPip, "bin/python"), ["-m", "pip", "freeze"]));
      expect(pipNames.length).toBeGreaterThan(10);
      expect(names(await ok(ann, uv[0], [...uv[1], "freeze", ...quick]))).toEqual(pipNames);
      expect(names(await ok(ann, binary, ["export", `ours-${minor}`, "--as", "pip-freeze"]))).toEqual(pipNames);
      await ok(ann, join(byUv, "bin/python"), ["-c", "import numpy, pandas, requests, click, rich"]);
    }
  });

  test("a wheelhouse that was killed half-way is finished, and serves a home without network", {
    timeout: 600_000,
  }, async () => {
    const python = pythons.at(-1);
    if (python === undefined) throw new Error("there is no Python to test with");
    using ann = person();
    writeFileSync(join(ann.home, "requirements.txt"), requirements);
    const targets = [`linux-${machine}-cp${python.minor.replace(".", "")}`, ...others];
    const words = ["requirements.txt", "-o", "house", ...targets.flatMap((one) => ["--target", one])];
    const house = join(ann.home, "house");
    const whole = (): string[] => (existsSync(house) ? readdirSync(house).filter((name) => name.endsWith(".whl")) : []);
    await ann.run(binary, ["fetch", ...words], {
      onStart: (child) => {
        const timer = setInterval(() => {
          if (whole().length > 0 || child.exitCode !== null) child.kill("SIGKILL");
        }, 5);
        child.on("close", () => clearInterval(timer));
      },
    });
    const first = whole();
    for (const name of first) execFileSync("python3", ["-m", "zipfile", "-t", join(house, name)], { stdio: "pipe" });
    const report = JSON.parse(await ok(ann, binary, ["fetch", ...words, "--json"])) as {
      files: readonly { filename: string; state: string }[];
    };
    expect(report.files.filter(({ state }) => state === "there").map(({ filename }) => filename)).toEqual(first.sort());
    expect(readdirSync(house).sort()).toEqual(report.files.map(({ filename }) => filename).sort());

    await ok(ann, binary, ["lock", "requirements.txt", "-o", "pylock.toml", "--target", targets[0] ?? ""]);
    for (const file of ["requirements.txt", "pylock.toml"]) {
      using bob = person({ HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" });
      mkdirSync(join(bob.home, "work"));
      writeFileSync(join(bob.home, file), readFileSync(join(ann.home, file)));
      await ok(bob, binary, ["create", "demo", "-p", python.minor, "--offline"]);
      await ok(bob, binary, ["sync", "-n", "demo", file, "--offline", "--no-index", "--find-links", house]);
      await ok(bob, binary, ["run", "-n", "demo", "-c", "import numpy, pandas, requests, click, rich"]);
    }
  });

  test("sources by address: uv and venvoy install the same from the lock, pip what it takes", {
    timeout: 600_000,
  }, async () => {
    using ann = person();
    const repository = sourceProject(join(ann.home, "repos"), "fromgit", { requires: ["idna"] });
    const git = (...words: readonly string[]) =>
      execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@mail.example", ...words], { cwd: repository });
    git("init", "--quiet", "--initial-branch=main");
    git("add", ".");
    git("commit", "--quiet", "-m", "one");
    sourceProject(ann.home, "tree");
    sourceProject(ann.home, "edited");
    writeFileSync(join(ann.home, "packed-1.0.tar.gz"), sdist("packed", "1.0"));
    const written = `fromgit @ git+${pathToFileURL(repository).href}@main\n./tree\n-e ./edited\n./packed-1.0.tar.gz\n`;
    writeFileSync(join(ann.home, "requirements.txt"), written);
    writeFileSync(join(ann.home, "archives.txt"), "./packed-1.0.tar.gz\nidna\n");
    await ok(ann, binary, ["lock", "requirements.txt", "-o", "pylock.toml"]);
    await ok(ann, binary, ["lock", "archives.txt", "-o", "pylock.archives.toml"]);
    await ok(ann, "python3", ["-m", "venv", "tools"]);
    await ok(ann, join(ann.home, "tools/bin/python"), ["-m", "pip", "install", "-q", "-U", "pip", "uv"]);
    await ok(ann, binary, ["create", "ours", "-f", "pylock.toml"]);
    const [uv, byUv] = [join(ann.home, "tools/bin/uv"), join(ann.home, "by-uv")];
    await ok(ann, uv, ["venv", "-q", byUv]);
    const there = ["--python", join(byUv, "bin/python")];
    await ok(ann, uv, ["pip", "sync", "--preview", "-q", "pylock.toml", ...there]);
    const lines = (text: string) =>
      text
        .split("\n")
        .filter((line) => line.includes("@") || line.includes("=="))
        .filter((line) => !line.startsWith("#"))
        .sort();
    expect(lines(await ok(ann, binary, ["export", "ours", "--as", "pip-freeze"]))).toEqual(
      lines(await ok(ann, uv, ["pip", "freeze", ...there])),
    );
    await ok(ann, join(ann.home, "tools/bin/python"), ["-m", "pip", "install", "-q", "-r", "pylock.archives.toml"]);
    await ok(ann, join(ann.home, "tools/bin/python"), ["-c", "import packed, idna"]);
  });

  test("uv.lock: what uv sync installs by default, and without its default groups", { timeout: 600_000 }, async () => {
    using ann = person();
    await ok(ann, "python3", ["-m", "venv", "tools"]);
    await ok(ann, join(ann.home, "tools/bin/python"), ["-m", "pip", "install", "-q", "-U", "uv"]);
    const uv = join(ann.home, "tools/bin/uv");
    const project = (name: string, needs: string, dev: string) =>
      `[project]\nname = "${name}"\nversion = "0"\nrequires-python = ">=3.10"\ndependencies = ["${needs}"]\n[dependency-groups]\ndev = ["${dev}"]\n`;
    const workspace = `[tool.uv.workspace]\nmembers = ["a", "b"]\n`;
    const docs = `docs = ["mdurl"]\n[project.optional-dependencies]\nfast = ["six"]\n`;
    const roots = {
      project: `${project("root", "idna", "iniconfig")}${docs}${workspace}`,
      chosen: `${project("root", "idna", "iniconfig")}${docs}[tool.uv]\ndefault-groups = ["docs"]\n`,
      virtual: `[dependency-groups]\ndev = ["iniconfig"]\n${workspace}`,
    };
    for (const [name, text] of Object.entries(roots)) {
      const place = join(ann.home, name);
      for (const member of ["a", "b"]) mkdirSync(join(place, member), { recursive: true });
      writeFileSync(join(place, "pyproject.toml"), text);
      writeFileSync(join(place, "a", "pyproject.toml"), project("a", "click", "pluggy"));
      writeFileSync(join(place, "b", "pyproject.toml"), project("b", "colorama", "typing-extensions"));
      await ok(ann, uv, ["lock", "-q", "--directory", place]);
      await ok(ann, binary, ["create", name, "-f", join(place, "uv.lock")]);
      const ours = async () => names(await ok(ann, binary, ["export", name, "--as", "pip-freeze"]));
      const theirs = async (...words: readonly string[]) => {
        const options = ["--no-hashes", "--no-emit-workspace", "--no-annotate", "--no-header"];
        return names(await ok(ann, uv, ["export", "-q", "--directory", place, ...options, ...words]));
      };
      expect(await ours()).toEqual(await theirs());
      await ok(ann, binary, ["sync", "-n", name, join(place, "uv.lock"), "--no-default-groups"]);
      expect(await ours()).toEqual(await theirs("--no-default-groups"));
    }
  });
});
