import { spawn } from "node:child_process";
import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { openStore, readArtifactTree } from "../../src/store/index.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { memoryPorts } from "../kit/memory-ports.ts";
import { bundleProgram, nodeProgram } from "../kit/runtimes.ts";
import { recordText, wheel, wheelEntries, wheelFilename } from "../kit/wheel.ts";
import { zipBytes } from "../kit/zip-writer.ts";
import { sha256Of, storeBench } from "./store-bench.ts";

const parts = {
  requires: ["idna>=2"],
  requiresPython: ">=3.8",
  entryPoints: { demo: "demo.cli:main" },
  files: {
    "demo/__init__.py": "x = 1\n",
    "demo/sub/data.bin": { content: "bytes", mode: 0o755 },
    "single.py": "y = 1\n",
    "demo-1.0.data/scripts/old": "#!python\nprint(1)\n",
    "demo-1.0.data/data/share/demo/x": "x",
    "demo-1.0.data/headers/demo.h": "h",
    "demo-1.0.data/platlib/demo/more.py": "z = 1\n",
  },
};

test("a wheel becomes a tree that needs nothing but links", async () => {
  const { artifact, io } = storeBench();
  const demo = await artifact("Demo", "1.0", parts);
  expect(demo).toMatchObject({ name: "demo", displayName: "Demo", version: "1.0", distInfo: "demo-1.0.dist-info" });
  expect(demo.requiresDist).toEqual(["idna>=2"]);
  expect(demo.entryPoints).toEqual([{ name: "demo", kind: "console", module: "demo.cli", attribute: "main" }]);
  expect(demo.topLevel.map(({ name, kind, foldable }) => `${name} ${kind} ${foldable}`).sort()).toEqual([
    "demo directory true",
    "demo-1.0.dist-info directory true",
    "single.py file true",
  ]);
  const tree = await readArtifactTree(io.fs, demo);
  expect(tree.scripts.files).toEqual(["old", "demo"]);
  expect(tree.data).toEqual({ directories: ["share", "share/demo"], files: ["share/demo/x"] });
  expect(tree.headers.files).toEqual(["demo.h"]);
  expect(tree.site.directories).toEqual(["demo", "demo/sub", "demo-1.0.dist-info"]);
  const record = readFileSync(join(demo.root, "site/demo-1.0.dist-info/RECORD"), "utf8");
  expect(record.split("\n").map((line) => line.split(",")[0])).toEqual([
    "../../../share/demo/x",
    "../../../include/site/Demo/demo.h",
    "../../../bin/demo",
    "../../../bin/old",
    "demo-1.0.dist-info/INSTALLER",
    "demo-1.0.dist-info/METADATA",
    "demo-1.0.dist-info/WHEEL",
    "demo-1.0.dist-info/entry_points.txt",
    "demo/__init__.py",
    "demo/more.py",
    "demo/sub/data.bin",
    "single.py",
    "demo-1.0.dist-info/RECORD",
    "",
  ]);
  const modes = ["site/demo/__init__.py", "site/demo/sub/data.bin", "scripts/old", "scripts/demo"];
  expect(modes.map((path) => (statSync(join(demo.root, path)).mode & 0o111) !== 0)).toEqual([false, true, true, true]);
});

test("what a wheel may bring besides: marks of installers are left out, directories in RECORD are fine", async () => {
  const { add } = storeBench();
  const entries = wheelEntries("demo", "1.0", {
    files: { "demo/__init__.py": "", "demo-1.0.dist-info/REQUESTED": "", "demo-1.0.dist-info/direct_url.json": "{}" },
  });
  const record = entries.at(-1);
  const bytes = zipBytes([
    ...entries.slice(0, -1),
    { name: "demo-1.0.dist-info/RECORD", content: `demo/,,\n${record?.content}` },
  ]);
  const demo = await add("demo-1.0-py3-none-any.whl", bytes);
  expect(readdirSync(join(demo.root, "site/demo-1.0.dist-info")).sort()).toEqual([
    "INSTALLER",
    "METADATA",
    "RECORD",
    "WHEEL",
  ]);
  expect(readFileSync(join(demo.root, "site/demo-1.0.dist-info/RECORD"), "utf8")).not.toMatch(/direct_url|REQUESTED/);
});

