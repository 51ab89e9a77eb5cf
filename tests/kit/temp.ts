import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type AbsPath, absPath } from "../../src/base/index.ts";
import { removeRetrying } from "../../src/node/remove.ts";
import { removeDirectory } from "./remove-directory.ts";

const made: string[] = [];

/** A fresh real directory with a real path, removed after the tests of the file. */
export function tempDir(label = "test"): AbsPath {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), `venvoy-${label}-`)));
  made.push(directory);
  return absPath(directory);
}

function removeAll(): void {
  for (const directory of made.splice(0)) removeDirectory(directory);
}

/** What `tempDir` made since the last call. */
export const removeTempDirs = process.platform === "win32" ? removeAllOnWindows : removeAll;

/** Bun's own way to remove a tree ends with EFAULT where wine plays Windows. */
async function removeAllOnWindows(): Promise<void> {
  for (const directory of made.splice(0)) await removeRetrying(directory);
}

afterAll(removeTempDirs);
// Where this file is loaded once for many test files, the hook is one of the first only: each-file.ts has one for each,
// and what Bun misses goes at the end.
process.once("exit", removeAll);
