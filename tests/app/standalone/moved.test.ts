/** A tree that was packed and moved: no place is named in it, and every shell activates it where it lies now. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestContext, testContext } from "../../kit/context.ts";
import { isInstalled } from "../../kit/installed.ts";
import { backend, project } from "../../kit/own-backend.ts";
import { realPythons } from "../../kit/real-pythons.ts";
import { wheel } from "../../kit/wheel.ts";

const real = realPythons().find(({ minor }) => minor === "3.11") ?? realPythons()[0];
const hasCompiler = isInstalled("gcc");

/** How each shell is told to activate, to say where it is, to run, and to go back. */
const posix = `. "$TREE/bin/activate"
printf '%s\\n' "$VIRTUAL_ENV"
python -c 'import sys; print(sys.prefix)'
demo
deactivate
printf '%s\\n' "$PATH"
`;
const shells: readonly { readonly name: string; readonly args: readonly string[]; readonly script: string }[] = [
  { name: "bash", args: ["--norc"], script: posix },
  { name: "zsh", args: ["-f"], script: posix },
  { name: "ksh", args: [], script: posix },
  {
    name: "fish",
    args: ["--no-config"],
    script: `source "$TREE/bin/activate.fish"
echo $VIRTUAL_ENV
python -c 'import sys; print(sys.prefix)'
demo
deactivate
string join : $PATH
`,
  },
  {
    name: "tcsh",
    args: ["-f"],
    script: `source "$TREE/bin/activate.csh"
echo "$VIRTUAL_ENV"
python -c 'import sys; print(sys.prefix)'
demo
deactivate
echo "$PATH"
`,
  },
  {
    name: "nu",
    args: ["--no-config-file"],
    script: `overlay use "TREE/bin/activate.nu"
print $env.VIRTUAL_ENV
python -c 'import sys; print(sys.prefix)'
demo
deactivate
print ($env.PATH | str join ":")
`,
  },
  {
    name: "pwsh",
    args: ["-NoProfile", "-File"],
    script: `. "$env:TREE/bin/Activate.ps1"
Write-Output $env:VIRTUAL_ENV
python -c 'import sys; print(sys.prefix)'
demo
deactivate
Write-Output $env:PATH
`,
  },
];