test.each([
  ["2.9", "warn"],
  ["3.0", "refused"],
])("metadata of version %s: %s", async (version, outcome) => {
  const { add, io } = storeBench();
  const entries = wheelEntries("demo", "1.0").slice(0, -1);
  const changed = entries.map((entry) =>
    String(entry.name).endsWith("METADATA")
      ? { ...entry, content: String(entry.content).replace("Metadata-Version: 2.1", `Metadata-Version: ${version}`) }
      : entry,
  );
  const record = { name: "demo-1.0.dist-info/RECORD", content: recordText(changed, "demo-1.0.dist-info/RECORD") };
  const added = add("demo-1.0-py3-none-any.whl", zipBytes([...changed, record]));
  if (outcome === "refused") await expect(added).rejects.toMatchObject({ code: "WHEEL_INVALID" });
  else {
    await added;
    expect(io.reporter.events.some((event) => event.type === "notice")).toBe(true);
  }
});

test("many callers want one wheel: it is fetched once", async () => {
  const bench = storeBench();
  const bytes = wheel("demo", "1.0");
  const wanted = { filename: "demo-1.0-py3-none-any.whl", sha256: sha256Of(bytes) };
  let fetched = 0;
  const fetch = async (to: string): Promise<void> => {
    fetched++;
    await Promise.resolve();
    writeFileSync(to, bytes);
  };
  const all = await Promise.all(Array.from({ length: 8 }, () => bench.store.ensure(wanted, fetch)));
  expect(fetched).toBe(1);
  expect(new Set(all.map(({ root }) => root)).size).toBe(1);
  expect(await bench.store.find(wanted.sha256)).toEqual(all[0]);
  expect(readdirSync(join(bench.root, "store/wheel/.incoming"))).toEqual([]);
});

test("eight processes want one wheel: it is fetched once", async () => {
  const bench = storeBench();
  const program = bundleProgram("tests/store/programs/ensure.ts", bench.root);
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`demo/m${index}.py`, `x = ${index}\n`]));
  const bytes = wheel("demo", "1.0", { files });
  const file = join(bench.root, "demo-1.0-py3-none-any.whl");
  writeFileSync(file, bytes);
  const log = join(bench.root, "log");
  const run = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const argv = [program, join(bench.root, "store/wheel"), file, sha256Of(bytes), log];
      const child = spawn(nodeProgram, argv, { stdio: ["ignore", "pipe", "inherit"] });
      let out = "";
      child.stdout.on("data", (chunk) => {
        out += chunk;
      });
      child.once("error", reject);
      child.once("exit", (code) => resolve(`${code} ${out.trim()}`));
    });
  expect(new Set(await Promise.all(Array.from({ length: 8 }, run)))).toEqual(new Set(["0 demo 304"]));
  expect(readFileSync(log, "utf8")).toBe("fetched\n");
});

test("an interrupted download is there to be resumed; a wrong file is not", async () => {
  const bench = storeBench();
  const bytes = Buffer.from(wheel("demo", "1.0"));
  const wanted = { filename: "demo-1.0-py3-none-any.whl", sha256: sha256Of(bytes) };
  const broken = async (to: string): Promise<void> => {
    writeFileSync(to, bytes.subarray(0, 100));
    throw Object.assign(new Error("connection reset"), { code: "ECONNRESET" });
  };
  await expect(bench.store.ensure(wanted, broken)).rejects.toThrow("connection reset");
  const wrong = async (to: string): Promise<void> => {
    expect(readFileSync(to)).toHaveLength(100);
    writeFileSync(to, bytes.subarray(0, 200));
  };
  await expect(bench.store.ensure(wanted, wrong)).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  const artifact = await bench.store.ensure(wanted, async (to) => {
    expect(existsSync(to)).toBe(false);
    writeFileSync(to, bytes);
  });
  expect(artifact.name).toBe("demo");
});

