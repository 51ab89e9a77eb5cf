import type { AbsPath } from "../base/index.ts";
import type { Fs, System } from "../ports/index.ts";

/** Reads a cache file; whatever keeps it from being read counts as absent. */
export async function readCache(fs: Pick<Fs, "read">, path: AbsPath): Promise<Uint8Array | undefined> {
  try {
    return await fs.read(path);
  } catch {
    // Absent, a directory, no permission: the cache is a help, never a need.
    return undefined;
  }
}

/**
 * Writes a cache file so that readers see the old bytes or the new ones. Not synced: after a power cut the checksum
 * inside tells, and a sync per entry would cost more than the download. Answers whether it is there now: a full or read-only
 * disk means no cache, not no answer.
 */
export function cacheWriter(
  fs: Fs,
  system: Pick<System, "random">,
): (path: AbsPath, data: Uint8Array) => Promise<boolean> {
  const made = new Set<AbsPath>();
  return async (path, data) => {
    const parent = fs.path.directory(path);
    const staged = fs.path.join(parent, `.tmp-${Buffer.from(system.random(9)).toString("hex")}`);
    try {
      if (!made.has(parent)) await fs.makeDir(parent);
      made.add(parent);
      await fs.write(staged, data);
      await fs.rename(staged, path);
      return true;
    } catch {
      made.delete(parent);
      await fs.remove(staged).catch(() => {});
      return false;
    }
  };
}
