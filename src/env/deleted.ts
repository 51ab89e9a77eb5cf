import type { AbsPath, EnvId, EnvName } from "../base/index.ts";
import type { EnvContext } from "./change.ts";
import type { EnvIo } from "./env-io.ts";
import { parseDirectoryName } from "./environment-id.ts";
import { intentFile, trashDir } from "./place.ts";
import { readIfThere } from "./read-files.ts";

export interface Deleted {
  readonly name: EnvName;
  readonly id: EnvId;
  readonly deletedMs: number;
  /** Where it lies now. */
  readonly dir: AbsPath;
  /** The directory that a person had chosen for it; `undefined` for a central one. */
  readonly directory: AbsPath | undefined;
}

type Io = Pick<EnvIo, "fs">;
type Layout = Pick<EnvContext, "layout">;

/** All deleted environments, the latest first. */
export async function listDeleted(io: Io, context: Layout): Promise<readonly Deleted[]> {
  const trash = await listTrash(io, context);
  if (trash.length === 0) return [];
  const living = await livingIds(io, context);
  const found = new Map<EnvId, Deleted>();
  for (const item of trash) if (!living.has(item.id) && !found.has(item.id)) found.set(item.id, item);
  return [...found.values()];
}

/** All that lies in the trash, the latest first: also what a kill left of a deletion or of a restoring across disks. */
export async function listTrash(io: Io, { layout }: Layout): Promise<readonly Deleted[]> {
  const { fs } = io;
  const parent = trashDir(fs, layout);
  const found: Deleted[] = [];
  for (const entry of (await fs.list(parent)) ?? []) {
    const [base = "", time = ""] = entry.name.split("@");
    const parsed = parseDirectoryName(base);
    if (parsed === undefined || !/^\d+$/.test(time)) continue;
    const dir = fs.path.join(parent, entry.name);
    const directory = (await readIfThere(fs, originFile(io, dir)))?.trimEnd();
    found.push({ ...parsed, deletedMs: Number(time), dir, directory: directory as AbsPath | undefined });
  }
  return found.sort((a, b) => b.deletedMs - a.deletedMs);
}

/** Names the directory that a deleted environment came from. */
export function originFile(io: Io, dir: AbsPath): AbsPath {
  return io.fs.path.join(dir, "directory");
}

/**
 * The environments that are here. One that lies in the trash too was being moved from or to another disk when its process
 * was killed: what is here is what is used.
 */
async function livingIds({ fs }: Io, { layout }: Layout): Promise<ReadonlySet<EnvId>> {
  const found = new Set<EnvId>();
  for (const { name } of (await fs.list(layout.envs)) ?? []) {
    const id = parseDirectoryName(name)?.id;
    // A directory's registration is a link; it leads nowhere when the directory is gone.
    if (id !== undefined && (await fs.info(intentFile(fs, { dir: fs.path.join(layout.envs, name) }))) !== undefined)
      found.add(id);
  }
  return found;
}