test("after a crash of the machine an artifact is believed only when its bytes are right", async () => {
  const bench = storeBench();
  const clock = new FakeClock({ startMs: Date.now() });
  const at = (boot: string) =>
    openStore(
      { ...bench.io, clock, system: { ...bench.io.system, boot } },
      { wheels: absPath(join(bench.root, "store/wheel")) },
    );
  const file = join(bench.root, "demo-1.0-py3-none-any.whl");
  const bytes = wheel("demo", "1.0");
  writeFileSync(file, bytes);
  const wanted = { filename: "demo-1.0-py3-none-any.whl", sha256: sha256Of(bytes) };
  const add = (boot: string) => at(boot).add(absPath(file), wanted);
  const { root } = await add("monday");
  const module = join(root, "site/demo/__init__.py");
  const content = readFileSync(module);
  // The page cache was lost: the file has its size but not its bytes.
  writeFileSync(module, Buffer.alloc(content.length));
  expect(await at("tuesday").find(wanted.sha256)).toBeUndefined();
  await add("tuesday");
  expect(readFileSync(module)).toEqual(content);
  // A cut manifest is no manifest.
  truncateSync(join(root, "manifest.json"), 40);
  expect(await at("tuesday").find(wanted.sha256)).toBeUndefined();
  await add("tuesday");
  // Found whole by another boot, it is believed for good; so it is when it has had time to reach the disk.
  expect(await at("wednesday").find(wanted.sha256)).toBeDefined();
  expect(readFileSync(join(root, "manifest.json"), "utf8")).toContain('"boot":"durable"');
  await bench.store.discard(wanted.sha256);
  await add("thursday");
  clock.advance(5 * 60_000);
  expect(await at("thursday").find(wanted.sha256)).toBeDefined();
  writeFileSync(module, Buffer.alloc(content.length));
  expect(await at("friday").find(wanted.sha256)).toBeDefined();
});

test("an edit through a hard link is seen, named and undone, and stays with its tree", async () => {
  const bench = storeBench();
  const demo = await bench.artifact("demo", "1.0");
  const other = await bench.artifact("other", "1.0");
  const stored = join(demo.root, "site/demo/__init__.py");
  const linked = join(bench.root, "linked.py");
  linkSync(stored, linked);
  writeFileSync(linked, "edited = True\n");
  utimesSync(linked, new Date(), new Date(Date.now() + 60_000));
  expect(await bench.store.edited(demo)).toEqual(["site/demo/__init__.py"]);
  expect(await bench.store.edited(other)).toEqual([]);
  const [damage, none] = await bench.store.verify();
  expect([damage?.artifact.name, damage?.files, none]).toEqual(["demo", ["site/demo/__init__.py"], undefined]);
  const wheelFile = absPath(join(bench.root, "demo-1.0-py3-none-any.whl"));
  writeFileSync(wheelFile, wheel("demo", "1.0"));
  expect(await bench.store.restore(wheelFile, demo, damage?.files ?? [])).toEqual(["site/demo/__init__.py"]);
  expect(await bench.store.verify()).toEqual([]);
  expect(statSync(stored).mtimeMs).toBeLessThanOrEqual(await bench.store.completedMs(demo));
  expect(readFileSync(linked, "utf8")).toBe("edited = True\n");
  writeFileSync(wheelFile, wheel("demo", "2.0"));
  await expect(bench.store.restore(wheelFile, demo, [])).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  await bench.store.discard(demo.sha256);
  expect(await bench.store.find(demo.sha256)).toBeUndefined();
  expect(readFileSync(linked, "utf8")).toBe("edited = True\n");
});

test("bytecode is no content", async () => {
  const bench = storeBench();
  const demo = await bench.artifact("demo", "1.0");
  await bench.io.fs.makeDir(absPath(join(demo.root, "site/demo/__pycache__")));
  writeFileSync(join(demo.root, "site/demo/__pycache__/__init__.cpython-311.pyc"), "x");
  expect(await bench.store.verify()).toEqual([]);
  expect(bench.store.isCompiled(demo, "3.11.7")).toBe(false);
});

