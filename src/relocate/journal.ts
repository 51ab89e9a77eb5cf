import { type AbsPath, hasCode } from "../base/index.ts";
import { diskError } from "../disk/index.ts";
import type { Fs } from "../ports/index.ts";
import { journalStrange } from "./errors.ts";
import { workDirectory } from "./walk.ts";

/** One file that changes; paths are relative to the tree, with `/`. */
export interface Step {
  readonly file: string;
  /** `put` brings the staged file or link of this number in its place; `drop` takes the file away. */
  readonly kind: "put" | "drop";
  readonly number: number;
}

interface Journal {
  readonly format: 1;
  /** `forward`: the steps are being done. `back`: they are being taken back. */
  readonly direction: "forward" | "back";
  readonly from: string;
  readonly to: string;
  readonly steps: readonly Step[];
}

/** What a fix left behind when it was killed: nothing was changed yet, or some files were. */
export type Unfinished =
  | { readonly kind: "staged" }
  | { readonly kind: "begun"; readonly from: string; readonly to: string };

const journalName = "journal.json";

function places(fs: Fs, root: AbsPath) {
  const work = fs.path.join(root, workDirectory);
  return {
    work,
    journal: fs.path.join(work, journalName),
    staged: (number: number) => fs.path.join(work, `new-${number}`),
    kept: (number: number) => fs.path.join(work, `old-${number}`),
    file: (path: string) => fs.path.join(root, ...path.split("/")),
  };
}

/** Where the new content of a step is written before anything is changed. */
export function stagedPlace(fs: Fs, root: AbsPath, number: number): AbsPath {
  return places(fs, root).staged(number);
}

export async function makeWorkDirectory(fs: Fs, root: AbsPath): Promise<void> {
  await fs.makeDir(places(fs, root).work);
}

export async function removeWorkDirectory(fs: Fs, root: AbsPath): Promise<void> {
  const { work, journal } = places(fs, root);
  // First: without it, what is left over is nothing that was begun.
  await fs.remove(journal);
  await fs.remove(work);
}

export async function unfinishedFix(fs: Fs, root: AbsPath): Promise<Unfinished | undefined> {
  const { work } = places(fs, root);
  if ((await fs.linkInfo(work))?.kind !== "directory") return undefined;
  const journal = await readJournal(fs, root);
  return journal === undefined ? { kind: "staged" } : { kind: "begun", from: journal.from, to: journal.to };
}

/**
 * Does all steps or none: from the moment that the journal is there, a run that is killed is finished by the next one; one that
 * meets an error takes everything back.
 */
export async function commit(
  fs: Fs,
  root: AbsPath,
  { from, to, steps }: { readonly from: string; readonly to: string; readonly steps: readonly Step[] },
): Promise<void> {
  const { work, journal } = places(fs, root);
  const text: Journal = { format: 1, direction: "forward", from, to, steps };
  try {
    await fs.syncDir(work);
    await fs.writeAtomic(journal, `${JSON.stringify(text)}\n`);
    await fs.syncDir(work);
    await forward(fs, root, steps);
  } catch (error) {
    await fs.writeAtomic(journal, `${JSON.stringify({ ...text, direction: "back" })}\n`);
    await back(fs, root, steps);
    await removeWorkDirectory(fs, root);
    throw diskError(error, root);
  }
  await removeWorkDirectory(fs, root);
}

/** Finishes or takes back what an earlier run left; answers which. */
export async function finish(fs: Fs, root: AbsPath): Promise<"finished" | "undone" | undefined> {
  const state = await unfinishedFix(fs, root);
  if (state === undefined) return undefined;
  const journal = await readJournal(fs, root);
  if (journal?.direction === "forward") await forward(fs, root, journal.steps);
  if (journal?.direction === "back") await back(fs, root, journal.steps);
  await removeWorkDirectory(fs, root);
  return journal?.direction === "forward" ? "finished" : "undone";
}

/** No step leaves the tree, also not through a link that somebody put there: a journal may come with a tree of others. */
async function checkInside(fs: Fs, root: AbsPath, steps: readonly Step[]): Promise<void> {
  const real = await fs.realPath(root);
  const directories = new Set(steps.map(({ file }) => fs.path.directory(places(fs, root).file(file))));
  for (const directory of directories) {
    if ((await fs.info(directory)) === undefined || !fs.path.isInside(real, await fs.realPath(directory)))
      throw journalStrange(root);
  }
}

async function forward(fs: Fs, root: AbsPath, steps: readonly Step[]): Promise<void> {
  await checkInside(fs, root, steps);
  const { file, staged, kept } = places(fs, root);
  const directories = new Set<AbsPath>();
  for (const { file: path, kind, number } of steps) {
    const at = file(path);
    directories.add(fs.path.directory(at));
    if (kind === "drop") {
      if ((await fs.linkInfo(at)) !== undefined) await fs.rename(at, kept(number));
      continue;
    }
    // Gone from the stage: it is in its place already.
    if ((await fs.linkInfo(staged(number))) === undefined) continue;
    await keep(fs, at, kept(number));
    await bring(fs, staged(number), at);
  }
  for (const directory of directories) await fs.syncDir(directory);
}

/** Windows refuses to rename over a junction: there the old one goes first, and a kill in between is mended by the next run. */
async function bring(fs: Fs, from: AbsPath, to: AbsPath): Promise<void> {
  if (fs.path.kind === "windows" && (await fs.linkInfo(to))?.kind === "symlink") await fs.remove(to);
  await fs.rename(from, to);
}

/** The old file stays reachable until all is done: as another name of it, or where the disk has none, as a copy. */
async function keep(fs: Fs, at: AbsPath, to: AbsPath): Promise<void> {
  const info = await fs.linkInfo(at);
  if (info === undefined || (await fs.linkInfo(to)) !== undefined) return;
  if (info.kind === "symlink") {
    const leads = await fs.info(at);
    await fs.symlink(await fs.readLink(at), to, leads?.kind === "directory" ? "directory" : "file");
    return;
  }
  try {
    await fs.hardLink(at, to);
  } catch (error) {
    if (!hasCode(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK", "ENOSYS", "EXDEV")) throw error;
    // Under another name first: a copy that a kill cut short must never be taken for the old file.
    const partial = `${to}.part` as AbsPath;
    await fs.copyFile(at, partial);
    await fs.setMode(partial, info.mode);
    await fs.setTimes(partial, info.modifiedMs);
    await fs.rename(partial, to);
  }
}

async function back(fs: Fs, root: AbsPath, steps: readonly Step[]): Promise<void> {
  await checkInside(fs, root, steps);
  const { file, kept } = places(fs, root);
  for (const { file: path, number } of [...steps].reverse()) {
    if ((await fs.linkInfo(kept(number))) !== undefined) await bring(fs, kept(number), file(path));
  }
}

/** Written in one step, so one that can't be read was not written by this program: nothing was changed by it. */
async function readJournal(fs: Fs, root: AbsPath): Promise<Journal | undefined> {
  const { journal } = places(fs, root);
  if ((await fs.linkInfo(journal))?.kind !== "file") return undefined;
  try {
    const value = JSON.parse(await fs.readText(journal)) as Journal;
    const isSafe = value.steps.every(
      ({ file, number }) => Number.isInteger(number) && !file.startsWith("/") && !file.split("/").includes(".."),
    );
    return value.format === 1 && isSafe ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
