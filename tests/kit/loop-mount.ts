import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "./temp.ts";

/** A file system of its own, in a file; only root can have one. */
export interface LoopMount extends Disposable {
  readonly root: string;
}

/** Mounts a new one below `directory`; `undefined` where the machine has no such file system or forbids it. */
export function loopMount(directory: string, kind: "btrfs" | "xfs"): LoopMount | undefined {
  const image = join(directory, `${kind}.img`);
  const root = join(directory, kind);
  const quiet = { stdio: "ignore" } as const;
  writeFileSync(image, "");
  truncateSync(image, 400 << 20);
  mkdirSync(root, { recursive: true });
  try {
    execFileSync(`mkfs.${kind}`, ["-q", image], quiet);
    execFileSync("mount", ["-o", "loop", image, root], quiet);
  } catch {
    rmSync(image, { force: true });
    return undefined;
  }
  return {
    root,
    [Symbol.dispose]() {
      execFileSync("umount", [root], quiet);
      rmSync(image, { force: true });
    },
  };
}

/** Tried out, and taken back: a test that isn't run must not leave a mount. */
export function canMount(kind: "btrfs" | "xfs"): boolean {
  if (process.getuid?.() !== 0) return false;
  using mounted = loopMount(tempDir("probe"), kind);
  return mounted !== undefined;
}
