import { hasCode } from "../base/index.ts";
import type { EnvIo } from "./env-io.ts";
import { type Place, usedFile } from "./place.ts";

const hourMs = 3_600_000;

/** Notes that an environment is used now. At most one write an hour; a read-only home is no reason to fail. */
export async function noteUse(io: Pick<EnvIo, "fs" | "clock">, place: Pick<Place, "dir">): Promise<void> {
  const file = usedFile(io.fs, place);
  const nowMs = io.clock.now();
  const info = await io.fs.info(file);
  if (info !== undefined && nowMs - info.modifiedMs < hourMs) return;
  try {
    if (info === undefined) await io.fs.write(file, "");
    await io.fs.setTimes(file, nowMs);
  } catch (error) {
    if (!hasCode(error, "EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "ENOENT")) throw error;
  }
}

/** When it was last used; `undefined` when nobody noted it. */
export async function lastUsedMs(io: Pick<EnvIo, "fs">, place: Pick<Place, "dir">): Promise<number | undefined> {
  return (await io.fs.info(usedFile(io.fs, place)))?.modifiedMs;
}
