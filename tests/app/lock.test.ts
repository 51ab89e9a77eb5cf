import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parsePylock, selectFromPylock } from "../../src/pep/index.ts";
import { parseTarget } from "../../src/python/index.ts";
import { type TestContext, testContext } from "../kit/context.ts";
import { sdist, sdistFilename } from "../kit/sdist.ts";
import { type WheelParts, wheel, wheelFilename } from "../kit/wheel.ts";

const linux = "linux-x86_64-cp311";
const windows = "windows-amd64-cp312";
const mac = "macos-arm64-cp313";
const three = ["--target", linux, "--target", windows, "--target", mac];

const tags = {
  [linux]: "cp311-cp311-manylinux_2_17_x86_64",
  [windows]: "cp312-cp312-win_amd64",
  [mac]: "cp313-cp313-macosx_11_0_arm64",
} as const;

/** Serves one version with a wheel for each of these tags. */
function serveWheels(
  t: TestContext,
  name: string,
  versions: Record<string, readonly string[]>,
  parts: WheelParts = {},
) {
  t.index.packages[name] = Object.entries(versions).flatMap(([version, all]) =>
    all.map((tag) => {
      const own = { ...parts, tags: [tag] };
      return { filename: wheelFilename(name, version, own), content: wheel(name, version, own) };
    }),
  );
}

/** What a target would install: `name version file`. */
function chosen(text: string, target: string): string[] {
  return selectFromPylock(parsePylock(text), parseTarget(target).target)
    .map(({ package: one, source }) => `${one.name} ${one.version} ${source.kind === "wheel" ? source.file.name : ""}`)
    .sort();
}

const lockOf = (t: TestContext, name = "pylock.toml"): string => readFileSync(join(t.cwd, name), "utf8");

