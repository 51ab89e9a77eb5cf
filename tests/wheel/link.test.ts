import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { absPath, SafeUrl } from "../../src/base/index.ts";
import { openStore } from "../../src/store/index.ts";
import { linkArtifacts } from "../../src/wheel/index.ts";
import { sharedObject } from "../kit/elf.ts";
import { memoryPorts } from "../kit/memory-ports.ts";
import { wheel } from "../kit/wheel.ts";
import { sha256Of, storeBench } from "../store/store-bench.ts";
import { bundledPip, makeTree, python, snapshot } from "./tree-bench.ts";

const main =
  'import sys\ndef main():\n    print("demo", sys.argv[1:], sys.prefix)\n    return 3 if "fail" in sys.argv else 0\n';
const futureScript = String.raw`#!python
"""the doc"""
from __future__ import annotations
import sys
print(__doc__, __file__ == sys.argv[0], sys.argv[1:], r"\n' ''' E_ACUTE")
line = sys._getframe().f_lineno
print(open(__file__).read().split("\n")[line - 1])
`.replace("E_ACUTE", "é");
const demoParts = {
  entryPoints: { demo: "demo:main" },
  files: {
    "demo/__init__.py": main,
    "demo/data.txt": "data",
    "single.py": "x = 1\n",
    "demo-1.0.data/data/share/demo/x": "x",
    "demo-1.0.data/headers/demo.h": "h",
  },
};

describe.skipIf(python === undefined)("with a real Python", () => {
  const real = python as NonNullable<typeof python>;

  test("pip lists, checks, upgrades and uninstalls in a linked tree, and the store stays as it is", async () => {
    const bench = storeBench();
    const tree = makeTree(bench, real);
    const demo = await bench.artifact("demo", "1.0", { ...demoParts, requires: ["other>=1"] });
    const artifacts = [demo, await bench.artifact("other", "1.0"), await bundledPip(bench, real)];
    const before = snapshot(absPath(join(bench.root, "store")));
    const bare = snapshot(tree.paths.root);
    await tree.link(artifacts, "hardlink", { requested: ["demo"] });
    const pip = (...args: string[]) =>
      tree.run("python", "-m", "pip", "--disable-pip-version-check", "--no-input", ...args);
    expect(
      pip("list", "--format=freeze")
        .split("\n")
        .filter((line) => !line.startsWith("pip==")),
    ).toEqual(["demo==1.0", "other==1.0", ""]);
    expect(pip("check")).toBe("No broken requirements found.\n");
    expect(pip("show", "--verbose", "demo")).toContain("Installer: venvoy");
    const info = join(tree.paths.sitePackages, "demo-1.0.dist-info");
    expect(readFileSync(join(info, "REQUESTED"), "utf8")).toBe("");
    const newer = join(bench.root, "other-2.0-py3-none-any.whl");
    writeFileSync(newer, wheel("other", "2.0", { files: { "other/__init__.py": "changed = 1\n" } }));
    pip("install", "--no-index", "--upgrade", newer);
    expect(readFileSync(join(tree.paths.sitePackages, "other/__init__.py"), "utf8")).toBe("changed = 1\n");
    pip("uninstall", "--yes", "demo", "other");
    pip("uninstall", "--yes", "pip");
    expect(snapshot(tree.paths.root)).toEqual(bare);
    expect(snapshot(absPath(join(bench.root, "store")))).toEqual(before);
    expect(await bench.store.verify()).toEqual([]);
  });

  test("programs find the Python of their tree: through links, with blanks, on long paths, after a move", async () => {
    const bench = storeBench();
    const demo = await bench.artifact("demo", "1.0", {
      ...demoParts,
      files: {
        ...demoParts.files,
        "demo-1.0.data/scripts/future": futureScript,
        "demo-1.0.data/scripts/shell.sh": "#!/bin/sh\necho shell\n",
      },
    });
    const long = join(`a directory with blanks and 'quotes'`, "x".repeat(200), "y".repeat(200));
    mkdirSync(join(bench.root, long), { recursive: true });
    const tree = makeTree(bench, real, join(long, "tree"));
    await tree.link([demo]);
    expect(tree.run("demo", "a b", "*")).toBe(`demo ['a b', '*'] ${tree.paths.root}\n`);
    expect(tree.run("future", "1")).toBe("the doc True ['1'] \\n' ''' é\nline = sys._getframe().f_lineno\n");
    expect(tree.run("shell.sh")).toBe("shell\n");
    expect(() => tree.run("demo", "fail")).toThrow(expect.objectContaining({ status: 3 }));
    const elsewhere = join(bench.root, "bin");
    mkdirSync(elsewhere);
    symlinkSync(join(tree.paths.bin, "demo"), join(elsewhere, "absolute"));
    symlinkSync("absolute", join(elsewhere, "relative"));
    for (const link of ["absolute", "relative"]) {
      expect(execFileSync(join(elsewhere, link), { encoding: "utf8" })).toBe(`demo [] ${tree.paths.root}\n`);
    }
    expect(execFileSync("sh", ["demo"], { encoding: "utf8", cwd: tree.paths.bin })).toBe(
      `demo [] ${tree.paths.root}\n`,
    );
    const moved = join(bench.root, "moved");
    renameSync(tree.paths.root, moved);
    expect(execFileSync(join(moved, "bin/demo"), { encoding: "utf8" })).toBe(`demo [] ${moved}\n`);
  });

  test("a folded tree imports, lists its packages and runs their programs", async () => {
    const bench = storeBench();
    const tree = makeTree(bench, real);
    const artifacts = [
      await bench.artifact("demo", "1.0", demoParts),
      await bench.artifact("ns.one", "1.0", { files: { "ns/one/__init__.py": "x = 1\n", "ns/both/a.py": "a = 1\n" } }),
      await bench.artifact("ns.two", "1.0", { files: { "ns/two/__init__.py": "x = 2\n", "ns/both/b.py": "b = 2\n" } }),
    ];
    const summary = await tree.link(artifacts, "fold", { requested: ["demo"] });
    const site = (path: string) => lstatSync(join(tree.paths.sitePackages, path));
    expect(site("demo").isSymbolicLink()).toBe(true);
    expect(site("single.py").isSymbolicLink()).toBe(true);
    expect([site("ns").isDirectory(), site("ns/one").isSymbolicLink(), site("ns/both").isDirectory()]).toEqual([
      true,
      true,
      true,
    ]);
    expect(site("demo-1.0.dist-info").isDirectory()).toBe(true);
    expect(summary.folded).toBe(6);
    const program =
      "import demo, single, ns.one, ns.two, ns.both.a, ns.both.b\n" +
      "from importlib.metadata import distributions\n" +
      "print(sorted(d.metadata['Name'] for d in distributions()))";
    expect(tree.run("python", "-c", program)).toBe("['demo', 'ns.one', 'ns.two']\n");
    expect(tree.run("demo", "x")).toBe(`demo ['x'] ${tree.paths.root}\n`);
  });
});

