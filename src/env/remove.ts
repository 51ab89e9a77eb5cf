import { isVenvoyError } from "../base/index.ts";
import { withLock } from "../disk/index.ts";
import type { EnvContext } from "./change.ts";
import type { EnvIo } from "./env-io.ts";
import { readEnvironment } from "./environment.ts";
import { envInUse, envProtected, envUnknown } from "./errors.ts";
import { usersOf } from "./in-use.ts";
import { labelOf, lockFile, type Place } from "./place.ts";
import { type Deleted, moveToTrash } from "./trash.ts";

export interface RemoveOptions {
  /** Even while programs run in it, and when it is protected. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/** Moves an environment to the trash. Throws `ENV_BUSY` while programs run in it, `ENV_PROTECTED`. */
export async function remove(
  io: EnvIo,
  context: EnvContext,
  place: Place,
  { force, signal }: RemoveOptions = {},
): Promise<Deleted> {
  const options = { purpose: `delete ${labelOf(place)}`, ...(signal === undefined ? {} : { signal }) };
  return withLock(io, lockFile(io.fs, context.layout, place.id), options, async () => {
    await checkStillThere(io, place);
    if (force !== true) await checkRemovable(io, place);
    return moveToTrash(io, context, place);
  });
}

async function checkRemovable(io: EnvIo, place: Place): Promise<void> {
  if (await isProtected(io, place)) throw envProtected(labelOf(place));
  const users = await usersOf(io, place);
  if (users.length > 0) throw envInUse(labelOf(place), users);
}

/** While we waited for the lock, its holder may have deleted the environment. */
export async function checkStillThere(io: EnvIo, place: Place): Promise<void> {
  if ((await io.fs.linkInfo(place.dir)) === undefined) throw envUnknown(labelOf(place), []);
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
