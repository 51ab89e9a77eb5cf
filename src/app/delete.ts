import { VenvoyError } from "../base/index.ts";
import { envUnknown, type Place } from "../env/index.ts";
import type { Context } from "./context.ts";
import { summaryOf } from "./list.ts";
import { materialiseCurrent } from "./materialise.ts";
import type { EnvironmentSummary } from "./outcomes.ts";
import { lockOptions } from "./packages.ts";

export interface DeleteOptions {
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

/** Deletes environments. All are checked before the first one goes; with `dryRun` they are only checked. */
export async function deleteEnvironments(
  context: Context,
  names: readonly string[],
  { force = false, dryRun = false, signal }: DeleteOptions,
): Promise<readonly EnvironmentSummary[]> {
  const places = new Map<string, Place>();
  for (const name of names) {
    const place = await context.home.locate(name);
    if (place.formerly !== undefined) throw calledOtherwise(place.formerly, place.name);
    places.set(place.id, place);
  }
  const doomed = (await context.home.summaries([...places.values()])).map(summaryOf);
  if (dryRun) {
    if (!force) for (const place of places.values()) await context.home.checkRemovable(place);
    return doomed;
  }
  await context.home.removeAll([...places.values()], { force, ...(signal === undefined ? {} : { signal }) });
  return doomed;
}

/** Nothing is deleted by a name that was given up: whoever types it may mean something else by now. */
function calledOtherwise(old: string, name: string): VenvoyError {
  return new VenvoyError("ENV_UNKNOWN", `No environment is named \`${old}\` any more: it is called \`${name}\``, {
    hint: `venvoy delete ${name}`,
    data: { name: old, now: name },
  });
}

/** Brings back the environment that was deleted last under a name. */
export async function restore(context: Context, name: string, signal?: AbortSignal): Promise<EnvironmentSummary> {
  const options = signal === undefined ? {} : { signal };
  const back = await context.home.restore(name, options);
  await context.home.using(back, lockOptions(`restore ${back.label}`, signal), (held) =>
    materialiseCurrent(context, held, options),
  );
  // Whoever brings one back means to use it: a temporary one would go again with the next round of tidying.
  await context.home.noteUse(back, context.system.cwd);
  const [summary] = await context.home.summaries([back]);
  if (summary === undefined) throw envUnknown(name, []);
  return summaryOf(summary);
}
