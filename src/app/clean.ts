import type { Sha256 } from "../base/index.ts";
import { referencedArtifacts, sweepScripts } from "../env/index.ts";
import type { Context } from "./context.ts";
import type { CleanReport } from "./outcomes.ts";
import { lockOptions } from "./packages.ts";
import { type References, readReferences, referenced } from "./references.ts";

export interface CleanOptions {
  readonly dryRun?: boolean;
  /** Script environments that were not used for so many days go; 90 when left out. */
  readonly unusedDays?: number;
  readonly signal?: AbortSignal;
}

const dayMs = 86_400_000;

/**
 * Deletes what nothing uses any more: script environments unused for long, trees of older versions (their locks stay, so
 * undo builds them again), stored packages that no lock or tree names, stages of killed processes, trash past its time.
 */
export async function clean(
  context: Context,
  { dryRun = false, unusedDays = 90, signal }: CleanOptions,
): Promise<CleanReport> {
  const before = await readReferences(context);
  const stale = await staleScripts(context, before.scripts, unusedDays);
  let versions = 0;
  if (!dryRun) {
    await sweepScripts(context, context.env, { unusedMs: unusedDays * dayMs });
    for (const { environment } of before.environments) {
      const options = lockOptions(`clean ${environment.label}`, signal);
      versions += (await context.home.using(environment, options, (held) => held.collect())).removed.length;
    }
    await context.home.sweep();
  } else versions = before.environments.reduce((sum, { receipts }) => sum + Math.max(0, receipts.length - 1), 0);
  const keep = dryRun ? await keptAfter(context, before, stale) : await referencedArtifacts(context, context.env);
  const collected = dryRun ? await wouldCollect(context, keep) : await context.store.collect(keep);
  return {
    dryRun,
    freedBytes: collected.freedBytes,
    artifacts: collected.removed,
    versions,
    environments: stale.map((script) => script.key),
  };
}

type Scripts = Awaited<ReturnType<typeof readReferences>>["scripts"];

async function staleScripts(context: Context, scripts: Scripts, unusedDays: number): Promise<Scripts> {
  const stale = [];
  for (const script of scripts) {
    const used = await context.fs.info(context.fs.path.join(script.root, ".venvoy", "used"));
    const usedMs = used?.modifiedMs ?? script.receipt.madeMs;
    if (context.clock.now() - usedMs > unusedDays * dayMs) stale.push(script);
  }
  return stale;
}

/** What stays needed once the stale script environments are gone. */
async function keptAfter(context: Context, before: References, stale: Scripts): Promise<ReadonlySet<Sha256>> {
  const kept = referenced({ ...before, scripts: before.scripts.filter((one) => !stale.includes(one)) });
  const going = referenced({ environments: [], scripts: stale });
  const now = await referencedArtifacts(context, context.env);
  return new Set([...now].filter((sha256) => kept.has(sha256) || !going.has(sha256)));
}

async function wouldCollect(
  context: Context,
  keep: ReadonlySet<Sha256>,
): Promise<{ readonly removed: number; readonly freedBytes: number }> {
  const unused = (await context.store.list()).filter((artifact) => !keep.has(artifact.sha256));
  return { removed: unused.length, freedBytes: unused.reduce((sum, artifact) => sum + artifact.sizeBytes, 0) };
}
