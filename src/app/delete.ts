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

/** Deletes environments; all names are checked before the first goes. */
export async function deleteEnvironments(
  context: Context,
  names: readonly string[],
  { force = false, dryRun = false, signal }: DeleteOptions,
): Promise<readonly EnvironmentSummary[]> {
  const places = [];
  for (const name of names) places.push(await context.home.locate(name));
  const known = new Map((await context.home.list()).map((one) => [one.id, summaryOf(one)]));
  const doomed = places.flatMap((place) => known.get(place.id) ?? []);
  if (dryRun) return doomed;
  for (const place of places) await context.home.remove(place, { force, ...(signal === undefined ? {} : { signal }) });
  return doomed;
}

/** Brings back the environment that was deleted last under a name. */
export async function restore(context: Context, name: string, signal?: AbortSignal): Promise<EnvironmentSummary> {
  const options = signal === undefined ? {} : { signal };
  const back = await context.home.restore(name, options);
  await context.home.using(back, lockOptions(`restore ${back.label}`, signal), (held) =>
    materialiseCurrent(context, held, options),
  );
  const found = (await context.home.list()).find((one) => one.id === back.id);
  return summaryOf(
    found ?? {
      ...back,
      ...back.intent.standing,
      version: back.current.number,
      usedMs: back.intent.createdMs,
      createdMs: back.intent.createdMs,
      purpose: back.intent.purpose,
      protected: back.intent.protected,
      temporary: back.intent.temporary,
      problem: undefined,
    },
  );
}
