import { execFile, execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestContext, testContext } from "../../kit/context.ts";
import { packRelease } from "../../kit/python-release.ts";
import { realPythons } from "../../kit/real-pythons.ts";
import { sha256Files } from "../../kit/tree-digests.ts";

const real = realPythons().find(({ minor }) => minor === "3.11") ?? realPythons()[0];

const printed = (program: string, ...words: string[]): string =>
  execFileSync(program, words, { encoding: "utf8", env: { PATH: process.env["PATH"] } }).trim();

describe.skipIf(real === undefined || process.platform !== "linux")("an environment whose layout is standalone", () => {
  const { minor = "", prefix = "" } = real ?? {};
  let context: TestContext;
  const tree = (name: string): string => realpathSync(join(context.env["VENVOY_HOME"] as string, "envs", name));
  const python = (name: string): string => join(tree(name), "bin", "python");
  const does = async (...words: string[]): Promise<string> => {
    const said = await context.venvoy(...words);
    expect([said.exit, said.err]).toEqual([0, said.err]);
    return said.out;
  };

  beforeAll(async () => {
    context = await testContext({
      demo: {
        "1.0": {
          files: { "demo/__init__.py": "WORD = 'one'\ndef main():\n    print(WORD)\n" },
          entryPoints: { demo: "demo:main" },
        },
      },
      idna: { "3.6": {} },
    });
    await does("create", "tool", "demo", "--layout", "standalone", "--python", minor);
  }, 300_000);
  afterAll(() => context[Symbol.asyncDispose]());

  test("is made of an ordinary one by clone, and the other way round", { timeout: 300_000 }, async () => {
    expect(await does("clone", "tool", "ordinary", "--layout", "venv")).toContain("ordinary is a copy of tool");
    expect(realpathSync(python("ordinary")).startsWith(tree("ordinary"))).toBe(false);
    expect(printed(python("ordinary"), "-c", "import demo; print(demo.WORD)")).toBe("one");
    await does("clone", "ordinary", "carries", "--layout", "standalone");
    expect(realpathSync(python("carries")).startsWith(tree("carries"))).toBe(true);
    expect(printed(python("carries"), "-c", "import demo; print(demo.WORD)")).toBe("one");
    await does("delete", "ordinary", "carries", "-y");
  });

  test("has a real program, and its packages change as in any other", { timeout: 300_000 }, async () => {
    expect(lstatSync(realpathSync(python("tool"))).isSymbolicLink()).toBe(false);
    expect(realpathSync(python("tool")).startsWith(tree("tool"))).toBe(true);
    const ran = await context.runs("run", "-n", "tool", "python", "-c", "import sys, demo; print(sys.base_prefix)");
    expect(ran.out.trim()).toBe(tree("tool"));
    expect(await does("add", "-n", "tool", "idna")).toContain("+ idna 3.6");
    expect(tree("tool")).toMatch(/generations\/2$/);
    expect(printed(python("tool"), "-c", "import idna, demo; print(demo.WORD)")).toBe("one");
    await does("remove", "-n", "tool", "idna");
    await does("undo", "-n", "tool");
    expect(tree("tool")).toMatch(/generations\/2$/);
    await does("clone", "tool", "other");
    await does("rename", "other", "another");
    expect(printed(join(tree("another"), "bin", "demo"))).toBe("one");
    expect(JSON.parse(await does("show", "tool", "--json"))).toMatchObject({ version: 2 });
    expect(await does("doctor", "tool")).toContain("nothing is wrong");
    // The Python's own files are nobody's work by hand, and one prepared Python serves them all.
    expect(await does("show", "another")).not.toContain("by hand");
    const store = join(context.env["VENVOY_HOME"] as string, "store", "python");
    expect(readdirSync(store).filter((name) => /^[0-9a-f]{64}$/.test(name))).toHaveLength(1);
    await does("delete", "another");
  });

  test("stands when the Python that it was made from is gone, and changes then", { timeout: 300_000 }, async () => {
    // One that a test may remove: packed and installed as a release is.
    const { file, version } = packRelease(real as NonNullable<typeof real>, context.home);
    await does("python", "install", file);
    const installed = join(context.env["VENVOY_HOME"] as string, "python");
    const [name = ""] = readdirSync(installed).filter((entry) => entry.startsWith(`cpython-${version}`));
    await does("create", "own", "demo", "--layout", "standalone", "--python", join(installed, name, "bin", "python3"));
    renameSync(join(installed, name), join(context.home, "gone"));
    const ran = await context.runs("run", "-n", "own", "python", "-c", "import demo; print(demo.WORD)");
    expect([ran.exit, ran.out.trim()]).toEqual([0, "one"]);
    expect(await does("add", "-n", "own", "idna")).toContain("+ idna 3.6");
    expect(printed(python("own"), "-c", "import idna, sys; print(sys.prefix == sys.base_prefix)")).toBe("True");
    expect(await does("doctor", "own")).toContain("nothing is wrong");
    // A version whose tree was tidied away comes back from what the environment carries.
    rmSync(join(tree("own"), "..", "1"), { recursive: true });
    await does("undo", "-n", "own");
    expect([tree("own").at(-1), printed(join(tree("own"), "bin", "demo"))]).toEqual(["1", "one"]);
    rmSync(join(context.home, "gone"), { recursive: true });
    await does("delete", "own");
  });

  test("pip in it changes nothing in the store, and what it did is carried over", { timeout: 300_000 }, async () => {
    await does("create", "mine", "demo", "--layout", "standalone", "--python", minor);
    const store = join(context.env["VENVOY_HOME"] as string, "store");
    const before = sha256Files(store);
    const index = context.env["PIP_INDEX_URL"] as string;
    // The index is served by this process, which must not wait.
    const pip = (...words: string[]): Promise<unknown> =>
      promisify(execFile)(python("mine"), ["-m", "pip", "--disable-pip-version-check", ...words]);
    await pip("install", "--index-url", index, "idna");
    await pip("install", "--index-url", index, "--force-reinstall", "demo");
    await pip("uninstall", "--yes", "demo");
    expect(sha256Files(store)).toEqual(before);
    expect(await does("show", "mine")).toContain("idna");
    await does("rebuild", "mine");
    expect(printed(python("mine"), "-c", "import idna; print(idna.__name__)")).toBe("idna");
  });

  test("its tree is moved by mv and cp, and packed", { timeout: 300_000 }, async () => {
    const place = join(context.home, "a longer place, with blanks");
    mkdirSync(place);
    const copy = join(place, "copied");
    cpSync(tree("tool"), copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    const moved = join(place, "moved");
    renameSync(copy, moved);
    expect(printed(join(moved, "bin", "demo"))).toBe("one");
    expect(printed(join(moved, "bin", "python"), "-c", "import sys; print(sys.prefix)")).toBe(moved);
    const out = join(context.cwd, "packed");
    await does("pack", "tool", "-o", out);
    expect(printed(join(out, "bin", "demo"))).toBe("one");
    expect(existsSync(join(out, ".venvoy", "receipt"))).toBe(false);
    // A person's directory: what is written there reaches nobody else.
    const file = join(out, "lib", `python${minor}`, "site-packages", "demo", "__init__.py");
    writeFileSync(file, "WORD = 'changed'\n");
    expect(
      readFileSync(join(tree("tool"), "lib", `python${minor}`, "site-packages", "demo", "__init__.py"), "utf8"),
    ).toContain("one");
    expect(prefix).not.toBe("");
  });

  test("what can't go together is told", async () => {
    const said = await context.venvoy("create", "x", "--layout", "standalone", "--system-site-packages");
    expect([said.exit, said.err]).toEqual([2, expect.stringContaining("can't see packages that stay behind")]);
    const none = await context.venvoy("create", "x", "--layout", "movable");
    expect([none.exit, none.err]).toEqual([2, expect.stringContaining("venv, standalone or plain")]);
  });
});
