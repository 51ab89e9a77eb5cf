import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const pauseMs = 100;
const mostTries = 600;

/**
 * Removes a directory that something may still write into: a shell that ends just now, work behind an answer. Then once
 * more, for a minute. Tests leave read-only directories behind on purpose.
 */
export function removeDirectory(directory: string): void {
  for (let left = mostTries; existsSync(directory); left--) {
    try {
      openDirectories(directory);
      rmSync(directory, { recursive: true, force: true });
    } catch (error) {
      if (left === 0 || !(error instanceof Error && "code" in error && isPassing(error.code))) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
}

/** Something came or went after it was looked at. */
function isPassing(code: unknown): boolean {
  return ["ENOTEMPTY", "ENOENT", "EBUSY", "EPERM", "EACCES"].includes(String(code));
}

function openDirectories(directory: string): void {
  chmodSync(directory, 0o700);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) openDirectories(join(directory, entry.name));
  }
}
