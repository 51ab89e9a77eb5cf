/** A disk that fills up, or may not be written, while a moved tree is repaired. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";

const former = "/srv/former/env";

function smallDisk(): string | undefined {
  const place = mkdtempSync(join(tmpdir(), "venvoy-small-disk-"));
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m,nr_inodes=200", "tmpfs", place]).status === 0) return place;
  rmdirSync(place);
  return undefined;
}

const disk = smallDisk();
const label = disk === undefined ? " (skipped: mounting a small disk needs root)" : "";

test.skipIf(disk === undefined)(`a full disk and a read-only one leave the tree as it was${label}`, async () => {
  if (disk === undefined) return;
  try {
    await using t = await testContext();
    const bin = join(disk, "env", "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "python"), "");
    const names = Array.from({ length: 20 }, (_, index) => `tool-${index}`);
    for (const name of names) writeFileSync(join(bin, name), `#!${former}/bin/python\n`);
    const isOld = () => names.every((name) => readFileSync(join(bin, name), "utf8") === `#!${former}/bin/python\n`);
    const filler = join(disk, "filler");
    mkdirSync(filler);
    for (let left = statfsSync(disk).ffree; left > 10; left--) writeFileSync(join(filler, String(left)), "");
    const full = await t.venvoy("doctor", join(disk, "env"), "--fix");
    expect(full).toMatchObject({ exit: 1, out: "" });
    expect(full.err).toContain("The disk is full");
    expect(isOld()).toBe(true);
    expect(readdirSync(join(disk, "env"))).toEqual(["bin"]);

    expect(spawnSync("mount", ["-o", "remount,ro", disk]).status).toBe(0);
    const locked = await t.venvoy("doctor", join(disk, "env"), "--fix");
    expect(locked).toMatchObject({ exit: 1, out: "" });
    expect(locked.err).toContain("can't be changed by you");
    expect((await t.venvoy("doctor", join(disk, "env"))).exit).toBe(3);

    expect(spawnSync("mount", ["-o", "remount,rw", disk]).status).toBe(0);
    for (const name of readdirSync(filler)) spawnSync("rm", [join(filler, name)]);
    expect((await t.venvoy("doctor", join(disk, "env"), "--fix")).exit).toBe(0);
    expect(isOld()).toBe(false);
  } finally {
    spawnSync("umount", [disk]);
    rmdirSync(disk);
  }
});
