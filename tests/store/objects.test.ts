import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { absPath, parseSha256 } from "../../src/base/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import type { Ports } from "../../src/ports/index.ts";
import { objectPath, openObjects, parseObjectPath, type StoredObject } from "../../src/store/index.ts";
import { tempDir } from "../kit/temp.ts";
import { until } from "../kit/until.ts";

const homes: string[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

function bench(change: (ports: Ports) => Ports = (ports) => ports) {
  const home = tempDir("objects");
  homes.push(home);
  const from = absPath(join(home, "share", "objects"));
  const root = absPath(join(home, "data", "object"));
  const io = change(nodePorts());
  const made = (text: string, executable = false): StoredObject => {
    const one = { sha256: parseSha256(createHash("sha256").update(text).digest("hex")), executable };
    const file = join(from, objectPath(one));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, executable ? 0o555 : 0o444);
    return one;
  };
  const at = (one: StoredObject): string => join(root, objectPath(one));
  return { home, from, root, io, made, at, store: openObjects(io, { objects: root }) };
}

describe("objects", () => {
  test("a path of an object says what it is, and nothing else is one", () => {
    const one = { sha256: parseSha256("ab".repeat(32)), executable: true };
    expect(objectPath(one)).toBe(`ab/${"ab".repeat(32)}.x`);
    expect(parseObjectPath(objectPath(one))).toEqual(one);
    for (const bad of [`ac/${"ab".repeat(32)}`, "ab/ab", `../${"ab".repeat(32)}`, `ab/${"ab".repeat(32)}.y`, ""])
      expect(parseObjectPath(bad)).toBe(undefined);
  });

  test("only what is missing is brought, compared with its name, and linked with ordinary modes", async () => {
    const { home, from, made, at, store } = bench();
    const [text, program, empty] = [made("text"), made("program", true), made("")];
    expect(await store.missing([text, program, text, empty])).toEqual([text, program, empty]);
    expect(await store.bring(from, [text, program, empty])).toEqual({ files: 3, bytes: 11 });
    expect(await store.missing([text, program, empty])).toEqual([]);
    expect([statSync(at(text)).mode & 0o777, statSync(at(program)).mode & 0o777]).toEqual([0o644, 0o755]);
    const tree = absPath(join(home, "data", "tree"));
    mkdirSync(join(tree, "bin"), { recursive: true });
    const mode = await store.place(tree, [
      { ...program, path: "bin/program" },
      { ...empty, path: "a" },
      { ...empty, path: "b" },
    ]);
    expect(readFileSync(join(tree, "bin/program"), "utf8")).toBe("program");
    if (mode === "hardlink") expect(statSync(join(tree, "bin/program")).ino).toBe(statSync(at(program)).ino);
    // Whoever writes into one empty file doesn't mean the others.
    writeFileSync(join(tree, "a"), "now");
    expect(readFileSync(join(tree, "b"), "utf8")).toBe("");
    expect(await store.missing([empty])).toEqual([]);
  });

  test("a flipped byte, a link or a hole in the place of an object is told with its path, and nothing wrong appears", async () => {
    const { home, from, made, at, store, root } = bench();
    const [good, bad] = [made("good"), made("bad!")];
    const file = join(from, objectPath(bad));
    chmodSync(file, 0o644);
    writeFileSync(file, "baa!");
    await expect(store.bring(from, [good, bad])).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
      message: expect.stringContaining(file),
    });
    expect(existsSync(at(bad))).toBe(false);
    rmSync(file);
    writeFileSync(join(home, "elsewhere"), "bad!");
    symlinkSync(join(home, "elsewhere"), file);
    await expect(store.bring(from, [bad])).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
    rmSync(file);
    await expect(store.bring(from, [bad])).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    expect(readdirSync(join(root, ".stage"))).toEqual([]);
  });

  test("what was written through a tree is found by a look, and leaves the store, not the tree", async () => {
    const { home, from, made, at, store } = bench();
    const one = made("text");
    await store.bring(from, [one]);
    const link = join(home, "data", "edited");
    linkSync(at(one), link);
    writeFileSync(link, "tuxt");
    expect(await store.damaged()).toEqual([one]);
    expect(await store.missing([one])).toEqual([one]);
    expect([existsSync(at(one)), readFileSync(link, "utf8")]).toEqual([false, "tuxt"]);
    // Touched and not changed: it is hashed once, and believed again.
    await store.bring(from, [one]);
    utimesSync(at(one), 1_000, 1_000);
    expect(await store.missing([one])).toEqual([]);
    expect(statSync(at(one)).mtimeMs).toBe(Date.UTC(1980, 0, 1));
  });

  test("what the machine may have lost in a crash is hashed once by the next boot", async () => {
    const { from, made, at, store, root, io } = bench();
    const [whole, lost] = [made("whole"), made("lost")];
    await store.bring(from, [whole, lost]);
    const { mtimeMs } = statSync(at(lost));
    writeFileSync(at(lost), "");
    utimesSync(at(lost), mtimeMs / 1_000, mtimeMs / 1_000);
    const later = openObjects({ ...io, system: { ...io.system, boot: "another" } }, { objects: root });
    expect(await later.missing([whole, lost])).toEqual([lost]);
  });

  test("what nothing keeps goes, save what got a link within the hour", async () => {
    const { from, made, at, store, root, io } = bench();
    const [kept, gone] = [made("kept"), made("gone", true)];
    await store.bring(from, [kept, gone]);
    expect(await store.unneeded(new Set([kept.sha256]))).toEqual([]);
    expect(await store.unneeded(new Set([kept.sha256]), { graceMs: -1_000 })).toEqual([at(gone)]);
    expect(await store.collect(new Set([kept.sha256]), { graceMs: -1_000 })).toBe(1);
    expect(await store.list()).toEqual([kept]);
    // Long ago, and found just now by somebody who is about to link it.
    const nowMs = Date.now() + 3 * 3_600_000;
    const later = openObjects({ ...io, clock: { ...io.clock, now: () => nowMs } }, { objects: root });
    expect(await later.unneeded(new Set())).toEqual([at(kept)]);
    const before = statSync(at(kept)).ctimeMs;
    // The file system's clock moves in steps: what follows must not fall into the same one.
    await until(() => {
      writeFileSync(join(root, "now"), "");
      return statSync(join(root, "now")).ctimeMs > before;
    });
    expect(await later.missing([kept])).toEqual([]);
    expect(statSync(at(kept)).ctimeMs).toBeGreaterThan(before);
  });

  test("a disk that is full is said before anything is copied, and in the middle", async () => {
    const full = Object.assign(new Error("no space"), { code: "ENOSPC" });
    const early = bench((ports) => ({
      ...ports,
      fs: { ...ports.fs, freeSpace: async () => ({ bytes: 10, files: 10 }) },
    }));
    await expect(early.store.bring(early.from, [early.made("text")])).rejects.toMatchObject({ code: "DISK_FULL" });
    const late = bench((ports) => ({ ...ports, fs: { ...ports.fs, copyFiles: () => Promise.reject(full) } }));
    await expect(late.store.bring(late.from, [late.made("text")])).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(await late.store.list()).toEqual([]);
  });
});
