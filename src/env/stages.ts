import type { AbsPath } from "../base/index.ts";
import { explainingDisk, withStage } from "../disk/index.ts";
import type { EnvIo } from "./env-io.ts";
import { generationsDir, type Place } from "./place.ts";

/**
 * Where trees of an environment are built: the data root's `stage` directory, from which a rename finishes them. A tree
 * in a directory that a person chose may lie on another disk; it is built inside that directory.
 */
export function stageParent(io: Pick<EnvIo, "fs">, stage: AbsPath, place: Place): AbsPath {
  return place.kind === "central" ? stage : generationsDir(io.fs, place);
}

/** Builds in a stage and renames it to `target`, which must not exist; makes the rename durable. */
export async function stageAndRename<T>(
  io: EnvIo,
  { parent, label, target }: { readonly parent: AbsPath; readonly label: string; readonly target: AbsPath },
  build: (stage: AbsPath) => Promise<T>,
): Promise<T> {
  const { fs } = io;
  return withStage(io, parent, label, (stage) =>
    explainingDisk(stage, async () => {
      const result = await build(stage);
      await fs.syncDir(stage);
      await fs.makeDir(fs.path.directory(target));
      // A version that was collected left a link there.
      if ((await fs.linkInfo(target))?.kind === "symlink") await fs.remove(target);
      await fs.rename(stage, target);
      await fs.syncDir(fs.path.directory(target));
      return result;
    }),
  );
}
