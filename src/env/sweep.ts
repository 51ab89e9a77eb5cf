import { isVenvoyError } from "../base/index.ts";
import { sweepStages } from "../disk/index.ts";
import type { EnvContext } from "./change.ts";
import type { EnvIo } from "./env-io.ts";
import { parseDirectoryName } from "./environment-id.ts";
import { sweepNames } from "./former-names.ts";
import { isEnvName } from "./name.ts";
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
async function removeDanglingLinks(io: EnvIo, { layout }: EnvContext): Promise<number> {
  const { fs } = io;
  let removed = 0;
  for (const { name, kind } of (await fs.list(layout.envs)) ?? []) {
    if (kind !== "symlink" || !(isEnvName(name) || parseDirectoryName(name) !== undefined)) continue;
    const link = fs.path.join(layout.envs, name);
    const target = await linkText(fs, link);
    if (target === undefined || (await fs.info(link)) !== undefined) continue;
    // The tree of a version may be gone while its environment is not.
    const owner = fs.path.directory(fs.path.resolve(layout.envs, target));
    if (!fs.path.isAbsolute(target) && (await fs.info(owner)) !== undefined) continue;
    await fs.remove(link);
    removed++;
  }
  return removed;
}
