import type { AbsPath } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";
import type { EnvIo } from "./env-io.ts";
import { fileBroken, fileTaken } from "./errors.ts";
import { generationDir, innerDirectory, type Place } from "./place.ts";
import {
  addFile,
  emptyManifest,
  type Manifest,
  manifestFile,
  nodeAt,
  readManifest,
  recordOf,
} from "./plain-manifest.ts";
import { isInUse, type Moves, makeMoves, takeBack } from "./plain-moves.ts";
import { planMoves } from "./plain-plan.ts";
import { readIfThere } from "./read-files.ts";
import { readReceipt, receiptFile } from "./receipt.ts";

/** What is under way in a directory; there while it is neither the old version nor the new one. */
interface Journal {
  readonly format: 1;
  readonly number: number;
  /** `in`: the version comes into the directory. `out`: it leaves it. */
  readonly way: "in" | "out";
  readonly paths: readonly string[];
  readonly opened: readonly string[];
}

type Io = Pick<EnvIo, "fs">;
type InPlace = Pick<Place, "dir" | "root">;

const journalFile = (fs: Fs, place: InPlace): AbsPath => fs.path.join(place.dir, "swap.json");
/** Takes what gives way; files that a program has loaded stay in it until the program ends. */
export const plainTrash = (fs: Fs, place: InPlace): AbsPath => fs.path.join(place.dir, "trash");

/**
 * Brings the built tree of a version into the directory by renames alone, in the place of what venvoy put there before.
 * Files of others stay. The journal is written first and the receipt last: a kill in between is carried on by the next
 * operation (`settleInPlace`). Where a file can't be moved, all goes back, and `ENV_BUSY` names the file.
 */
export async function deploy(io: Io, place: InPlace, number: number): Promise<void> {
  const { fs } = io;
  const tree = generationDir(fs, place, number);
  const fresh = await readManifest(fs, tree);
  const { paths, clash } = await planMoves(fs, place.root, await replaceable(fs, place.root), fresh);
  if (clash !== undefined) {
    await fs.remove(tree);
    throw fileTaken(place.root, clash);
  }
  await begin(io, place, { format: 1, number, way: "in", paths, opened: [] });
}

/** The way back: what is venvoy's goes into the tree of its version, and the directory is as others left it. */
export async function withdraw(io: Io, place: InPlace, number: number): Promise<void> {
  const { fs } = io;
  const { paths } = await planMoves(fs, place.root, await readManifest(fs, place.root), emptyManifest());
  await begin(io, place, { format: 1, number, way: "out", paths, opened: [] });
}

/** Carries on what a kill cut short, and removes what could not be removed while a program had it loaded. */
export async function settleInPlace(io: Io, place: InPlace): Promise<void> {
  const { fs } = io;
  const text = await readIfThere(fs, journalFile(fs, place));
  if (text !== undefined) await carryOn(io, place, parseJournal(text, journalFile(fs, place), fs.path.kind));
  await emptyPlainTrash(io, place);
}

/** True when nothing is left. Where a file is loaded (Windows), it stays until the next try. */
export async function emptyPlainTrash({ fs }: Io, place: InPlace): Promise<boolean> {
  if ((await fs.linkInfo(plainTrash(fs, place))) === undefined) return true;
  try {
    await fs.remove(plainTrash(fs, place));
    return true;
  } catch (error) {
    if (isInUse(error)) return false;
    throw error;
  }
}

/** The directory may have come from somebody else: what leads out of it is no journal of ours. */
function parseJournal(text: string, file: AbsPath, kind: "posix" | "windows"): Journal {
  const isInner = (path: unknown): boolean =>
    typeof path === "string" &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..") &&
    (kind === "posix" || !/[\\:]/.test(path));
  try {
    const { format, number, way, paths, opened } = JSON.parse(text) as Partial<Record<keyof Journal, unknown>>;
    const isSound =
      format === 1 &&
      Number.isSafeInteger(number) &&
      (way === "in" || way === "out") &&
      Array.isArray(paths) &&
      Array.isArray(opened) &&
      [...paths, ...opened].every(isInner);
    if (isSound) return { format: 1, number: number as number, way: way as Journal["way"], paths, opened };
  } catch {
    // Not even JSON: told like everything else that it can't be.
  }
  throw fileBroken(file, "it is no journal of a change");
}

async function begin(io: Io, place: InPlace, journal: Journal): Promise<void> {
  await io.fs.writeAtomic(journalFile(io.fs, place), JSON.stringify(journal));
  await carryOn(io, place, journal);
}

async function carryOn(io: Io, place: InPlace, journal: Journal): Promise<void> {
  const { fs } = io;
  const { number, way } = journal;
  const tree = generationDir(fs, place, number);
  const opened = new Set(journal.opened);
  const moves: Moves = {
    root: place.root,
    from: tree,
    aside: way === "in" ? fs.path.join(plainTrash(fs, place), String(number)) : tree,
    fresh: way === "in" ? await readManifest(fs, tree) : emptyManifest(),
    paths: journal.paths,
    opened,
    onOpened: () => fs.writeAtomic(journalFile(fs, place), JSON.stringify({ ...journal, opened: [...opened] })),
  };
  try {
    // The marks move when all else has; without the manifest there is nothing left to be moved.
    const marks = way === "in" ? tree : place.root;
    if ((await fs.linkInfo(manifestFile(fs, marks))) !== undefined) await makeMoves(fs, moves);
  } catch (error) {
    await takeBack(fs, moves);
    await fs.remove(journalFile(fs, place));
    if (way === "in") await fs.remove(tree);
    throw error;
  }
  await fs.syncDir(place.root);
  await moveMarks(fs, way === "in" ? { from: tree, to: place.root } : { from: place.root, to: tree });
  await fs.remove(journalFile(fs, place));
  if (way === "in") await fs.remove(tree);
  await emptyPlainTrash(io, place);
}

/** The receipt goes last: it says which version the directory is. */
async function moveMarks(fs: Fs, { from, to }: { readonly from: AbsPath; readonly to: AbsPath }): Promise<void> {
  await fs.makeDir(fs.path.join(to, innerDirectory));
  for (const fileIn of [manifestFile, receiptFile]) {
    if ((await fs.linkInfo(fileIn(fs, from))) !== undefined) await fs.rename(fileIn(fs, from), fileIn(fs, to));
  }
}

/** What may be replaced: venvoy's own files, and those of what other installers put there and the new version takes over. */
async function replaceable(fs: Fs, root: AbsPath): Promise<Manifest> {
  const known = await readManifest(fs, root);
  const receipt = await readReceipt(fs, root);
  const own = new Set(receipt?.packages.map((item) => item.distInfo));
  for (const { name } of (await fs.list(root)) ?? []) {
    if (own.has(name) && nodeAt(known, name) !== undefined) continue;
    for (const { path } of await recordOf(fs, root, name)) {
      const isInside =
        !path.startsWith("/") && !path.split("/").includes("..") && !path.startsWith(`${innerDirectory}/`);
      if (isInside && nodeAt(known, path) === undefined) addFile(known, path, "others:0");
    }
  }
  return known;
}
