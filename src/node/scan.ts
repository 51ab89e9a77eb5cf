import { lstatSync, readdirSync, type Stats } from "node:fs";
import { type AbsPath, hasCode } from "../base/index.ts";
import type { Fs, ScannedEntry } from "../ports/index.ts";

/** Between two breaths: an interrupt is heard, and progress is drawn. */
const entriesAtOnce = 4_000;

export const scan: Fs["scan"] = async (root, visit) => {
  const top = statOf(root);
  if (top === undefined) return;
  visit(entryOf("", top));
  const open: { readonly path: string; readonly at: string }[] = top.isDirectory() ? [{ path: "", at: root }] : [];
  let count = 0;
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    for (const name of namesIn(directory.at)) {
      const at = `${directory.at}/${name}`;
      const stats = statOf(at as AbsPath);
      if (stats === undefined) continue;
      const path = directory.path === "" ? name : `${directory.path}/${name}`;
      visit(entryOf(path, stats));
      if (stats.isDirectory()) open.push({ path, at });
      if (++count % entriesAtOnce === 0) await new Promise((resume) => setImmediate(resume));
    }
  }
};

function entryOf(path: string, stats: Stats): ScannedEntry {
  return {
    path,
    kind: stats.isFile() ? "file" : stats.isDirectory() ? "directory" : stats.isSymbolicLink() ? "symlink" : "other",
    device: stats.dev,
    inode: stats.ino,
    links: stats.nlink,
    // POSIX counts in units of 512 bytes, whatever the file system's own blocks are.
    diskBytes: process.platform === "win32" ? stats.size : stats.blocks * 512,
  };
}

function statOf(path: AbsPath): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isOut(error)) return undefined;
    throw error;
  }
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (isOut(error)) return [];
    throw error;
  }
}

function isOut(error: unknown): boolean {
  return hasCode(error, "ENOENT", "ENOTDIR", "EACCES", "EPERM", "ELOOP");
}