describe("a lock for named targets", () => {
  test("has every target's wheels, and markers only where targets differ", async () => {
    await using t = await testContext({
      web: { "1.0": { requires: ["native", "colours ; sys_platform == 'win32'"] } },
      colours: { "0.4": {} },
    });
    serveWheels(t, "native", { "2.0": Object.values(tags) });
    t.write("requirements.txt", "web\n");
    const said = await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", ...three);
    expect(said).toMatchObject({ exit: 0, err: "" });
    expect(said.out).toContain("locked 3 packages for linux-x86_64-cp311, macos-arm64-cp313, windows-amd64-cp312");
    const text = lockOf(t);
    for (const target of [linux, windows, mac] as const) {
      const expected = [
        `native 2.0 native-2.0-${tags[target]}.whl`,
        "web 1.0 web-1.0-py3-none-any.whl",
        ...(target === windows ? ["colours 0.4 colours-0.4-py3-none-any.whl"] : []),
      ];
      expect(chosen(text, target)).toEqual(expected.sort());
    }
    const { packages, environments } = parsePylock(text);
    expect(packages.map((one) => [one.name, one.marker?.toString()])).toEqual([
      ["colours", 'sys_platform == "win32"'],
      ["native", undefined],
      ["web", undefined],
    ]);
    expect(environments?.map(String)).toEqual([
      'implementation_name == "cpython" and python_version == "3.11" and platform_machine == "x86_64" and sys_platform == "linux"',
      'implementation_name == "cpython" and python_version == "3.12" and platform_machine == "AMD64" and sys_platform == "win32"',
      'implementation_name == "cpython" and python_version == "3.13" and platform_machine == "arm64" and sys_platform == "darwin"',
    ]);
    expect(() => chosen(text, "linux-x86_64-cp312")).toThrow(expect.objectContaining({ code: "LOCK_INVALID" }));
  });

  test("is the same bytes in whatever order the targets are named, and on a second run", async () => {
    await using t = await testContext({ web: { "1.0": { requires: ["native"] } } });
    serveWheels(t, "native", { "1.0": [tags[linux], tags[mac]], "2.0": [tags[windows]] });
    t.write("requirements.txt", "web\n");
    const locked = async (...targets: string[]) =>
      (await t.venvoy("lock", "requirements.txt", ...targets.flatMap((one) => ["--target", one]))).out;
    const text = await locked(linux, windows, mac);
    expect(await locked(mac, linux, windows, linux)).toBe(text);
    await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", ...three);
    expect(lockOf(t)).toBe(text);
    const again = await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml");
    expect(again.out).toContain("says that already");
    expect(lockOf(t)).toBe(text);
  });

  test("takes one version for all where one serves all, else two with markers that exclude each other", async () => {
    await using t = await testContext({});
    serveWheels(t, "shared", { "1.0": Object.values(tags), "2.0": [tags[linux], tags[windows]] });
    serveWheels(t, "apart", { "1.0": [tags[mac]], "2.0": [tags[linux], tags[windows]] });
    t.write("requirements.txt", "shared\napart\n");
    const { out } = await t.venvoy("lock", "requirements.txt", ...three);
    expect(chosen(out, linux).map((one) => one.replace(/ [^ ]*$/, ""))).toEqual(["apart 2.0", "shared 1.0"]);
    expect(chosen(out, mac).map((one) => one.replace(/ [^ ]*$/, ""))).toEqual(["apart 1.0", "shared 1.0"]);
    expect(parsePylock(out).packages.map((one) => [one.name, String(one.version), one.marker?.toString()])).toEqual([
      ["apart", "1.0", 'sys_platform == "darwin"'],
      ["apart", "2.0", 'sys_platform == "linux" or sys_platform == "win32"'],
      ["shared", "1.0", undefined],
    ]);
  });

  test("a package that is nowhere one version is not older than it must be", async () => {
    await using t = await testContext({});
    const older = "linux-x86_64-cp310";
    serveWheels(t, "num", {
      "1.0": ["cp310-cp310-manylinux_2_17_x86_64", tags[linux]],
      "2.0": [tags[linux], tags[windows]],
    });
    serveWheels(t, "sci", { "1.0": ["py3-none-any"], "2.0": ["cp311-none-any", "cp312-none-any"] });
    t.write("requirements.txt", "num\nsci\n");
    const { out } = await t.venvoy(
      "lock",
      "requirements.txt",
      "--target",
      older,
      "--target",
      linux,
      "--target",
      windows,
    );
    const versions = (target: string) => chosen(out, target).map((one) => one.replace(/ [^ ]*$/, ""));
    expect(versions(older)).toEqual(["num 1.0", "sci 1.0"]);
    expect(versions(windows)).toEqual(["num 2.0", "sci 1.0"]);
  });

  test("two C libraries share one version, or are refused when they can't", async () => {
    await using t = await testContext({});
    const musl = "linux-x86_64-musl1.2-cp311";
    const old = "linux-x86_64-glibc2.17-cp311";
    serveWheels(t, "native", {
      "1.0": [tags[linux], "cp311-cp311-musllinux_1_1_x86_64"],
      "2.0": ["cp311-cp311-manylinux_2_28_x86_64"],
    });
    t.write("requirements.txt", "native\n");
    const all = [linux, musl, old];
    const { out } = await t.venvoy("lock", "requirements.txt", ...all.flatMap((one) => ["--target", one]));
    expect(all.map((one) => chosen(out, one))).toEqual([
      ["native 1.0 native-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"],
      ["native 1.0 native-1.0-cp311-cp311-musllinux_1_1_x86_64.whl"],
      ["native 1.0 native-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"],
    ]);
    expect(parsePylock(out).environments).toHaveLength(1);
    serveWheels(t, "native", { "1.0": [tags[linux]], "2.0": ["cp311-cp311-musllinux_1_1_x86_64"] });
    const said = await t.venvoy("lock", "requirements.txt", "--refresh", "--target", linux, "--target", musl);
    expect(said.exit).toBe(1);
    expect(said.err).toContain("`native` differs between linux-x86_64-cp311 and linux-x86_64-musl1.2-cp311");
  });

  test("takes sources only of projects that have no wheel for a target, and says so", async () => {
    await using t = await testContext({ bare: { "1.0": { sdist: { requires: ["idna"] } } }, idna: { "3.7": {} } });
    t.index.packages["native"] = [
      ...["1.0"].flatMap((version) =>
        [linux, windows, mac]
          .map((one) => tags[one as keyof typeof tags])
          .map((tag) => ({
            filename: wheelFilename("native", version, { tags: [tag] }),
            content: wheel("native", version, { tags: [tag] }),
          })),
      ),
      { filename: sdistFilename("native", "2.0"), content: sdist("native", "2.0", {}) },
    ];
    t.write("requirements.txt", "bare\nnative\n");
    const said = await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", ...three);
    expect(said).toMatchObject({ exit: 0, err: expect.stringContaining("bare: built from sources") });
    expect(chosen(lockOf(t), mac).map((one) => one.replace(/ [^ ]*$/, ""))).toEqual([
      "bare 1.0",
      "idna 3.7",
      "native 1.0",
    ]);
    expect(parsePylock(lockOf(t)).packages[0]?.sdist?.name).toBe("bare-1.0.tar.gz");
    const refused = await t.venvoy("lock", "requirements.txt", "--no-build", ...three);
    expect(refused).toMatchObject({ exit: 1, err: expect.stringContaining("bare") });
  });

  test("takes the source for a target that a project has no wheel for, with what its other wheels say", async () => {
    await using t = await testContext({ idna: { "3.7": {} } });
    serveWheels(t, "native", { "1.0": [tags[windows]] }, { requires: ["idna"] });
    t.index.packages["native"] = [
      ...(t.index.packages["native"] ?? []),
      { filename: sdistFilename("native", "1.0"), content: sdist("native", "1.0", { backendCode: "raise OSError" }) },
    ];
    t.write("requirements.txt", "native\n");
    const said = await t.venvoy(
      "lock",
      "requirements.txt",
      "-o",
      "pylock.toml",
      "--target",
      linux,
      "--target",
      windows,
    );
    expect(said).toMatchObject({ exit: 0, err: expect.stringContaining("native: built from sources") });
    expect(chosen(lockOf(t), linux)).toEqual(["idna 3.7 idna-3.7-py3-none-any.whl", "native 1.0 "]);
    expect(chosen(lockOf(t), windows)[1]).toContain("win_amd64.whl");
  });

  test("says for which target nothing fits", async () => {
    await using t = await testContext({});
    serveWheels(t, "native", { "1.0": [tags[linux]] });
    t.write("requirements.txt", "native\n");
    const said = await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", ...three);
    expect(said.exit).toBe(1);
    expect(said.err).toContain("For macos-arm64-cp313:");
    expect(existsSync(join(t.cwd, "pylock.toml"))).toBe(false);
  });
});

