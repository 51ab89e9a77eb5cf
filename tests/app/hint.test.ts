import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hint } from "../../src/app/index.ts";
import { silentReporter } from "../../src/ports/index.ts";
import { type TestContext, testContext } from "../kit/context.ts";

let t: TestContext;
const trees: Record<string, string> = {};

const crashed = (tree: string, facts: Record<string, unknown>): Promise<string | undefined> =>
  hint(
    t.ports,
    { offline: false, reporter: silentReporter() },
    JSON.stringify({ message: "", prefix: trees[tree], pythonVersion: "3.11.7", ...facts }),
  );

const missing = (tree: string, script: string): Promise<string | undefined> =>
  crashed(tree, { exceptionType: "ModuleNotFoundError", name: "idna", script });

beforeAll(async () => {
  t = await testContext({ demo: { "1.0": {} } });
  t.write("my notes.py", '# /// script\n# dependencies = ["demo"]\n# ///\n');
  expect((await t.venvoy("create", "named")).exit).toBe(0);
  expect((await t.venvoy("create", "./a dir")).exit).toBe(0);
  expect((await t.venvoy("run", "my notes.py")).exit).toBe(0);
  trees["named"] = join(t.home, "venvoy", "envs", "named");
  trees["directory"] = join(t.cwd, "a dir");
  trees["script"] = String(t.started[0]?.env["VIRTUAL_ENV"]);
});

afterAll(() => t[Symbol.asyncDispose]());

describe("the line after a crash names the command for the environment that crashed", () => {
  const add = "nothing here provides `idna`; if its package has the same name: ";

  it("a named one", async () => {
    expect(await missing("named", "a.py")).toBe(`${add}\`venvoy add -n named idna\``);
  });

  it("one in a directory", async () => {
    expect(await missing("directory", "a.py")).toBe(`${add}\`venvoy add -n '${trees["directory"]}' idna\``);
  });

  it("a script's own, which its header changes", async () => {
    expect(await missing("script", "my notes.py")).toBe(`${add}\`venvoy add --script 'my notes.py' idna\``);
  });

  it("a script's own without a file, which nothing changes for good", async () => {
    const kept = join(t.home, "venvoy", "cache", "texts", "0", "stdin.py");
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, "");
    for (const script of ["-", "-c", "", "gone.py", kept])
      expect(await missing("script", script)).toBe(`${add}\`venvoy run --with idna\``);
  });
});

describe("the line after a crash of a Python that is too old or too new", () => {
  it("says which Python has what is written there", async () => {
    const fault = { exceptionType: "SyntaxError", text: "type Name = str", pythonVersion: "3.9.18" };
    expect(await crashed("named", fault)).toBe(
      '`type` needs Python 3.12, and this is 3.9: run it with `--python ">=3.12"`',
    );
  });

  it("looks for a Python 2.7 after a name of Python 2, as after its syntax", async () => {
    const after2 = await crashed("named", { exceptionType: "NameError", name: "unicode" });
    const syntax = await crashed("named", {
      exceptionType: "SyntaxError",
      text: 'print "a"',
      filename: "a.py",
      line: 1,
    });
    const python = /(no Python 2\.7 was found on this machine|Python 2\.7\.\d+ is here as `.+`)$/;
    expect(after2).toMatch(/^`unicode` is a name of Python 2, `str` in Python 3; /);
    expect(python.exec(after2 ?? "")?.[1]).toBe(python.exec(syntax ?? "")?.[1]);
  });
});
