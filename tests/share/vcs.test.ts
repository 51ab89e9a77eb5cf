import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type AbsPath, absPath } from "../../src/base/index.ts";
import {
  formOf,
  openPublication,
  publishTree,
  readReleases,
  removeUnpacked,
  unusedUnpacked,
} from "../../src/share/index.ts";
import { tempDir } from "../kit/temp.ts";
import { manyFiles, shareIo, treeOf, wishFor } from "./share-bench.ts";

const home = tempDir("vcs-home");
const plain = shareIo();
const io = { ...plain, system: { ...plain.system, env: { ...plain.system.env, VENVOY_HOME: home } } };
let at: AbsPath;
let root: AbsPath;
let made = 0;
beforeEach(() => {
  at = tempDir("vcs");
  root = absPath(join(at, "depot", "tools"));
  mkdirSync(root, { recursive: true });
});

const publish = (release: number, more = {}) =>
  publishTree(io, root, wishFor(treeOf(join(at, `tree-${made++}`), manyFiles(40, release)), { form: "vcs", ...more }));
const git = (...words: readonly string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...words], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], HOME: at, GIT_CONFIG_NOSYSTEM: "1" },
  });
const env = (home = "home") => ({ PATH: process.env["PATH"] ?? "", HOME: join(at, home), PYTHONHOME: "/nowhere" });
const start = (clone: string, { home = "home", tool = "tool" } = {}) => {
  const { status, stdout, stderr } = spawnSync(join(at, clone, "tools", "bin", tool), [], {
    encoding: "utf8",
    env: env(home),
  });
  return [status, stdout, stderr] as const;
};
const unpacked = (home = "home") => readdirSync(join(at, home, ".cache", "venvoy", "unpacked")).sort();

