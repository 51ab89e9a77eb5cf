import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type AbsPath, absPath } from "../../src/base/index.ts";
import type { Fs } from "../../src/ports/index.ts";
import { foreseePublish, onShare, publishTree, type ShareIo } from "../../src/share/index.ts";
import { tempDir } from "../kit/temp.ts";
import { until } from "../kit/until.ts";
import { checkWhole, manyFiles, shareIo, treeOf, wishFor } from "./share-bench.ts";

const io = shareIo();
let at: AbsPath;
let root: AbsPath;
beforeEach(() => {
  at = tempDir("share");
  root = absPath(join(at, "share"));
  mkdirSync(root);
});

let made = 0;
const tree = (release: number, count = 40) => treeOf(join(at, `tree-${made++}`), manyFiles(count, release));
const publish = (release: number, more = {}, by: ShareIo = io) =>
  onShare(root, () => publishTree(by, root, wishFor(tree(release), more)));
const objects = () =>
  readdirSync(join(root, "objects"), { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
const tool = (name = "tool") => spawnSync(join(root, "bin", name), [], { encoding: "utf8" }).stdout;
const leaveNow = (release: number) => utimesSync(join(root, "leases", String(release), ".left"), 1, 1);

describe("releases", () => {
  test("share what is equal, and only the rest is sent", async () => {
    const first = await publish(1);
    expect(first).toMatchObject({ release: 1, isFirst: true, current: 1, programs: ["other", "tool"] });
    // The tool, its word, 40 modules, the list; three of them have equal content nowhere.
    expect(first.pushed.files).toBe(43);
    const wish = wishFor(tree(2));
    const foreseen = await foreseePublish(io, root, wish);
    const second = await publishTree(io, root, wish);
    expect(second).toMatchObject({ release: 2, isFirst: false, previous: 1, pushed: foreseen.pushed });
    expect(second.pushed.files).toBe(1 + 4 + 1);
    expect(tool()).toBe("release 2\n");
    expect(statSync(join(root, "releases/1/bin/tool")).ino).toBe(statSync(join(root, "releases/2/bin/tool")).ino);
    expect(await publish(2)).toMatchObject({ release: 2, isNew: false, pushed: { files: 0, bytes: 0 } });
    expect(await checkWhole(io, root)).toEqual({ current: 2, releases: [1, 2] });
  });

  test("are as readable as the directory, whatever the publisher's umask is", async () => {
    chmodSync(root, 0o755);
    const before = process.umask(0o077);
    try {
      await publish(1);
    } finally {
      process.umask(before);
    }
    for (const { parentPath, name } of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const path = join(parentPath, name);
      if (/publish\.lock|pending/.test(path)) continue;
      const { mode } = statSync(path);
      expect(mode & 0o044, path).toBe(0o044);
      if (statSync(path).isDirectory()) expect(mode & 0o011, path).toBe(0o011);
    }
    expect(statSync(join(root, "leases/1")).mode & 0o7777).toBe(0o1777);
  });

  test("are copies where the share has neither hard links nor links, and that is told", async () => {
    const refuse = async () => {
      throw Object.assign(new Error("refused"), { code: "EPERM" });
    };
    const fs: Fs = { ...io.fs, linkTrees: refuse, hardLink: refuse, symlink: refuse, replaceLink: refuse };
    const said = await publish(1, {}, { ...io, fs });
    expect(said.notes).toEqual([
      "the share has no hard links: 44 files of this release are copies, and take their space again",
    ]);
    expect(existsSync(join(root, "current"))).toBe(false);
    expect(readFileSync(join(root, "releases/1/bin/other"), "utf8")).toContain("#!/bin/sh");
    expect([tool(), tool("other")]).toEqual(["release 1\n", "release 1\n"]);
  });
});

describe("launchers", () => {
  test("say what is missing, and leave other people's files alone", async () => {
    mkdirSync(join(at, "first"));
    await publish(1);
    writeFileSync(join(root, "bin", "other"), "mine\n");
    const said = await publish(2);
    expect(said.notes).toEqual(["in bin, other is somebody else's file and was left alone"]);
    expect(readFileSync(join(root, "bin", "other"), "utf8")).toBe("mine\n");
    rmSync(join(root, "releases/2/bin/tool"));
    const gone = spawnSync(join(root, "bin/tool"), { encoding: "utf8" });
    expect([gone.status, gone.stderr]).toEqual([127, `tool: not in release 2 of ${root}\n`]);
    writeFileSync(join(root, "current.txt"), "; rm -rf /\n");
    const odd = spawnSync(join(root, "bin/tool"), { encoding: "utf8" });
    expect([odd.status, odd.stderr]).toEqual([127, `tool: ${root} has no current release, or can't be read\n`]);
  });

  test("take a lease that names the process, and go on where they may not", async () => {
    await publish(1);
    spawnSync(join(root, "bin/tool"));
    const [lease] = readdirSync(join(root, "leases/1"));
    expect(lease).toMatch(new RegExp(`^${hostname()}\\.\\d+\\.\\d+$`));
    // The next release takes away those that are over; whether a program of another machine has ended isn't known.
    writeFileSync(join(root, "leases/1", "ws12.4711.99"), "0b0e 17\n");
    await publish(2);
    expect(readdirSync(join(root, "leases/1")).sort()).toEqual([".left", "ws12.4711.99"]);
    rmSync(join(root, "leases"), { recursive: true });
    const said = spawnSync(join(root, "bin/tool"), { encoding: "utf8" });
    expect([said.status, said.stdout, said.stderr]).toEqual([0, "release 2\n", ""]);
  });
});

describe("--keep", () => {
  test("removes old releases and what only they need, never the current one, nor one that was current just now", async () => {
    for (const release of [1, 2, 3]) await publish(release);
    const before = objects().length;
    const said = await publish(4, { keep: 2 });
    expect(said.collected?.removed).toEqual([]);
    expect(said.collected?.kept.map(({ release, reason }) => [release, reason])).toEqual([
      [1, "just-left"],
      [2, "just-left"],
    ]);
    for (const release of [1, 2, 3]) leaveNow(release);
    const then = await publish(4, { keep: 2 });
    expect(then).toMatchObject({ isNew: false, collected: { removed: [1, 2] } });
    // What a release has alone: its word, four modules, its list.
    expect(objects().length).toBe(before + 6 - 2 * 6);
    expect(await checkWhole(io, root)).toEqual({ current: 4, releases: [3, 4] });
    expect(readdirSync(join(root, "releases")).sort()).toEqual(["3", "3.json", "4", "4.json"]);
    expect(readdirSync(join(root, "leases")).sort()).toEqual(["3", "4"]);
  });

  test("never one whose process runs; by the share's clock one that runs elsewhere, whatever this machine's clock says", async () => {
    await publish(1);
    await publish(2);
    await publish(3);
    for (const release of [1, 2]) leaveNow(release);
    const [place, start] = [identity(), startOf(process.pid)];
    writeFileSync(join(root, "leases/1", `${hostname()}.${process.pid}.${start}`), `${place}\n`);
    // A process of that number lives, but it is another one.
    writeFileSync(join(root, "leases/2", `${hostname()}.${process.pid}.1`), `${place}\n`);
    const skewed: ShareIo = { ...io, clock: { ...io.clock, now: () => Date.now() + 400 * 24 * 3_600_000 } };
    const said = await publish(3, { keep: 1 }, skewed);
    expect(said.collected).toMatchObject({
      removed: [2],
      kept: [{ release: 1, reason: "in-use", hosts: [hostname()] }],
    });
    rmSync(join(root, "leases/1"), { recursive: true });
    mkdirSync(join(root, "leases/1"));
    const elsewhere = join(root, "leases/1", "ws12.4711.99");
    writeFileSync(elsewhere, "0b0e 17\n");
    expect((await publish(3, { keep: 1 }, skewed)).collected?.removed).toEqual([]);
    const weekAgo = Date.now() / 1000 - 8 * 24 * 3_600;
    utimesSync(elsewhere, weekAgo, weekAgo);
    const slow: ShareIo = { ...io, clock: { ...io.clock, now: () => 0 } };
    expect((await publish(3, { keep: 1 }, slow)).collected?.removed).toEqual([1]);
  });

  test("never one whose program was started by a launcher and runs; it goes when the program has ended", async () => {
    const waits = { "*bin/waits": '#!/bin/sh\nread -r word\ncat "${0%/*}/../lib/word.txt"\n' };
    const both = (release: number) => treeOf(join(at, `waits-${made++}`), { ...manyFiles(10, release), ...waits });
    const put = (release: number, more = {}) => publishTree(io, root, wishFor(both(release), more));
    await put(1);
    const child = spawn(join(root, "bin/waits"), { stdio: ["pipe", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (piece) => {
      said += piece;
    });
    await until(() => readdirSync(join(root, "leases/1")).length === 1);
    await put(2);
    leaveNow(1);
    expect((await put(3, { keep: 1 })).collected?.kept).toMatchObject([
      { release: 1, reason: "in-use" },
      { release: 2 },
    ]);
    const ended = new Promise((done) => child.once("close", done));
    child.stdin.end("go\n");
    await ended;
    expect(said).toBe("release 1\n");
    for (const release of [1, 2]) leaveNow(release);
    expect((await put(3, { keep: 1 })).collected?.removed).toEqual([1, 2]);
  });

  test("takes away nothing where it isn't known what a release needs", async () => {
    for (const release of [1, 2, 3]) await publish(release);
    for (const release of [1, 2]) leaveNow(release);
    const before = objects().length;
    appendFileSync(join(root, "releases/2/.venvoy/files"), "\n");
    const said = await publish(3, { keep: 2 });
    expect(said.collected).toMatchObject({ removed: [1], damaged: [2], freedBytes: 0 });
    expect(objects().length).toBe(before);
  });
});

function identity(): string {
  return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${startOf(1)}`;
}

function startOf(pid: number): string {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] as string;
}
