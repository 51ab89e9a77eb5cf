import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statfsSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type AbsPath, absPath } from "../../src/base/index.ts";
import type { Fs } from "../../src/ports/index.ts";
import { onShare, publishTree, type ShareIo } from "../../src/share/index.ts";
import { randomFrom } from "../kit/random.ts";
import { bundleProgram, nodeProgram } from "../kit/runtimes.ts";
import { tempDir } from "../kit/temp.ts";
import { until } from "../kit/until.ts";
import { checkWhole, manyFiles, shareIo, treeOf, wishFor } from "./share-bench.ts";

const io = shareIo();
const random = randomFrom();
const limitMs = 240_000;
let program: string;
let at: AbsPath;
let root: AbsPath;
beforeAll(() => {
  program = bundleProgram("tests/share/programs/publish.ts", tempDir("share-program"));
}, limitMs);
beforeEach(() => {
  at = tempDir("share");
  root = absPath(join(at, "share"));
  mkdirSync(root);
});

let made = 0;
const tree = (release: number, count = 40) => treeOf(join(at, `tree-${made++}`), manyFiles(count, release));
const publish = (release: number, more = {}, by: ShareIo = io) =>
  onShare(root, () => publishTree(by, root, wishFor(tree(release), more)));

/** A publisher of its own process. */
function publisher(keep: number | "", ...trees: string[]) {
  const child = spawn(nodeProgram, [program, root, String(keep), ...trees], { stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  child.stdout.on("data", (piece) => {
    said.out += piece;
  });
  child.stderr.on("data", (piece) => {
    said.err += piece;
  });
  const ended = new Promise<number | null>((done) => child.once("close", (exit) => done(exit)));
  return { child, said, ended };
}

test(`a publisher that is killed at any instant leaves whole releases, and the next one goes on (seed ${random.seed})`, {
  timeout: 300_000,
}, async () => {
  const trees = [1, 2, 3, 4].map((release) => tree(release, 250).root);
  const begun = performance.now();
  const first = publisher("", trees[0] as string);
  expect(await first.ended).toBe(0);
  const wholeMs = performance.now() - begun;
  let seen = 1;
  for (let kill = 0; kill < 8; kill++) {
    // Every release is "left" long ago, so that each publish collects, too.
    for (const name of readdirSync(join(root, "leases"))) {
      const left = join(root, "leases", name, ".left");
      if (existsSync(left)) utimesSync(left, 1, 1);
    }
    const { child, said, ended } = publisher(2, ...[1, 2, 3].map((step) => trees[(kill + step) % 4] as string));
    await until(() => said.out.includes("ready") || child.exitCode !== null, limitMs);
    await new Promise((done) => setTimeout(done, random.below(Math.ceil(wholeMs * 2))));
    child.kill("SIGKILL");
    await ended;
    expect(said.err).toBe("");
    const { current, releases } = await checkWhole(io, root);
    expect(current).toBeGreaterThanOrEqual(seen);
    seen = current ?? 0;
    expect(releases.at(-1)).toBeLessThanOrEqual(seen + 1);
    expect(spawnSync(join(root, "bin/tool"), { encoding: "utf8" }).stdout).toMatch(/^release \d\n$/);
  }
  const last = await publish(9, { keep: 1 });
  expect(last.current).toBeGreaterThan(seen);
  for (const name of readdirSync(join(root, "leases"))) {
    const left = join(root, "leases", name, ".left");
    if (existsSync(left)) utimesSync(left, 1, 1);
  }
  const clean = await publish(9, { keep: 1 });
  expect(clean.collected?.kept).toEqual([]);
  // Nothing is left over but, for their hour, what is half-written by a process whose number another one has now.
  const whole = (name: string): boolean => !/^\.(?:tmp-|new\.)/.test(name);
  expect(readdirSync(join(root, "releases")).filter(whole).sort()).toEqual([
    String(last.release),
    `${last.release}.json`,
  ]);
  expect(readdirSync(join(root, "pending")).filter(whole)).toEqual([]);
  const objects = readdirSync(join(root, "objects"), { recursive: true, withFileTypes: true });
  expect(objects.filter((one) => one.isFile() && whole(one.name)).length).toBe(1 + 1 + 40 + 1);
});

test("what a publisher of another machine still needs stays, and what a half-written list of needs names does not", async () => {
  await publish(1);
  const [needed, unneeded] = ["a".repeat(64), "b".repeat(64)];
  for (const name of [needed, unneeded]) {
    mkdirSync(join(root, "objects", name.slice(0, 2)), { recursive: true });
    writeFileSync(join(root, "objects", name.slice(0, 2), name), "x");
  }
  writeFileSync(join(root, "pending", "other.12.abcdef"), `${needed}\n`);
  writeFileSync(join(root, "pending", ".tmp-0abc"), `${unneeded}\n`);
  await publish(2, { keep: 1 });
  expect(existsSync(join(root, "objects", "aa", needed))).toBe(true);
  expect(existsSync(join(root, "objects", "bb", unneeded))).toBe(false);
});

test("two publishers at once: one waits and is told for whom, and both releases are whole", {
  timeout: 300_000,
}, async () => {
  const trees = [1, 2, 3].map((release) => tree(release, 300).root);
  const both = [publisher("", ...trees), publisher("", ...trees.toReversed())];
  for (const { ended, said } of both) {
    await ended;
    expect(said.err).toBe("");
  }
  const { current, releases } = await checkWhole(io, root);
  expect(releases).toEqual(Array.from({ length: releases.length }, (_, index) => index + 1));
  expect(current).toBe(releases.at(-1));
  const told = both.flatMap(({ said }) => said.out.match(/\d+/g) ?? []).map(Number);
  expect(new Set(told)).toEqual(new Set(releases));

  await using _lock = await io.fs.lock(absPath(join(root, "publish.lock")), { purpose: "publish tools" });
  const waiting = shareIo();
  const leaving = new AbortController();
  const waits = publishTree(waiting, root, wishFor(tree(7), { signal: leaving.signal }));
  await until(() => waiting.reporter.events.length > 0, limitMs);
  expect(waiting.reporter.events[0]).toMatchObject({
    kind: "wait",
    label: expect.stringContaining("publish tools (process"),
  });
  leaving.abort(new Error("enough"));
  await expect(waits).rejects.toThrow("enough");
});

test("a lock that a dead publisher left is taken over", { timeout: 300_000 }, async () => {
  await publish(1);
  const killed = publisher("", ...Array.from({ length: 50 }, (_, index) => tree(10 + index).root));
  await until(
    () => (/^\d/m.test(killed.said.out) && existsSync(join(root, "publish.lock"))) || killed.child.exitCode !== null,
    limitMs,
  );
  killed.child.kill("SIGKILL");
  await killed.ended;
  expect((await publish(2)).isNew).toBe(true);
  await checkWhole(io, root);
});

describe("a share", () => {
  test("that goes away in the middle is told, and nothing is made in its place", async () => {
    await publish(1);
    const away = join(at, "away");
    const linkTrees: Fs["linkTrees"] = async (plans, options) => {
      // The mount ends; an empty directory is what was below it.
      renameSync(root, away);
      mkdirSync(root);
      return io.fs.linkTrees(plans, options);
    };
    const leaves = publish(2, {}, { ...io, fs: { ...io.fs, linkTrees } });
    await expect(leaves).rejects.toMatchObject({
      code: "PUBLICATION_GONE",
      message: expect.stringContaining("went away"),
    });
    expect(readdirSync(root).filter((name) => name !== "releases")).toEqual([]);
    expect(await checkWhole(io, away)).toEqual({ current: 1, releases: [1] });
  });

  test("that was replaced by another one gets no release", async () => {
    await publish(1);
    const away = join(at, "away");
    const linkTrees: Fs["linkTrees"] = async (plans, options) => {
      await io.fs.linkTrees(plans, options);
      renameSync(root, away);
      mkdirSync(root);
      writeFileSync(join(root, "publication.json"), '{"format":1,"name":"tools","id":"0123456789abcdef"}\n');
    };
    await expect(publish(2, {}, { ...io, fs: { ...io.fs, linkTrees } })).rejects.toMatchObject({
      code: "PUBLICATION_GONE",
    });
    expect(readdirSync(root).filter((name) => name !== "releases")).toEqual(["publication.json"]);
  });

  test("that may not be written says so, and is read as before", async () => {
    await publish(1);
    const isRoot = process.getuid?.() === 0;
    const mount = (...words: string[]) => spawnSync("mount", words).status === 0;
    const isMounted = isRoot && mount("--bind", root, root) && mount("-o", "remount,bind,ro", root);
    if (!isRoot) chmodSync(root, 0o555);
    try {
      // Root without mounts may write everywhere.
      if (isRoot && !isMounted) return;
      await expect(publish(2)).rejects.toMatchObject({
        code: "DISK_READ_ONLY",
        hint: expect.stringContaining("publish as somebody who may write there"),
      });
      expect(spawnSync(join(root, "bin/tool"), { encoding: "utf8" })).toMatchObject({
        stdout: "release 1\n",
        stderr: "",
      });
    } finally {
      if (isRoot) spawnSync("umount", ["-l", root]);
      else chmodSync(root, 0o755);
    }
  });

  test("whose objects were changed is found out by `--verify`, and an object of another size by the next publish", async () => {
    const { release } = await publish(1);
    const { digest } = treeOf(join(at, "word"), { "lib/word.txt": "release 1\n" }).files[0] as { digest: string };
    const object = join(root, "objects", digest.slice(0, 2), digest);
    const before = statSync(object);
    const bytes = readFileSync(object);
    bytes[0] = (bytes[0] as number) ^ 1;
    writeFileSync(object, bytes);
    utimesSync(object, before.atime, before.mtime);
    await expect(checkWhole(io, root)).rejects.toThrow(`release ${release} is damaged: objects/${digest},lib/word.txt`);
    appendFileSync(object, "more");
    const next = await onShare(root, () =>
      publishTree(io, root, wishFor(treeOf(join(at, "next"), { ...manyFiles(40, 1), "new.txt": "new" }))),
    );
    expect(next.pushed.files).toBe(3);
    expect(readFileSync(join(root, "releases/2/lib/word.txt"), "utf8")).toBe("release 1\n");
  });

  test("with a hostile record or list is refused, not believed", async () => {
    await publish(1);
    const record = join(root, "releases/1.json");
    writeFileSync(record, readFileSync(record, "utf8").replace('"release": 1', '"release": 7'));
    await expect(checkWhole(io, root)).rejects.toThrow("records are damaged: 1");
    // It is nobody's predecessor then, and its number is never used again.
    expect(await publish(2)).toMatchObject({ release: 2, isNew: true });
    writeFileSync(join(root, "publication.json"), '{"format":9}');
    await expect(publish(3)).rejects.toMatchObject({ code: "PUBLICATION_INVALID" });
  });

  test("seen under two paths serves the same release at once", async () => {
    const other = join(at, "another mount", "of it");
    mkdirSync(other, { recursive: true });
    const isMounted = process.getuid?.() === 0 && spawnSync("mount", ["--bind", root, other]).status === 0;
    if (!isMounted) {
      rmdirSync(other);
      symlinkSync(root, other);
    }
    try {
      for (const release of [1, 2, 3]) {
        await publish(release);
        for (const base of [root, other]) {
          expect(spawnSync(join(base, "bin/tool"), { encoding: "utf8" }).stdout).toBe(`release ${release}\n`);
        }
      }
    } finally {
      if (isMounted) spawnSync("umount", ["-l", other]);
    }
  });
});

/** A small disk of its own; only root may mount one. */
function smallDisk(): string | undefined {
  const place = mkdtempSync(join(tmpdir(), "venvoy-small-share-"));
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=80m,nr_inodes=4000", "tmpfs", place]).status === 0) return place;
  rmdirSync(place);
  return undefined;
}

const disk = smallDisk();
// Also when the test is left out.
afterAll(() => {
  if (disk === undefined) return;
  spawnSync("umount", ["-l", disk]);
  rmdirSync(disk);
});
const label = disk === undefined ? " (skipped: mounting a small disk needs root)" : "";

test.skipIf(disk === undefined)(
  `a share that fills up in the middle keeps what it had, and takes the release later${label}`,
  async () => {
    if (disk === undefined) return;
    try {
      root = absPath(join(disk, "share"));
      await publish(1);
      const before = statfsSync(disk).ffree;
      // Room for a hundred more files; the release has four hundred.
      const filler = join(disk, "filler");
      mkdirSync(filler);
      for (let left = statfsSync(disk).ffree; left > 100; left--) writeFileSync(join(filler, String(left)), "");
      const big = wishFor(treeOf(join(at, "big"), manyFiles(400, 2)));
      const fails = onShare(root, () => publishTree(io, root, big));
      await expect(fails).rejects.toMatchObject({ code: "DISK_FULL" });
      expect(await checkWhole(io, root)).toEqual({ current: 1, releases: [1] });
      expect(readdirSync(join(root, "pending"))).toEqual([]);
      spawnSync("rm", ["-r", filler]);
      // What had been sent is taken away again (directories of objects stay).
      expect(before - statfsSync(disk).ffree).toBeLessThan(300);
      const huge = wishFor(treeOf(join(at, "huge"), { "a.bin": "a".repeat(40 << 20) }));
      await expect(onShare(root, () => publishTree(io, root, huge))).rejects.toMatchObject({ code: "DISK_FULL" });
      expect(await onShare(root, () => publishTree(io, root, big))).toMatchObject({ release: 2, isNew: true });
      await checkWhole(io, root);
    } finally {
      spawnSync("rm", ["-rf", ...readdirSync(disk).map((name) => join(disk, name))]);
    }
  },
);