describe("one archive per release", () => {
  test("goes through git, unpacks once on a machine, and follows the pointer of the next release", async () => {
    const first = await publish(1);
    expect(first).toMatchObject({ form: "vcs", release: 1, programs: ["other", "tool"], pushed: { files: 1 } });
    const depot = join(at, "depot");
    git("init", "-q", depot);
    // What people on Windows have: it must not reach a byte of this.
    git("-C", depot, "config", "core.autocrlf", "true");
    git("-C", depot, "add", "-A");
    git("-C", depot, "commit", "-qm", "1");
    expect(git("-C", depot, "ls-files").split("\n")).not.toContain("tools/publish.lock");
    git("-c", "core.autocrlf=true", "clone", "-q", depot, join(at, "clone"));
    expect(readFileSync(join(at, "clone", "tools", "bin", "tool.cmd"), "utf8")).toContain("\r\n");
    expect(readFileSync(join(at, "clone", "tools", "current.txt"), "utf8")).toMatch(
      /^1 tools-1\.tar\.gz [0-9a-f]{64} any\n$/,
    );
    expect(start("clone")).toEqual([0, "release 1\n", expect.stringContaining("unpacking release 1 of tools, once")]);
    expect(start("clone")).toEqual([0, "release 1\n", ""]);
    expect(unpacked()).toHaveLength(1);

    await publish(2);
    git("-C", depot, "add", "-A");
    git("-C", depot, "commit", "-qm", "2");
    expect(start("clone")).toEqual([0, "release 1\n", ""]);
    git("-C", join(at, "clone"), "pull", "-q");
    expect(start("clone")[1]).toBe("release 2\n");
    expect(start("clone", { tool: "other" })).toEqual([0, "release 2\n", ""]);
    expect(unpacked()).toHaveLength(2);

    const publication = await openPublication(io, root);
    const { records } = await readReleases(io, publication);
    expect(records.map(({ archive }) => archive?.file)).toEqual(["tools-1.tar.gz", "tools-2.tar.gz"]);
    for (const record of records) {
      expect(await formOf("vcs").verify(io, publication, record, new Map())).toEqual([]);
      const list = await formOf("vcs").list(io, publication, record);
      const word = /^(..)(\S+) - "lib\/word\.txt"$/m.exec(list);
      expect(
        await formOf("vcs").withObjects(io, publication, record, async (objects) =>
          readFileSync(join(objects, word?.[1] ?? "", `${word?.[1]}${word?.[2]}`), "utf8"),
        ),
      ).toBe(`release ${record.release}\n`);
    }
  });

  test("makes the same bytes of the same tree, and none when nothing changed", async () => {
    await publish(1);
    const bytes = readFileSync(join(root, "tools-1.tar.gz"));
    expect(await publish(1)).toMatchObject({ release: 1, isNew: false });
    const other = absPath(join(at, "other"));
    mkdirSync(other);
    await publishTree(io, other, wishFor(treeOf(join(at, `tree-${made++}`), manyFiles(40, 1)), { form: "vcs" }));
    expect(readFileSync(join(other, "tools-1.tar.gz")).equals(bytes)).toBe(true);
    expect(existsSync(join(root, "tools-2.tar.gz"))).toBe(false);
  });

  test("keeps as many archives as it is told to, and removes the litter of killed publishes", async () => {
    await publish(1);
    await publish(2);
    writeFileSync(join(root, "tools-9.tar.gz"), "half");
    mkdirSync(join(root, ".tmp-0123456789abcdef"));
    for (const release of [1, 2]) rmSync(join(root, "leases", String(release), ".left"), { force: true });
    const third = await publish(3, { keep: 1 });
    // Release 2 was current until just now: readers may still be on their way there.
    expect(third.collected?.removed).toEqual([1]);
    const left = readdirSync(root).filter((name) => /gz$|^\.tmp/.test(name));
    expect(left.sort()).toEqual(["tools-2.tar.gz", "tools-3.tar.gz"]);
    expect(readdirSync(join(root, "releases")).sort()).toEqual(["2.files.gz", "2.json", "3.files.gz", "3.json"]);
  });

  test("unpacked releases that nobody starts any more go, with the next one or by `clean`; one that runs stays", async () => {
    const dayMs = 86_400_000;
    const cache = absPath(join(at, "home", ".cache", "venvoy"));
    const releases = () => unpacked().map((name) => /^tools-(\d+)-/.exec(name)?.[1] ?? name);
    const treeOfRelease = (release: number) =>
      join(cache, "unpacked", unpacked().find((name) => name.startsWith(`tools-${release}-`)) ?? "");
    const age = (path: string) => utimesSync(path, Date.now() / 1000 - 92 * 86_400, Date.now() / 1000 - 92 * 86_400);
    const ageMark = (release: number) => age(join(treeOfRelease(release), ".venvoy", "used"));
    await publish(1);
    start("depot");
    copyFileSync("/bin/sleep", join(treeOfRelease(1), "bin", "sleeper"));
    const running = spawn(join(treeOfRelease(1), "bin", "sleeper"), ["600"], { stdio: "ignore" });
    const ended = new Promise((resolve) => running.on("close", resolve));
    await new Promise((resolve) => running.on("spawn", resolve));
    ageMark(1);
    const stage = join(cache, "unpacked", ".stage-killed");
    mkdirSync(stage);
    age(stage);
    try {
      await publish(2);
      expect(start("depot")[1]).toBe("release 2\n");
      expect(releases()).toEqual(["1", "2"]);
      expect(await unusedUnpacked(io, cache, { unusedMs: 90 * dayMs })).toEqual([]);
    } finally {
      running.kill("SIGKILL");
      await ended;
    }
    await publish(3);
    expect(start("depot")[1]).toBe("release 3\n");
    expect(releases()).toEqual(["2", "3"]);
    ageMark(2);
    expect(await unusedUnpacked(io, cache, { unusedMs: 93 * dayMs })).toEqual([]);
    await removeUnpacked(io, cache, { unusedMs: 90 * dayMs });
    expect(releases()).toEqual(["3"]);
    ageMark(3);
    expect(start("depot")).toEqual([0, "release 3\n", ""]);
    await removeUnpacked(io, cache, { unusedMs: 90 * dayMs });
    expect(releases()).toEqual(["3"]);
  });

  test("a flipped byte is told, and nothing runs or stays", async () => {
    await publish(1);
    const file = join(root, "tools-1.tar.gz");
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect(start("depot")).toEqual([127, "", expect.stringMatching(/^tool: .*tools-1\.tar\.gz is damaged.*$/m)]);
    expect(unpacked()).toEqual([]);
    const publication = await openPublication(io, root);
    const [record] = (await readReleases(io, publication)).records;
    expect(record && (await formOf("vcs").verify(io, publication, record, new Map()))).toEqual(["tools-1.tar.gz"]);
  });

  test("what is missing or can't be written is one sentence", async () => {
    await publish(1, { platform: "windows-AMD64" });
    expect(start("depot")).toEqual([127, "", expect.stringMatching(/^tool: release 1 of .* is for windows-AMD64\n$/)]);
    await publish(2, { platform: "any" });
    rmSync(join(root, "tools-2.tar.gz"));
    expect(start("depot")).toEqual([127, "", expect.stringMatching(/is not here: get it from version control\n$/)]);
    writeFileSync(join(at, "file"), "");
    expect(start("depot", { home: "file" })).toEqual([
      127,
      "",
      expect.stringMatching(/^tool: can't write to .*; set XDG_CACHE_HOME to a directory where you may write\n$/),
    ]);
    writeFileSync(join(root, "current.txt"), "2 ../../evil.tar.gz abc any\n");
    expect(start("depot")).toEqual([127, "", expect.stringMatching(/current\.txt is damaged\n$/)]);
  });

  test("eight first starts at once all run, unpacked once, and leave nothing beside; a dead one's lock holds nobody up", async () => {
    await publish(1);
    chmodSync(root, 0o555);
    const ended = await Promise.all(
      Array.from(
        { length: 8 },
        () =>
          new Promise<string>((resolve) => {
            const child = spawn(join(root, "bin", "tool"), [], { env: env() });
            let out = "";
            child.stdout.on("data", (chunk) => {
              out += chunk;
            });
            child.on("close", (code) => resolve(`${code} ${out}`));
          }),
      ),
    );
    chmodSync(root, 0o755);
    expect(new Set(ended)).toEqual(new Set(["0 release 1\n"]));
    const [only, ...others] = unpacked();
    expect(others).toEqual([]);
    const cache = join(at, "home", ".cache", "venvoy", "unpacked");
    expect(statSync(join(cache, only ?? "", "bin", "tool")).mode & 0o111).not.toBe(0);
    rmSync(join(cache, only ?? ""), { recursive: true });
    mkdirSync(join(cache, `${only}.lock`));
    writeFileSync(
      join(cache, `${only}.lock`, "who"),
      `999999999 ${execFileSync("uname", ["-n"], { encoding: "utf8" })}`,
    );
    expect(start("depot")[1]).toBe("release 1\n");
    expect(unpacked()).toEqual([only]);
  });
});
