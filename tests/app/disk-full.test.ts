import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";

const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`big/m${index}.py`, `x = ${index}\n`]));

/** A small disk of its own; only root may mount one. */
function smallDisk(): string | undefined {
  const place = mkdtempSync(join(tmpdir(), "venvoy-small-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=96m,nr_inodes=8000", "tmpfs", place]);
  if (mounted.status === 0) return place;
  rmdirSync(place);
  return undefined;
}

const disk = smallDisk();
const label = disk === undefined ? " (skipped: mounting a small disk needs root)" : "";

test.skipIf(disk === undefined)(
  `a disk that fills up in the middle of a clone shows no trace of it${label}`,
  async () => {
    if (disk === undefined) return;
    try {
      await using t = await testContext({ big: { "1.0": { files: many } } }, { VENVOY_HOME: join(disk, "venvoy") });
      expect((await t.venvoy("create", "demo", "big")).exit).toBe(0);
      const before = readdirSync(join(disk, "venvoy", "envs")).sort();
      // Room for a hundred more files; the clone has more than three hundred.
      const filler = join(disk, "filler");
      mkdirSync(filler);
      for (let left = statfsSync(disk).ffree; left > 100; left--) writeFileSync(join(filler, String(left)), "");
      for (const words of [
        ["clone", "demo", "copy"],
        ["rebuild", "demo"],
      ]) {
        const said = await t.venvoy(...words);
        expect([said.exit, said.out], words.join(" ")).toEqual([1, ""]);
        expect(said.err, words.join(" ")).toContain("is full");
        expect(readdirSync(join(disk, "venvoy", "stage")), words.join(" ")).toEqual([]);
      }
      expect(readdirSync(join(disk, "venvoy", "envs")).sort()).toEqual(before);
      expect((await t.library.list()).map(({ name, version }) => [name, version])).toEqual([["demo", 1]]);
      expect((await t.runs("run", "-n", "demo", "-c", "import big.m299; print(1)")).out).toBe("1\n");
      expect((await t.venvoy("rename", "demo", "other")).exit).toBe(0);
      rmSync(filler, { recursive: true });
      expect((await t.venvoy("clone", "other", "copy")).exit).toBe(0);
      expect((await t.runs("run", "-n", "copy", "-c", "import big.m299; print(1)")).out).toBe("1\n");
    } finally {
      spawnSync("umount", ["-l", disk]);
      rmdirSync(disk);
    }
  },
);
