import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type AbsPath, parseSha256 } from "../../src/base/index.ts";
import { PreparedTrees } from "../../src/store/prepared.ts";
import { storeBench } from "./store-bench.ts";

const key = parseSha256("1".repeat(64));
const other = parseSha256("2".repeat(64));

function bench() {
  const { io, root } = storeBench();
  const at = join(root, "store", "python") as AbsPath;
  return { at, trees: new PreparedTrees(io, at), again: () => new PreparedTrees(io, at), fs: io.fs };
}

/** A tree of a program, a link to it and a directory; counts how often it is made. */
function maker(): {
  readonly make: (files: AbsPath) => Promise<{ readonly word: string }>;
  readonly made: () => number;
} {
  let count = 0;
  const make = async (files: AbsPath): Promise<{ readonly word: string }> => {
    count++;
    mkdirSync(join(files, "bin"));
    mkdirSync(join(files, "empty"));
    writeFileSync(join(files, "bin", "tool3"), "program", { mode: 0o755 });
    symlinkSync("tool3", join(files, "bin", "tool"));
    return { word: "told" };
  };
  return { make, made: () => count };
}

test("a prepared tree is made once, whoever asks at the same time, and is linked into others with its links", async () => {
  const { trees, again, fs, at } = bench();
  const { make, made } = maker();
  const options = { label: "Python 3.11.7", make };
  const [first, second] = await Promise.all([trees.ensure(key, options), again().ensure(key, options)]);
  expect([made(), first.facts, second.facts]).toEqual([1, { word: "told" }, { word: "told" }]);
  const found = await again().hold<{ readonly word: string }>(key);
  expect(found).toEqual(first);
  expect(first.links).toEqual([{ path: "bin/tool", text: "tool3", kind: "file" }]);
  const tree = join(at, "..", "tree") as AbsPath;
  mkdirSync(tree);
  await fs.linkTrees([{ from: first.files, to: tree, mode: "hardlink", listing: first.listing }]);
  expect(readFileSync(join(tree, "bin", "tool3"), "utf8")).toBe("program");
  expect(existsSync(join(tree, "empty"))).toBe(true);
  expect(await trees.hold(other)).toBeUndefined();
});

test("what could not be made leaves nothing behind, and is made the next time", async () => {
  const { trees, at } = bench();
  const { make } = maker();
  const fails = { label: "x", make: async (files: AbsPath) => make(files).then(() => Promise.reject(new Error("no"))) };
  await expect(trees.ensure(key, fails)).rejects.toThrow("no");
  expect(await trees.hold(key)).toBeUndefined();
  expect(readdirSync(join(at, ".stage"))).toEqual([]);
  expect((await trees.ensure(key, { label: "x", make })).facts).toEqual({ word: "told" });
});

test("what nothing needs and nobody used for an hour is collected; the rest stays", async () => {
  const { trees, at } = bench();
  for (const one of [key, other]) await trees.ensure(one, { label: "x", make: maker().make });
  const keep = new Set([key]);
  expect(await trees.unneeded(keep)).toEqual([]);
  const then = new Date(Date.now() - 7_200_000);
  for (const one of [key, other]) utimesSync(join(at, one, "manifest.json"), then, then);
  expect(await trees.unneeded(keep)).toEqual([join(at, other)]);
  // Whoever takes one to link it keeps it from that.
  await trees.hold(other);
  expect(await trees.unneeded(keep)).toEqual([]);
  utimesSync(join(at, other, "manifest.json"), then, then);
  expect(await trees.collect(keep)).toEqual({ removed: 1, bytes: "program".length });
  expect([existsSync(join(at, key)), existsSync(join(at, other))]).toEqual([true, false]);
});

test("a flipped byte is found by comparing all of it, and the tree is made again", async () => {
  const { trees, at } = bench();
  const { make, made } = maker();
  await trees.ensure(key, { label: "Python 3.11.7", make });
  expect(await trees.verify()).toEqual([]);
  writeFileSync(join(at, key, "tree", "bin", "tool3"), "progrAm");
  expect(await trees.verify()).toEqual([{ label: "Python 3.11.7", files: ["bin/tool3"] }]);
  expect(await trees.hold(key)).toBeUndefined();
  await trees.ensure(key, { label: "Python 3.11.7", make });
  expect(made()).toBe(2);
});
