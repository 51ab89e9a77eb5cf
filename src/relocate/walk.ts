import { type AbsPath, byCodePoint, hasCode } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";

export interface TreeFile {
  /** Relative to the tree, with `/`. */
  readonly path: string;
  readonly at: AbsPath;
  readonly kind: "file" | "symlink";
  readonly sizeBytes: number;
  readonly mode: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
  readonly inode: number;
}

export interface Skipped {
  readonly path: string;
  readonly why: string;
}

export interface Walk {
  /** In code-point order of their paths; links and files alone. */
  readonly files: readonly TreeFile[];
  readonly skipped: readonly Skipped[];
}

/** A directory of a fix that was begun; what is in it belongs to the fix. */
export const workDirectory = ".venvoy-fix";
const lockName = `${workDirectory}.lock`;

/**
 * Files and links of a tree, never through a link. Pipes, sockets and devices are passed over without being opened; what
 * can't be read is named.
 */
export async function walkTree(fs: Fs, root: AbsPath, signal: AbortSignal): Promise<Walk> {
  const files: TreeFile[] = [];
  const skipped: Skipped[] = [];
  const open: { readonly at: AbsPath; readonly path: string }[] = [{ at: root, path: "" }];
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    signal.throwIfAborted();
    const { at, path } = directory;
    const entries = await readable(() => fs.list(at), { path: path || ".", skipped });
    const named = (entries ?? []).filter(({ name }) => path !== "" || !isOurs(name));
    const places = named.map(({ name }) => fs.path.join(at, name));
    const infos = await readable(() => fs.linkInfos(places), { path: path || ".", skipped });
    for (const [index, { name }] of named.entries()) {
      const info = infos?.[index];
      const place = places[index];
      if (info === undefined || place === undefined) continue;
      const below = path === "" ? name : `${path}/${name}`;
      if (info.kind === "directory") open.push({ at: place, path: below });
      else if (info.kind === "other") skipped.push({ path: below, why: "is a pipe, a socket or a device" });
      else {
        const { kind, sizeBytes, mode, modifiedMs, changedMs, inode } = info;
        files.push({ path: below, at: place, kind, sizeBytes, mode, modifiedMs, changedMs, inode });
      }
    }
  }
  files.sort((a, b) => byCodePoint(a.path, b.path));
  return { files, skipped };
}

function isOurs(name: string): boolean {
  return name === workDirectory || name.startsWith(lockName);
}

/** `undefined`, and a line in `skipped`, for what the system doesn't let us read. */
export async function readable<T>(
  read: () => Promise<T>,
  { path, skipped }: { readonly path: string; readonly skipped: Skipped[] },
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const why = hasCode(error, "EACCES", "EPERM")
      ? "may not be read"
      : hasCode(error, "ENAMETOOLONG")
        ? "lies deeper than this system can name"
        : hasCode(error, "ENOENT", "ENOTDIR", "ELOOP")
          ? "went away meanwhile"
          : hasCode(error, "EIO", "ESTALE", "EINVAL", "EISDIR", "EBUSY", "ENXIO")
            ? "can't be read"
            : undefined;
    if (why === undefined) throw error;
    skipped.push({ path, why });
    return undefined;
  }
}
