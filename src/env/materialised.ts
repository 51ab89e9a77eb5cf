import type { EnvIo } from "./env-io.ts";
import { generationDir, type Place } from "./place.ts";

/** True when a tree of that version is on the disk. */
export async function isMaterialised(
  io: Pick<EnvIo, "fs">,
  place: Pick<Place, "dir">,
  number: number,
): Promise<boolean> {
  return (await io.fs.linkInfo(generationDir(io.fs, place, number)))?.kind === "directory";
}
