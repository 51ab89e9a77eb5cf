import { type AbsPath, hasCode, printable, VenvoyError } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";
import { at, type Manifest, nodeAt } from "./plain-manifest.ts";

/**
 * A set of renames that takes a directory in use from one state to another. Each path is either put (what lies there goes
 * to `aside`, the one from `from` comes in its place) or taken away. Every step can be told done from open by what lies
 * where, so that the set can be carried on after a kill.
 */
export interface Moves {
  readonly root: AbsPath;
  readonly from: AbsPath;
  readonly aside: AbsPath;
  /** What `from` held in the beginning. */
  readonly fresh: Manifest;
  readonly paths: readonly string[];
  /** Directories that could not be renamed as a whole, because a program uses a file in them: gone through one by one. */
  readonly opened: Set<string>;
  /** Called before the first entry of an opened directory moves. */
  readonly onOpened: () => Promise<void>;
}

/** Makes all moves that are still open. Throws what the disk says, with everything so far still in place. */
export async function makeMoves(fs: Fs, moves: Moves): Promise<void> {
  for (const path of moves.paths) await move(fs, moves, path);
}

/** Takes back what was moved, as far as it was. */
export async function takeBack(fs: Fs, moves: Moves): Promise<void> {
  for (const path of [...moves.paths].reverse()) await back(fs, moves, path);
}

async function move(fs: Fs, moves: Moves, path: string): Promise<void> {
  const { root, from, fresh } = moves;
  const there = at(fs, root, path);
  const isPut = nodeAt(fresh, path) !== undefined;
  if (isPut && !(await isThere(fs, at(fs, from, path)))) return;
  if (await isThere(fs, there)) await putAside(fs, moves, path);
  if (!isPut || moves.opened.has(path)) return;
  await fs.makeDir(fs.path.directory(there));
  await fs.rename(at(fs, from, path), there);
}

async function putAside(fs: Fs, moves: Moves, path: string): Promise<void> {
  const there = at(fs, moves.root, path);
  const aside = at(fs, moves.aside, path);
  if (moves.opened.has(path)) return goThrough(fs, moves, path);
  await fs.makeDir(fs.path.directory(aside));
  try {
    await fs.rename(there, aside);
  } catch (error) {
    if (!isInUse(error)) throw error;
    if ((await fs.linkInfo(there))?.kind !== "directory") throw fileInUse(there, error);
    moves.opened.add(path);
    await moves.onOpened();
    await goThrough(fs, moves, path);
  }
}

async function goThrough(fs: Fs, moves: Moves, path: string): Promise<void> {
  const { root, from, aside, fresh } = moves;
  await fs.makeDir(at(fs, aside, path));
  for (const { name } of (await fs.list(at(fs, root, path))) ?? []) {
    const child = `${path}/${name}`;
    if (nodeAt(fresh, child) !== undefined) await move(fs, moves, child);
    else await putAside(fs, moves, child);
  }
  for (const { name } of (await fs.list(at(fs, from, path))) ?? []) await move(fs, moves, `${path}/${name}`);
  // Empty now; that it is gone says that this directory is done.
  await fs.remove(at(fs, from, path));
  if (nodeAt(fresh, path) === undefined) await fs.remove(at(fs, root, path));
}

async function back(fs: Fs, moves: Moves, path: string): Promise<void> {
  const { root, from, aside, fresh } = moves;
  const [there, old, its] = [at(fs, root, path), at(fs, aside, path), at(fs, from, path)];
  const isPut = nodeAt(fresh, path) !== undefined;
  if (moves.opened.has(path)) {
    await fs.makeDir(there);
    if (isPut) await fs.makeDir(its);
    const names = [...((await fs.list(there)) ?? []), ...((await fs.list(old)) ?? [])].map(({ name }) => name);
    for (const name of new Set(names)) await back(fs, moves, `${path}/${name}`);
    return;
  }
  if (isPut && !(await isThere(fs, its)) && (await isThere(fs, there))) {
    await fs.makeDir(fs.path.directory(its));
    await fs.rename(there, its);
  }
  if ((await isThere(fs, old)) && !(await isThere(fs, there))) await fs.rename(old, there);
}

async function isThere(fs: Fs, path: AbsPath): Promise<boolean> {
  return (await fs.linkInfo(path)) !== undefined;
}

/** What Windows says of a file that a program has open, and of a directory with such a file. */
export function isInUse(error: unknown): boolean {
  return hasCode(error, "EPERM", "EACCES", "EBUSY");
}

function fileInUse(file: AbsPath, cause: unknown): VenvoyError {
  return new VenvoyError(
    "ENV_BUSY",
    `\`${printable(file, { newlines: false })}\` is open in a program, and can't be moved`,
    {
      hint: "end the program that uses it, then run the command again; nothing was changed",
      data: { file },
      cause,
    },
  );
}
