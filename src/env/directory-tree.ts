import type { AbsPath } from "../base/index.ts";
import type { EnvIo } from "./env-io.ts";
import { innerDirectory } from "./place.ts";
import { linkText, readIfThere } from "./read-files.ts";

const ignoreAll = "*\n";

/**
 * Makes a directory look like the environment whose versions lie in its `.venvoy`: one link per part of `tree`, which is
 * or will be the current version. A change of version flips `.venvoy/current` below them, in one step.
 */
export async function linkDirectoryTree(io: Pick<EnvIo, "fs">, root: AbsPath, tree: AbsPath): Promise<void> {
  const { fs } = io;
  for (const { name, kind } of (await fs.list(tree)) ?? []) {
    if (name === innerDirectory) continue;
    const link = fs.path.join(root, name);
    if ((await fs.linkInfo(link)) !== undefined) continue;
    await fs.symlink(`${innerDirectory}/current/${name}`, link, kind === "file" ? "file" : "directory");
  }
  const ignore = fs.path.join(root, ".gitignore");
  // Version control leaves it alone, as with the directories that `venv` (3.13) and `virtualenv` make.
  if ((await fs.linkInfo(ignore)) === undefined) await fs.write(ignore, ignoreAll);
}

/** Takes away what `linkDirectoryTree` made; the directory itself goes when nothing else is in it. */
export async function unlinkDirectoryTree(io: Pick<EnvIo, "fs">, root: AbsPath): Promise<void> {
  const { fs } = io;
  for (const { name } of (await fs.list(root)) ?? []) {
    if (await isOurs(io, root, name)) await fs.remove(fs.path.join(root, name));
  }
  if ((await fs.list(root))?.length === 0) await fs.remove(root);
}

/** True when the directory holds something that `linkDirectoryTree` did not make, and that is not `except`. */
export async function holdsOthers(io: Pick<EnvIo, "fs">, root: AbsPath, except?: string): Promise<boolean> {
  for (const { name } of (await io.fs.list(root)) ?? [])
    if (name !== except && !(await isOurs(io, root, name))) return true;
  return false;
}

async function isOurs({ fs }: Pick<EnvIo, "fs">, root: AbsPath, name: string): Promise<boolean> {
  const path = fs.path.join(root, name);
  // Somebody may have put a list of their own there.
  if (name === ".gitignore") return (await readIfThere(fs, path)) === ignoreAll;
  // What a kill left of a move to or from another disk.
  if (/^\.venvoy-(?:moved|gone)\./.test(name)) return true;
  const target = await linkText(fs, path);
  return target?.split(/[\\/]/).includes(innerDirectory) === true;
}
