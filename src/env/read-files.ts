import { type AbsPath, hasCode } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";

/** The text of a link; `undefined` when there is none. */
export async function linkText(fs: Fs, path: AbsPath): Promise<string | undefined> {
  try {
    return await fs.readLink(path);
  } catch (error) {
    if (hasCode(error, "ENOENT", "EINVAL", "ENOTDIR", "UNKNOWN")) return undefined;
    throw error;
  }
}

export async function readIfThere(fs: Fs, file: AbsPath): Promise<string | undefined> {
  try {
    return await fs.readText(file);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}
