import { type AbsPath, hasCode } from "../../base/index.ts";
import { publishDir, withStage } from "../../disk/index.ts";
import { fileMode, makeDirLike, writeOpenly } from "../access.ts";
import { listPath } from "../file-list.ts";
import type { SealedTree } from "../form.ts";
import { type Publication, releaseDir } from "../publication.ts";
import { randomTag, type ShareIo } from "../share-io.ts";
import { objectFile, objectName, objectPath } from "./objects.ts";

/** File systems refuse a hard link in many words. */
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
    await placeFiles(placing, signal);
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

/** All at once: as links, where the share has them, else as copies. */
async function placeFiles(placing: Placing, signal: AbortSignal): Promise<void> {
  const { io, publication, tree, stage, mode } = placing;
  const { fs } = io;
  const own = { path: listPath, digest: tree.digest, executable: false, sizeBytes: Buffer.byteLength(tree.list) };
  const all = [...tree.files, own];
  const files = all.map(({ path }) => path);
  const sources = all.map((file) => objectPath(objectName(file)));
  const from = publication.places.objects;
  const { directories } = tree;
  try {
    // A file that has as many names as the file system allows (65,000 on ext4, 1,023 on NTFS) becomes a copy.
    await fs.linkTrees([{ from, to: stage, mode: "hardlink", directories, files, sources }], { signal });
    return await openDirectories(placing);
  } catch (error) {
    if (!hasCode(error, ...noHardLinks)) throw error;
  }
  placing.canLink = false;
  placing.copies = all.length;
  await fs.remove(stage);
  for (const directory of ["", ...directories]) await makeDirLike(io, at(placing, directory), mode);
  const copies = all.map(({ path, executable, sizeBytes }) => {
    const source = fs.path.join(tree.root, ...path.split("/"));
    return { from: source, to: at(placing, path), sizeBytes, mode: fileMode(mode, executable) };
  });
  await withStage(io, publication.places.objects, ".new", (staged) =>
    fs.copyFiles({ files: copies, stage: staged, durable: true }, { signal }),
  );
}

/** As the publication's own directory, whatever this person's umask says; it says the same of all of them. */
async function openDirectories({ io, tree, stage, mode }: Placing): Promise<void> {
  const { fs } = io;
  for (const directory of tree.directories) {
    const path = fs.path.join(stage, ...directory.split("/"));
    const made = await fs.info(path);
    if (made === undefined || (made.mode & mode) === mode) return;
    await fs.setMode(path, (made.mode & 0o7000) | mode);
  }
}

type Placed = Pick<SealedTree["files"][number], "path" | "digest" | "executable">;

const at = ({ io, stage }: Placing, path: string): AbsPath => io.fs.path.join(stage, ...path.split("/"));

/** One that stands where a link would. */
async function placeFile(placing: Placing, file: Placed, path: string): Promise<void> {
  const { io, publication, tree, mode } = placing;
  if (placing.canLink) {
    try {
      return await io.fs.hardLink(objectFile(io, publication.places.objects, objectName(file)), at(placing, path));
    } catch (error) {
      if (!hasCode(error, "EMLINK", ...noHardLinks)) throw error;
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
