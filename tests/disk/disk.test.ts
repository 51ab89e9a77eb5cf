import { describe, expect, test } from "vitest";
import { absPath, VenvoyError } from "../../src/base/index.ts";
import {
  checkFreeSpace,
  diskError,
  explainingDisk,
  linkModes,
  posixPaths,
  publishDir,
  sharedAccess,
  sweepStages,
  windowsPaths,
  withLock,
  withStage,
} from "../../src/disk/index.ts";
import { systemError } from "../kit/memory-disk.ts";
import { memoryPorts } from "../kit/memory-ports.ts";

const at = (...parts: string[]) => posixPaths.join(absPath("/data"), ...parts);

async function failureOf(work: Promise<unknown>): Promise<VenvoyError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof VenvoyError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("failures of the disk", () => {
  test.each([
    ["ENOSPC", "DISK_FULL", "The disk is full: `/data/x` can't be written"],
    ["EDQUOT", "DISK_FULL", "Your disk quota is used up: `/data/x` can't be written"],
    ["EROFS", "DISK_READ_ONLY", "`/data/x` can't be written: its disk is read-only"],
    ["EACCES", "DISK_READ_ONLY", "`/data/x` can't be written: permission is missing"],
    ["EPERM", "DISK_READ_ONLY", "`/data/x` can't be written: permission is missing"],
  ])("%s is told as %s", (code, told, message) => {
    const cause = systemError(code, "open", "/data/x");
    for (const error of [diskError(cause), diskError(cause, "/data/x")]) {
      expect(error).toMatchObject({ code: told, message, data: { path: "/data/x", code }, cause });
    }
  });

  test("what is no failure of the disk comes through as it is", async () => {
    const error = systemError("ENOENT", "open", "/x");
    expect(diskError(error, "/x")).toBe(error);
    await expect(explainingDisk("/x", () => Promise.reject(error))).rejects.toBe(error);
    expect(await explainingDisk("/x", async () => 1)).toBe(1);
  });
});

describe("publishing a directory", () => {
  test("it appears whole, and parents are made", async () => {
    const { fs } = memoryPorts();
    const stage = await fs.makeStage(at("stage"), "w");
    await fs.write(fs.path.join(stage, "f"), "x");
    expect(await publishDir(fs, stage, at("store", "wheel", "abc"))).toBe(true);
    expect(await fs.readText(at("store", "wheel", "abc", "f"))).toBe("x");
    expect(await fs.list(at("stage"))).toEqual([]);
  });

  test.each(["linux", "windows"] as const)("whoever comes second gives way (%s)", async (os) => {
    const { fs } = memoryPorts({ os });
    const root = absPath(os === "windows" ? "C:\\data" : "/data");
    const target = fs.path.join(root, "abc");
    for (const [text, first] of [
      ["one", true],
      ["two", false],
    ] as const) {
      const stage = await fs.makeStage(root, "w");
      await fs.write(fs.path.join(stage, "f"), text);
      expect(await publishDir(fs, stage, target)).toBe(first);
    }
    expect(await fs.readText(fs.path.join(target, "f"))).toBe("one");
    expect((await fs.list(root))?.map((entry) => entry.name)).toEqual(["abc"]);
  });

  test("a refusal is not taken for a name that exists", async () => {
    const { fs, disk } = memoryPorts();
    const stage = await fs.makeStage(at("stage"), "w");
    await fs.makeDir(at("store"));
    disk.protect(at("store"), "EROFS");
    expect((await failureOf(publishDir(fs, stage, at("store", "abc")))).code).toBe("DISK_READ_ONLY");
  });
});

