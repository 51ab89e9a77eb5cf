import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { testContext } from "../kit/context.ts";
import { sharedObject } from "../kit/elf.ts";
import { appendedLauncher, resourceLauncher, trailerLauncher } from "../kit/launchers.ts";
import { machO } from "../kit/mach-o.ts";
import { realPythons } from "../kit/real-pythons.ts";
import { tempDir } from "../kit/temp.ts";
import { type Files, pictureOf, plant, report, sha256 } from "./tree-doctor-bench.ts";

describe("a moved environment of venv", () => {
  const [python] = realPythons().filter(({ minor }) => minor === "3.11" || minor === "3.12");
  let made = "";
  let old = "";
  beforeAll(() => {
    if (python === undefined) return;
    old = join(tempDir("trees"), "old env");
    execFileSync(python.program, ["-m", "venv", old]);
    made = join(tempDir("trees"), "a longer place with blanks", "env");
    mkdirSync(dirname(made), { recursive: true });
    cpSync(old, made, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    renameSync(old, `${old}.gone`);
  });

  test.skipIf(python === undefined)(
    "is told, repaired, and then works; a second time there is nothing to do",
    async () => {
      const t = await testContext();
      const before = await report(t, made);
      expect(before).toMatchObject({ exit: 3, kind: "venv", former: [{ path: old }] });
      const dead = before.paths.filter(({ kind, harm }) => kind === "program" && harm === "now");
      expect(dead.map(({ file }) => file)).toEqual(expect.arrayContaining(["bin/pip", "bin/pip3"]));
      expect(dead.every(({ exists, fix }) => !exists && fix === "rewritten")).toBe(true);
      expect(before.paths.filter(({ kind }) => kind === "bytecode").length).toBeGreaterThan(100);

      const picture = pictureOf(made);
      const dry = await report(t, made, "--fix", "--dry-run");
      expect(dry.state).toBe("planned");
      expect(pictureOf(made)).toEqual(picture);

      const said = await t.venvoy("doctor", made, "--fix");
      expect(said).toMatchObject({ exit: 0 });
      expect(said.out).toContain(`replaced ${old} by ${made} in`);
      expect(readdirSync(made).sort()).toEqual(
        ["bin", "include", "lib", "lib64", "pyvenv.cfg"].filter((name) => existsSync(join(made, name))),
      );
      expect(execFileSync(join(made, "bin", "pip"), ["--version"], { encoding: "utf8" })).toContain(made);
      const shell = `. '${made}/bin/activate' && echo "$VIRTUAL_ENV" && command -v pip`;
      expect(execFileSync("sh", ["-c", shell], { encoding: "utf8" })).toBe(`${made}\n${made}/bin/pip\n`);
      expect(execFileSync(join(made, "bin", "python"), ["-m", "pip", "check"], { encoding: "utf8" })).toContain(
        "No broken",
      );
      for (const [path, text] of Object.entries(pictureOf(made))) {
        if (!path.endsWith(".pyc")) expect(text.includes(old), path).toBe(false);
      }
      const again = await report(t, made, "--fix");
      expect(again).toMatchObject({ exit: 0, former: [] });
      expect(again.repair).toBeUndefined();
      renameSync(`${old}.gone`, old);
    },
  );
});

const former = "/srv/former/env";

function venvFiles(place: string): Files {
  return {
    "pyvenv.cfg": `home = /usr/bin\nversion = 3.11.2\ncommand = /usr/bin/python3 -m venv ${place}\n`,
    "bin/activate": `VIRTUAL_ENV=${place}\nexport VIRTUAL_ENV\n`,
    "bin/tool": `#!${place}/bin/python\nprint("hello")\n`,
    "bin/python": "",
  };
}

describe("what a fix changes", () => {
  test("text in every form, RECORD, links; not what only looks like it", async () => {
    const t = await testContext();
    const script = `#!${former}/bin/python\nprint()\n`;
    const site = "lib/python3.11/site-packages";
    const root = plant(tempDir("trees"), {
      ...venvFiles(former),
      "bin/tool": script,
      "bin/long": `#!/bin/sh\n'''exec' "${former}/bin/python" "$0" "$@"\n' '''\nimport sys\n`,
      [`${site}/own.pth`]: `${former}/src\nimport os\n`,
      [`${site}/tool-1.dist-info/direct_url.json`]: JSON.stringify({ url: `file://${former}/src`, dir_info: {} }),
      [`${site}/tool-1.dist-info/RECORD`]: `../../../bin/tool,sha256=${sha256(script).toString("base64url")},${script.length}\ntool.py,sha256=x,1\n`,
      "share/other.txt": `-I${former}/include -L${former}/lib ${former}2 /x${former}/y ${former}.bak "${former}".\n`,
    });
    symlinkSync(`${former}/lib`, join(root, "lib64"));
    linkSync(join(root, "bin", "tool"), join(root, "twin"));
    const { repair, exit } = await report(t, root, "--fix", "--to", "/srv/now");
    expect(exit).toBe(0);
    expect(repair?.stuck).toEqual([]);
    const read = (path: string) => readFileSync(join(root, path), "utf8");
    expect(read("bin/tool")).toBe("#!/srv/now/bin/python\nprint()\n");
    expect(read("bin/long").split("\n")[0]).toBe("#!/srv/now/bin/python");
    expect(read(`${site}/own.pth`)).toBe("/srv/now/src\nimport os\n");
    expect(read(`${site}/tool-1.dist-info/direct_url.json`)).toContain('"file:///srv/now/src"');
    expect(read("share/other.txt")).toBe(
      `-I/srv/now/include -L/srv/now/lib ${former}2 /x${former}/y ${former}.bak "/srv/now".\n`,
    );
    const moved = read("bin/tool");
    expect(read(`${site}/tool-1.dist-info/RECORD`)).toBe(
      `../../../bin/tool,sha256=${sha256(moved).toString("base64url")},${moved.length}\ntool.py,sha256=x,1\n`,
    );
    expect(readlinkSync(join(root, "lib64"))).toBe("/srv/now/lib");
    // The other name of the same file belongs to somebody else.
    expect(read("twin")).toBe(moved);
    expect(statSync(join(root, "bin", "tool")).mode & 0o777).toBe(0o755);
  });

  test("a file that is shared with another tree becomes a private copy", async () => {
    const t = await testContext();
    const root = plant(tempDir("trees"), venvFiles(former));
    const outside = join(tempDir("trees"), "shared");
    linkSync(join(root, "bin", "tool"), outside);
    await report(t, root, "--fix");
    expect(readFileSync(outside, "utf8")).toContain(former);
    expect(readFileSync(join(root, "bin", "tool"), "utf8")).toContain(root);
  });

  test("quotes where the new place needs them, and the long form of a first line", async () => {
    const t = await testContext();
    const root = plant(join(tempDir("trees"), "new place"), venvFiles(former));
    await report(t, root, "--fix");
    expect(readFileSync(join(root, "bin", "activate"), "utf8")).toContain(`VIRTUAL_ENV='${root}'\n`);
    expect(readFileSync(join(root, "bin", "tool"), "utf8")).toBe(
      `#!/bin/sh\n'''exec' "${root}/bin/python" "$0" "$@"\n' '''\nprint("hello")\n`,
    );
  });

  test("compiled files: search paths become relative, Mach-O where it fits, launchers of every kind", async () => {
    const t = await testContext();
    const windows = String.raw`C:\Former\env`;
    const root = plant(tempDir("trees"), {
      ...venvFiles(former),
      "lib/a/x.so": sharedObject({ runPath: `${former}/lib:/opt/other` }),
      "lib/fits.dylib": machO({ rpaths: [`${former}/lib`], isSigned: true, roomBytes: 40 }),
      "lib/tight.dylib": machO({ id: `${former}/lib` }),
      "Scripts/pip.exe": appendedLauncher(`${windows}\\Scripts\\python.exe`),
      "Scripts/uv1.exe": trailerLauncher(`${windows}\\Scripts\\python.exe`),
      "Scripts/uv2.exe": resourceLauncher(`${windows}\\Scripts\\python.exe`, { roomBytes: 200 }),
      "Scripts/python.exe": "",
    });
    const place = "/srv/a/much/longer/place";
    const { repair } = await report(t, root, "--fix", "--from", former, "--to", place);
    expect(readFileSync(join(root, "lib/a/x.so"), "latin1")).toContain("$ORIGIN/..:/opt/other\0");
    expect(readFileSync(join(root, "lib/fits.dylib"), "latin1")).toContain(`${place}/lib\0`);
    expect(repair?.unsigned).toEqual(["lib/fits.dylib"]);
    expect(repair?.stuck.map(({ file }) => file)).toEqual(["lib/tight.dylib"]);
    const drive = String.raw`D:\Tools of all\env`;
    await report(t, root, "--fix", "--from", windows, "--to", drive);
    for (const name of ["pip", "uv1", "uv2"]) {
      expect(readFileSync(join(root, `Scripts/${name}.exe`), "latin1")).toContain(`${drive}\\Scripts\\python.exe`);
    }
  });

  test("several places that it calls its own are not guessed between", async () => {
    const t = await testContext();
    const root = plant(tempDir("trees"), { ...venvFiles(former), "bin/two": "#!/srv/second/bin/python\n" });
    const said = await t.venvoy("doctor", root, "--fix");
    expect(said).toMatchObject({ exit: 2 });
    expect(said.err).toContain("names several places as its own");
    expect((await report(t, root, "--fix", "--from", former)).repair?.changed).not.toContain("bin/two");
    expect((await report(t, root, "--fix", "--from", "/srv/second")).exit).toBe(0);
  });

  test.each([
    ["/usr", "/srv/x", "no place of one tree"],
    [former, "/srv/it's", "shells and Python"],
    [former, String.raw`C:\x`, "not of the same kind"],
    [former, former, "the old place and the new one"],
  ])("from %s to %s is refused", async (from, to, why) => {
    const t = await testContext();
    const root = plant(tempDir("trees"), venvFiles(former));
    const said = await t.venvoy("doctor", root, "--fix", "--from", from, "--to", to);
    expect(said).toMatchObject({ exit: 2 });
    expect(said.err).toContain(why);
    expect(existsSync(join(root, ".venvoy-fix"))).toBe(false);
  });
});

describe("an unfinished fix", () => {
  test("a journal that came with a tree doesn't lead out of it", async () => {
    const t = await testContext();
    const outside = plant(tempDir("outside"), { victim: "mine" });
    for (const file of ["../victim", "door/victim"]) {
      const root = plant(tempDir("trees"), {
        ...venvFiles(former),
        ".venvoy-fix/new-0": "theirs",
        ".venvoy-fix/journal.json": JSON.stringify({
          format: 1,
          direction: "forward",
          from: "/a",
          to: "/b",
          steps: [{ file, kind: "put", number: 0 }],
        }),
      });
      symlinkSync(outside, join(root, "door"));
      await t.venvoy("doctor", root, "--fix");
      expect(readFileSync(join(outside, "victim"), "utf8")).toBe("mine");
    }
  });
});

describe("whose tree it is", () => {
  test("trees of venvoy are refused with the command that is meant", async () => {
    const t = await testContext({ idna: { "3.7": {} } });
    expect((await t.venvoy("create", "demo", "idna")).exit).toBe(0);
    const tree = join(t.home, "venvoy", "envs", "demo");
    const real = execFileSync("readlink", ["-f", tree], { encoding: "utf8" }).trim();
    for (const place of [real, join(t.home, "venvoy", "store")]) {
      const said = await t.venvoy("doctor", place, "--fix", "--from", former);
      expect(said.exit).not.toBe(0);
      expect(said.err).toMatch(/environment of venvoy|venvoy's own data|for a directory/);
    }
    expect((await t.venvoy("doctor", "demo")).exit).toBe(0);
  });

  test("a base that isn't there brings the recipe for a stable link", async () => {
    const t = await testContext();
    const root = plant(tempDir("trees"), {
      "pyvenv.cfg": "home = K:\\Tools\\Python311\nversion = 3.11.2\n",
      "Scripts/activate.bat": "set VIRTUAL_ENV=K:\\Tools\\env\r\n",
    });
    const said = await t.venvoy("doctor", root);
    expect(said.exit).toBe(3);
    expect(said.out).toContain('mklink /j "C:\\tools_link\\Python311" HERE');
    expect(said.out).toContain("not a network drive");
    expect(said.out).toContain("--from 'K:\\Tools\\Python311' --to 'C:\\tools_link\\Python311'");
  });
});

test("a hostile tree is looked at without harm", async () => {
  const t = await testContext();
  const root = plant(tempDir("hostile"), venvFiles(former));
  symlinkSync(".", join(root, "loop"));
  symlinkSync("..", join(root, "lib"));
  symlinkSync("circle", join(root, "circle"));
  expect(spawnSync("mkfifo", [join(root, "pipe")]).status).toBe(0);
  writeFileSync(join(root, "huge"), "");
  truncateSync(join(root, "huge"), 10 * 2 ** 30);
  writeFileSync(join(root, "large.bin"), "");
  truncateSync(join(root, "large.bin"), 70 << 20);
  writeFileSync(join(root, "large.bin"), `${former}/x\0`, { flag: "a" });
  writeFileSync(join(root, "secret"), former, { mode: 0o000 });
  writeFileSync(join(root, "bin", "broken.exe"), Buffer.concat([Buffer.from("MZ"), Buffer.alloc(80, 0xff)]));
  writeFileSync(
    join(root, "bin", "broken.so"),
    Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(90, 0xff)]),
  );
  writeFileSync(join(root, "nul\nname"), `x \x1b[2J ${former}/y\n`);
  let deep = root;
  for (let depth = 0; depth < 200; depth++) deep = join(deep, "directory".repeat(2));
  execFileSync("sh", [
    "-c",
    'cd "$1" && i=0; while [ $i -lt 300 ]; do mkdir -p directorydirectory && cd -P directorydirectory || exit 0; i=$((i+1)); done',
    "sh",
    root,
  ]);
  const found = await report(t, root);
  expect(found.paths.find(({ file }) => file === "large.bin")).toMatchObject({
    path: `${former}/x`,
    where: `byte ${70 << 20}`,
  });
  const why = Object.fromEntries(found.skipped.map((one) => [one.path.split("/")[0], one.why]));
  expect(why).toMatchObject({ pipe: expect.stringContaining("pipe"), huge: expect.stringContaining("2 GB") });
  const said = await t.venvoy("doctor", root, "--all");
  expect(said.out).not.toContain("\x1b[2J");
  chmodSync(join(root, "secret"), 0o600);
  execFileSync("rm", ["-rf", root]);
  rmSync(deep, { recursive: true, force: true });
});
