import { type AbsPath, isVenvoyError } from "../base/index.ts";
import { withLock } from "../disk/index.ts";
import { activeEnvironment } from "./active.ts";
import type { EnvContext } from "./change.ts";
import type { Deleted } from "./deleted.ts";
import type { EnvIo } from "./env-io.ts";
import { readEnvironment } from "./environment.ts";
import { envActive, envInUse, envProtected } from "./errors.ts";
import { usersOf } from "./in-use.ts";
import { labelOf, lockFile, type Place } from "./place.ts";
import { placeNow } from "./registry.ts";
import { moveToTrash } from "./trash.ts";

export interface RemoveOptions {
  /** Even while programs run in it, and when it is protected. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Moves environments to the trash. All are held and checked before the first one goes, so that a refusal leaves all of
 * them. Throws `ENV_BUSY` while programs run in one or the caller's shell is in it, `ENV_PROTECTED`.
 */
export async function remove(
  io: EnvIo,
  context: EnvContext,
  places: readonly Place[],
  options: RemoveOptions = {},
): Promise<readonly Deleted[]> {
  return holding(io, context, distinct(places), options, async (held) => {
    if (options.force !== true) for (const place of held) await checkRemovable(io, context, place);
    const deleted: Deleted[] = [];
    for (const place of held) deleted.push(await moveToTrash(io, context, place));
    return deleted;
  });
}

/** Throws what `remove` would: for whoever asks a person first. */
export async function checkRemovable(io: EnvIo, context: EnvContext, place: Place): Promise<void> {
  if (await isProtected(io, place)) throw envProtected(labelOf(place));
  const active = await activeEnvironment(io, context, io.system.env);
  if (active?.kind === "ours" && active.place.id === place.id) throw envActive(labelOf(place));
  const users = await usersOf(io, place);
  if (users.length > 0) throw envInUse(labelOf(place), users);
}

/** Takes the locks one after the other, always in the same order, so that two commands can't wait for each other. */
async function holding<T>(
  io: EnvIo,
  context: EnvContext,
  places: readonly Place[],
  { signal }: RemoveOptions,
  body: (held: readonly Place[]) => Promise<T>,
): Promise<T> {
  const waiting = [...places].sort((a, b) => (a.id < b.id ? -1 : 1));
  const held: Place[] = [];
  const take = async (index: number): Promise<T> => {
    const place = waiting[index];
    if (place === undefined) return body(places.flatMap(({ id }) => held.find((one) => one.id === id) ?? []));
    const purpose = { purpose: `delete ${labelOf(place)}`, ...(signal === undefined ? {} : { signal }) };
    return withLock(io, lockOf(io, context, place), purpose, async () => {
      held.push(await placeNow(io.fs, context.layout, place));
      return take(index + 1);
    });
  };
  return take(0);
}

function lockOf(io: EnvIo, { layout }: EnvContext, place: Place): AbsPath {
  return lockFile(io.fs, layout, place.id);
}

/** The same environment may have been named twice. */
function distinct(places: readonly Place[]): readonly Place[] {
  return [...new Map(places.map((place) => [place.id, place])).values()];
}

/** A broken environment can't say that it is protected, and must be removable. */
async function isProtected(io: EnvIo, place: Place): Promise<boolean> {
  try {
    return (await readEnvironment(io.fs, place)).intent.protected;
  } catch (error) {
    if (isVenvoyError(error, "ENV_BROKEN")) return false;
    throw error;
  }
}