test("what looks for libraries outside its wheel is not folded", async () => {
  const bench = storeBench();
  const outside = await bench.artifact("outside", "1.0", {
    files: { "outside/lib/a.so": sharedObject({ needed: ["libx.so"], runPath: "$ORIGIN/../../nvidia/lib" }) },
  });
  const inside = await bench.artifact("inside", "1.0", {
    files: {
      "inside/a.so": sharedObject({ needed: ["libx.so"], runPath: "$ORIGIN/../inside.libs:$ORIGIN" }),
      "inside.libs/libx.so": sharedObject({}),
    },
  });
  const above = await bench.artifact("above", "1.0", {
    files: { "above/a.so": sharedObject({ runPath: "$ORIGIN/../../../.." }) },
  });
  const listed = await bench.artifact("comtypes", "1.0");
  const folds = (artifact: typeof listed) =>
    artifact.topLevel.map(({ name, foldable }) => `${name} ${foldable}`).sort();
  expect(folds(outside)).toEqual(["outside false", "outside-1.0.dist-info true"]);
  expect(folds(inside)).toEqual(["inside true", "inside-1.0.dist-info true", "inside.libs true"]);
  expect(folds(above)).toEqual(["above false", "above-1.0.dist-info true"]);
  expect(folds(listed)).toEqual(["comtypes false", "comtypes-1.0.dist-info false"]);
});

function fakeTree(bench: ReturnType<typeof storeBench>, name: string) {
  const root = absPath(join(bench.root, name));
  const at = (path: string) => absPath(join(root, path));
  return {
    root,
    sitePackages: at("lib/python3.11/site-packages"),
    bin: at("bin"),
    data: root,
    include: at("include/site/python3.11"),
  };
}

const options = { mode: "fold", requested: new Set<never>(), pythonVersion: "3.11.7", directUrls: new Map() } as const;

