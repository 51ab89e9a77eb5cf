import type { AbsPath } from "../base/index.ts";
import type { ShareIo } from "./share-io.ts";

/**
 * How open everything in a publication is: as its own directory. Who may look into that reads all of it, whatever the publisher's umask
 * says; a group that may write there may publish.
 */
export async function modeOf({ fs }: Pick<ShareIo, "fs">, root: AbsPath): Promise<number> {
  const info = await fs.info(root);
  return ((info?.mode ?? 0o755) & 0o775) | 0o700;
}

/** Makes a directory as open as the publication's own, whatever this person's umask says. */
export async function makeDirLike({ fs }: Pick<ShareIo, "fs">, path: AbsPath, mode: number): Promise<void> {
  if ((await fs.info(path)) !== undefined) return;
  await fs.makeDir(path);
  const made = await fs.info(path);
  if (made !== undefined && (made.mode & mode) !== mode) await fs.setMode(path, (made.mode & 0o7000) | mode);
}

/** What a file below a directory of this mode may be: read by whom the directory lets in, written by nobody but its owner. */
export function fileMode(directoryMode: number, executable: boolean): number {
  return directoryMode & (executable ? 0o755 : 0o644);
}
