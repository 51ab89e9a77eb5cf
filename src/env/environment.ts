import { type AbsPath, isVenvoyError } from "../base/index.ts";
import { parseToml } from "../codec/index.ts";
import type { Fs } from "../ports/index.ts";
import { currentTaken, envBroken, fileBroken } from "./errors.ts";
import { readRecord, type VersionRecord } from "./history.ts";
import { type Intent, wantedOf } from "./intent.ts";
import { readIntent } from "./intent-file.ts";
import {
  currentLink,
  currentTarget,
  generationDir,
  historyFile,
  innerDirectory,
  intentFile,
  isInPlace,
  labelOf,
  type Place,
  parseCurrentTarget,
} from "./place.ts";
import { linkText, readIfThere } from "./read-files.ts";
import { readReceipt } from "./receipt.ts";

/** One finished tree. */
export interface Generation {
  readonly number: number;
  /** The tree itself; programs start here, so that a later version doesn't reach into them. */
  readonly root: AbsPath;
}

/** An environment as it was when it was read. */
export interface Environment extends Place {
  /** What a person reads: the name, or the directory. */
  readonly label: string;
  readonly intent: Intent;
  readonly current: Generation;
}

/**
 * Reads an environment. The pointer `current` decides which version it is: when a kill fell between the flip and the
 * writing of `intent.toml`, what was asked is taken from that version's record. Throws `ENV_BROKEN`.
 */
export async function readEnvironment(fs: Fs, place: Place): Promise<Environment> {
  // In this order: the pointer is flipped before the intent is written, so a change in between is seen as a difference.
  const written = await readIntentFile(fs, place);
  const inPlace = isInPlace(place, written);
  const pointed = await readCurrent(fs, place);
  const isVersion =
    pointed !== undefined && (pointed === written.standing.generation || (await isKnown(fs, place, pointed)));
  const number = isVersion ? pointed : await lastKnown(fs, place, written);
  if (number === undefined) throw envBroken(labelOf(place), "it has no current version");
  const current = { number, root: inPlace ? place.root : generationDir(fs, place, number) };
  return { ...place, label: labelOf(place), intent: await settle(fs, place, written, number), current };
}

/**
 * Without a pointer to a version (Windows replaces a junction in two steps, and a kill may fall between them; or a hand
 * changed it), the intent says what was current.
 */
async function lastKnown(fs: Fs, place: Place, { standing }: Intent): Promise<number | undefined> {
  const { generation } = standing;
  return (await isKnown(fs, place, generation)) ? generation : undefined;
}

/** That version has a tree, or a lock from which one can be built. */
export async function isKnown(fs: Fs, place: Pick<Place, "dir">, number: number): Promise<boolean> {
  const tree = await fs.linkInfo(generationDir(fs, place, number));
  return tree?.kind === "directory" || (await fs.info(historyFile(fs, place, number))) !== undefined;
}

/** The version that `current` names, or the receipt of a tree in place; `undefined` when neither is there. */
export async function readCurrent(fs: Fs, place: Pick<Place, "dir">): Promise<number | undefined> {
  const target = await linkText(fs, currentLink(fs, place));
  if (target !== undefined) return parseCurrentTarget(target);
  if (fs.path.name(place.dir) !== innerDirectory) return undefined;
  const receipt = await readReceipt(fs, fs.path.directory(place.dir));
  return receipt?.inPlace === true ? receipt.generation : undefined;
}

/**
 * Makes `current` lead to the environment's own versions again. Elsewhere it does so by itself, being relative; a
 * junction of Windows holds the whole path, also after the environment was moved.
 */
export async function settleCurrent(fs: Fs, place: Pick<Place, "dir">, number: number): Promise<void> {
  const link = currentLink(fs, place);
  const target = await linkText(fs, link);
  if (target === undefined && (await fs.linkInfo(link)) !== undefined) throw currentTaken(link);
  const leadsTo = target === undefined ? undefined : fs.path.resolve(place.dir, target.replace(/^\\\\\?\\/, ""));
  if (leadsTo !== generationDir(fs, place, number)) await fs.replaceLink(currentTarget(number), link, "directory");
}

/** The intent as it is in the file; throws `ENV_BROKEN` when there is none or it can't be read. */
export async function readIntentFile(fs: Fs, place: Place): Promise<Intent> {
  const file = intentFile(fs, place);
  const text = await readIfThere(fs, file);
  if (text === undefined) throw envBroken(labelOf(place), "its `intent.toml` is gone");
  try {
    const intent = readIntent(parseToml(text, { label: file, code: "ENV_BROKEN" }));
    // A directory that somebody copied by hand has the id of its original in the file; its place is right.
    return { ...intent, id: place.id };
  } catch (error) {
    if (isVenvoyError(error)) throw error;
    throw fileBroken(file, error instanceof Error ? error.message : String(error), error);
  }
}

/** Makes the intent agree with the version that is current. */
async function settle(fs: Fs, place: Place, written: Intent, number: number): Promise<Intent> {
  if (written.standing.generation === number) return written;
  const record = await readRecord(fs, place, number);
  if (record === undefined) return written;
  return intentAt(written, { ...record, number });
}

/** The intent of an environment that stands at a version: what was asked then, and what is kept whatever the version. */
export function intentAt(intent: Intent, record: VersionRecord): Intent {
  return {
    ...intent,
    ...wantedOf(record.wanted),
    standing: {
      generation: record.number,
      latest: Math.max(intent.standing.latest, record.number),
      base: record.base,
      pythonVersion: record.pythonVersion,
      packages: record.packages,
    },
  };
}
