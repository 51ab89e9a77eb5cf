import { type AbsPath, hasCode } from "../../base/index.ts";
import { publishDir, withStage } from "../../disk/index.ts";
import { fileMode, makeDirLike, writeOpenly } from "../access.ts";
import { listPath } from "../file-list.ts";
import type { SealedTree } from "../form.ts";
import { type Publication, releaseDir } from "../publication.ts";
import { randomTag, type ShareIo } from "../share-io.ts";
import { objectFile, objectName } from "./objects.ts";

/** File systems refuse a hard link in many words; `EMLINK` speaks of the one file alone. */
const noHardLinks = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV", "EINVAL", "EACCES"];
const noSymlinks = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL", "EACCES"];

interface Placing {
  readonly io: ShareIo;
  readonly publication: Publication;
  readonly tree: SealedTree;
  readonly stage: AbsPath;
  readonly mode: number;
  copies: number;
  canLink: boolean;
  readonly left: string[];
}

/**
 * Gives a release its tree: links into the objects, in a stage on the same disk, renamed when it is whole. What lay there without a
 * record goes first. Tells what a person should know.
 */
export async function placeTree(
  io: ShareIo,
  publication: Publication,
  release: number,
  tree: SealedTree,
  { mode, signal }: { readonly mode: number; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const { fs } = io;
  const { releases } = publication.places;
  const target = releaseDir(fs, publication.places, release);
  await removeTree(io, publication, release);
  return withStage(io, releases, ".new", async (outer) => {
    const stage = fs.path.join(outer, "tree");
    const placing: Placing = { io, publication, tree, stage, mode, copies: 0, canLink: true, left: [] };
    await makeDirLike(io, stage, mode);
    for (const directory of tree.directories) await makeDirLike(io, at(placing, directory), mode);
    for (const file of tree.files) {
      signal.throwIfAborted();
      await placeFile(placing, file);
    }
    await placeFile(placing, { path: listPath, digest: tree.digest, executable: false });
    for (const link of tree.links) await placeLink(placing, link);
    await publishDir(fs, stage, target);
    return notesOf(placing);
  });
}

/** Takes a tree out of sight in one step, then away. */
export async function removeTree(io: ShareIo, { places }: Publication, release: number): Promise<void> {
  const { fs } = io;
  const gone = fs.path.join(places.releases, `.gone-${release}-${randomTag(io)}`);
  try {
    await fs.rename(releaseDir(fs, places, release), gone);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw error;
  }
  await fs.remove(gone);
}

type Placed = Pick<SealedTree["files"][number], "path" | "digest" | "executable">;

const at = ({ io, stage }: Placing, path: string): AbsPath => io.fs.path.join(stage, ...path.split("/"));

async function placeFile(placing: Placing, file: Placed, path = file.path): Promise<void> {
  const { io, publication, tree, mode } = placing;
  if (placing.canLink) {
    try {
      return await io.fs.hardLink(objectFile(io, publication.places.objects, objectName(file)), at(placing, path));
    } catch (error) {
      if (hasCode(error, ...noHardLinks)) placing.canLink = false;
      // As many names as the file system allows (65,000 on ext4, 1,023 on NTFS): this one becomes a copy.
      else if (!hasCode(error, "EMLINK")) throw error;
    }
  }
  placing.copies += 1;
  const source = io.fs.path.join(tree.root, ...file.path.split("/"));
  await writeOpenly(io, at(placing, path), { file: source }, fileMode(mode, file.executable));
}

async function placeLink(placing: Placing, link: SealedTree["links"][number]): Promise<void> {
  const { io, tree } = placing;
  const leads = leadsTo(tree, link);
  try {
    const kind = leads !== undefined && tree.directories.includes(leads) ? "directory" : "file";
    return await io.fs.symlink(link.target, at(placing, link.path), kind);
  } catch (error) {
    if (!hasCode(error, ...noSymlinks)) throw error;
  }
  const file = tree.files.find(({ path }) => path === leads);
  if (file === undefined) placing.left.push(link.path);
  else await placeFile(placing, file, link.path);
}

/** Where a link of a tree leads in it, through other links. */
function leadsTo(tree: SealedTree, link: SealedTree["links"][number]): string | undefined {
  let { path, target } = link;
  for (let steps = 0; steps < 40; steps++) {
    const parts = path.split("/").slice(0, -1);
    for (const part of target.split("/")) {
      if (part === "..") parts.pop();
      else if (part !== "." && part !== "") parts.push(part);
    }
    path = parts.join("/");
    const next = tree.links.find((other) => other.path === path);
    if (next === undefined) return path;
    ({ target } = next);
  }
  return undefined;
}

function notesOf({ canLink, copies, left }: Placing): readonly string[] {
  return [
    ...(canLink
      ? []
      : [`the share has no hard links: ${copies} files of this release are copies, and take their space again`]),
    ...(left.length === 0 ? [] : [`the share has no links: ${left.join(", ")} is left out`]),
  ];
}
