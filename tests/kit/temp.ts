import { chmodSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type AbsPath, absPath } from "../../src/base/index.ts";
import { removeSync } from "../../src/node/remove.ts";

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
    // Bun's own ends with EFAULT where a Windows is played by wine.
    if (process.platform === "win32") removeSync(directory);
    else rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Tests leave read-only directories behind on purpose. */
function openDirectories(directory: string): void {
  chmodSync(directory, 0o700);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) openDirectories(join(directory, entry.name));
  }
}

afterAll(removeAll);
// Bun loads this file once for many test files: what the hook misses goes at the end.
process.once("exit", removeAll);
