import type { AbsPath } from "../../base/index.ts";
import { checkFreeSpace, withStage } from "../../disk/index.ts";
import { fileMode, makeDirLike } from "../access.ts";
import { type ListedFile, listPath } from "../file-list.ts";
import type { SealedTree } from "../form.ts";
import type { Publication } from "../publication.ts";
import type { ShareIo } from "../share-io.ts";

/** One content that a tree needs, and a file of the tree that holds it. */
export interface ObjectNeed {
  readonly name: string;
  readonly from: string;
  readonly executable: boolean;
  readonly sizeBytes: number;
}

/** `<sha256>`, with `.x` for what can be started: all names of a file share its mode. */
export function objectName({ digest, executable }: Pick<ListedFile, "digest" | "executable">): string {
  return executable ? `${digest}.x` : digest;
}

/** Relative to the directory of objects, with `/`. */
export function objectPath(name: string): string {
  return `${name.slice(0, 2)}/${name}`;
}

export function objectFile({ fs }: Pick<ShareIo, "fs">, objects: AbsPath, name: string): AbsPath {
  return fs.path.join(objects, name.slice(0, 2), name);
}

/** Every content of a tree once, its list included. */
export function objectsOf({ files, digest, list }: SealedTree): readonly ObjectNeed[] {
  const own = { path: listPath, digest, executable: false, sizeBytes: Buffer.byteLength(list) };
  const found = new Map<string, ObjectNeed>();
  for (const file of [...files, own]) {
    const name = objectName(file);
    if (!found.has(name))
      found.set(name, { name, from: file.path, executable: file.executable, sizeBytes: file.sizeBytes });
  }
  return [...found.values()];
}

/** Those that are not there, or not of their size. */
export async function missingObjects(
  io: Pick<ShareIo, "fs">,
  objects: AbsPath,
  needs: readonly ObjectNeed[],
): Promise<readonly ObjectNeed[]> {
  const infos = await io.fs.linkInfos(needs.map(({ name }) => objectFile(io, objects, name)));
  return needs.filter(({ sizeBytes }, index) => infos[index]?.kind !== "file" || infos[index]?.sizeBytes !== sizeBytes);
}

/**
 * Writes objects, each whole or not at all, and on the disk when this returns. When it fails, or is aborted, those that it wrote are
 * taken away again: on a full disk they would be in the way.
 */
export async function writeObjects(
  io: ShareIo,
  { places }: Publication,
  { root }: Pick<SealedTree, "root">,
  needs: readonly ObjectNeed[],
  { mode, signal }: { readonly mode: number; readonly signal: AbortSignal },
): Promise<void> {
  const { fs } = io;
  const total = needs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  await checkFreeSpace(fs, places.objects, total);
  const directories = [...new Set(needs.map(({ name }) => fs.path.directory(objectFile(io, places.objects, name))))];
  for (const directory of directories) await makeDirLike(io, directory, mode);
  const at = ({ name }: ObjectNeed): AbsPath => objectFile(io, places.objects, name);
  const files = needs.map((need) => ({
    from: fs.path.join(root, ...need.from.split("/")),
    to: at(need),
    sizeBytes: need.sizeBytes,
    mode: fileMode(mode, need.executable),
  }));
  try {
    await withStage(io, places.objects, ".new", (stage) => fs.copyFiles({ files, stage, durable: true }, { signal }));
  } catch (error) {
    for (const { to } of files) await fs.remove(to).catch(() => {});
    throw error;
  }
}
