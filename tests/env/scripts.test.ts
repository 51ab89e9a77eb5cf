import { existsSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  ensureScriptEnvironment,
  findScriptEnvironment,
  listScriptEnvironments,
  noteScriptUse,
  recallHeader,
  referencedArtifacts,
  rememberHeader,
  type ScriptEnvironment,
  type ScriptRequest,
  scriptKey,
  sweepScripts,
} from "../../src/env/index.ts";
import { tempDir } from "../kit/temp.ts";
import { anyPython, lockOf, realPythons, runIn, startPython, workbench } from "./workbench.ts";

const header = "ab".repeat(32);

test("a script environment is one folded tree per lock and interpreter, without pip", async () => {
  const bench = workbench(tempDir("script"));
  const base = await bench.base(await anyPython(bench));
  const demo = await bench.artifact("demo", "1.0");
  const hint = { path: "_venvoy_hint.pth", text: "import sys; sys.hinted = True\n" };
  const request: ScriptRequest = { base, lock: lockOf([demo]), artifacts: [demo], extraFiles: [hint] };
  const made = await ensureScriptEnvironment(bench.io, bench.context, request);
  expect(made.root).toBe(join(bench.layout.scripts, scriptKey(request)));
  const site = join(made.root, made.receipt.sitePackages);
  expect(readdirSync(site).sort()).toEqual(["_venvoy_hint.pth", "demo", "demo-1.0.dist-info"]);
  expect(realpathSync(join(site, "demo"))).toContain(demo.sha256);
  const python = bench.io.fs.path.join(made.root, "bin", "python");
  const facts = await runIn(bench, python, ["-c", "import sys, demo; print(demo.__version__, sys.hinted, sys.prefix)"]);
  expect(facts).toBe(`1.0 True ${made.root}`);
  await expect(runIn(bench, python, ["-m", "pip"])).rejects.toThrow("No module named pip");
  const again = await ensureScriptEnvironment(bench.io, bench.context, request);
  expect(again).toEqual(made);
  expect((await listScriptEnvironments(bench.io, bench.context)).map((item) => item.key)).toEqual([made.key]);
  expect(readdirSync(bench.layout.stage)).toEqual([]);
});

test("the key changes with the lock, the interpreter and what venvoy adds, and with nothing else", async () => {
  const bench = workbench(tempDir("script"));
  const pythons = await realPythons(bench);
  const [first, second] = [await bench.base(pythons[0] as never), await bench.base(pythons.at(-1) as never)];
  const [one, two] = [await bench.artifact("demo", "1.0"), await bench.artifact("demo", "2.0")];
  const other = await bench.artifact("other", "1.0");
  const key = (more: Partial<ScriptRequest>): string => scriptKey({ base: first, lock: lockOf([one, other]), ...more });
  const keys = [
    key({}),
    key({ lock: lockOf([two, other]) }),
    key({ base: second }),
    key({ extraFiles: [{ path: "a.pth", text: "" }] }),
    key({ linkMode: "copy" }),
  ];
  expect(new Set(keys).size).toBe(pythons.length > 1 ? 5 : 4);
  expect(key({ lock: lockOf([other, one]) })).toBe(keys[0]);
  for (const item of keys) expect(item).toMatch(/^[0-9a-f]{32}$/);
});

test("a header leads to its tree again, as long as the tree and its interpreter are there", async () => {
  const bench = workbench(tempDir("script"));
  const base = await bench.base(await anyPython(bench));
  const made = await ensureScriptEnvironment(bench.io, bench.context, { base, lock: lockOf([]), artifacts: [] });
  expect(await recallHeader(bench.io, bench.context, header)).toBeUndefined();
  await rememberHeader(bench.io, bench.context, header, made.key);
  expect(await recallHeader(bench.io, bench.context, header)).toEqual(made);
  expect(await recallHeader(bench.io, bench.context, "../../../etc")).toBeUndefined();
  rmSync(base.link);
  expect(await recallHeader(bench.io, bench.context, header)).toBeUndefined();
  await bench.base(base.interpreter);
  expect(await recallHeader(bench.io, bench.context, header)).toEqual(made);
  rmSync(made.root, { recursive: true });
  expect(await recallHeader(bench.io, bench.context, header)).toBeUndefined();
});

