import type { AbsPath } from "../base/index.ts";
import type { EnvIo } from "./env-io.ts";
import { innerDirectory } from "./place.ts";
import { linkText } from "./read-files.ts";

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
  if ((await fs.linkInfo(ignore)) === undefined) await fs.write(ignore, "*\n");
}

/** Takes away what `linkDirectoryTree` made; the directory itself goes when nothing else is in it. */
export async function unlinkDirectoryTree(io: Pick<EnvIo, "fs">, root: AbsPath): Promise<void> {
  const { fs } = io;
  for (const { name } of (await fs.list(root)) ?? []) {
    if (await isOurs(io, root, name)) await fs.remove(fs.path.join(root, name));
  }
  if ((await fs.list(root))?.length === 0) await fs.remove(root);
}

/** True when the directory holds something that `linkDirectoryTree` did not make. */
export async function holdsOthers(io: Pick<EnvIo, "fs">, root: AbsPath): Promise<boolean> {
  for (const { name } of (await io.fs.list(root)) ?? []) if (!(await isOurs(io, root, name))) return true;
  return false;
}

async function isOurs({ fs }: Pick<EnvIo, "fs">, root: AbsPath, name: string): Promise<boolean> {
  if (name === ".gitignore") return true;
  const target = await linkText(fs, fs.path.join(root, name));
  return target?.split(/[\\/]/).includes(innerDirectory) === true;
}
