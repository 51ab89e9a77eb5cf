import { type AbsPath, hasCode } from "../base/index.ts";
import type { EnvContext } from "./change.ts";
import type { EnvIo } from "./env-io.ts";
import { isKnown, readCurrent, readIntentFile } from "./environment.ts";
import {
  currentLink,
  generationDir,
  generationsDir,
  historyDir,
  historyFile,
  innerDirectory,
  intentFile,
  isInPlace,
  lockFile,
  materialisedVersions,
  type Place,
  versionNumbers,
} from "./place.ts";
import { linkText } from "./read-files.ts";

/** Something that the next operation on the environment cleans up by itself. */
export interface Leftover {
  /** A clause: what is half done. */
  readonly what: string;
  readonly path: AbsPath;
}

/**
 * What a kill left in an environment, or a hand took away: the same that every operation cleans up first. Nothing while
 * another process is changing it. Changes nothing.
 */
export async function findLeftovers(
  io: Pick<EnvIo, "fs">,
  { layout }: Pick<EnvContext, "layout">,
  place: Place,
): Promise<readonly Leftover[]> {
  if (await isBeingChanged(io, lockFile(io.fs, layout, place.id))) return [];
  const { fs } = io;
  const intent = await readIntentFile(fs, place);
  const { standing } = intent;
  const current = await readCurrent(fs, place);
  const found: Leftover[] = [];
  const pointer = currentLink(fs, place);
  if (current === undefined) found.push({ what: "nothing says which version is current", path: pointer });
  else if (current !== standing.generation && !(await isKnown(fs, place, current))) {
    found.push({ what: `its pointer leads to version ${current}, which never was`, path: pointer });
  } else if (current !== standing.generation) {
    found.push({ what: "what was asked for belongs to another version", path: intentFile(fs, place) });
  }
  const unfinished = standing.latest + 1;
  if (unfinished !== current) found.push(...(await unfinishedVersion(io, place, unfinished)));
  for (const { name } of (await fs.list(generationsDir(fs, place))) ?? []) {
    if (name.startsWith(".retired-"))
      found.push({ what: "a version was not removed whole", path: fs.path.join(generationsDir(fs, place), name) });
  }
  if (place.kind === "central" && (await linkText(fs, place.root)) === undefined) {
    found.push({ what: "the link of its name is missing", path: place.root });
  }
  if (isInPlace(place, intent)) {
    const journal = fs.path.join(place.dir, "swap.json");
    if ((await fs.linkInfo(journal)) !== undefined)
      found.push({ what: "its packages were half replaced", path: journal });
  } else if (place.kind === "directory") found.push(...(await missingLinks(io, place, current ?? standing.generation)));
  return found;
}

/** The names in a chosen directory that lead into the current version. */
async function missingLinks({ fs }: Pick<EnvIo, "fs">, place: Place, number: number): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const { name } of (await fs.list(generationDir(fs, place, number))) ?? []) {
    const path = fs.path.join(place.root, name);
    if (name !== innerDirectory && (await fs.linkInfo(path)) === undefined)
      found.push({ what: `\`${name}\` is missing in its directory`, path });
  }
  return found;
}

async function unfinishedVersion(
  { fs }: Pick<EnvIo, "fs">,
  place: Place,
  number: number,
): Promise<readonly Leftover[]> {
  const what = `version ${number} was begun and not finished`;
  if ((await materialisedVersions(fs, place)).includes(number))
    return [{ what, path: generationDir(fs, place, number) }];
  const recorded = versionNumbers(await fs.list(historyDir(fs, place)), ".toml");
  return recorded.includes(number) ? [{ what, path: historyFile(fs, place, number) }] : [];
}

/** Takes the lock only if it is free. A home that can't be written has nobody who changes it. */
async function isBeingChanged({ fs }: Pick<EnvIo, "fs">, lock: AbsPath): Promise<boolean> {
  const giveUp = new AbortController();
  try {
    await using _lock = await fs.lock(lock, {
      purpose: "look for what is half done",
      signal: giveUp.signal,
      onWait: () => giveUp.abort(),
    });
    return false;
  } catch (error) {
    if (giveUp.signal.aborted) return true;
    if (hasCode(error, "EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT")) return false;
    throw error;
  }
}
