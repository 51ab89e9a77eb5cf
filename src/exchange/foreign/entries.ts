import { type AbsPath, hasCode } from "../../base/index.ts";
import type { Fs } from "../../ports/index.ts";

/** The names in a directory of somebody else's; none where there is no directory, or it may not be read. */
export async function entriesOf(fs: Fs, directory: AbsPath): Promise<readonly string[]> {
  try {
    return ((await fs.list(directory)) ?? []).map(({ name }) => name);
  } catch (error) {
    if (hasCode(error, "ENOTDIR", "EACCES", "EPERM", "ELOOP", "ENAMETOOLONG")) return [];
    throw error;
  }
}
