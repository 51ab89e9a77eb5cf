import { isVenvoyError } from "../base/index.ts";
import { sweepStages, withLock } from "../disk/index.ts";
import type { EnvContext } from "./change.ts";
import type { EnvIo } from "./env-io.ts";
import { parseDirectoryName } from "./environment-id.ts";
import { sweepNames } from "./former-names.ts";
import { finishDeletion } from "./move-across.ts";
import { isEnvName } from "./name.ts";
import { innerDirectory, intentFile, lockFile } from "./place.ts";
import { linkText } from "./read-files.ts";
import { remove } from "./remove.ts";
import { listEnvironments } from "./summary.ts";
import { emptyTrash } from "./trash.ts";

/** A temporary environment goes when it was not used for this long. */
const temporaryLifetimeMs = 24 * 3_600_000;

export interface Swept {
  /** Half-built trees of processes that are gone. */
  readonly stages: number;
  /** Environments that were deleted more than 30 days ago and can't be restored any more. */
  readonly deleted: number;
  /** Labels of temporary environments that were unused for a day; they lie in the trash now. */
  readonly temporary: readonly string[];
  /** Names and registrations that led nowhere, and old names whose time is over. */
  readonly links: number;
}

/** Removes what nobody will miss. */
export async function sweep(io: EnvIo, context: EnvContext): Promise<Swept> {
  return {
    stages: await sweepStages(io, context.layout.stage),
    deleted: await emptyTrash(io, context),
    temporary: await removeTemporary(io, context),
    links: (await removeDanglingLinks(io, context)) + (await sweepNames(io, context)),
  };
}

async function removeTemporary(io: EnvIo, context: EnvContext): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const summary of await listEnvironments(io, context)) {
    const isOld = io.clock.now() - summary.usedMs > temporaryLifetimeMs;
    if (!summary.temporary || !isOld) continue;
    try {
      await remove(io, context, [summary]);
      removed.push(summary.label);
    } catch (error) {
      if (!isVenvoyError(error, "ENV_BUSY") && !isVenvoyError(error, "ENV_PROTECTED")) throw error;
    }
  }
  return removed;
}

/** Links of environments that somebody removed by hand. */
async function removeDanglingLinks(io: EnvIo, context: EnvContext): Promise<number> {
  const { fs } = io;
  const { layout } = context;
  let removed = 0;
  for (const { name, kind } of (await fs.list(layout.envs)) ?? []) {
    if (kind !== "symlink" || !(isEnvName(name) || parseDirectoryName(name) !== undefined)) continue;
    const link = fs.path.join(layout.envs, name);
    const target = await linkText(fs, link);
    if (target !== undefined && fs.path.isAbsolute(target)) await finishDeletionAt(io, context, name, target);
    if (target === undefined || (await fs.info(link)) !== undefined) continue;
    // The tree of a version may be gone while its environment is not.
    const owner = fs.path.directory(fs.path.resolve(layout.envs, target));
    if (!fs.path.isAbsolute(target) && (await fs.info(owner)) !== undefined) continue;
    await fs.remove(link);
    removed++;
  }
  return removed;
}

/** A deletion in a directory may have been killed halfway, and nobody has been there since. */
async function finishDeletionAt(io: EnvIo, context: EnvContext, name: string, target: string): Promise<void> {
  const { fs } = io;
  const id = parseDirectoryName(name)?.id;
  const dir = fs.path.resolve(context.layout.envs, target);
  if (id === undefined || fs.path.name(dir) !== innerDirectory) return;
  const root = fs.path.directory(dir);
  if ((await fs.linkInfo(root)) === undefined || (await fs.linkInfo(intentFile(fs, { dir }))) !== undefined) return;
  const lock = lockFile(fs, context.layout, id);
  await withLock(io, lock, { purpose: `finish the deletion of ${root}` }, () => finishDeletion(io, context, root));
}
