import { chmodSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type AbsPath, absPath } from "../../src/base/index.ts";
import { removeRetrying } from "../../src/node/remove.ts";

const made: string[] = [];

/** A fresh real directory with a real path, removed after the tests of the file. */
export function tempDir(label = "test"): AbsPath {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), `venvoy-${label}-`)));
  made.push(directory);
  return absPath(directory);
}

function removeAll(): void {
  for (const directory of made.splice(0)) {
    if (!existsSync(directory)) continue;
    openDirectories(directory);
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Bun's own way to remove a tree ends with EFAULT where wine plays Windows. */
async function removeAllOnWindows(): Promise<void> {
  for (const directory of made.splice(0)) await removeRetrying(directory);
}

/** Tests leave read-only directories behind on purpose. */
function openDirectories(directory: string): void {
  chmodSync(directory, 0o700);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) openDirectories(join(directory, entry.name));
  }
}

afterAll(process.platform === "win32" ? removeAllOnWindows : removeAll);
// Bun loads this file once for many test files: what the hook misses goes at the end.
process.once("exit", removeAll);
