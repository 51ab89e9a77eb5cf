import { withStage } from "../disk/index.ts";
import type { EnvContext } from "./change.ts";
import type { EnvIo } from "./env-io.ts";
import { usersOf } from "./in-use.ts";
import { headersDir, listScriptEnvironments, type ScriptEnvironment } from "./script-environment.ts";
import { lastUsedMs, noteUse } from "./used.ts";

/** Notes that a script environment is used now; at most one write an hour. */
export function noteScriptUse(
  io: Pick<EnvIo, "fs" | "clock">,
  { root }: Pick<ScriptEnvironment, "root">,
): Promise<void> {
  return noteUse(io, { dir: io.fs.path.join(root, ".venvoy") });
}

/**
 * Removes script environments that no run has used for `unusedMs` and no program stands in, and what remembers headers
 * of trees that are gone. Returns the keys; a later run builds what it needs again from the store.
 */
export async function sweepScripts(
  io: EnvIo,
  context: EnvContext,
  { unusedMs }: { readonly unusedMs: number },
): Promise<readonly string[]> {
  const { fs } = io;
  const removed: string[] = [];
  for (const { key, root, receipt } of await listScriptEnvironments(io, context)) {
    const usedMs = (await lastUsedMs(io, { dir: fs.path.join(root, ".venvoy") })) ?? receipt.madeMs;
    if (io.clock.now() - usedMs <= unusedMs || (await usersOf(io, { dir: root, root })).length > 0) continue;
    // Out of sight first: a run that starts now finds the whole tree or none.
    await withStage(io, context.layout.stage, `script-${key}`, (stage) => fs.rename(root, fs.path.join(stage, key)));
    removed.push(key);
  }
  await removeDeadHeaders(io, context);
  return removed;
}

async function removeDeadHeaders(io: EnvIo, { layout }: EnvContext): Promise<void> {
  const { fs } = io;
  const directory = headersDir(io, layout.scripts);
  for (const { name, kind } of (await fs.list(directory)) ?? []) {
    const link = fs.path.join(directory, name);
    if (kind === "symlink" && (await fs.info(link)) === undefined) await fs.remove(link);
  }
}