describe.skipIf(real === undefined || process.platform !== "linux")("a tree that was packed and moved", () => {
  const { minor = "", prefix = "" } = real ?? {};
  const site = `lib/python${minor}/site-packages`;
  let context: TestContext;
  let tree: string;
  const printed = (program: string, ...words: string[]): string =>
    execFileSync(program, words, { encoding: "utf8", env: { PATH: process.env["PATH"] } }).trim();
  const does = async (...words: string[]): Promise<string> => {
    const said = await context.venvoy(...words);
    expect([said.exit, said.err]).toEqual([0, said.err]);
    return said.out;
  };

  beforeAll(async () => {
    context = await testContext();
    // A library in a place of this machine, and one that looks for it there: what a build from sources leaves.
    const deep = join(context.home, "deep", "lib");
    const native = hasCompiler ? compiled(deep, prefix) : new Uint8Array();
    context.serve("demo", { "1.0": { files: everyKind(native), entryPoints: entries } });
    context.write("proj/pyproject.toml", project);
    context.write("proj/b.py", backend);
    context.write("proj/proj.py", "WORD = 1\n");
    writeFileSync(join(context.cwd, "near-1.0-py3-none-any.whl"), wheel("near", "1.0"));
    await does("create", "tool", "demo", "./near-1.0-py3-none-any.whl", "--python", minor);
    await does("add", "-n", "tool", "-e", "./proj");
    // The place has blanks, is longer than the one before, and that one is gone with all that it was made from.
    const place = join(context.home, "a much longer place, with blanks", "and one more");
    mkdirSync(place, { recursive: true });
    const archive = join(context.home, "tool.tar");
    await does("pack", "tool", "-o", `${archive}.gz`);
    expect(await does("store", "verify")).toContain("every file is as it was unpacked");
    for (const gone of [context.cwd, join(context.home, "deep"), context.env["VENVOY_HOME"] as string])
      rmSync(gone, { recursive: true });
    execFileSync("tar", ["xzf", `${archive}.gz`, "-C", place]);
    tree = join(place, "tool");
  }, 300_000);
  afterAll(() => context[Symbol.asyncDispose]());

  test("names no place of the machine that it was made on, but what a compiler built in", () => {
    const places = [prefix, context.home].map((path) => Buffer.from(path));
    const left: string[] = [];
    for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isSymbolicLink()) expect([path, readlinkSync(path).startsWith("/")]).toEqual([path, false]);
      if (!entry.isFile()) continue;
      const bytes = readFileSync(path);
      if (places.some((place) => bytes.includes(place))) left.push(path.slice(tree.length + 1));
    }
    // Where Python would look if it had not found itself (docs/guide-sharing.md); it always does.
    const library = readdirSync(join(tree, "lib")).find((name) => /^libpython3\.\d+\.so\.1/.test(name));
    expect(left).toEqual([library === undefined ? `bin/python${minor}` : `lib/${library}`]);
  });

  test("what was in it works there", () => {
    const python = join(tree, "bin", "python");
    for (const program of ["demo", "demo-gui", "old-style"]) expect(printed(join(tree, "bin", program))).toBe("HELLO");
    expect(printed(python, "-c", "import near, proj, extra_of_pth; print(proj.__file__)")).toBe(
      join(tree, site, "proj.py"),
    );
    expect(printed(python, "-m", "pip", "check")).toBe("No broken requirements found.");
    expect(existsSync(join(tree, site, "near-1.0.dist-info", "direct_url.json"))).toBe(false);
    const variables =
      "import sysconfig, sys; v = sysconfig.get_config_vars(); print(v['prefix'], v['LIBDIR'], sep='\\n')";
    expect(printed(python, "-c", variables)).toBe(`${tree}\n${tree}/lib`);
    expect(printed(join(tree, "bin", `python${minor}-config`), "--prefix")).toBe(tree);
    // Nobody's own packages come first, whatever lies in the home directory of whoever starts it.
    expect(printed(python, "-c", "import site; print(site.ENABLE_USER_SITE)")).toBe("False");
  });

  test.skipIf(!hasCompiler)("a library that looked in a place of this machine finds what came along", () => {
    const load = "import ctypes, demo, os; print(ctypes.CDLL(os.path.dirname(demo.__file__) + '/native.so').answer())";
    expect(printed(join(tree, "bin", "python"), "-c", load)).toBe("42");
    expect(existsSync(join(tree, "lib", "libdeep.so"))).toBe(true);
  });

  for (const { name, args, script } of shells) {
    test.skipIf(!isInstalled(name))(`${name} activates it, runs its programs and goes back`, () => {
      const file = join(context.home, `activate-with-${name}.${name === "pwsh" ? "ps1" : "txt"}`);
      writeFileSync(file, script.replace("TREE/bin/activate.nu", `${tree}/bin/activate.nu`));
      const path = "/usr/local/bin:/usr/bin:/bin";
      const said = spawnSync(name, [...args, file], {
        encoding: "utf8",
        env: { PATH: path, TREE: tree, HOME: context.home },
      });
      expect([said.stdout.trim().split("\n"), said.stderr]).toEqual([[tree, tree, "HELLO", path], said.stderr]);
    });
  }
});

const entries = "[console_scripts]\ndemo = demo:main\n[gui_scripts]\ndemo-gui = demo:main\n";

/** Kinds of files that other installers write places into, or that name them. */
function everyKind(native: Uint8Array): Readonly<Record<string, string | Uint8Array>> {
  return {
    "demo/__init__.py": "def main():\n    print('HELLO')\n",
    "demo/native.so": native,
    "demo/template.py": "#!python\nprint('a data file')\n",
    "demo.pth": "demo_extra\n",
    "demo_extra/extra_of_pth.py": "",
    "demo-1.0.data/scripts/old-style": "#!python\nimport demo\ndemo.main()\n",
    "demo-1.0.data/data/share/pkgconfig/demo.pc":
      "prefix=${pcfiledir}/../..\nName: demo\nVersion: 1\nDescription: demo\n",
    "demo-1.0.data/data/share/cmake/demo/demo-config.cmake":
      "get_filename_component(PREFIX ${CMAKE_CURRENT_LIST_DIR} PATH)\n",
    "demo-1.0.data/headers/demo.h": "int demo(void);\n",
  };
}

function compiled(deep: string, prefix: string): Uint8Array {
  mkdirSync(deep, { recursive: true });
  const [library, user] = [join(deep, "deep.c"), join(deep, "native.c")];
  writeFileSync(library, "int deep(void) { return 42; }\n");
  writeFileSync(user, "int deep(void);\nint answer(void) { return deep(); }\n");
  const gcc = (...words: string[]): unknown => execFileSync("gcc", ["-shared", "-fPIC", ...words]);
  gcc("-o", join(deep, "libdeep.so"), library);
  gcc("-o", join(deep, "native.so"), user, `-L${deep}`, "-ldeep", `-Wl,-rpath,${deep}:${prefix}/lib`);
  return readFileSync(join(deep, "native.so"));
}
