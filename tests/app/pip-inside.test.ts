import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { type TestContext, testContext } from "../kit/context.ts";
import { canMount, loopMount } from "../kit/loop-mount.ts";
import { tempDir } from "../kit/temp.ts";
import { type WheelParts, wheel, wheelFilename } from "../kit/wheel.ts";

const tool = (version: string): WheelParts => ({
  files: {
    "tool/__init__.py": `version = "${version}"\ndef main():\n    print("tool", version)\n`,
    "tool/deep/one.py": `v = "${version}"\n`,
    [`tool/only_${version.replace(".", "_")}.py`]: "",
    [`tool-${version}.data/data/share/tool/note.txt`]: version,
    [`tool-${version}.data/scripts/tool-script`]: "#!python\nprint('script')\n",
    [`tool-${version}.data/headers/tool.h`]: `/* ${version} */\n`,
  },
  entryPoints: { tool: "tool:main" },
});
const part = (name: string): WheelParts => ({ files: { [`shared/${name}/__init__.py`]: `name = "${name}"\n` } });

const projects: Readonly<Record<string, Readonly<Record<string, WheelParts>>>> = {
  tool: { "1.0": tool("1.0"), "2.0": tool("2.0") },
  "ns-a": { "1.0": part("a"), "1.1": part("a") },
  "ns-b": { "1.0": part("b") },
  single: { "1.0": { files: { "single.py": "x = 1\n" } }, "2.0": { files: { "single.py": "x = 2\n" } } },
};
const everything = ["tool==2.0", "ns-a==1.0", "ns-b", "single==1.0"];

/** Content, inode and time of every file and link of the store that isn't bytecode or the store's own bookkeeping. */
function storeState(t: TestContext): Readonly<Record<string, string>> {
  const root = join(t.env["VENVOY_HOME"] ?? "", "store", "wheel");
  const found: Record<string, string> = {};
  const walk = (path: string): void => {
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) walk(child);
      else if (!/__pycache__|^\.|\/(?:manifest\.json|bytecode-[^/]*)$/.test(child)) {
        const file = join(root, child);
        const { ino, mtimeMs } = lstatSync(file);
        // Links that are kept beside an artifact lead somewhere only from within a tree.
        const content = entry.isSymbolicLink() ? readlinkSync(file) : readFileSync(file);
        found[child] = `${ino} ${mtimeMs} ${createHash("sha256").update(content).digest("hex")}`;
      }
    }
  };
  walk("");
  return found;
}

/** What a person's own pip does to packages of every kind, all without a network. */
function abuse(t: TestContext, python: string): void {
  const links = join(t.cwd, "wheels");
  const pip = (...words: readonly string[]) =>
    execFileSync(python, ["-m", "pip", "--disable-pip-version-check", "-q", ...words], {
      env: { ...t.env, PIP_NO_INDEX: "1", PIP_FIND_LINKS: links, PIP_ROOT_USER_ACTION: "ignore" },
      cwd: t.cwd,
      stdio: ["ignore", "pipe", "pipe"],
    });
  const says = (code: string): string => execFileSync(python, ["-c", code], { encoding: "utf8", cwd: t.cwd }).trim();
  pip("install", "tool==1.0");
  expect(says("import tool, tool.deep.one as one; print(tool.version, one.v)")).toBe("1.0 1.0");
  pip("install", "--upgrade", "tool", "single", "ns-a");
  expect(says("import tool, single, shared.a, shared.b; print(tool.version, single.x)")).toBe("2.0 2");
  pip("install", "--force-reinstall", "tool==2.0", "ns-b");
  pip("uninstall", "-y", "ns-a", "tool");
  expect(says("import shared.b; print(shared.b.name)")).toBe("b");
  pip("install", "--force-reinstall", "--ignore-installed", "single==1.0", "tool==1.0");
  pip("install", "ns-a==1.0");
  execFileSync(python, ["-m", "compileall", "-q", "-f", dirname(says("import single; print(single.__file__)"))]);
  expect(execFileSync(join(dirname(python), "tool"), { encoding: "utf8" })).toBe("tool 1.0\n");
  pip("uninstall", "-y", "tool", "single", "ns-b");
  pip("uninstall", "-y", "pip");
}

function wheelsOnDisk(t: TestContext): void {
  t.write("wheels/readme", "");
  for (const [name, versions] of Object.entries(projects)) {
    for (const [version, parts] of Object.entries(versions)) {
      writeFileSync(join(t.cwd, "wheels", wheelFilename(name, version, parts)), wheel(name, version, parts));
    }
  }
}

async function untouched(t: TestContext, environment: string, words: readonly string[] = ["-n", environment]) {
  const said = await t.runs(
    "run",
    ...words,
    "-c",
    "import tool, tool.deep.one, single, shared.a, shared.b; print(tool.version, single.x, shared.a.name, shared.b.name)",
  );
  expect(said).toMatchObject({ exit: 0, out: "2.0 1 a b\n" });
}

