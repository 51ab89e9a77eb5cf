import { type AbsPath, hasCode } from "../../base/index.ts";
import type { DirEntry, FileInfo, Fs } from "../../ports/index.ts";

/**
 * Reading in places that belong to others: what is missing, forbidden or of another kind counts as absent, so that one
 * bad entry on PATH never stops a search.
 */
export function look(fs: Fs): {
  text(path: AbsPath): Promise<string | undefined>;
  info(path: AbsPath): Promise<FileInfo | undefined>;
  linkInfo(path: AbsPath): Promise<FileInfo | undefined>;
  real(path: AbsPath): Promise<AbsPath | undefined>;
  list(path: AbsPath): Promise<readonly DirEntry[]>;
} {
  return {
    text: (path) => unlessAbsent(() => textOf(fs, path)),
    info: (path) => unlessAbsent(() => fs.info(path)),
    linkInfo: (path) => unlessAbsent(() => fs.linkInfo(path)),
    real: (path) => unlessAbsent(() => fs.realPath(path)),
    list: async (path) => (await unlessAbsent(() => fs.list(path))) ?? [],
  };
}

/** Most files that are looked for are not there: asking costs less than an error that is made and thrown. */
async function textOf(fs: Fs, path: AbsPath): Promise<string | undefined> {
  return (await fs.info(path)) === undefined ? undefined : fs.readText(path);
}

const absent = [
  "ENOENT",
  "ENOTDIR",
  "EISDIR",
  "EACCES",
  "EPERM",
  "ELOOP",
  "ENAMETOOLONG",
  "EINVAL",
  "EIO",
  "ESTALE",
  "ENODEV",
  "UNKNOWN",
];

async function unlessAbsent<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (hasCode(error, ...absent)) return undefined;
    throw error;
  }
}
