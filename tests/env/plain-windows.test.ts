import { expect, test } from "vitest";
import { type AbsPath, absPath } from "../../src/base/index.ts";
import { writeManifest } from "../../src/env/plain-manifest.ts";
import { deploy, settleInPlace, withdraw } from "../../src/env/plain-swap.ts";
import { formatReceipt, type Receipt, readReceipt } from "../../src/env/receipt.ts";
import { memoryPorts } from "../kit/memory-ports.ts";

/** A directory of a host on a Windows disk, with versions built beside what stands there. */
function hostDirectory() {
  const io = memoryPorts({ os: "windows" });
  const { fs } = io;
  const root = absPath("C:\\Host\\site");
  const place = { root, dir: fs.path.join(root, ".venvoy") };
  const at = (path: string): AbsPath => fs.path.join(root, ...path.split("/"));
  const build = async (number: number, files: Readonly<Record<string, string>>): Promise<void> => {
    const tree = fs.path.join(place.dir, "generations", String(number));
    for (const [path, text] of Object.entries(files)) {
      const file = fs.path.join(tree, ...path.split("/"));
      await fs.makeDir(fs.path.directory(file));
      await fs.write(file, text);
    }
    await fs.makeDir(fs.path.join(tree, ".venvoy"));
    await writeManifest(fs, tree, new Set());
    const receipt = { format: 1, id: "a", generation: number, sitePackages: "", base: {}, packages: [], inPlace: true };
    await fs.write(fs.path.join(tree, ".venvoy", "receipt"), formatReceipt(receipt as unknown as Receipt));
  };
  const standing = async (): Promise<Record<string, string>> => {
    const found: Record<string, string> = {};
    const files: string[] = [];
    await fs.scan(root, ({ path, kind }) => {
      if (kind === "file" && !path.startsWith(".venvoy")) files.push(path);
    });
    for (const path of files.sort()) found[path] = await fs.readText(at(path));
    return found;
  };
  const trash = async (): Promise<boolean> => (await fs.linkInfo(fs.path.join(place.dir, "trash"))) !== undefined;
  return { io, fs, place, at, build, standing, trash, version: async () => (await readReceipt(fs, root))?.generation };
}

const one = { "num/core.pyd": "one", "num/lib/a.dll": "one", "num/gone.py": "one", "six.py": "one" };
const two = { "num/core.pyd": "two", "num/lib/a.dll": "two", "num/new/b.py": "two", "six.py": "two" };

test("a module that the host has loaded gives way, and goes when the host has ended", async () => {
  const { io, place, at, build, standing, trash, version } = hostDirectory();
  await build(1, one);
  await deploy(io, place, 1);
  expect(await standing()).toEqual(one);
  io.disk.loadElsewhere(at("num/lib/a.dll"));
  await build(2, two);
  await deploy(io, place, 2);
  expect(await standing()).toEqual(two);
  expect([await version(), await trash()]).toEqual([2, true]);
  await settleInPlace(io, place);
  expect(await trash()).toBe(true);
  io.disk.unloadAll();
  await settleInPlace(io, place);
  expect([await standing(), await trash()]).toEqual([two, false]);
});

test("a file that is open and can't even be renamed takes everything back", async () => {
  const { io, place, at, build, standing, version } = hostDirectory();
  await build(1, one);
  await deploy(io, place, 1);
  io.disk.openElsewhere(at("num/lib/a.dll"));
  await build(2, two);
  await expect(deploy(io, place, 2)).rejects.toMatchObject({ code: "ENV_BUSY", data: { file: at("num/lib/a.dll") } });
  expect([await standing(), await version()]).toEqual([one, 1]);
  io.disk.closeElsewhere(at("num/lib/a.dll"));
  await build(2, two);
  await deploy(io, place, 2);
  expect([await standing(), await version()]).toEqual([two, 2]);
});

test("what is venvoy's leaves the directory also while a module is loaded", async () => {
  const { io, fs, place, at, build, standing } = hostDirectory();
  await build(1, one);
  await deploy(io, place, 1);
  await fs.write(at("num/mine.txt"), "mine");
  io.disk.loadElsewhere(at("num/core.pyd"));
  await withdraw(io, place, 1);
  expect(await standing()).toEqual({ "num/mine.txt": "mine" });
});

test("a stop between any two steps is carried on to the new version", async () => {
  for (let steps = 1; steps < 60; steps++) {
    const { io, fs, place, at, build, standing, version, trash } = hostDirectory();
    await build(1, one);
    await deploy(io, place, 1);
    io.disk.loadElsewhere(at("num/core.pyd"));
    await build(2, two);
    let left = steps;
    const stopping = new Proxy(fs, {
      get: (target, name, receiver) => {
        const member = Reflect.get(target, name, receiver);
        if (typeof member !== "function" || !/^(rename|writeAtomic|remove|makeDir)$/.test(String(name)))
          return typeof member === "function" ? member.bind(target) : member;
        return (...args: unknown[]) => {
          if (left-- <= 0) throw new Error("stopped");
          return member.apply(target, args);
        };
      },
    });
    const ended = await deploy({ fs: stopping }, place, 2).then(
      () => true,
      () => false,
    );
    const hasBegun = (await fs.linkInfo(fs.path.join(place.dir, "swap.json"))) !== undefined;
    await settleInPlace(io, place);
    const state = [await standing(), await version()];
    expect(state, `${steps} steps`).toEqual(ended || hasBegun || state[1] === 2 ? [two, 2] : [one, 1]);
    io.disk.unloadAll();
    await settleInPlace(io, place);
    expect(await trash(), `${steps} steps`).toBe(false);
    if (ended) return;
  }
  throw new Error("never ended");
});

test.each([
  '{"format":1,"number":2,"way":"in","paths":["../../other"],"opened":[]}',
  '{"format":1,"number":2,"way":"out","paths":["C:\\\\Windows"],"opened":[]}',
  '{"format":1,"number":"../2","way":"in","paths":[],"opened":[]}',
  "{",
])("a journal that leads out of the directory is refused: %s", async (text) => {
  const { io, fs, place, build, standing } = hostDirectory();
  await build(1, one);
  await deploy(io, place, 1);
  await fs.makeDir(absPath("C:\\other"));
  await fs.write(fs.path.join(place.dir, "swap.json"), text);
  await expect(settleInPlace(io, place)).rejects.toMatchObject({ code: "ENV_BROKEN" });
  expect([await standing(), (await fs.info(absPath("C:\\other")))?.kind]).toEqual([one, "directory"]);
});
