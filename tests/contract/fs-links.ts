import { describe, expect, test } from "vitest";
import { type AbsPath, parseSha256 } from "../../src/base/index.ts";
import { formatPathLists } from "../../src/codec/index.ts";
import { codeOf, type FsSubject } from "./fs.ts";

/** What every `Fs` must do with links, trees of them and copies. `make` gives a fresh subject for each test. */
export function fsLinksContract(name: string, make: () => FsSubject): void {
  describe(`${name}: links`, () => {
    test("a link that exists is refused by symlink and replaced by replaceLink", async () => {
      const { fs, root } = make();
      const link = fs.path.join(root, "current");
      for (const generation of ["1", "2"]) await fs.makeDir(fs.path.join(root, "generations", generation));
      await fs.replaceLink("generations/1", link, "directory");
      expect(await codeOf(fs.symlink("generations/2", link, "directory"))).toBe("EEXIST");
      await fs.replaceLink("generations/2", link, "directory");
      expect(await fs.realPath(link)).toBe(fs.path.join(root, "generations", "2"));
      expect((await fs.list(root))?.map((entry) => entry.name)).toEqual(["current", "generations"]);
      if (fs.path.kind === "posix") expect(await fs.readLink(link)).toBe("generations/2");
    });

    test("replaceLink doesn't replace a directory", async () => {
      const { fs, root } = make();
      await fs.makeDir(fs.path.join(root, "d", "inner"));
      expect(await codeOf(fs.replaceLink("x", fs.path.join(root, "d"), "file"))).not.toBe("no error");
      expect((await fs.list(root))?.map((entry) => entry.name)).toEqual(["d"]);
    });

    test("hard links share one file", async () => {
      const { fs, root } = make();
      const [a, b] = [fs.path.join(root, "a"), fs.path.join(root, "b")];
      await fs.write(a, "x");
      await fs.hardLink(a, b);
      expect((await fs.info(b))?.links).toBe(2);
      expect((await fs.info(b))?.inode).toBe((await fs.info(a))?.inode);
      expect(await codeOf(fs.hardLink(a, b))).toBe("EEXIST");
      expect(await codeOf(fs.hardLink(fs.path.join(root, "none"), fs.path.join(root, "c")))).toBe("ENOENT");
      await fs.rename(a, b);
      expect((await fs.list(root))?.map((entry) => entry.name)).toEqual(["a", "b"]);
      await fs.remove(a);
      expect(await fs.readText(b)).toBe("x");
      await fs.rename(b, b);
      expect(await fs.readText(b)).toBe("x");
    });

    test.each(["hardlink", "copy"] as const)("linkTrees by %s makes the same tree", async (mode) => {
      const { fs, root } = make();
      const from = fs.path.join(root, "store");
      await fs.makeDir(fs.path.join(from, "pkg", "sub"));
      await fs.write(fs.path.join(from, "pkg", "a.py"), "a");
      await fs.write(fs.path.join(from, "pkg", "sub", "tool"), "b", { mode: 0o755 });
      await fs.setTimes(fs.path.join(from, "pkg", "a.py"), 1_500_000_000_000);
      const to = fs.path.join(root, "tree", "site");
      const plan = { from, to, directories: ["pkg", "pkg/sub"], files: ["pkg/a.py", "pkg/sub/tool"], mode };
      await fs.linkTrees([plan]);
      const copied = await fs.info(fs.path.join(to, "pkg", "a.py"));
      expect(copied?.modifiedMs).toBe(1_500_000_000_000);
      expect(copied?.links).toBe(mode === "copy" ? 1 : 2);
      expect(await fs.readText(fs.path.join(to, "pkg", "sub", "tool"))).toBe("b");
      if (fs.path.kind === "posix") expect((await fs.info(fs.path.join(to, "pkg", "sub", "tool")))?.mode).toBe(0o755);
      expect(await codeOf(fs.linkTrees([plan]))).toBe("EEXIST");
    });

    test("linkTrees takes files from where their contents lie under other names", async () => {
      const { fs, root } = make();
      const [from, to] = [fs.path.join(root, "objects"), fs.path.join(root, "tree")];
      for (const name of ["ab", "cd"]) {
        await fs.makeDir(fs.path.join(from, name));
        await fs.write(fs.path.join(from, name, name), name);
      }
      const files = Array.from({ length: 1_200 }, (_, index) => `d${index % 3}/f${index}`);
      const sources = files.map((_, index) => (index % 2 === 0 ? "ab/ab" : "cd/cd"));
      await fs.linkTrees([{ from, to, mode: "hardlink", directories: ["empty"], files, sources }]);
      for (const index of [0, 1, 499, 500, 501, 1_199])
        expect(await fs.readText(fs.path.join(to, ...(files[index] as string).split("/")))).toBe(
          index % 2 === 0 ? "ab" : "cd",
        );
      expect(await fs.list(fs.path.join(to, "empty"))).toEqual([]);
    });

    test.each([
      [3, false],
      [3, true],
      [1_500, true],
    ])("copyFiles of %d files gives each its name when it is whole (durable: %s)", async (count, durable) => {
      const { fs, root } = make();
      const [from, to, stage] = ["from", "to", "stage"].map((name) => fs.path.join(root, name)) as [
        AbsPath,
        AbsPath,
        AbsPath,
      ];
      for (const directory of [from, to, stage]) await fs.makeDir(directory);
      const sha256 = parseSha256("2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae");
      const files = Array.from({ length: count }, (_, index) => ({
        from: fs.path.join(from, "foo"),
        to: fs.path.join(to, `f${index}`),
        sizeBytes: 3,
        mode: index % 2 === 0 ? 0o644 : 0o755,
        sha256,
      }));
      await fs.write(fs.path.join(from, "foo"), "foo");
      await fs.write(fs.path.join(to, "f0"), "old");
      const seen: number[] = [];
      await fs.copyFiles({ files, stage, durable, modifiedMs: 1_500_000_000_000 }, { onProgress: (n) => seen.push(n) });
      expect((await fs.list(to))?.length).toBe(count);
      const made = await fs.info(fs.path.join(to, "f1"));
      expect([made?.modifiedMs, made?.links, made?.sizeBytes]).toEqual([1_500_000_000_000, 1, 3]);
      if (fs.path.kind === "posix") expect(made?.mode).toBe(0o755);
      expect(await fs.readText(fs.path.join(to, "f0"))).toBe("foo");
      expect(await fs.list(stage)).toEqual([]);
      // Shorter than it was, other bytes, or gone: nothing takes a name.
      for (const content of ["fo", "bar"]) {
        await fs.write(fs.path.join(from, "foo"), content);
        const into = fs.path.join(to, "new");
        const [first] = files.map((file) => ({ ...file, to: into })).slice(0, 1);
        expect(await codeOf(fs.copyFiles({ files: first === undefined ? [] : [first], stage, durable }))).toBe(
          "DIGEST_MISMATCH",
        );
        expect(await fs.info(into)).toBeUndefined();
        await fs.remove(stage);
        await fs.makeDir(stage);
      }
      await fs.remove(fs.path.join(from, "foo"));
      expect(await codeOf(fs.copyFiles({ files: files.slice(0, 1), stage, durable }))).toBe("ENOENT");
    });

    test("linkTrees goes gently where somebody is, and reads paths from a list", async () => {
      const { fs, root } = make();
      const [from, to] = [fs.path.join(root, "store"), fs.path.join(root, "tree")];
      for (const name of ["kept", "gone"]) {
        await fs.makeDir(fs.path.join(from, name, "__pycache__"));
        await fs.write(fs.path.join(from, name, "__pycache__", "a.pyc"), "ours");
        await fs.write(fs.path.join(from, name, "__pycache__", "b.pyc"), "ours");
      }
      await fs.makeDir(fs.path.join(to, "kept", "__pycache__"));
      await fs.write(fs.path.join(to, "kept", "__pycache__", "a.pyc"), "theirs");
      const file = fs.path.join(root, "paths");
      const paths = ["kept", "gone"].flatMap((name) => ["a", "b"].map((one) => `${name}/__pycache__/${one}.pyc`));
      await fs.write(file, formatPathLists([["made", { directories: [], files: paths }]]));
      const listing = { file, list: "made", files: 1, except: [] };
      await fs.linkTrees([{ from, to, listing, mode: "hardlink", gently: true }]);
      expect(await fs.readText(fs.path.join(to, "kept", "__pycache__", "a.pyc"))).toBe("theirs");
      expect(await fs.readText(fs.path.join(to, "kept", "__pycache__", "b.pyc"))).toBe("ours");
      expect((await fs.list(to))?.map(({ name }) => name)).toEqual(["kept"]);
      await fs.linkTrees([{ from, to: fs.path.join(root, "none"), listing, mode: "hardlink", gently: true }]);
      expect(await fs.list(fs.path.join(root, "none"))).toBeUndefined();
      const fresh = fs.path.join(root, "fresh");
      const except = ["gone/__pycache__/a.pyc", "gone/__pycache__/b.pyc"];
      await fs.linkTrees([{ from, to: fresh, listing: { ...listing, except }, mode: "copy" }]);
      expect((await fs.list(fs.path.join(fresh, "kept", "__pycache__")))?.length).toBe(2);
      expect(await fs.list(fs.path.join(fresh, "gone"))).toBeUndefined();
    });

    test("reflink works exactly where canReflink says so", async () => {
      const { fs, root } = make();
      const [from, to] = [fs.path.join(root, "store"), fs.path.join(root, "tree")];
      await fs.makeDir(from);
      await fs.makeDir(to);
      const can = await fs.canReflink(from, to);
      expect([await fs.list(from), await fs.list(to)]).toEqual([[], []]);
      await fs.write(fs.path.join(from, "f"), "x");
      const code = await codeOf(fs.linkTrees([{ from, to, directories: [], files: ["f"], mode: "reflink" }]));
      expect(code === "no error").toBe(can);
    });
  });
}