test("a tree without a receipt is not believed, and built again", async () => {
  const bench = workbench(tempDir("script"));
  const base = await bench.base(await anyPython(bench));
  const request: ScriptRequest = { base, lock: lockOf([]), artifacts: [] };
  const made = await ensureScriptEnvironment(bench.io, bench.context, request);
  rmSync(join(made.root, ".venvoy"), { recursive: true });
  expect(await findScriptEnvironment(bench.io, bench.context, made.key)).toBeUndefined();
  await ensureScriptEnvironment(bench.io, bench.context, request);
  expect(existsSync(join(made.root, ".venvoy", "receipt"))).toBe(true);
});

test("four that build the same tree at once share it", async () => {
  const bench = workbench(tempDir("script"));
  const base = await bench.base(await anyPython(bench));
  const demo = await bench.artifact("demo", "1.0");
  const request: ScriptRequest = { base, lock: lockOf([demo]), artifacts: [demo] };
  const all = await Promise.all([1, 2, 3, 4].map(() => ensureScriptEnvironment(bench.io, bench.context, request)));
  expect(new Set(all.map((item) => item.root)).size).toBe(1);
  expect(readdirSync(bench.layout.scripts)).toEqual([all[0]?.key]);
});

test("unused script environments go, used and running ones stay", async () => {
  const bench = workbench(tempDir("script"));
  const base = await bench.base(await anyPython(bench));
  const artifacts = [
    await bench.artifact("one", "1.0"),
    await bench.artifact("two", "1.0"),
    await bench.artifact("three", "1.0"),
  ];
  const made = [];
  for (const artifact of artifacts) {
    const request = { base, lock: lockOf([artifact]), artifacts: [artifact] };
    made.push(await ensureScriptEnvironment(bench.io, bench.context, request));
  }
  const [unused, used, running] = made as [ScriptEnvironment, ScriptEnvironment, ScriptEnvironment];
  await rememberHeader(bench.io, bench.context, header, unused.key);
  const dayMs = 24 * 3_600_000;
  const { clock } = bench.io;
  const later = { ...bench.io, clock: { ...clock, now: () => clock.now() + 2 * dayMs } };
  await noteScriptUse(later, used);
  await using _python = await startPython(running.root);
  expect(await sweepScripts(later, bench.context, { unusedMs: dayMs })).toEqual([unused.key]);
  const left = (await listScriptEnvironments(bench.io, bench.context)).map((item) => item.key);
  expect(left.sort()).toEqual([used.key, running.key].sort());
  expect(readdirSync(join(bench.layout.scripts, ".headers"))).toEqual([]);
  expect(readdirSync(bench.layout.stage)).toEqual([]);
});

test("every artifact that a tree, a lock or the trash needs is known, and no other", async () => {
  const bench = workbench(tempDir("referenced"));
  const base = await bench.base(await anyPython(bench));
  const [script, old, now, deleted, unused] = [
    await bench.artifact("script", "1.0"),
    await bench.artifact("old", "1.0"),
    await bench.artifact("now", "1.0"),
    await bench.artifact("deleted", "1.0"),
    await bench.artifact("unused", "1.0"),
  ];
  await ensureScriptEnvironment(bench.io, bench.context, { base, lock: lockOf([script]), artifacts: [script] });
  await bench.home.create("demo", bench.request(base, [old]));
  await bench.home.using("demo", { purpose: "change" }, async (held) => {
    await held.change(bench.request(base, [now]));
    await held.collect();
  });
  await bench.home.create("gone", bench.request(base, [deleted]));
  await bench.home.remove("gone");
  const found = await referencedArtifacts(bench.io, bench.context);
  for (const artifact of [script, old, now, deleted]) expect(found.has(artifact.sha256)).toBe(true);
  expect(found.has(unused.sha256)).toBe(false);
  // And the pip of the named environments.
  expect(found.size).toBe(5);
});