test("with a known home the links of a folded tree are relative, so that everything can move together", async () => {
  const bench = storeBench();
  const demo = await bench.artifact("demo", "1.0");
  const stage = { ...fakeTree(bench, "stage/x"), home: absPath(join(bench.root, "envs/demo/generations/1")) };
  await linkArtifacts(bench.io, [demo], stage, options);
  mkdirSync(join(bench.root, "envs/demo/generations"), { recursive: true });
  renameSync(stage.root, stage.home);
  const moved = `${bench.root}-moved`;
  renameSync(bench.root, moved);
  const file = join(moved, "envs/demo/generations/1/lib/python3.11/site-packages/demo/__init__.py");
  expect(readFileSync(file, "utf8")).toContain("1.0");
  renameSync(moved, bench.root);
});

test("deep data directories of one package are folded, shared and shallow ones are real", async () => {
  const bench = storeBench();
  const data = (name: string, paths: readonly string[]) =>
    bench.artifact(name, "1.0", {
      files: {
        [`${name}/__init__.py`]: "",
        ...Object.fromEntries(paths.map((path) => [`${name}-1.0.data/data/${path}`, path])),
      },
    });
  const artifacts = [
    await data("lab", [
      "share/jupyter/lab/schemas/a/b.json",
      "share/jupyter/lab/index",
      "etc/lab.json",
      "share/j/k/both/x/1",
    ]),
    await data("ext", ["share/jupyter/labextensions/ext/static/x.js", "share/j/k/both/y/2"]),
  ];
  const tree = fakeTree(bench, "tree");
  await linkArtifacts(bench.io, artifacts, tree, options);
  const isLink = (path: string) => lstatSync(join(tree.root, path)).isSymbolicLink();
  expect(["schemas", "index"].map((path) => isLink(`share/jupyter/lab/${path}`))).toEqual([true, false]);
  expect(isLink("share/jupyter/labextensions/ext")).toBe(true);
  expect(["both", "both/x", "both/y"].map((path) => isLink(`share/j/k/${path}`))).toEqual([false, true, true]);
  for (const path of ["share/jupyter/lab/schemas/a/b.json", "etc/lab.json", "share/j/k/both/y/2"]) {
    expect(readFileSync(join(tree.root, path), "utf8")).toBe(path);
  }
});

test("direct_url.json tells where a package came from, without secrets, and RECORD lists it", async () => {
  const bench = storeBench();
  const demo = await bench.artifact("demo", "1.0", demoParts);
  const tree = fakeTree(bench, "tree");
  const url = SafeUrl.parse("https://ada:secret@files.example/demo-1.0-py3-none-any.whl");
  await linkArtifacts(bench.io, [demo], tree, {
    ...options,
    mode: "hardlink",
    directUrls: new Map([[demo.name, url]]),
  });
  const info = join(tree.sitePackages, "demo-1.0.dist-info");
  expect(JSON.parse(readFileSync(join(info, "direct_url.json"), "utf8"))).toEqual({
    url: "https://files.example/demo-1.0-py3-none-any.whl",
    archive_info: { hashes: { sha256: demo.sha256 } },
  });
  const record = readFileSync(join(info, "RECORD"), "utf8");
  expect(record).toContain("demo-1.0.dist-info/direct_url.json,sha256=");
  expect(record).toContain("../../../include/site/python3.11/demo/demo.h,sha256=");
  expect(readFileSync(join(demo.root, "site/demo-1.0.dist-info/RECORD"), "utf8")).not.toContain("direct_url");
});

test("a package that was asked for has the store's RECORD and REQUESTED in it, whatever hands did to the store's", async () => {
  const bench = storeBench();
  const { "demo-1.0.data/headers/demo.h": _header, ...files } = demoParts.files;
  const demo = await bench.artifact("demo", "1.0", { ...demoParts, files });
  const stored = join(demo.root, "site/demo-1.0.dist-info/RECORD");
  const whole = readFileSync(stored, "utf8");
  const recordIn = async (name: string): Promise<string> => {
    const tree = fakeTree(bench, name);
    await linkArtifacts(bench.io, [demo], tree, { ...options, mode: "fold", requested: new Set([demo.name]) });
    return readFileSync(join(tree.sitePackages, "demo-1.0.dist-info/RECORD"), "utf8");
  };
  const empty = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0";
  const end = "demo-1.0.dist-info/RECORD,,\n";
  const wanted = whole.replace(end, `demo-1.0.dist-info/REQUESTED,${empty}\n${end}`);
  expect(wanted).toContain("REQUESTED");
  expect(await recordIn("before")).toBe(wanted);
  writeFileSync(stored, `evil.py,,\n${whole}`);
  expect(await recordIn("edited")).toBe(wanted);
  rmSync(stored);
  expect(await recordIn("removed")).toBe(wanted);
});

