import { chmodSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { hasCode } from "../base/index.ts";
import { sleep } from "./clock.ts";
import { isWindows } from "./platform.ts";

/**
 * `removeSync`; on Windows once more for about a second when something is still held: what was removed there stays in its
 * directory until the last program has closed it, and a virus scanner or an indexer is often that program.
 */
export async function removeRetrying(path: string): Promise<void> {
  for (let delayMs = 5; ; delayMs *= 2) {
    try {
      return removeSync(path);
    } catch (error) {
      if (!isWindows || delayMs > 500 || !hasCode(error, "ENOTEMPTY", "EPERM", "EACCES", "EBUSY")) throw error;
    }
    await sleep(delayMs);
  }
}

/** Removes a file, a link (never what it points to) or a whole directory. Absent is fine. */
export function removeSync(path: string): void {
  let refusal: unknown;
  try {
    unlinkSync(path);
    return;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return;
    // Linux says EISDIR for a directory, macOS and Windows EPERM, which also tell of a missing permission.
    if (!hasCode(error, "EISDIR", "EPERM", "EACCES")) throw error;
    refusal = error;
  }
  try {
    emptyDirectory(path);
  } catch (error) {
    // Not a directory at all: why the file could not be unlinked is the true reason.
    throw hasCode(error, "ENOTDIR") ? refusal : error;
  }
  ignoringAbsence(() => rmdirSync(path));
}

function emptyDirectory(path: string): void {
  const entries = ignoringAbsence(() => openingIfRefused(path, () => readdirSync(path, { withFileTypes: true })));
  for (const entry of entries ?? []) {
    const child = `${path}/${entry.name}`;
    if (entry.isDirectory()) {
      emptyDirectory(child);
      ignoringAbsence(() => openingIfRefused(path, () => rmdirSync(child)));
    } else {
      // Windows refuses to remove a read-only file, other systems to change a read-only directory.
      ignoringAbsence(() => openingIfRefused(isWindows ? child : path, () => unlinkSync(child)));
    }
  }
}

/** Somebody else may remove the same tree at the same time. */
function ignoringAbsence<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Does `work`; where a mode of ours forbids it, changes the mode and tries again. */
function openingIfRefused<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!hasCode(error, "EACCES", "EPERM")) throw error;
    try {
      chmodSync(path, 0o700);
    } catch {
      // Not ours to change: the refusal that led here is what the caller should see.
      throw error;
    }
    return work();
  }
}
