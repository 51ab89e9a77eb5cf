import { chmodSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { hasCode } from "../base/index.ts";
import { isWindows } from "./platform.ts";

/** Removes a file, a link (never what it points to) or a whole directory. Absent is fine. */
export function removeSync(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return;
    // Linux says EISDIR for a directory, macOS and Windows EPERM.
    if (!hasCode(error, "EISDIR", "EPERM", "EACCES")) throw error;
    removeDirectory(path, error);
  }
}

function removeDirectory(path: string, refusal: unknown): void {
  const entries = entriesOf(path, refusal);
  if (entries === undefined) return;
  for (const entry of entries) {
    const child = `${path}/${entry.name}`;
    if (entry.isDirectory()) removeDirectory(child, undefined);
    else unlinkOpening(path, child);
  }
  try {
    rmdirSync(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

function entriesOf(path: string, refusal: unknown): ReturnType<typeof list> | undefined {
  try {
    return list(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    // Not a directory at all: then the file could not be unlinked, and that refusal is the true reason.
    if (hasCode(error, "ENOTDIR")) throw refusal ?? error;
    if (!hasCode(error, "EACCES", "EPERM")) throw error;
    open(path, error);
    return list(path);
  }
}

function list(path: string) {
  return readdirSync(path, { withFileTypes: true });
}

/** Unlinks; a directory (or, on Windows, a file) that is read-only is made writable first. */
function unlinkOpening(parent: string, child: string): void {
  try {
    unlinkSync(child);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    if (!hasCode(error, "EACCES", "EPERM")) throw error;
    open(isWindows ? child : parent, error);
    unlinkSync(child);
  }
}

function open(path: string, refusal: unknown): void {
  try {
    chmodSync(path, 0o700);
  } catch {
    // Not ours to change: the refusal that led here is what the caller should see.
    throw refusal;
  }
}
