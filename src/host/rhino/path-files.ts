import type { AbsPath } from "../../base/index.ts";
import type { Fs } from "../../ports/index.ts";

/**
 * Rhino's path files: `<language>-<major>[.<minor>[.<patch>]]<anything>.pth` in its scripts directories and its root. One
 * path a line and no code; the order is the search order; they are read when the host starts.
 */
export interface PathFile {
  readonly file: AbsPath;
  /** `3`, `3.9`: which Pythons it is for. */
  readonly version: string;
  readonly paths: readonly string[];
}

const fileName = /^python-(\d+(?:\.\d+){0,2})(?:[^\d.].*)?\.pth$/i;

/** True for a path file that a Python of that version reads. */
export function isForPython(name: string, version: string): boolean {
  const wanted = fileName.exec(name)?.[1]?.split(".");
  const have = version.split(".");
  return wanted?.every((part, index) => part === have[index]) ?? false;
}

/** All path files for a Python, in the order in which the host reads their directories. */
export async function readPathFiles(
  fs: Fs,
  directories: readonly AbsPath[],
  version: string,
): Promise<readonly PathFile[]> {
  const found: PathFile[] = [];
  for (const directory of directories) {
    for (const { name, kind } of (await fs.list(directory)) ?? []) {
      if (kind !== "file" || !isForPython(name, version)) continue;
      const file = fs.path.join(directory, name);
      found.push({ file, version: fileName.exec(name)?.[1] ?? "", paths: pathsIn(await fs.readText(file)) });
    }
  }
  return found;
}

export function pathsIn(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
