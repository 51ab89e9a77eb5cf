import { type AbsPath, hasCode } from "../base/index.ts";
import type { Fs, LinkMode } from "../ports/index.ts";

/** Best first: a reflink can't be edited through, a hard link costs no bytes, a copy always works. */
export interface LinkModes {
  /** The best way for files of `from` to appear below `to`; both exist. Found out once per pair of disks. */
  between(from: AbsPath, to: AbsPath): Promise<LinkMode>;
}

export function linkModes(fs: Fs): LinkModes {
  const known = new Map<string, LinkMode>();
  return {
    async between(from, to) {
      const pair = `${(await fs.info(from))?.device} ${(await fs.info(to))?.device}`;
      const found = known.get(pair) ?? (await probe(fs, from, to));
      known.set(pair, found);
      return found;
    },
  };
}

async function probe(fs: Fs, from: AbsPath, to: AbsPath): Promise<LinkMode> {
  if (await fs.canReflink(from, to)) return "reflink";
  return (await canHardLink(fs, from, to)) ? "hardlink" : "copy";
}

/** Asked by doing it: bind mounts and overlays refuse links between directories that show the same device number. */
async function canHardLink(fs: Fs, from: AbsPath, to: AbsPath): Promise<boolean> {
  let source: AbsPath | undefined;
  let target: AbsPath | undefined;
  try {
    source = await fs.makeStage(from, ".probe");
    const file = fs.path.join(source, "a");
    await fs.write(file, "");
    // The stage's name is nobody else's, here or there.
    target = fs.path.join(to, fs.path.name(source));
    await fs.hardLink(file, target);
    return true;
  } catch (error) {
    const refusals = ["EXDEV", "EPERM", "EACCES", "EROFS", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EINVAL"];
    if (hasCode(error, ...refusals)) return false;
    throw error;
  } finally {
    if (source !== undefined) await fs.remove(source);
    if (target !== undefined) await fs.remove(target);
  }
}
