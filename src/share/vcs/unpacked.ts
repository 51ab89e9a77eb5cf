import type { AbsPath } from "../../base/index.ts";
import { sweepStages, withStage } from "../../disk/index.ts";
import { usersOf } from "../../env/index.ts";
import type { ShareIo } from "../share-io.ts";

/** A launcher's stage is its own for this long. */
const stagedMs = 24 * 3_600_000;

/** Where launchers of `--as vcs` unpack releases for a person, below the cache. */
export function unpackedDir({ fs }: Pick<ShareIo, "fs">, cache: AbsPath): AbsPath {
  return fs.path.join(cache, "unpacked");
}

/**
 * Releases that launchers unpacked here and that nobody started for `unusedMs`, none that a program runs from, and what killed launchers
 * left. The next start of such a release unpacks it again.
 */
export async function unusedUnpacked(
  io: ShareIo,
  cache: AbsPath,
  { unusedMs }: { readonly unusedMs: number },
): Promise<readonly AbsPath[]> {
  const { fs } = io;
  const directory = unpackedDir(io, cache);
  const found: AbsPath[] = [];
  for (const { name, kind } of (await fs.list(directory)) ?? []) {
    const root = fs.path.join(directory, name);
    if (kind !== "directory") continue;
    const isStage = /^\.stage-/.test(name);
    if (!isStage && !/-[1-9]\d{0,8}-[0-9a-f]{16}$/.test(name)) continue;
    // Windows' launchers leave no mark: there it counts when the release was unpacked.
    const used = (isStage ? undefined : await fs.info(usedMark(io, root))) ?? (await fs.info(root));
    if (used === undefined || io.clock.now() - used.modifiedMs <= (isStage ? stagedMs : unusedMs)) continue;
    if (!isStage && (await usersOf(io, { dir: root, root })).length > 0) continue;
    found.push(root);
  }
  return found;
}

/** Takes them out of sight in one step each, then away: a launcher that starts now finds the whole tree or none. */
export async function removeUnpacked(
  io: ShareIo,
  cache: AbsPath,
  { unusedMs }: { readonly unusedMs: number },
): Promise<void> {
  const { fs } = io;
  const directory = unpackedDir(io, cache);
  if ((await fs.info(directory)) === undefined) return;
  await sweepStages(io, directory);
  for (const root of await unusedUnpacked(io, cache, { unusedMs }))
    await withStage(io, directory, ".gone", (stage) => fs.rename(root, fs.path.join(stage, "tree")));
}

function usedMark({ fs }: Pick<ShareIo, "fs">, root: AbsPath): AbsPath {
  return fs.path.join(root, ".venvoy", "used");
}
