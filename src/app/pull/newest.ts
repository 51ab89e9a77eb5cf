import { hasCode } from "../../base/index.ts";
import { newestReleaseFile, type Place } from "../../env/index.ts";
import type { Context } from "../context.ts";

/** Writes down which release was current when the publication was last looked at. */
export async function noteNewest(context: Context, place: Pick<Place, "dir">, newest: number): Promise<void> {
  if ((await knownNewest(context, place)) === newest) return;
  try {
    await context.fs.writeAtomic(newestReleaseFile(context.fs, place), `${newest}\n`);
  } catch (error) {
    if (!hasCode(error, "EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT")) throw error;
  }
}

/** The release that was current then; `undefined` when nobody has looked. Reads nothing of the share. */
export async function knownNewest({ fs }: Pick<Context, "fs">, place: Pick<Place, "dir">): Promise<number | undefined> {
  const file = newestReleaseFile(fs, place);
  if ((await fs.info(file)) === undefined) return undefined;
  const number = Number((await fs.readText(file)).trim());
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}
