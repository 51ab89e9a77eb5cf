import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type TestContext, testContext } from "../kit/context.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";

const projects = {
  idna: { "3.6": {}, "3.7": {} },
  web: { "1.0": { requires: ["idna<3.7"] } },
};

/** Names that their authors write in another way than the index does. */
function serveOddNames(t: TestContext): void {
  for (const [key, name, version] of [
    ["odd-name", "Odd.Name", "1.0rc1"],
    ["zope-x", "ZOPE_x", "1.0.0"],
  ] as const) {
    const parts = { files: { [`${key.replace("-", "_")}.py`]: "" }, requires: ["idna"] };
    t.index.packages[key] = [{ filename: wheelFilename(name, version), content: wheel(name, version, parts) }];
  }
}

test("what is asked for, with who asks, as each format has it", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "web>=0.5");
  t.write("sub/plot.py", "# venv: demo\n# r: idna!=3.5, web>=0.5\n");
  await t.runs("run", "sub/plot.py");
  const python = (await t.library.show({ name: "demo" })).python?.split(".").slice(0, 2).join(".") ?? "";
  const said = async (...words: readonly string[]) => (await t.venvoy("export", "demo", ...words)).out;
  expect(await said()).toBe(
    `# What is asked of the environment demo (venvoy, Python ${python})\nweb>=0.5  # plot.py line 2\nidna!=3.5  # plot.py line 2\n`,
  );
  expect(await said("--pinned")).toContain("\nidna==3.6\nweb==1.0\n");
  expect(await said("--hash")).toMatch(/\nidna==3\.6 \\\n {4}--hash=sha256:[0-9a-f]{64}\nweb==1\.0 \\\n/);
  expect(await said("--as", "pyproject")).toBe(
    `[project]\nname = "demo"\nversion = "0"\nrequires-python = ">=${python}"\ndependencies = [\n    "web>=0.5",\n    "idna!=3.5",\n]\n`,
  );
  expect(await said("--as", "environment.yml")).toBe(
    `name: demo\nchannels:\n  - conda-forge  # gives Python and pip alone; the packages below come from package indexes\ndependencies:\n  - python=${python}\n  - pip\n  - pip:\n      - web>=0.5\n      - idna!=3.5\n`,
  );
  expect(await said("--as", "script-header", "--pinned")).toBe(
    `# /// script\n# requires-python = ">=${python}"\n# dependencies = [\n#     "idna==3.6",\n#     "web==1.0",\n# ]\n# ///\n`,
  );
  expect(await said("--as", "rhino-header")).toBe("#! python 3\n# venv: demo\n# r: web>=0.5\n# r: idna!=3.5\n");
  expect(await said("--as", "pylock")).toBe(await said("--as", "pylock"));
});

test("pip freeze is printed to the byte, also of what pip put there by hand", async () => {
  await using t = await testContext(projects);
  serveOddNames(t);
  await t.venvoy("create", "demo", "odd-name", "ZOPE-X");
  const direct = t.write("local-2.0-py3-none-any.whl", "");
  writeFileSync(direct, wheel("local", "2.0"));
  const pip = async (...words: readonly string[]) => t.runs("run", "-n", "demo", "-m", "pip", ...words);
  expect((await pip("install", "-q", "--disable-pip-version-check", direct, "web")).exit).toBe(0);
  const frozen = await pip("freeze", "--disable-pip-version-check");
  expect(frozen.out).toContain("local @ file://");
  expect((await t.venvoy("export", "demo", "--as", "pip-freeze")).out).toBe(frozen.out);
  await t.venvoy("create", "empty");
  expect((await t.venvoy("export", "empty", "--as", "pip-freeze")).out).toBe("");
  await t.venvoy("create", "wide", "idna", "--system-site-packages");
  expect((await t.venvoy("export", "wide", "--as", "pip-freeze")).out).toBe(
    (await t.runs("run", "-n", "wide", "-m", "pip", "freeze", "--disable-pip-version-check")).out,
  );
});

test("-o says the format by the name, and overwrites nothing unasked", async () => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "idna");
  const file = join(t.cwd, "requirements.txt");
  expect((await t.venvoy("export", "demo", "-o", "requirements.txt", "--dry-run")).out).toContain("would write");
  expect(existsSync(file)).toBe(false);
  expect((await t.venvoy("export", "demo", "-o", "requirements.txt")).out).toContain("wrote demo as requirements");
  expect((await t.venvoy("export", "demo", "-o", "requirements.txt")).out).toContain("says that already");
  writeFileSync(file, "mine\n");
  const refused = await t.venvoy("export", "demo", "-o", "requirements.txt");
  expect(refused).toMatchObject({ exit: 2, out: "" });
  expect(refused.err).toContain("`requirements.txt` is there already");
  expect(readFileSync(file, "utf8")).toBe("mine\n");
  expect((await t.venvoy("export", "demo", "-o", "requirements.txt", "--yes")).exit).toBe(0);
  expect(readFileSync(file, "utf8")).toContain("\nidna\n");

  t.write("pyproject.toml", '# mine\n[project]\nname = "x"\nversion = "1"\ndependencies = ["old", "idna<9"]\n');
  expect((await t.venvoy("export", "demo", "-o", "pyproject.toml")).exit).toBe(0);
  expect(readFileSync(join(t.cwd, "pyproject.toml"), "utf8")).toBe(
    '# mine\n[project]\nname = "x"\nversion = "1"\ndependencies = ["idna"]\n',
  );
  const script = t.write("a.py", "");
  writeFileSync(script, Buffer.from("# r: old\ns = '\xe9'\n", "latin1"));
  expect((await t.venvoy("export", "demo", "-o", "a.py")).exit).toBe(0);
  expect(readFileSync(script, "latin1")).toContain("idna");
  expect(readFileSync(script, "latin1")).toContain("s = '\xe9'\n");
  expect(readFileSync(script, "latin1")).not.toContain("old");
});

