import { describe, expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { memoryPorts } from "../kit/memory-ports.ts";
import { codeOf } from "./fs.ts";

/*
 * What only a Windows or macOS disk does. These machines are not at hand: the rules are written down from the systems'
 * own documentation, so that rooms can be tested against them on Linux.
 */
describe("a Windows disk", () => {
  const root = absPath("C:\\v");
  const windows = async () => {
    const { fs, disk } = memoryPorts({ os: "windows" });
    await fs.makeDir(root);
    return { fs, disk, at: (...parts: string[]) => fs.path.join(root, ...parts) };
  };

  test("names that differ by case are one, and keep their first spelling", async () => {
    const { fs, at } = await windows();
    await fs.write(at("Demo.txt"), "x");
    expect(await fs.readText(at("DEMO.TXT"))).toBe("x");
    await fs.write(at("demo.txt"), "y");
    expect(await fs.list(root)).toEqual([{ name: "Demo.txt", kind: "file" }]);
    expect(await fs.realPath(at("dEMO.TXT"))).toBe("C:\\v\\Demo.txt");
    expect(await fs.info(absPath("c:\\V"))).toBeDefined();
  });

  test("a name can be respelled by renaming it", async () => {
    const { fs, at } = await windows();
    await fs.write(at("demo"), "x");
    await fs.rename(at("demo"), at("Demo"));
    expect((await fs.list(root))?.map((entry) => entry.name)).toEqual(["Demo"]);
  });

  test("a junction holds an absolute path", async () => {
    const { fs, at } = await windows();
    await fs.makeDir(at("generations", "1"));
    await fs.replaceLink("generations/1", at("current"), "directory");
    expect(await fs.readLink(at("current"))).toBe("C:\\v\\generations\\1");
    await fs.write(at("generations", "1", "f"), "x");
    expect(await fs.readText(at("current", "f"))).toBe("x");
  });

  test("a library that a program has loaded can't go, nor the directory that it lies in", async () => {
    const { fs, disk, at } = await windows();
    await fs.makeDir(at("1", "lib"));
    await fs.write(at("1", "lib", "a.pyd"), "x");
    await fs.write(at("new"), "y");
    disk.openElsewhere(at("1", "LIB", "A.pyd"));
    expect(await codeOf(fs.remove(at("1", "lib", "a.pyd")))).toBe("EBUSY");
    expect(await codeOf(fs.rename(at("1"), at("2")))).toBe("EBUSY");
    expect(await codeOf(fs.rename(at("new"), at("1", "lib", "a.pyd")))).toBe("EBUSY");
    disk.closeElsewhere(at("1", "lib", "a.pyd"));
    await fs.remove(at("1"));
    expect(await fs.info(at("1"))).toBeUndefined();
  });

  test("no rename replaces a directory, not even an empty one", async () => {
    const { fs, at } = await windows();
    await fs.makeDir(at("a"));
    await fs.makeDir(at("b"));
    expect(await codeOf(fs.rename(at("a"), at("b")))).toBe("EPERM");
  });

  test("drives are different disks", async () => {
    const { fs, at } = await windows();
    await fs.write(at("f"), "x");
    await fs.makeDir(absPath("D:\\v"));
    expect(await codeOf(fs.hardLink(at("f"), absPath("D:\\v\\f")))).toBe("EXDEV");
    expect(await codeOf(fs.rename(at("f"), absPath("D:\\v\\f")))).toBe("EXDEV");
  });
});

test("a macOS disk takes two spellings of one accented letter for one name", async () => {
  const { fs } = memoryPorts({ os: "macos" });
  await fs.makeDir(absPath("/v"));
  await fs.write(absPath("/v/e\u0301"), "x");
  expect(await fs.readText(absPath("/v/\u00c9"))).toBe("x");
});

test("a full disk refuses what is too much, and takes again what was freed", async () => {
  const { fs } = memoryPorts({ disk: { capacityBytes: 10 } });
  await fs.makeDir(absPath("/v"));
  await fs.write(absPath("/v/a"), "12345678");
  expect(await codeOf(fs.writeAtomic(absPath("/v/a"), "abc"))).toBe("ENOSPC");
  expect(await fs.readText(absPath("/v/a"))).toBe("12345678");
  await fs.hardLink(absPath("/v/a"), absPath("/v/b"));
  await fs.remove(absPath("/v/a"));
  expect((await fs.freeSpace(absPath("/v"))).bytes).toBe(2);
  await fs.remove(absPath("/v/b"));
  expect((await fs.freeSpace(absPath("/v"))).bytes).toBe(10);
});

test("another disk below a directory is known by its device", async () => {
  const { fs, disk } = memoryPorts();
  await fs.makeDir(absPath("/v"));
  disk.mount(absPath("/v/usb"));
  await fs.write(absPath("/v/f"), "x");
  expect((await fs.info(absPath("/v/usb")))?.device).not.toBe((await fs.info(absPath("/v")))?.device);
  expect(await codeOf(fs.rename(absPath("/v/f"), absPath("/v/usb/f")))).toBe("EXDEV");
});