test("a path that two packages hold goes to the first by name, and a person is told", async () => {
  const bench = storeBench();
  const b = await bench.artifact("b", "1.0", { files: { "same/x.py": "b", "same/b.py": "", "same.py": "b" } });
  const a = await bench.artifact("a", "1.0", { files: { "same/x.py": "a", "same/a.py": "", "same.py": "a" } });
  for (const mode of ["hardlink", "fold", "copy"] as const) {
    const tree = fakeTree(bench, mode);
    const summary = await linkArtifacts(bench.io, [b, a], tree, { ...options, mode });
    expect([...summary.clashes].sort()).toEqual(["same.py", "same/x.py"]);
    expect(readFileSync(join(tree.sitePackages, "same/x.py"), "utf8")).toBe("a");
    expect(readFileSync(join(tree.sitePackages, "same.py"), "utf8")).toBe("a");
    expect(readdirSync(join(tree.sitePackages, "same")).sort()).toEqual(["a.py", "b.py", "x.py"]);
  }
  expect(bench.io.reporter.events.filter(({ type }) => type === "notice")).toHaveLength(3);
});

test("a package that was made before this Python came out is taken", async () => {
  const bench = storeBench();
  const demo = await bench.artifact("demo", "1.0", { requiresPython: ">=3.8,<3.10" });
  const tree = fakeTree(bench, "tree");
  await linkArtifacts(bench.io, [demo], tree, { ...options, pythonVersion: "3.11.7" });
  expect(existsSync(tree.sitePackages)).toBe(true);
});

test("a package for another Python is refused before anything is written", async () => {
  const bench = storeBench();
  const demo = await bench.artifact("demo", "1.0", { requiresPython: ">=3.99" });
  const tree = fakeTree(bench, "tree");
  await expect(linkArtifacts(bench.io, [demo], tree, options)).rejects.toMatchObject({ code: "WHEEL_UNFIT" });
  expect(existsSync(tree.root)).toBe(false);
});

test("copies keep the time of their source, so that bytecode fits them", async () => {
  const bench = storeBench();
  const demo = await bench.artifact("demo", "1.0");
  const tree = fakeTree(bench, "tree");
  await linkArtifacts(bench.io, [demo], tree, { ...options, mode: "copy" });
  const [stored, copied] = [join(demo.root, "site"), tree.sitePackages].map((root) =>
    statSync(join(root, "demo/__init__.py")),
  );
  expect(copied?.ino).not.toBe(stored?.ino);
  expect(Math.trunc((copied?.mtimeMs ?? 0) / 1000)).toBe(Math.trunc((stored?.mtimeMs ?? 1) / 1000));
});

test("on Windows a folded tree has junctions for directories and links for single files", async () => {
  const ports = memoryPorts({ os: "windows" });
  const { fs } = ports;
  const at = (...parts: string[]) => fs.path.join(ports.system.home, ...parts);
  const store = openStore(ports, { wheels: at("store") });
  const bytes = wheel("demo", "1.0", { ...demoParts });
  await fs.makeDir(at("tree"));
  await fs.write(at("demo-1.0-py3-none-any.whl"), bytes);
  const demo = await store.add(at("demo-1.0-py3-none-any.whl"), {
    filename: "demo-1.0-py3-none-any.whl",
    sha256: sha256Of(bytes),
  });
  const site = at("tree", "Lib", "site-packages");
  const tree = {
    root: at("tree"),
    sitePackages: site,
    bin: at("tree", "Scripts"),
    data: at("tree"),
    include: at("tree", "Include"),
  };
  await linkArtifacts(ports, [demo], { ...tree, home: at("final") }, options);
  expect(await fs.readLink(fs.path.join(site, "demo"))).toBe(fs.path.join(demo.root, "site", "demo"));
  expect((await fs.linkInfo(fs.path.join(site, "single.py")))?.kind).toBe("file");
  expect((await fs.list(tree.bin))?.map(({ name }) => name)).toEqual(["demo-script.py", "demo.cmd"]);
  const record = await fs.readText(fs.path.join(site, "demo-1.0.dist-info", "RECORD"));
  expect(record).toContain("../../Scripts/demo.cmd,sha256=");
});
