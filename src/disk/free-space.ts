import { type AbsPath, VenvoyError } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";

/** Left for everybody else: a disk filled to the last byte stops more than us. */
const reserveBytes = 64 << 20;

/**
 * Throws `DISK_FULL` when `neededBytes` more won't fit below `directory`, so that a long download doesn't end that way.
 * The nearest directory that exists is asked.
 */
export async function checkFreeSpace(fs: Fs, directory: AbsPath, neededBytes: number): Promise<void> {
  const existing = await nearestExisting(fs, directory);
  const { bytes } = await fs.freeSpace(existing);
  if (neededBytes + reserveBytes <= bytes) return;
  throw new VenvoyError(
    "DISK_FULL",
    `\`${directory}\` needs ${inMegabytes(neededBytes)} more, and its disk has ${inMegabytes(bytes)} left`,
    {
      hint: "Free some space, for instance with `venvoy clean`, and run the command again: nothing was changed",
      data: { path: directory, neededBytes, freeBytes: bytes },
    },
  );
}

async function nearestExisting(fs: Fs, directory: AbsPath): Promise<AbsPath> {
  let path = directory;
  while ((await fs.info(path)) === undefined) {
    const parent = fs.path.directory(path);
    if (parent === path) break;
    path = parent;
  }
  return path;
}

function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString("en")} MB`;
}
