import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestContext, testContext } from "../../kit/context.ts";
import { WrittenPublication } from "../../kit/publication.ts";
import { realPythons } from "../../kit/real-pythons.ts";

const python = realPythons().find(({ minor }) => minor === "3.11") ?? realPythons().at(-1);
const { program = "", minor = "" } = python ?? {};

let context: TestContext;
beforeAll(async () => {
  if (python === undefined) return;
  context = await testContext({ tool: { "1.0": { files: { "tool.py": "version = '1.0'\n" } } } });
  expect((await context.venvoy("create", "tools", "--python", minor, "tool")).exit).toBe(0);
});
afterAll(async () => context?.[Symbol.asyncDispose]());

const snippet = (...words: string[]) => context.venvoy("host", "snippet", ...words);
const starts = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(program, words, { env: { HOME: context.home, PATH: "/usr/bin:/bin" } });
  return { exit: status, out: stdout.toString(), err: stderr.toString() };
};

test.skipIf(python === undefined)("the lines alone are the answer; where they go is said beside it", async () => {
  for (const kind of ["maya", "blender", "houdini", "nuke", "unreal", "qgis"]) {
    const { exit, out, err } = await snippet("-n", "tools", "--for", kind);
    expect([exit, err.split("\n").length]).toEqual([0, 2]);
    const ran = starts("-c", `${out}\nimport tool\nprint(tool.version)`);
    expect([kind, ran]).toEqual([kind, { exit: 0, out: "1.0\n", err: "" }]);
  }
  expect((await snippet("-n", "tools", "--for", "maya")).err).toContain(
    "`userSetup.py` in `$MAYA_APP_DIR/VERSION/scripts`",
  );
  expect((await snippet("-n", "tools", "--for", "nuke")).err).toContain(`here that is ${context.home}/.nuke/init.py`);
  expect((await snippet("-n", "tools", "--for", "3dsmax")).out).toMatch(/^\(\n {2}local venvoyProgram/);
  expect((await snippet("-n", "tools", "--for", "maya", "--lang", "mel")).out).toMatch(/^\{\n {2}string /);
  const seen = ["--seen-as", "K:\\tools", "--seen-as", "/mnt/tools"];
  expect((await snippet("-n", "tools", "--for", "maya", ...seen)).out).toContain('["K:\\\\tools", "/mnt/tools"]');
  const bat = await snippet("-n", "tools", "--for", "3dsmax", "--lang", "bat", "--seen-as", "K:\\tools");
  expect(bat.out).toContain(
    'set "ADSK_3DSMAX_STARTUPSCRIPTS_ADDON_DIR=%~dp0venvoy;%ADSK_3DSMAX_STARTUPSCRIPTS_ADDON_DIR%"',
  );
  expect(bat.err).toContain("the answer of --lang maxscript goes beside it");
  expect(JSON.parse((await snippet("-n", "tools", "--for", "maya", "--json")).out)).toMatchObject({
    language: "python",
  });
});

test.skipIf(python === undefined)(
  "they go into the startup file, once, and come out as if nothing had been",
  async () => {
    const scripts = join(context.home, "maya", "2025", "scripts");
    mkdirSync(join(context.home, "maya", "2024"), { recursive: true });
    mkdirSync(scripts, { recursive: true });
    const file = join(scripts, "userSetup.py");
    const before = Buffer.from(
      "# coding: latin-1\r\nname = '\u00e9'\r\nimport tool\r\nprint(tool.version)\r\n",
      "latin1",
    );
    writeFileSync(file, before);
    const write = (...words: string[]) => snippet("-n", "tools", "--for", "maya", "--write", ...words);
    expect((await write("--dry-run")).out).toContain(`would put lines for tools into ${file}`);
    expect(readFileSync(file)).toEqual(before);
    expect((await write()).out).toContain(`put lines for tools into ${file}`);
    const after = readFileSync(file);
    expect(starts(file)).toEqual({ exit: 0, out: "1.0\n", err: "" });
    expect((await write()).out).toContain("already");
    expect(readFileSync(file)).toEqual(after);
    expect((await snippet("-n", "tools", "--for", "maya", "--remove")).exit).toBe(0);
    expect(readFileSync(file)).toEqual(before);
    expect((await snippet("-n", "tools", "--for", "maya", "--remove")).out).toContain("no lines for tools are in");
    // A file that was made for the lines goes with them, also when the environment is gone.
    await context.venvoy("create", "gone", "--python", minor);
    await snippet("-n", "gone", "--for", "nuke", "--write");
    const init = join(context.home, ".nuke", "init.py");
    expect(existsSync(init)).toBe(true);
    await context.venvoy("delete", "gone", "--yes");
    expect((await snippet("-n", "gone", "--for", "nuke", "--remove")).out).toContain(`removed ${init}`);
    expect(existsSync(init)).toBe(false);
  },
);

test.skipIf(python === undefined)("a program that reads paths alone gets a path file in its root", async () => {
  const words = ["--python", program, "--template", "rhino8"];
  expect((await context.venvoy("host", "add", "rhino8", ...words)).exit).toBe(0);
  const root = join(context.home, ".rhinocode");
  const file = join(root, `python-${minor}_venvoy-tools.pth`);
  const wrote = await snippet("-n", "tools", "--for", "rhino", "--write");
  expect([wrote.exit, wrote.err]).toEqual([0, expect.stringContaining("can't look for a version")]);
  const site = join((await context.library.show({ name: "tools" })).path, "lib", `python${minor}`, "site-packages");
  expect(readFileSync(file, "utf8")).toBe(`${site}\n`);
  expect((await context.venvoy("host", "status", "rhino8")).out).toContain(file);
  expect((await snippet("-n", "tools", "--for", "rhino8", "--remove")).out).toContain(`removed ${file}`);
  expect(readdirSync(root)).toEqual([]);
});

test.skipIf(python === undefined)("a local copy of a share is an environment like any other", async () => {
  const [first] = realPythons();
  const share = new WrittenPublication(join(context.home, "share"), "pipeline");
  share.release(1, { packages: { demo: "1.0" } });
  expect((await context.venvoy("pull", share.root, "pipeline")).exit).toBe(0);
  const { out } = await snippet("-n", "pipeline", "--for", "maya");
  const shows = `${out}\nimport demo\nprint(demo.VERSION, demo.__file__)\n`;
  const run = () => spawnSync(first?.program ?? "", ["-c", shows], { env: { HOME: context.home } });
  expect(run().stdout.toString()).toMatch(/^1\.0 .*\/generations\/1\//);
  share.release(2, { packages: { demo: "2.0" } });
  expect((await context.venvoy("pull", share.root, "pipeline")).exit).toBe(0);
  expect(run().stdout.toString()).toMatch(/^2\.0 .*\/generations\/2\//);
});

test.skipIf(python === undefined)(
  "two shares of one name have lines of their own, which go one by one, also when one is gone",
  async () => {
    const shares = ["film", "show"].map((at) => new WrittenPublication(join(context.home, at, "tools"), "tools"));
    for (const [index, { root }] of shares.entries()) {
      const site = join(root, "releases", "1", "lib", `python${minor}`, "site-packages");
      mkdirSync(site, { recursive: true });
      writeFileSync(join(root, "releases", "1", "pyvenv.cfg"), `version = ${minor}.0\n`);
      writeFileSync(join(site, `demo${index}.py`), "");
      writeFileSync(join(root, "current.txt"), "1\n");
    }
    const file = join(context.home, "two.py");
    const edit = ({ root }: WrittenPublication, how: string) =>
      snippet("-n", root, "--for", "nuke", "--file", file, how);
    for (const share of shares) expect((await edit(share, "--write")).exit).toBe(0);
    const both = readFileSync(file, "utf8");
    expect(shares.map(({ root }) => both.split(`>>> venvoy: ${root} >>>`).length)).toEqual([2, 2]);
    writeFileSync(file, `${both}import demo0, demo1\n`);
    expect(starts(file)).toEqual({ exit: 0, out: "", err: "" });
    rmSync(join(context.home, "film"), { recursive: true });
    for (const share of shares) expect((await edit(share, "--remove")).exit).toBe(0);
    expect(readFileSync(file, "utf8")).toBe("import demo0, demo1\n");
  },
);

test.skipIf(python === undefined)("what can't be done is said", async () => {
  const refused = async (...words: string[]) => {
    const { exit, err } = await snippet(...words);
    expect(exit).toBeGreaterThan(0);
    return err;
  };
  expect(await refused("-n", "tools")).toContain("takes the program that the lines are for");
  expect(await refused("-n", "tools", "--for", "mayo")).toContain("did you mean `maya`?");
  expect(await refused("-n", "tools", "--for", "nuke", "--lang", "mel")).toContain("--lang takes python, bat");
  expect(await refused("-n", "tools", "--for", "nuke", "--lang", "perl")).toContain("doesn't take `perl`");
  expect(await refused("-n", "none", "--for", "nuke")).toContain("none");
  expect(await refused("-n", "tools", "--for", "blender", "--write")).toContain(
    "start it once, or name the file: --file PATH",
  );
  const wide = join(context.home, "wide.mel");
  writeFileSync(wide, Buffer.from("\ufeffint $x;", "utf16le"));
  const mel = ["-n", "tools", "--for", "maya", "--lang", "mel", "--write", "--file", wide];
  expect(await refused(...mel)).toContain("it is written in UTF-16");
  const own = context.write("start.bat", "@echo mine\r\n");
  const bat = ["-n", "tools", "--for", "maya", "--lang", "bat", "--file", own];
  expect(await refused(...bat, "--write")).toContain("it is not what this command writes");
  expect(await refused(...bat, "--remove")).toContain("it is not what this command writes");
  // A host whose Python is known is held against the environment.
  const other = realPythons().find((one) => one.minor !== minor);
  if (other === undefined) return;
  await context.venvoy("host", "add", "unreal", "--python", other.program);
  expect(await refused("-n", "tools", "--for", "unreal")).toContain(`is for Python ${minor}, and Unreal Engine has`);
});