describe("a lock file that is there", () => {
  const projects = { demo: { "1.0": {} }, other: { "1.0": {} } };

  test("keeps its versions while they fit; --upgrade and --upgrade-package let go", async () => {
    await using t = await testContext(projects);
    t.write("requirements.txt", "demo\nother\n");
    await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", ...three);
    t.serve("demo", { "1.0": {}, "2.0": {} });
    t.serve("other", { "1.0": {}, "2.0": {} });
    const locked = async (...words: string[]) => {
      const said = await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", "--refresh", ...words);
      expect(said).toMatchObject({ exit: 0, err: "" });
      return chosen(lockOf(t), windows).map((one) => one.replace(/ [^ ]*$/, ""));
    };
    expect(await locked()).toEqual(["demo 1.0", "other 1.0"]);
    expect(await locked("--upgrade-package", "other")).toEqual(["demo 1.0", "other 2.0"]);
    expect(await locked("--upgrade", "--dry-run")).toEqual(["demo 1.0", "other 2.0"]);
    expect(await locked("--upgrade")).toEqual(["demo 2.0", "other 2.0"]);
  });

  test("--check writes nothing and exits with 3 once it no longer answers what is asked", async () => {
    await using t = await testContext(projects);
    t.write("requirements.txt", "demo\n");
    const check = () => t.venvoy("lock", "requirements.txt", "--check");
    expect(await check()).toMatchObject({ exit: 1, err: expect.stringContaining("no such file") });
    await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", ...three);
    const before = lockOf(t);
    expect(await check()).toMatchObject({ exit: 0, out: expect.stringContaining("answers what is asked") });
    t.serve("demo", { "1.0": {}, "2.0": {} });
    expect(await t.venvoy("lock", "requirements.txt", "--check", "--refresh")).toMatchObject({ exit: 0 });
    t.write("requirements.txt", "demo>=2\nother\n");
    expect(await check()).toMatchObject({
      exit: 3,
      out: expect.stringMatching(/~ demo 1\.0 -> 2\.0\n {2}\+ other 1\.0/),
    });
    t.write("requirements.txt", "demo\n");
    expect(await t.venvoy("lock", "requirements.txt", "--check", "--target", "linux-x86_64-cp39")).toMatchObject({
      exit: 3,
    });
    expect(lockOf(t)).toBe(before);
  });

  test("--exclude-newer leaves young releases out", async () => {
    await using t = await testContext({});
    const at = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
    const file = (version: string, days: number) => ({
      filename: wheelFilename("demo", version),
      content: wheel("demo", version),
      uploadTime: at(days),
    });
    t.index.options = { format: "json" };
    t.index.packages["demo"] = [file("1.0", 30), file("2.0", 1)];
    t.write("requirements.txt", "demo\n");
    const { out } = await t.venvoy("lock", "requirements.txt", "--exclude-newer", "3d", ...three);
    expect(chosen(out, mac)).toEqual(["demo 1.0 demo-1.0-py3-none-any.whl"]);
    expect((await t.venvoy("lock", "requirements.txt", ...three)).out).toContain('version = "2.0"');
  });

  test("another file than a lock is neither read as one nor written over", async () => {
    await using t = await testContext(projects);
    t.write("requirements.txt", "demo\n");
    const named = await t.venvoy("lock", "requirements.txt", "-o", "requirements.lock");
    expect(named).toMatchObject({ exit: 2, err: expect.stringContaining("pylock.toml") });
    const file = t.write("pylock.toml", "not a lock\n");
    expect(await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", ...three)).toMatchObject({ exit: 1 });
    expect(readFileSync(file, "utf8")).toBe("not a lock\n");
  });
});

describe("a lock for this machine's Python", () => {
  test("is made of an environment, keeps its versions, and installs here again", async () => {
    await using t = await testContext({ demo: { "1.0": {} } });
    await t.venvoy("create", "first", "demo");
    t.serve("demo", { "1.0": {}, "2.0": {} });
    const said = await t.venvoy("lock", "-n", "first", "-o", "pylock.toml", "--refresh");
    expect(said).toMatchObject({ exit: 0, err: "" });
    expect(lockOf(t)).toContain('version = "1.0"');
    expect(lockOf(t)).not.toContain("targets");
    expect(await t.venvoy("create", "second", "-f", "pylock.toml")).toMatchObject({ exit: 0, err: "" });
    const { installed } = await t.library.show({ name: "second" });
    expect(installed.map((one) => `${one.name} ${one.version}`)).toContain("demo 1.0");
  });

  test("names sources as sources", async () => {
    await using t = await testContext({
      src: { "1.0": { sdist: {} } },
    });
    t.write("requirements.txt", "src\n");
    const said = await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml");
    expect(said).toMatchObject({ exit: 0, err: "" });
    const [one] = parsePylock(lockOf(t)).packages;
    expect(one?.sdist?.name).toBe("src-1.0.tar.gz");
  });

  test("takes extras and groups of a project when they are named", async () => {
    await using t = await testContext({ demo: { "1.0": {} }, fast: { "1.0": {} }, tests: { "1.0": {} } });
    t.write(
      "pyproject.toml",
      '[project]\nname = "own"\ndependencies = ["demo"]\n[project.optional-dependencies]\nmore = ["fast"]\n[dependency-groups]\ndev = ["tests"]\n',
    );
    const names = async (...words: readonly string[]) =>
      parsePylock((await t.venvoy("lock", "pyproject.toml", ...words)).out).packages.map(({ name }) => String(name));
    expect(await names()).toEqual(["demo"]);
    expect(await names("--extra", "more", "--group", "dev")).toEqual(["demo", "fast", "tests"]);
  });

  test("files and an environment, or two Pythons, are one too many", async () => {
    await using t = await testContext({ demo: { "1.0": {} } });
    writeFileSync(join(t.cwd, "requirements.txt"), "demo\n");
    expect(await t.venvoy("lock", "requirements.txt", "-n", "first")).toMatchObject({ exit: 2 });
    expect(await t.venvoy("lock", "requirements.txt", "-p", "3.12", "--target", linux)).toMatchObject({ exit: 2 });
  });
});
