/** On an ext4 disk of its own (a loop mount, so only as root): what `size` and `clean` promise is what `df` says. */
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CleanReport, SizeReport } from "../../src/app/index.ts";
import { person } from "../kit/binary.ts";

interface Disk extends Disposable {
  readonly root: string;
  /** Bytes that the file system has given out. */
  used(): number;
}

/** `undefined` where no disk can be mounted: not root, no loop devices, no mkfs. */
function freshDisk(): Disk | undefined {
  const directory = mkdtempSync(join(tmpdir(), "venvoy-disk-"));
  const image = join(directory, "image");
  const root = join(directory, "root");
  const run = (...words: readonly [string, ...string[]]) =>
    execFileSync(words[0], words.slice(1), { stdio: ["ignore", "ignore", "pipe"] });
  try {
    if (process.getuid?.() !== 0) throw new Error("not root");
    writeFileSync(image, "");
    truncateSync(image, 600 * 1024 * 1024);
    mkdirSync(root);
    run("mkfs.ext4", "-q", "-F", image);
    run("mount", "-o", "loop", image, root);
  } catch {
    rmSync(directory, { recursive: true, force: true });
    return undefined;
  }
  return {
    root,
    used: () => {
      // Blocks are given out when they are written back.
      run("sync", "-f", root);
      const { blocks, bfree, bsize } = statfsSync(root);
      return (blocks - bfree) * bsize;
    },
    [Symbol.dispose]: () => {
      run("umount", root);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Directories that grew stay so, and locks come and go. */
const slackBytes = 64 * 1024;

const probe = freshDisk();
probe?.[Symbol.dispose]();

test.skipIf(probe === undefined)("size and clean agree with df, to the block", async () => {
  using disk = freshDisk() as Disk;
  using p = person({ VENVOY_HOME: join(disk.root, "venvoy") });
  const empty = disk.used();
  expect((await p.venvoy("create", "one", "attrs", "sympy")).exit).toBe(0);
  expect((await p.venvoy("create", "two", "attrs", "pygments", "jinja2")).exit).toBe(0);
  const read = async (...words: string[]) => JSON.parse((await p.venvoy(...words, "--json")).out);
  const report = (await read("size")) as SizeReport;
  expect(Math.abs(disk.used() - empty - report.totalBytes)).toBeLessThan(slackBytes);
  const two = report.environments.find(({ name }) => name === "two");
  expect(two?.sharedWith).toEqual(["one"]);

  expect((await p.venvoy("delete", "two", "-y")).exit).toBe(0);
  const trash = join(disk.root, "venvoy", "envs", ".trash");
  const [deleted = ""] = readdirSync(trash).filter((name) => name.startsWith("two"));
  renameSync(join(trash, deleted), join(trash, deleted.replace(/@\d+$/, `@${Date.now() - 31 * 86_400_000}`)));
  const wheels = join(disk.root, "venvoy", "store", "wheel");
  const then = new Date(Date.now() - 7_200_000);
  for (const name of readdirSync(wheels).filter((one) => /^[0-9a-f]{64}$/.test(one)))
    utimesSync(join(wheels, name, "manifest.json"), then, then);

  const before = disk.used();
  const planned = (await read("clean", "--dry-run")) as CleanReport;
  const done = (await read("clean")) as CleanReport;
  expect(done.freedBytes).toBe(planned.freedBytes);
  // pygments, jinja2 and what only they needed; attrs stays with the other.
  expect(done.packages).toBe(3);
  expect(Math.abs(before - disk.used() - done.freedBytes)).toBeLessThan(slackBytes);
  expect(Math.abs(done.freedBytes - (two?.freedBytes ?? 0))).toBeLessThan(slackBytes);
  expect((await p.venvoy("run", "-n", "one", "-c", "import attrs, sympy")).exit).toBe(0);
});
