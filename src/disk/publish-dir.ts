import { type AbsPath, hasCode } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";
import { diskError } from "./errors.ts";

/**
 * Gives a finished stage its final name in one step. False when the name is taken already: whoever was first has made
 * the same (names are digests), so the stage is removed. Makes the parent when it is missing.
 * `lasts: false` is for what is made again when a crash loses its name: nothing waits for the disk.
 */
export async function publishDir(
  fs: Fs,
  stage: AbsPath,
  target: AbsPath,
  { lasts = true }: { readonly lasts?: boolean } = {},
): Promise<boolean> {
  const parent = fs.path.directory(target);
  try {
    if (lasts) await fs.syncDir(stage);
    if (!(await renamed(fs, stage, target))) {
      await fs.remove(stage);
      return false;
    }
    if (lasts) await fs.syncDir(parent);
    return true;
  } catch (error) {
    throw diskError(error, target);
  }
}

async function renamed(
  fs: Fs,
  stage: AbsPath,
  target: AbsPath,
  { isParentThere = false }: { readonly isParentThere?: boolean } = {},
): Promise<boolean> {
  try {
    await fs.rename(stage, target);
    return true;
  } catch (error) {
    if (!isParentThere && hasCode(error, "ENOENT") && (await fs.linkInfo(stage)) !== undefined) {
      // Others may be at this, too: from here on the name may be taken.
      await fs.makeDir(fs.path.directory(target));
      return renamed(fs, stage, target, { isParentThere: true });
    }
    // Systems word "there is one" in five ways; only a look tells it from a refusal.
    const isTaken = hasCode(error, "EEXIST", "ENOTEMPTY", "ENOTDIR", "EPERM", "EACCES");
    if (isTaken && (await fs.linkInfo(target)) !== undefined) return false;
    throw error;
  }
}
