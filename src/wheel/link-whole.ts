import type { ListedPaths } from "../ports/index.ts";
import {
  type Artifact,
  type ArtifactTree,
  cacheTag,
  readArtifactTree,
  type Section,
  type SectionFiles,
  treeFileOf,
} from "../store/index.ts";
import { bytecodeList, readBytecode } from "./bytecode-list.ts";
import type { LinkContext, LinkJob } from "./link-artifacts.ts";
import { sectionTarget } from "./tree-paths.ts";

/**
 * The paths that a tree gets from an artifact: its content, bytecode for the tree's Python as far as the store has it, and
 * no RECORD where the tree has its own.
 */
export async function readFiles(context: LinkContext, { artifact, ownFiles }: LinkJob): Promise<ArtifactTree> {
  const tree = await readArtifactTree(context.io.fs, artifact);
  const bytecode = await bytecodeOf(context, artifact);
  const record = `${artifact.distInfo}/RECORD`;
  const files = ownFiles ? tree.site.files.filter((path) => path !== record) : tree.site.files;
  // In one list, so that a `__pycache__` is made after the directory that it is in.
  const site = {
    directories: [...tree.site.directories, ...bytecode.directories],
    files: [...files, ...bytecode.files],
  };
  return { ...tree, site };
}

async function bytecodeOf({ io, pythonVersion, bytecode }: LinkContext, artifact: Artifact): Promise<SectionFiles> {
  const tag = cacheTag(pythonVersion);
  if (bytecode === "later" || !artifact.bytecode.includes(tag)) return { directories: [], files: [] };
  return readBytecode(io.fs, artifact, tag);
}

/** True when other packages may hold paths in site-packages that this one holds. */
export function isShared({ claims }: Pick<LinkContext, "claims">, { artifact }: Pick<LinkJob, "artifact">): boolean {
  return artifact.topLevel.some(({ name }) => claims.isShared(name));
}

/** Plans site-packages of an artifact that shares nothing there: its lists are read by whoever does the linking. */
export function planListed(context: LinkContext, job: LinkJob): ListedPaths[] {
  const { io, tree, fileMode: mode, pythonVersion, bytecode } = context;
  const { artifact, ownFiles } = job;
  if (isShared(context, job)) return [];
  const { fs } = io;
  const from = fs.path.join(artifact.root, "site");
  const to = sectionTarget(fs.path, tree, artifact).site;
  const except = ownFiles ? [`${artifact.distInfo}/RECORD`] : [];
  const listing = { file: treeFileOf(fs, artifact), list: "site", files: artifact.fileCount, except };
  const sources = { from, to, mode, listing };
  const tag = cacheTag(pythonVersion);
  if (bytecode === "later" || !artifact.bytecode.includes(tag)) return [sources];
  const made = { file: bytecodeList(fs, artifact, tag), list: "", files: artifact.fileCount >> 1, except: [] };
  return [sources, { from, to, mode, listing: made }];
}

/** Plans a place of its own in the tree for every file of an artifact that isn't planned yet: hard link, reflink or copy. */
export function planWhole(context: LinkContext, job: LinkJob, tree: ArtifactTree): void {
  if (isShared(context, job)) planSection(context, job, { section: "site", files: tree.site });
  for (const section of job.artifact.sections) planSection(context, job, { section, files: tree[section] });
}

/** Plans the links for a part of an artifact, except what another package holds already. */
export function planSection(
  { io, tree, fileMode, claims, plans }: LinkContext,
  { artifact }: Pick<LinkJob, "artifact">,
  { section, files }: { readonly section: Section; readonly files: SectionFiles },
): void {
  if (files.files.length + files.directories.length === 0) return;
  const { fs } = io;
  plans.push({
    from: fs.path.join(artifact.root, section),
    to: sectionTarget(fs.path, tree, artifact)[section],
    directories: files.directories,
    files: claims.take(section, files.files, artifact),
    mode: fileMode,
  });
}