test("what was written through a folded tree is found", async () => {
  const bench = storeBench();
  const demo = await bench.artifact("demo", "1.0");
  writeFileSync(join(demo.root, "site/demo/generated.py"), "x");
  expect((await bench.store.verify()).map(({ files, extra }) => [files, extra])).toEqual([
    [[], ["site/demo/generated.py"]],
  ]);
});

test("collecting keeps what is wanted and what is new", async () => {
  const bench = storeBench();
  const [kept, old] = [await bench.artifact("kept", "1.0"), await bench.artifact("old", "1.0")];
  expect(await bench.store.collect(new Set([kept.sha256]))).toEqual({ removed: 0, freedBytes: 0 });
  expect(await bench.store.collect(new Set([kept.sha256]), { graceMs: -1 })).toEqual({
    removed: 1,
    freedBytes: old.sizeBytes,
  });
  expect((await bench.store.list()).map(({ name }) => name)).toEqual(["kept"]);
  expect(readdirSync(dirname(old.root)).filter((name) => /^[0-9a-f]{64}$/.test(name))).toEqual([kept.sha256]);
});

test("on Windows: launchers are commands, and names that Windows can't hold are refused", async () => {
  const { store, add } = windowsStore();
  const demo = await add("demo", {
    entryPoints: "[console_scripts]\ndemo = demo:main\n[gui_scripts]\nwin = demo:main\n",
    files: { "demo/__init__.py": "", "demo-1.0.data/scripts/old.py": "#!python\nprint(1)\n" },
  });
  expect(demo.sections).toEqual(["scripts"]);
  expect((await store.list()).map(({ name }) => name)).toEqual(["demo"]);
  const names: Record<string, string> = {
    "demo/x.py.": "trailing dot",
    "demo/y.py ": "trailing blank",
    "demo/a:b": "stream",
    "demo/con.py": "device",
    "Demo/__INIT__.py": "case",
  };
  for (const path of Object.keys(names)) {
    const files = { "demo/__init__.py": "", [path]: path };
    await expect(add("demo", { files })).rejects.toMatchObject({ code: "WHEEL_INVALID" });
  }
});

test("on a disk that folds case, names that would become one are refused", async () => {
  const { add } = windowsStore("macos");
  const files = { "demo/a.py": "1", "demo/A.py": "2" };
  await expect(add("demo", { files })).rejects.toThrow("differs from `demo/a.py` only by case");
});

test("a full disk is told as one, and leaves nothing", async () => {
  const ports = memoryPorts({ disk: { capacityBytes: 3_000 } });
  const wheels = absPath("/home/ada/store");
  const bytes = wheel("demo", "1.0", { files: { "demo/big.txt": "x".repeat(5_000) } });
  await ports.fs.write(absPath("/home/ada/demo-1.0-py3-none-any.whl"), bytes).catch(() => undefined);
  await ports.fs.makeDir(absPath("/home/ada"));
  const file = absPath("/home/ada/demo-1.0-py3-none-any.whl");
  await ports.fs.write(file, bytes);
  const wanted = { filename: "demo-1.0-py3-none-any.whl", sha256: sha256Of(bytes) };
  await expect(openStore(ports, { wheels }).add(file, wanted)).rejects.toMatchObject({ code: "DISK_FULL" });
  expect((await ports.fs.list(wheels))?.map(({ name }) => name)).toEqual([".locks", ".stage"]);
});

function windowsStore(os: "windows" | "macos" = "windows") {
  const ports = memoryPorts({ os });
  const home = ports.system.home;
  const store = openStore(ports, { wheels: ports.fs.path.join(home, "store", "wheel") });
  const add = async (name: string, wheelParts: Parameters<typeof wheel>[2]) => {
    const bytes = wheel(name, "1.0", wheelParts);
    await ports.fs.makeDir(home);
    const file = ports.fs.path.join(home, wheelFilename(name, "1.0"));
    await ports.fs.write(file, bytes);
    return store.add(file, { filename: wheelFilename(name, "1.0"), sha256: sha256Of(bytes) });
  };
  return { store, add };
}
