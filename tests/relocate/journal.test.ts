import { describe, expect, test } from "vitest";
import { type AbsPath, absPath } from "../../src/base/index.ts";
import type { Fs } from "../../src/ports/index.ts";
import { applyFix, examineTree, finish, moveOf, unfinishedFix } from "../../src/relocate/index.ts";
import { type MemoryPorts, memoryPorts } from "../kit/memory-ports.ts";

const root = absPath("/srv/now/env");
const former = "/srv/former/env";

/** Everything that changes a disk. */
const changing: ReadonlySet<string> = new Set([
  "makeDir",
  "write",
  "writeAtomic",
  "symlink",
  "hardLink",
  "copyFile",
  "rename",
  "remove",
  "setMode",
  "setTimes",
  "syncDir",
]);

class Cut extends Error {
  readonly code = "EIO";
}

/** The same disk for somebody whose calls fail: the one of that number, or all from it on, as after a kill. */
function failing(fs: Fs, { at, forever }: { readonly at: number; readonly forever: boolean }): Counted {
  const count = { calls: 0 };
  const counted = new Proxy(fs, {
    get: (_target, name) => {
      const member: unknown = Reflect.get(fs, name, fs);
      if (typeof member !== "function") return member;
      const bound = member.bind(fs) as (...words: never[]) => Promise<unknown>;
      if (!changing.has(String(name))) return bound;
      return async (...words: never[]) => {
        const call = count.calls++;
        if (call === at || (forever && call > at)) throw new Cut(`call ${call}`);
        return bound(...words);
      };
    },
  });
  return { fs: counted, count };
}

interface Counted {
  readonly fs: Fs;
  readonly count: { readonly calls: number };
}

async function planted(): Promise<MemoryPorts> {
  const ports = memoryPorts();
  const { fs } = ports;
  const files: Readonly<Record<string, string>> = {
    "pyvenv.cfg": "home = /usr/bin\n",
    "bin/activate": `VIRTUAL_ENV="${former}"\n`,
    "bin/python": "",
    "bin/tool": `#!${former}/bin/python\n`,
    "lib/python3.11/site-packages/__editable___x_finder.py": `MAPPING = {'x': '${former}/src'}\n`,
  };
  for (const [path, text] of Object.entries(files)) {
    const at = fs.path.join(root, ...path.split("/"));
    await fs.makeDir(fs.path.directory(at));
    await fs.write(at, text, { mode: 0o755 });
  }
  const cache = fs.path.join(root, "lib", "python3.11", "site-packages", "__pycache__");
  await fs.makeDir(cache);
  // Bytecode that is believed without a look at its source.
  const bytecode = Buffer.concat([Buffer.from([1, 2, 13, 10, 1, 0, 0, 0]), Buffer.alloc(40)]);
  await fs.write(fs.path.join(cache, "__editable___x_finder.cpython-311.pyc"), bytecode);
  await fs.symlink(`${former}/lib`, fs.path.join(root, "lib64"), "directory");
  return ports;
}

async function picture(fs: Fs): Promise<Readonly<Record<string, string>>> {
  const paths: { readonly path: string; readonly kind: string }[] = [];
  await fs.scan(root, ({ path, kind }) => void paths.push({ path, kind }));
  const found: Record<string, string> = {};
  for (const { path, kind } of paths.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const at = path === "" ? root : fs.path.join(root, ...path.split("/"));
    if (kind === "file") found[path] = Buffer.from(await fs.read(at)).toString("latin1");
    if (kind === "symlink") found[path] = `-> ${await fs.readLink(at)}`;
  }
  return found;
}

const { signal } = new AbortController();

async function fix(ports: MemoryPorts, fs: Fs): Promise<void> {
  const tree = await examineTree(ports, root, { signal });
  await applyFix({ fs, clock: ports.clock }, tree, { move: moveOf(former, root), signal });
}

async function measured(): Promise<{ readonly before: object; readonly after: object; readonly calls: number }> {
  const ports = await planted();
  const before = await picture(ports.fs);
  const counting = failing(ports.fs, { at: -1, forever: false });
  await fix(ports, counting.fs);
  return { before, after: await picture(ports.fs), calls: counting.count.calls };
}

describe("a fix is whole or not there", () => {
  test("what it does when nothing comes in between", async () => {
    const { after } = await measured();
    expect(after).toEqual({
      "pyvenv.cfg": "home = /usr/bin\n",
      "bin/activate": `VIRTUAL_ENV="${root}"\n`,
      "bin/python": "",
      "bin/tool": `#!${root}/bin/python\n`,
      lib64: `-> ${root}/lib`,
      "lib/python3.11/site-packages/__editable___x_finder.py": `MAPPING = {'x': '${root}/src'}\n`,
    });
  });

  test("a kill at any call: the next run finishes or undoes it", async () => {
    const { before, after, calls } = await measured();
    const ends = new Set<string>();
    for (let at = 0; at < calls; at++) {
      const ports = await planted();
      await expect(fix(ports, failing(ports.fs, { at, forever: true }).fs)).rejects.toThrow();
      const ended = await finish(ports.fs, root);
      const now = await picture(ports.fs);
      expect([before, after], `call ${at}`).toContainEqual(now);
      if (ended === "finished") expect(now).toEqual(after);
      expect(await unfinishedFix(ports.fs, root)).toBeUndefined();
      ends.add(String(ended));
    }
    expect([...ends].sort()).toEqual(["finished", "undefined", "undone"]);
  });

  test("a kill of the run that finishes, too", async () => {
    const { before, after, calls } = await measured();
    for (let at = 0; at < calls; at++) {
      for (let second = 0; second < 12; second += 2) {
        const ports = await planted();
        await expect(fix(ports, failing(ports.fs, { at, forever: true }).fs)).rejects.toThrow();
        await finish(failing(ports.fs, { at: second, forever: true }).fs, root).catch(() => {});
        await finish(ports.fs, root);
        expect([before, after], `calls ${at} and ${second}`).toContainEqual(await picture(ports.fs));
      }
    }
  });

  test("an error at any call takes everything back, or comes when all is done", async () => {
    const { before, after, calls } = await measured();
    let undone = 0;
    for (let at = 0; at < calls; at++) {
      const ports = await planted();
      await expect(fix(ports, failing(ports.fs, { at, forever: false }).fs)).rejects.toThrow();
      const left = await unfinishedFix(ports.fs, root);
      if (left !== undefined) await finish(ports.fs, root);
      const now = await picture(ports.fs);
      expect([before, after], `call ${at}`).toContainEqual(now);
      if (JSON.stringify(now) === JSON.stringify(before)) undone += 1;
    }
    expect(undone).toBeGreaterThan(calls - 4);
  });

  test("a file that somebody changes meanwhile stops it", async () => {
    const ports = await planted();
    const tree = await examineTree(ports, root, { signal });
    const tool = ports.fs.path.join(root, "bin", "tool") as AbsPath;
    ports.clock.advance(5_000);
    await ports.fs.write(tool, `#!${former}/bin/python\n# more\n`);
    const now = await picture(ports.fs);
    const done = applyFix(ports, tree, { move: moveOf(former, root), signal });
    await expect(done).rejects.toMatchObject({ code: "TREE_UNFIT" });
    expect(await picture(ports.fs)).toEqual(now);
  });
});
