import type { AbsPath } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";
import { sharedUnsafe } from "./errors.ts";

const othersMayWrite = 0o022;

/**
 * What this person may do with a store: `own` it (read and write), or use somebody else's `read-only`. Throws
 * `DISK_UNTRUSTED` when a third person could change what we would run: a directory of another owner that its group or
 * everybody may write. Windows keeps no such modes; there the directory is ours.
 */
export async function sharedAccess(
  io: Pick<Ports, "fs" | "system">,
  directory: AbsPath,
): Promise<"absent" | "own" | "read-only"> {
  const info = await io.fs.info(directory);
  if (info === undefined) return "absent";
  if (io.system.os === "windows") return "own";
  if (info.owner === io.system.uid) return "own";
  if ((info.mode & othersMayWrite) !== 0) {
    throw sharedUnsafe(directory, "it belongs to somebody else, and others may write there");
  }
  return "read-only";
}
