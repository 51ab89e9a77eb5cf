import type { AbsPath } from "../base/index.ts";
import type { EnvIo } from "./env-io.ts";

/** A file that goes from one version of an environment into the next because hands made it what it is. */
export interface CarriedFile {
  /** Relative to the tree, with `/`. */
  readonly path: string;
  readonly from: AbsPath;
  /** An edit takes the place of the package's file; what was put in gives way to it. */
  readonly kind: "edit" | "extra";
}

/** Puts them into a tree that nobody uses yet, as copies of its own; answers what is there then. */
export async function placeCarried(
  io: Pick<EnvIo, "fs">,
  tree: AbsPath,
  files: readonly CarriedFile[],
): Promise<readonly string[]> {
  const { fs } = io;
  const placed: string[] = [];
  for (const { path, from, kind } of files) {
    const to = fs.path.join(tree, ...path.split("/"));
    const info = await fs.linkInfo(from);
    if (info === undefined || (kind === "extra" && (await fs.linkInfo(to)) !== undefined)) continue;
    await fs.makeDir(fs.path.directory(to));
    // Removed first: the name may be a link to the store's file.
    await fs.remove(to);
    if (info.kind === "symlink") await fs.symlink(await fs.readLink(from), to, "file");
    else if (info.kind === "file") {
      await fs.copyFile(from, to);
      // Bytecode is valid for a source of one time.
      await fs.setTimes(to, info.modifiedMs);
    } else continue;
    placed.push(path);
  }
  return placed;
}
