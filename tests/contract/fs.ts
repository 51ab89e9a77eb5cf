import { describe, expect, test } from "vitest";
import { type AbsPath, hasCode } from "../../src/base/index.ts";
import type { Fs } from "../../src/ports/index.ts";

export interface FsSubject {
  readonly fs: Fs;
  /** An empty directory. */
  readonly root: AbsPath;
}

/** The code of the system error that `work` ends with. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error && "code" in error) return String(error.code);
    throw error;
  }
  return "no error";
}

/** What every `Fs` must do. `make` gives a fresh subject for each test. */
export function fsContract(name: string, make: () => FsSubject): void {
  describe(`${name}: reading and writing`, () => {
    test("what was written is read back, whole and in parts", async () => {
      const { fs, root } = make();
      const file = fs.path.join(root, "a.txt");
      await fs.write(file, "grün");
      expect(await fs.readText(file)).toBe("grün");
      expect([...(await fs.read(file))]).toEqual([103, 114, 195, 188, 110]);
      expect([...(await fs.readRange(file, 1, 2))]).toEqual([114, 195]);
      expect([...(await fs.readRange(file, 4, 100))]).toEqual([110]);
      expect([...(await fs.readRange(file, 9, 100))]).toEqual([]);
      await fs.write(file, Uint8Array.of(1, 2));
      expect([...(await fs.read(file))]).toEqual([1, 2]);
    });

    test("a scan tells everything once, parents first, and follows no link", async () => {
      const { fs, root } = make();
      await fs.makeDir(fs.path.join(root, "a", "deep"));
      await fs.write(fs.path.join(root, "a", "deep", "one"), "x".repeat(5_000));
      await fs.hardLink(fs.path.join(root, "a", "deep", "one"), fs.path.join(root, "two"));
      await fs.symlink("a", fs.path.join(root, "link"), "directory");
      const seen: { path: string; kind: string; inode: number; links: number; diskBytes: number }[] = [];
      await fs.scan(root, (entry) => seen.push(entry));
      expect(seen.map(({ path }) => path).sort()).toEqual(["", "a", "a/deep", "a/deep/one", "link", "two"]);
      expect(seen[0]?.path).toBe("");
      expect(seen.findIndex(({ path }) => path === "a/deep")).toBeLessThan(
        seen.findIndex(({ path }) => path === "a/deep/one"),
      );
      const [one, two] = seen.filter(({ kind }) => kind === "file");
      expect(one?.inode).toBe(two?.inode);
      expect(one?.links).toBe(2);
      expect(one?.diskBytes).toBeGreaterThanOrEqual(5_000);
      expect(seen.find(({ path }) => path === "link")?.kind).toBe("symlink");
      const none: unknown[] = [];
      await fs.scan(fs.path.join(root, "absent"), (entry) => none.push(entry));
      expect(none).toEqual([]);
      await fs.scan(fs.path.join(root, "two"), (entry) => none.push(entry.path));
      expect(none).toEqual([""]);
    });

    test("a byte order mark is part of the text", async () => {
      const { fs, root } = make();
      await fs.write(fs.path.join(root, "bom"), Uint8Array.of(0xef, 0xbb, 0xbf, 0x61));
      expect(await fs.readText(fs.path.join(root, "bom"))).toBe("\ufeffa");
    });

    test("what is missing or of the wrong kind is told by its code", async () => {
      const { fs, root } = make();
      await fs.write(fs.path.join(root, "file"), "");
      expect(await codeOf(fs.read(fs.path.join(root, "none")))).toBe("ENOENT");
      expect(await codeOf(fs.read(root))).toBe("EISDIR");
      expect(await codeOf(fs.write(root, ""))).toBe("EISDIR");
      expect(await codeOf(fs.write(fs.path.join(root, "none", "file"), ""))).toBe("ENOENT");
      expect(await codeOf(fs.readLink(fs.path.join(root, "file")))).toBe("EINVAL");
      expect(await codeOf(fs.readLink(fs.path.join(root, "none")))).toBe("ENOENT");
      expect(await codeOf(fs.realPath(fs.path.join(root, "none")))).toBe("ENOENT");
      expect(await codeOf(fs.rename(fs.path.join(root, "none"), fs.path.join(root, "other")))).toBe("ENOENT");
      expect(await codeOf(fs.setMode(fs.path.join(root, "none"), 0o644))).toBe("ENOENT");
    });

    test("writeAtomic replaces the file, keeps its mode, and leaves nothing else", async () => {
      const { fs, root } = make();
      const file = fs.path.join(root, "a");
      await fs.writeAtomic(file, "one", { mode: 0o700 });
      await fs.writeAtomic(file, "two");
      expect(await fs.readText(file)).toBe("two");
      if (fs.path.kind === "posix") expect((await fs.info(file))?.mode).toBe(0o700);
      expect((await fs.list(root))?.map((entry) => entry.name)).toEqual(["a"]);
      expect(await codeOf(fs.writeAtomic(fs.path.join(root, "none", "a"), ""))).toBe("ENOENT");
    });

    test("writeAtomic that can't replace leaves nothing behind", async () => {
      const { fs, root } = make();
      await fs.makeDir(fs.path.join(root, "d", "inner"));
      expect(await codeOf(fs.writeAtomic(fs.path.join(root, "d"), "x"))).not.toBe("no error");
      expect((await fs.list(root))?.map((entry) => entry.name)).toEqual(["d"]);
    });

    test("a writer takes pieces, and appends when asked", async () => {
      const { fs, root } = make();
      const file = fs.path.join(root, "download");
      const writer = await fs.openWriter(file);
      await writer.write(Uint8Array.of(1));
      await writer.write(Uint8Array.of());
      await writer.write(Uint8Array.of(2, 3));
      await writer.close();
      {
        await using more = await fs.openWriter(file, { append: true });
        await more.write(Uint8Array.of(4));
        await more.close();
      }
      expect([...(await fs.read(file))]).toEqual([1, 2, 3, 4]);
      await (await fs.openWriter(file)).close();
      expect((await fs.info(file))?.sizeBytes).toBe(0);
    });
  });

  describe(`${name}: directories`, () => {
    test("a list is in code-point order and says what is what", async () => {
      const { fs, root } = make();
      for (const file of ["b", "Z", "é", "a"]) await fs.write(fs.path.join(root, file), "");
      await fs.makeDir(fs.path.join(root, "d"));
      await fs.symlink("d", fs.path.join(root, "l"), "directory");
      expect(await fs.list(root)).toEqual([
        { name: "Z", kind: "file" },
        { name: "a", kind: "file" },
        { name: "b", kind: "file" },
        { name: "d", kind: "directory" },
        { name: "l", kind: "symlink" },
        { name: "é", kind: "file" },
      ]);
      expect(await fs.list(fs.path.join(root, "none"))).toBeUndefined();
      expect(await codeOf(fs.list(fs.path.join(root, "a")))).toBe("ENOTDIR");
    });

    test("makeDir makes parents, and is content with what exists", async () => {
      const { fs, root } = make();
      const deep = fs.path.join(root, "a", "b", "c");
      await fs.makeDir(deep);
      await fs.makeDir(deep);
      expect((await fs.info(deep))?.kind).toBe("directory");
      await fs.write(fs.path.join(root, "file"), "");
      expect(await codeOf(fs.makeDir(fs.path.join(root, "file")))).toBe("EEXIST");
      expect(await codeOf(fs.makeDir(fs.path.join(root, "file", "d")))).toBe("ENOTDIR");
    });

    test("stages are fresh, empty and named after their prefix", async () => {
      const { fs, root } = make();
      const parent = fs.path.join(root, "not", "yet");
      const stages = [await fs.makeStage(parent, "wheel"), await fs.makeStage(parent, "wheel")];
      expect(new Set(stages).size).toBe(2);
      for (const stage of stages) {
        expect(fs.path.name(stage)).toMatch(/^wheel-[0-9a-z]{8}$/);
        expect(await fs.list(stage)).toEqual([]);
      }
    });

    test("a stage becomes the target by one rename; a taken name is told", async () => {
      const { fs, root } = make();
      const stage = await fs.makeStage(root, "s");
      await fs.write(fs.path.join(stage, "f"), "x");
      await fs.syncDir(stage);
      await fs.rename(stage, fs.path.join(root, "t"));
      expect(await fs.readText(fs.path.join(root, "t", "f"))).toBe("x");
      const second = await fs.makeStage(root, "s");
      const code = await codeOf(fs.rename(second, fs.path.join(root, "t")));
      expect(["ENOTEMPTY", "EEXIST", "EPERM"]).toContain(code);
      expect(await codeOf(fs.rename(second, fs.path.join(root, "none", "t")))).toBe("ENOENT");
    });

    test("remove takes files, links and whole trees; absent is fine", async () => {
      const { fs, root } = make();
      await fs.remove(fs.path.join(root, "none"));
      await fs.remove(fs.path.join(root, "none", "below"));
      await fs.makeDir(fs.path.join(root, "tree", "sub"));
      await fs.write(fs.path.join(root, "tree", "sub", "f"), "");
      await fs.write(fs.path.join(root, "file"), "");
      await fs.remove(fs.path.join(root, "file", "below"));
      await fs.remove(fs.path.join(root, "tree"));
      await fs.remove(fs.path.join(root, "file"));
      expect(await fs.list(root)).toEqual([]);
    });

    test("remove never follows a link, at the top or inside", async () => {
      const { fs, root } = make();
      await fs.makeDir(fs.path.join(root, "keep"));
      await fs.write(fs.path.join(root, "keep", "precious"), "");
      await fs.makeDir(fs.path.join(root, "tree"));
      await fs.symlink("../keep", fs.path.join(root, "tree", "out"), "directory");
      await fs.symlink("keep", fs.path.join(root, "top"), "directory");
      await fs.symlink("nowhere", fs.path.join(root, "tree", "dangling"), "file");
      await fs.remove(fs.path.join(root, "tree"));
      await fs.remove(fs.path.join(root, "top"));
      expect(await fs.list(root)).toEqual([{ name: "keep", kind: "directory" }]);
      expect(await fs.list(fs.path.join(root, "keep"))).toEqual([{ name: "precious", kind: "file" }]);
    });
  });

  describe(`${name}: facts`, () => {
    test("info follows links, linkInfo doesn't, absence is undefined", async () => {
      const { fs, root } = make();
      const at = (...parts: string[]): AbsPath => fs.path.join(root, ...parts);
      await fs.write(at("f"), "12345");
      await fs.symlink("f", at("l"), "file");
      await fs.symlink("nowhere", at("dangling"), "file");
      await fs.symlink("loop", at("loop"), "file");
      expect(await fs.info(at("l"))).toMatchObject({ kind: "file", sizeBytes: 5, links: 1 });
      expect((await fs.linkInfo(at("l")))?.kind).toBe("symlink");
      expect(await fs.info(at("dangling"))).toBeUndefined();
      expect(await fs.info(at("loop"))).toBeUndefined();
      expect((await fs.linkInfo(at("dangling")))?.kind).toBe("symlink");
      expect(await fs.info(at("none"))).toBeUndefined();
      expect(await fs.linkInfo(at("f", "below"))).toBeUndefined();
      expect(await fs.realPath(at("l"))).toBe(at("f"));
      const infos = await fs.linkInfos([at("f"), at("none"), at("l"), at("f", "below")]);
      expect(infos.map((info) => info?.kind)).toEqual(["file", undefined, "symlink", undefined]);
      expect(infos[0]).toEqual(await fs.linkInfo(at("f")));
    });

    test("modes and times are kept as they are set", async () => {
      const { fs, root } = make();
      const file = fs.path.join(root, "f");
      await fs.write(file, "");
      await fs.setTimes(file, 1_600_000_000_000);
      expect((await fs.info(file))?.modifiedMs).toBe(1_600_000_000_000);
      if (fs.path.kind === "windows") return;
      await fs.setMode(file, 0o640);
      expect((await fs.info(file))?.mode).toBe(0o640);
    });

    test("free space is told for a directory that exists", async () => {
      const { fs, root } = make();
      const { bytes, files } = await fs.freeSpace(root);
      expect(bytes).toBeGreaterThan(0);
      expect(files).toBeGreaterThan(0);
      expect(await codeOf(fs.freeSpace(fs.path.join(root, "none")))).toBe("ENOENT");
    });
  });

  describe(`${name}: locks`, () => {
    test("one at a time; the waiter is told for whom, once", async () => {
      const { fs, root } = make();
      const path = fs.path.join(root, "locks", "demo");
      const first = await fs.lock(path, { purpose: "add numpy to demo" });
      const told: string[] = [];
      const order: string[] = [];
      const second = fs
        .lock(path, { purpose: "second", onWait: (holder) => told.push(`${holder.pid > 0} ${holder.purpose}`) })
        .then((lock) => {
          order.push("second has it");
          return lock;
        });
      await Promise.resolve();
      order.push("first lets go");
      await first[Symbol.asyncDispose]();
      await first[Symbol.asyncDispose]();
      await (await second)[Symbol.asyncDispose]();
      expect(order).toEqual(["first lets go", "second has it"]);
      expect(told).toEqual(["true add numpy to demo"]);
      await (await fs.lock(path, { purpose: "third" }))[Symbol.asyncDispose]();
    });

    test("whoever waits can be called off, and the lock stays whole", async () => {
      const { fs, root } = make();
      const path = fs.path.join(root, "lock");
      const first = await fs.lock(path, { purpose: "first" });
      const controller = new AbortController();
      const waiting = fs.lock(path, { purpose: "second", signal: controller.signal });
      controller.abort(new Error("called off"));
      await expect(waiting).rejects.toThrow("called off");
      await expect(fs.lock(path, { purpose: "third", signal: controller.signal })).rejects.toThrow("called off");
      await first[Symbol.asyncDispose]();
      await (await fs.lock(path, { purpose: "fourth" }))[Symbol.asyncDispose]();
    });

    test("twenty at once exclude each other", async () => {
      const { fs, root } = make();
      const path = fs.path.join(root, "lock");
      const counter = fs.path.join(root, "counter");
      await fs.write(counter, "0");
      const one = async (): Promise<void> => {
        await using _lock = await fs.lock(path, { purpose: "count" });
        const value = Number(await fs.readText(counter));
        await Promise.resolve();
        await fs.write(counter, String(value + 1));
      };
      await Promise.all(Array.from({ length: 20 }, one));
      expect(await fs.readText(counter)).toBe("20");
      expect(hasCode(new Error("plain"), "ENOENT")).toBe(false);
    });
  });
}
