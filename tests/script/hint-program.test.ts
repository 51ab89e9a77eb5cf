import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crashHintFiles, hintProgram } from "../../src/script/index.ts";

function findPythons(): string[] {
  const found = new Map<string, string>();
  const versions = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  let names: string[] = [];
  try {
    names = readdirSync(versions);
  } catch {
    // No pyenv here: the Python on PATH will do.
  }
  for (const program of [...names.map((name) => join(versions, name, "bin", "python")), "python3"]) {
    const asked = spawnSync(program, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], { encoding: "utf8" });
    const [major = 0, minor = 0] = asked.status === 0 ? asked.stdout.trim().split(".").map(Number) : [];
    if (major === 3 && minor >= 8 && !found.has(asked.stdout)) found.set(asked.stdout, program);
  }
  return [...found.values()];
}

const pythons = findPythons();
if (pythons.length === 0) process.stderr.write("skipped: no Python is on this machine\n");

let directory = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "venvoy-hint-"));
  mkdirSync(join(directory, "site"));
  writeFileSync(join(directory, "site", "venvoy_hint.py"), hintProgram);
  writeFileSync(join(directory, "site", "sitecustomize.py"), "import venvoy_hint\n");
  // Stands for venvoy: prints what it was given, so that the test can look at it.
  writeFileSync(
    join(directory, "answer.py"),
    "import json, os, sys\nfacts = json.load(sys.stdin)\nfacts['left'] = 'VENVOY_HINT' in os.environ\n" +
      "print('HINT ' + json.dumps(facts)); sys.exit(7)\n",
  );
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Ran {
  readonly exit: number | null;
  readonly stdout: string;
  /** Without the hint's own line. */
  readonly stderr: string;
  readonly facts: Record<string, unknown> | undefined;
}

function runScript(python: string, code: string, hint: unknown = [python, join(directory, "answer.py")]): Ran {
  const script = join(directory, "script.py");
  writeFileSync(script, code);
  const { PATH } = process.env;
  const env = {
    PATH,
    PYTHONPATH: join(directory, "site"),
    ...(hint === undefined ? {} : { VENVOY_HINT: typeof hint === "string" ? hint : JSON.stringify(hint) }),
  };
  const ran = spawnSync(python, [script], { encoding: "utf8", env });
  const at = ran.stderr.indexOf("HINT ");
  return {
    exit: ran.status,
    stdout: ran.stdout,
    stderr: at < 0 ? ran.stderr : ran.stderr.slice(0, at),
    facts: at < 0 ? undefined : JSON.parse(ran.stderr.slice(at + 5)),
  };
}

const bare = (python: string, code: string): Ran => {
  const script = join(directory, "script.py");
  writeFileSync(script, code);
  const ran = spawnSync(python, [script], { encoding: "utf8", env: { PATH: process.env["PATH"] } });
  return { exit: ran.status, stdout: ran.stdout, stderr: ran.stderr, facts: undefined };
};

describe("the hint program", () => {
  it("is the file that is shipped", () => {
    expect(readFileSync(new URL("../../assets/venvoy_hint.py", import.meta.url), "utf8")).toBe(hintProgram);
  });

  it("stays true to Pythons 3.8 and later, or says that there are none", () => {
    expect(pythons.every((python) => python !== "")).toBe(true);
  });

  it("is loaded in an environment only when hints are wanted", () => {
    const [python] = pythons;
    if (python === undefined) return;
    const tree = join(directory, "tree");
    expect(spawnSync(python, ["-m", "venv", "--without-pip", tree]).status).toBe(0);
    const inTree = join(tree, "bin", "python");
    const print = "import sysconfig; print(sysconfig.get_path('purelib'))";
    const site = spawnSync(inTree, ["-c", print], { encoding: "utf8" }).stdout.trim();
    for (const { path, text } of crashHintFiles) writeFileSync(join(site, path), text);
    const ask = ["-c", "import sys; print('_venvoy_hint' in sys.modules, 'json' in sys.modules)"];
    expect(spawnSync(inTree, ask, { encoding: "utf8", env: {} }).stdout).toBe("False False\n");
    const env = { VENVOY_HINT: JSON.stringify([inTree, "-c", "print('HINT')"]) };
    // Starting a program must not pay for what only a crash needs.
    expect(spawnSync(inTree, ask, { encoding: "utf8", env }).stdout).toBe("True False\n");
    expect(spawnSync(inTree, ["-c", "import nope_x"], { encoding: "utf8", env }).stderr).toContain("nope_x'\nHINT\n");
  });

  for (const python of pythons) {
    it(`tells facts after the traceback of ${python.split("/").at(-3)}`, () => {
      const code = "print('out')\nimport pytorch\n";
      const { facts, ...ran } = runScript(python, code);
      const { facts: _, ...plain } = bare(python, code);
      expect(ran).toEqual(plain);
      expect(ran.exit).toBe(1);
      expect(facts).toMatchObject({
        exceptionType: "ModuleNotFoundError",
        message: "No module named 'pytorch'",
        name: "pytorch",
        causes: [],
        left: false,
      });
    });

    it(`sees syntax errors, causes and odd messages in ${python.split("/").at(-3)}`, () => {
      const syntax = runScript(python, 'def f():\n    print "x"\n');
      expect(syntax.facts).toMatchObject({ exceptionType: "SyntaxError", line: 2 });
      expect(String(syntax.facts?.["text"]).trim()).toBe('print "x"');
      const caused = runScript(
        python,
        "try:\n    import nope_x\nexcept ImportError as e:\n    raise RuntimeError('\\udce9') from e\n",
      );
      expect(caused.facts).toMatchObject({ exceptionType: "RuntimeError", causes: [{ name: "nope_x" }] });
      expect(caused.exit).toBe(1);
    });

    it(`keeps out of everything else in ${python.split("/").at(-3)}`, () => {
      expect(runScript(python, "import sys\nsys.exit(3)\n")).toMatchObject({ exit: 3, facts: undefined });
      expect(runScript(python, "raise ValueError('x')\n").facts).toBeUndefined();
      const code = "import nope_x\n";
      const { stderr, exit } = bare(python, code);
      for (const hint of ["not json", "[]", '["/nowhere/at/all"]', "[1]", '{"a": 1}']) {
        expect(runScript(python, code, hint)).toEqual({ stdout: "", stderr, exit, facts: undefined });
      }
      const own = "import sys\nsys.excepthook = lambda *a: sys.stderr.write('mine')\nimport nope_x\n";
      expect(runScript(python, own)).toMatchObject({ stderr: "mine", exit: 1 });
    });
  }
});