async function inMode(mode: "hardlink" | "copy" | "reflink", home?: string): Promise<void> {
  await using t = await testContext(projects, home === undefined ? {} : { VENVOY_HOME: join(home, "venvoy") });
  wheelsOnDisk(t);
  for (const name of ["mine", "theirs"]) {
    expect(await t.venvoy("create", name, ...everything, "--link-mode", mode)).toMatchObject({ exit: 0 });
  }
  const before = storeState(t);
  expect(Object.keys(before).length).toBeGreaterThan(30);
  const theirs = await t.venvoy("show", "theirs", "--json");
  abuse(t, join(t.env["VENVOY_HOME"] ?? "", "envs", "mine", "bin", "python"));
  expect(storeState(t)).toEqual(before);
  expect(await t.venvoy("store", "verify")).toMatchObject({ exit: 0 });
  await untouched(t, "theirs");
  expect(JSON.parse((await t.venvoy("show", "theirs", "--json")).out).byHand).toEqual(JSON.parse(theirs.out).byHand);
  // And the environment itself is none the worse for it.
  expect(await t.venvoy("add", ...everything, "-n", "mine")).toMatchObject({ exit: 0 });
  await untouched(t, "mine");
  expect(await t.venvoy("store", "verify")).toMatchObject({ exit: 0 });
}

test("pip inside never harms the store: hard links", () => inMode("hardlink"));

test("pip inside never harms the store: copies", () => inMode("copy"));

for (const kind of ["btrfs", "xfs"] as const) {
  test.skipIf(!canMount(kind))(
    `pip inside never harms the store: reflinks on ${kind}`,
    async () => {
      using mounted = loopMount(tempDir("mount"), kind);
      await inMode("reflink", mounted?.root ?? "");
    },
    300_000,
  );
}

test("a script environment with pip in it is not folded, so that pip never harms the store", async () => {
  await using t = await testContext(projects);
  wheelsOnDisk(t);
  expect((await t.venvoy("create", "theirs", ...everything)).exit).toBe(0);
  const bundled = execFileSync(
    join(t.env["VENVOY_HOME"] ?? "", "envs", "theirs", "bin", "python"),
    [
      "-c",
      "import ensurepip, glob, os; print(glob.glob(os.path.dirname(ensurepip.__file__) + '/_bundled/pip-*.whl')[0])",
    ],
    { encoding: "utf8" },
  ).trim();
  t.index.packages["pip"] = [{ filename: bundled.slice(bundled.lastIndexOf("/") + 1), content: readFileSync(bundled) }];
  const header = ["pip", ...everything].map((one) => `#   "${one}",\n`).join("");
  const script = `# /// script\n# dependencies = [\n${header}# ]\n# ///\nimport sys; print(sys.prefix)\n`;
  t.write("a.py", script);
  const prefix = (await t.runs("run", "a.py")).out.trim();
  expect(prefix).toContain("scripts");
  const before = storeState(t);
  abuse(t, join(prefix, "bin", "python"));
  expect(storeState(t)).toEqual(before);
  expect(await t.venvoy("store", "verify")).toMatchObject({ exit: 0 });
  await untouched(t, "theirs");
});

test("Python writes no stored file that a tree shares, whatever bytecode is there or not", async () => {
  await using t = await testContext(projects);
  for (const name of ["mine", "theirs"]) expect((await t.venvoy("create", name, ...everything)).exit).toBe(0);
  t.write(
    "a.py",
    '# /// script\n# dependencies = ["tool==2.0", "single==1.0"]\n# ///\nimport tool, single; print(tool.version)\n',
  );
  expect((await t.runs("run", "a.py")).out).toBe("2.0\n");
  const before = storeState(t);
  await untouched(t, "mine");
  // Bytecode of the store that is linked along is replaced by name, never written into.
  expect((await t.venvoy("create", "compiled", ...everything, "--compile", "now")).exit).toBe(0);
  const python = join(t.env["VENVOY_HOME"] ?? "", "envs", "compiled", "bin", "python");
  const script = `
import glob, os, sys, tool, single
files = glob.glob(os.path.join(os.path.dirname(single.__file__), "**", "*.pyc"), recursive=True)
print(sum(os.stat(file).st_nlink > 1 for file in files))
`;
  const linked = Number(execFileSync(python, ["-c", script], { encoding: "utf8" }));
  expect(linked).toBeGreaterThan(2);
  const site = execFileSync(python, ["-c", "import single, os; print(os.path.dirname(single.__file__))"], {
    encoding: "utf8",
  });
  execFileSync(python, ["-m", "compileall", "-q", "-f", "--invalidation-mode", "checked-hash", site.trim()]);
  expect(storeState(t)).toEqual(before);
  expect((await t.runs("run", "a.py")).out).toBe("2.0\n");
  const magic = `import glob, importlib.util, sys\nfor file in glob.glob(sys.argv[1] + "/**/*.pyc", recursive=True):\n    data = open(file, "rb").read(16)\n    assert data[:4] == importlib.util.MAGIC_NUMBER and data[4] == 0, file\nprint("timestamps")`;
  const store = join(t.env["VENVOY_HOME"] ?? "", "store");
  expect(execFileSync(python, ["-c", magic, store], { encoding: "utf8" })).toBe("timestamps\n");
  expect(await t.venvoy("store", "verify")).toMatchObject({ exit: 0 });
});