test.each([
  [["--as", "foo"], "`foo` is no format"],
  [["-o", "x.bin"], "is not clear from its name"],
  [["--as", "pylock", "--pinned"], "holds exact versions anyway"],
  [["--as", "pyproject", "--hash"], "`--hash` is for requirements"],
  [["-n", "other"], "name two environments"],
])("`export demo %s` is refused", async (words, why) => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo");
  const said = await t.venvoy("export", "demo", ...words);
  expect(said.exit).toBe(2);
  expect(said.err).toContain(why);
});

test("what was installed by hand is asked for, and said to be missing in an exact export", {
  timeout: 300_000,
}, async () => {
  await using t = await testContext(projects);
  serveOddNames(t);
  await t.venvoy("create", "demo", "idna");
  await t.runs("run", "-n", "demo", "-m", "pip", "install", "-q", "--disable-pip-version-check", "odd-name==1.0rc1");
  expect((await t.venvoy("export", "demo")).out).toContain("odd-name  # installed by pip");
  expect((await t.venvoy("export", "demo", "--as", "pylock")).err).toContain("installed by hand since is not in it");
});

test("a lock made here gives the same set in another home, without network, with the store alone", async () => {
  await using t = await testContext(projects);
  serveOddNames(t);
  await t.venvoy("create", "demo", "web", "zope-x");
  const lock = t.write("pylock.toml", (await t.venvoy("export", "demo", "--as", "pylock")).out);
  const frozen = (await t.venvoy("export", "demo", "--as", "pip-freeze")).out;
  await using other = await testContext();
  mkdirSync(join(other.home, "venvoy"), { recursive: true });
  cpSync(join(t.home, "venvoy", "store"), join(other.home, "venvoy", "store"), { recursive: true });
  const made = await other.venvoy("create", "same", "-f", lock, "--offline");
  expect(made).toMatchObject({ exit: 0 });
  expect((await other.venvoy("export", "same", "--as", "pip-freeze")).out).toBe(frozen);
  expect((await other.venvoy("export", "same", "--as", "pylock")).out).toBe(readFileSync(lock, "utf8"));
  expect(other.index.requests).toEqual([]);
  // What the store lacks is said, and nothing half-done stays.
  await using bare = await testContext();
  const refused = await bare.venvoy("create", "same", "-f", lock, "--offline");
  expect(refused.exit).toBe(1);
  expect(refused.err).toMatch(/idna|web|zope/);
  expect(await bare.library.list()).toEqual([]);
});

test.each([
  [
    "environments",
    (text: string) => text.replaceAll('linux\\"', 'win32\\"'),
    /was made for cpython [\d.]+ on win32 \S+, and this is cpython [\d.]+ on linux/,
  ],
])("a lock for another platform is refused, and says what it was made for (%s)", async (_, change, why) => {
  await using t = await testContext(projects);
  await t.venvoy("create", "demo", "web");
  const text = (await t.venvoy("export", "demo", "--as", "pylock")).out;
  t.write("pylock.toml", change(text).replaceAll('sys_platform == "linux"', 'sys_platform == "win32"'));
  const refused = await t.venvoy("create", "there", "-f", "pylock.toml");
  expect(refused.exit).toBe(1);
  expect(refused.err).toMatch(why);
  expect((await t.library.list()).map(({ name }) => name)).toEqual(["demo"]);
});

test("a lock whose wheels are for others names what they are for", async () => {
  await using t = await testContext();
  t.write(
    "pylock.toml",
    `lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "fast"\nversion = "1.0"\nwheels = [{ name = "fast-1.0-cp39-cp39-win_amd64.whl", url = "https://index.example/fast-1.0-cp39-cp39-win_amd64.whl", hashes = { sha256 = "${"0".repeat(64)}" } }]\n`,
  );
  const refused = await t.venvoy("create", "there", "-f", "pylock.toml");
  expect(refused.exit).toBe(1);
  expect(refused.err).toContain(
    "none of the wheels of `fast` is for this Python and platform; they are for `cp39-cp39-win_amd64`",
  );
});
