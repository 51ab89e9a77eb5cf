import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nodeProc } from "../../src/node/index.ts";
import { compileArtifacts, linkBytecode } from "../../src/wheel/index.ts";
import { storeBench } from "../store/store-bench.ts";
import { makeTree, python } from "./tree-bench.ts";

describe.skipIf(python === undefined)("with a real Python", () => {
  const real = python as NonNullable<typeof python>;
  const interpreter = { executable: real.program, version: `${real.minor}.0`, implementation: "cpython" } as const;

  test.each(["hardlink", "copy", "fold"] as const)(
    "bytecode is made once and used in every tree (%s)",
    async (mode) => {
      const bench = storeBench();
      const made = await bench.artifact("demo", "1.0", {
        files: {
          "demo/__init__.py": "def where():\n    return where.__code__.co_filename\n",
          "demo/template.py": "this is {{ not }} Python\n",
          "single.py": "x = 1\n",
          "demo/tests/test_demo.py": "x = 1\n",
        },
      });
      const io = { ...bench.io, proc: nodeProc() };
      // Python has been here before, through a folded tree.
      execFileSync(real.program, ["-m", "py_compile", join(made.root, "site/single.py")]);
      const taken = statSync(join(made.root, `site/__pycache__/single.cpython-${real.minor.replace(".", "")}.pyc`));
      await compileArtifacts(io, [made], interpreter);
      const demo = await bench.store.find(made.sha256);
      if (demo === undefined) throw new Error("the artifact is gone");
      expect(bench.store.isCompiled(demo, interpreter.version)).toBe(true);
      expect(bench.store.isCompiled(demo, "3.2.1")).toBe(false);
      const tree = makeTree(bench, real);
      await tree.link([demo], mode);
      const site = tree.paths.sitePackages;
      const tag = `cpython-${real.minor.replace(".", "")}`;
      const files = [`demo/__pycache__/__init__.${tag}.pyc`, `__pycache__/single.${tag}.pyc`];
      const before = files.map((file) => statSync(join(site, file)));
      if (mode === "hardlink") expect(before[1]?.ino).toBe(taken.ino);
      const out = tree.run("python", "-c", "import demo, single; print(demo.where())");
      const after = files.map((file) => statSync(join(site, file)));
      expect(after.map(({ ino, mtimeMs }) => `${ino} ${mtimeMs}`)).toEqual(
        before.map(({ ino, mtimeMs }) => `${ino} ${mtimeMs}`),
      );
      expect(out.trim()).toBe(join(site, "demo/__init__.py"));
      expect(readdirSync(join(site, "demo/__pycache__"))).toHaveLength(1);
      expect(existsSync(join(site, "demo/tests/__pycache__"))).toBe(false);
      expect(await bench.store.verify()).toEqual([]);
    },
    300_000,
  );

  test("bytecode that comes later leaves what people have done meanwhile, and the store is never written", async () => {
    const bench = storeBench();
    const files = (name: string) => ({ [`${name}/__init__.py`]: "x = 1\n", [`${name}/deep/more.py`]: "y = 2\n" });
    const artifacts = [
      await bench.artifact("kept", "1.0", { files: files("kept") }),
      await bench.artifact("edited", "1.0", { files: files("edited") }),
      await bench.artifact("gone", "1.0", { files: files("gone") }),
    ];
    await compileArtifacts({ ...bench.io, proc: nodeProc() }, artifacts, interpreter);
    const found = await Promise.all(artifacts.map(({ sha256 }) => bench.store.find(sha256)));
    const compiled = found.filter((artifact) => artifact !== undefined);
    const tree = makeTree(bench, real);
    await tree.link(compiled, "hardlink", { bytecode: "later" });
    const site = tree.paths.sitePackages;
    expect(existsSync(join(site, "kept/__pycache__"))).toBe(false);
    const pyc = (name: string) => `${name}.cpython-${real.minor.replace(".", "")}.pyc`;
    // A source of their own, compiled by Python before the links come.
    rmSync(join(site, "edited/__init__.py"));
    writeFileSync(join(site, "edited/__init__.py"), "x = 'theirs'\n");
    tree.run("python", "-c", "import edited");
    const theirs = statSync(join(site, "edited/__pycache__", pyc("__init__"))).ino;
    for (const name of ["gone", "gone-1.0.dist-info"]) rmSync(join(site, name), { recursive: true });
    for (let round = 0; round < 2; round++) {
      await linkBytecode(bench.io, compiled, {
        sitePackages: site,
        pythonVersion: interpreter.version,
        mode: "hardlink",
      });
    }
    const kept = compiled.find(({ name }) => name === "kept");
    expect(statSync(join(site, "kept/deep/__pycache__", pyc("more"))).ino).toBe(
      statSync(join(kept?.root ?? "", "site/kept/deep/__pycache__", pyc("more"))).ino,
    );
    expect(statSync(join(site, "edited/__pycache__", pyc("__init__"))).ino).toBe(theirs);
    expect(existsSync(join(site, "gone"))).toBe(false);
    expect(tree.run("python", "-c", "import edited, kept.deep.more; print(edited.x)").trim()).toBe("theirs");
    expect(await bench.store.verify()).toEqual([]);
  });

  test("what is compiled already is left alone, and so is a wheel that brings bytecode", async () => {
    const bench = storeBench();
    const io = { ...bench.io, proc: nodeProc() };
    const own = await bench.artifact("own", "1.0", {
      files: { "own/__init__.py": "x = 1\n", "own/__pycache__/__init__.cpython-311.pyc": "theirs" },
    });
    await compileArtifacts(io, [own], interpreter);
    expect(await bench.store.verify()).toEqual([]);
    const found = await bench.store.find(own.sha256);
    const runs: unknown[] = [];
    const proc = { ...io.proc, run: async (...args: unknown[]) => Promise.reject(runs.push(args)) };
    await compileArtifacts({ ...io, proc }, found === undefined ? [] : [found], interpreter);
    expect(runs).toEqual([]);
    expect(existsSync(join(own.root, "site/own/__pycache__/__init__.cpython-311.pyc"))).toBe(true);
  });
});
