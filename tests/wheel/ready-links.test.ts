import { expect, test } from "vitest";
import { openStore } from "../../src/store/index.ts";
import { linkArtifacts } from "../../src/wheel/index.ts";
import { type MemoryPortsOptions, memoryPorts } from "../kit/memory-ports.ts";
import { wheel } from "../kit/wheel.ts";
import { sha256Of } from "../store/store-bench.ts";

const options = { mode: "fold", requested: new Set<never>(), pythonVersion: "3.11.7", directUrls: new Map() } as const;

/** A store with one package, and trees of links into it, made one after another. */
async function folding(shape: MemoryPortsOptions = {}) {
  const ports = memoryPorts(shape);
  const { fs } = ports;
  const at = (...parts: string[]) => fs.path.join(ports.system.home, ...parts);
  const store = openStore(ports, { wheels: at("data", "store", "wheel") });
  const bytes = wheel("demo", "1.0", { files: { "demo/__init__.py": "", "single.py": "" } });
  await fs.makeDir(at("data", "scripts"));
  const filename = "demo-1.0-py3-none-any.whl";
  await fs.write(at(filename), bytes);
  const demo = await store.add(at(filename), { filename, sha256: sha256Of(bytes) });
  const link = async (name: string) => {
    const root = at("data", "scripts", name);
    const sitePackages = fs.path.join(root, "lib", "python3.11", "site-packages");
    const tree = { root, sitePackages, bin: fs.path.join(root, "bin"), data: root, include: root, home: root };
    await linkArtifacts(ports, [demo], tree, options);
    const places = ["demo", "single.py", "demo-1.0.dist-info"].map((place) => fs.path.join(sitePackages, place));
    return {
      inodes: (await fs.linkInfos(places)).map((info) => `${info?.kind} ${info?.inode}`),
      texts: await Promise.all(places.map((place) => fs.readLink(place))),
    };
  };
  return { ports, demo, store, link };
}

test("links of folded trees are names of one link beside the artifact, with the way that each tree needs", async () => {
  const { demo, store, link } = await folding();
  const [first, second] = [await link("one"), await link("two")];
  expect(first).toEqual(second);
  expect(first.texts[0]).toBe(`../../../../../store/wheel/${demo.sha256}/site/demo`);
  expect(first.inodes.every((shown) => shown.startsWith("symlink "))).toBe(true);
  expect(await store.verify()).toEqual([]);
});

test.each([
  ["a disk without hard links", { disk: { hardLinks: false } }],
  ["a system that may follow the link", { os: "macos" }],
] as const)("%s gets new links", async (_, shape) => {
  const { link } = await folding(shape);
  const [first, second] = [await link("one"), await link("two")];
  expect(first.texts).toEqual(second.texts);
  expect(first.inodes).not.toEqual(second.inodes);
});

test("a store that can't be written to is folded all the same", async () => {
  const { ports, demo, link } = await folding();
  ports.disk.protect(demo.root, "EROFS");
  const [first, second] = [await link("one"), await link("two")];
  expect(first.texts).toEqual(second.texts);
  expect(first.inodes).not.toEqual(second.inodes);
});