describe("stages", () => {
  test("what was not renamed away is removed, also after a failure", async () => {
    const io = memoryPorts();
    const names: string[] = [];
    const failing = withStage(io, at("stage"), "demo", async (stage) => {
      names.push(io.fs.path.name(stage));
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(names[0]).toMatch(/^demo\.[0-9a-f]{8}\.4242-[0-9a-z]{8}$/);
    expect(await io.fs.list(at("stage"))).toEqual([]);
    await withStage(io, at("stage"), "demo", (stage) => io.fs.rename(stage, at("done")));
    expect(await io.fs.list(at("done"))).toEqual([]);
  });

  test("stages of the dead are swept; of the living, and of other machines for a week, not", async () => {
    const io = memoryPorts();
    const kept: string[] = [];
    const makeAs = (pid: number, hostName: string) =>
      withStage({ fs: io.fs, system: { ...io.system, pid, hostName } }, at("stage"), "x", async (stage) => {
        await io.fs.rename(stage, at("keep"));
        kept.push(stage);
        await io.fs.makeDir(stage);
        await io.fs.remove(at("keep"));
        // The maker is killed here: nothing cleans up after it.
        throw new Error("killed");
      }).catch(() => io.fs.makeDir(absPath(kept.at(-1) ?? "/")));
    await makeAs(4242, "testhost");
    await makeAs(666, "testhost");
    await makeAs(777, "elsewhere");
    await io.fs.makeDir(at("stage", "not-a-stage"));
    expect(await sweepStages(io, at("stage"))).toBe(1);
    expect(await io.fs.list(at("stage"))).toHaveLength(3);
    io.clock.advance(8 * 24 * 3_600_000);
    expect(await sweepStages(io, at("stage"))).toBe(2);
    expect(await io.fs.list(at("stage"))).toEqual([{ name: "not-a-stage", kind: "directory" }]);
    expect(await sweepStages(io, at("none"))).toBe(0);
  });

  test("a full disk is told", async () => {
    const io = memoryPorts({ disk: { capacityBytes: 10 } });
    const work = withStage(io, at("stage"), "x", (stage) =>
      explainingDisk(stage, () => io.fs.write(io.fs.path.join(stage, "big"), "0123456789a")),
    );
    expect((await failureOf(work)).code).toBe("DISK_FULL");
    expect(await io.fs.list(at("stage"))).toEqual([]);
  });
});

describe("free space", () => {
  test("what won't fit is told before anything is fetched", async () => {
    const { fs } = memoryPorts({ disk: { capacityBytes: 1_000_000_000 } });
    await fs.makeDir(absPath("/data"));
    await checkFreeSpace(fs, at("store", "wheel"), 900_000_000);
    const error = await failureOf(checkFreeSpace(fs, at("store", "wheel"), 3_456_789_000));
    expect(error.code).toBe("DISK_FULL");
    expect(error.message).toBe("`/data/store/wheel` needs 3,457 MB more, and its disk has 1,000 MB left");
    expect(error.data).toEqual({ path: at("store", "wheel"), neededBytes: 3_456_789_000, freeBytes: 1_000_000_000 });
  });
});

describe("locks", () => {
  test("waiting is an operation that says for whom", async () => {
    const io = memoryPorts();
    const release = io.locks.heldElsewhere(at("lock"), { pid: 77, host: "other", purpose: "add numpy to demo" });
    const work = withLock(io, at("lock"), { purpose: "mine" }, async () => "done");
    while (io.reporter.events.length === 0) await Promise.resolve();
    release();
    expect(await work).toBe("done");
    expect(io.reporter.events).toEqual([
      { type: "op:start", id: 1, kind: "wait", label: "add numpy to demo (process 77 on other)" },
      { type: "op:end", id: 1, ok: true },
    ]);
    expect(io.locks.isHeld(at("lock"))).toBe(false);
  });

  test("a failure in the body lets go and comes through", async () => {
    const io = memoryPorts();
    const body = () => Promise.reject(systemError("ENOSPC", "write", "/elsewhere"));
    await expect(withLock(io, at("lock"), { purpose: "mine" }, body)).rejects.toMatchObject({ code: "ENOSPC" });
    expect(io.locks.isHeld(at("lock"))).toBe(false);
    expect(io.reporter.events).toEqual([]);
  });

  test("a lock that can't be made is told as the disk's failure", async () => {
    const io = memoryPorts();
    io.disk.protect(absPath("/data"));
    const work = withLock(io, at("locks", "a"), { purpose: "mine" }, async () => 1);
    expect((await failureOf(work)).code).toBe("DISK_READ_ONLY");
  });
});

describe("link modes", () => {
  test.each([
    [{ reflinks: true }, "reflink"],
    [{}, "hardlink"],
    [{ hardLinks: false }, "copy"],
  ] as const)("on a disk with %j it is %s", async (disk, mode) => {
    const { fs } = memoryPorts({ disk });
    await fs.makeDir(at("store"));
    await fs.makeDir(at("envs"));
    expect(await linkModes(fs).between(at("store"), at("envs"))).toBe(mode);
    expect([await fs.list(at("store")), await fs.list(at("envs"))]).toEqual([[], []]);
  });

  test("across disks it is a copy; a store that can't be written is copied from too", async () => {
    const { fs, disk } = memoryPorts();
    await fs.makeDir(at("store"));
    await fs.makeDir(at("envs"));
    disk.mount(absPath("/usb"));
    const modes = linkModes(fs);
    expect(await modes.between(at("store"), absPath("/usb"))).toBe("copy");
    disk.protect(at("store"));
    expect(await modes.between(at("store"), at("envs"))).toBe("copy");
    disk.unprotect(at("store"));
    // Remembered for this pair of disks.
    expect(await modes.between(at("store"), at("envs"))).toBe("copy");
  });
});

describe("a store of somebody else", () => {
  test("is read where only its owner writes, and refused where others may", async () => {
    const io = memoryPorts();
    expect(await sharedAccess(io, at("store"))).toBe("absent");
    await io.fs.makeDir(at("store"));
    expect(await sharedAccess(io, at("store"))).toBe("own");
    const reader = { fs: io.fs, system: { ...io.system, uid: 7 } };
    expect(await sharedAccess(reader, at("store"))).toBe("read-only");
    for (const mode of [0o775, 0o757, 0o1777]) {
      await io.fs.setMode(at("store"), mode);
      expect((await failureOf(sharedAccess(reader, at("store")))).code).toBe("DISK_UNTRUSTED");
    }
    expect(await sharedAccess(io, at("store"))).toBe("own");
  });
});

describe("path styles", () => {
  test("inside is a matter of whole names, and on Windows not of case", () => {
    expect(posixPaths.isInside(absPath("/a/b"), absPath("/a/b"))).toBe(true);
    expect(posixPaths.isInside(absPath("/a/b"), absPath("/a/b/c"))).toBe(true);
    expect(posixPaths.isInside(absPath("/a/b"), absPath("/a/bc"))).toBe(false);
    expect(posixPaths.isInside(absPath("/a/b"), absPath("/A/b/c"))).toBe(false);
    expect(posixPaths.isInside(absPath("/"), absPath("/x"))).toBe(true);
    expect(windowsPaths.isInside(absPath("C:\\A"), absPath("c:\\a\\b"))).toBe(true);
    expect(windowsPaths.isInside(absPath("C:\\A"), absPath("C:\\Ab"))).toBe(false);
  });

  test("paths from outside are resolved in the manner of the disk", () => {
    expect(posixPaths.resolve(absPath("/a"), "../b//c/")).toBe("/b/c");
    expect(windowsPaths.resolve(absPath("C:\\a"), "..\\b/c")).toBe("C:\\b\\c");
    expect(windowsPaths.isAbsolute("C:/x")).toBe(true);
    expect(posixPaths.relative(absPath("/a/b"), absPath("/a/c/d"))).toBe("../c/d");
  });
});
