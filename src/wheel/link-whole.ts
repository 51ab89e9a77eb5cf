import type { ListedPaths } from "../ports/index.ts";
import {
  type Artifact,
  type ArtifactTree,
  readArtifactTree,
  type Section,
  type SectionFiles,
  treeFileOf,
} from "../store/index.ts";
import { type BytecodeKind, bytecodeList, readBytecode } from "./bytecode-list.ts";
import type { LinkContext, LinkJob } from "./link-artifacts.ts";
import { sectionTarget } from "./tree-paths.ts";

/**
 * The paths that a tree gets from an artifact: its content, bytecode for the tree's Python as far as it lies beside its
 * sources in the store, and no RECORD where the tree has its own. `tops`: of site-packages only what lies at or below
 * these names.
 */
export async function readFiles(
  context: LinkContext,
  { artifact, ownFiles }: LinkJob,
  tops?: ReadonlySet<string>,
): Promise<ArtifactTree> {
  const tree = await readArtifactTree(context.io.fs, artifact, tops);
  const isAlong =
    isBeside(context.bytecode) && (tops === undefined || [...tops].some((top) => top !== artifact.distInfo));
  const bytecode = isAlong ? await bytecodeOf(context, artifact) : nothing;
  const record = `${artifact.distInfo}/RECORD`;
  const files = ownFiles ? tree.site.files.filter((path) => path !== record) : tree.site.files;
  // In one list, so that a `__pycache__` is made after the directory that it is in.
  const site = {
    directories: [...tree.site.directories, ...bytecode.directories],
    files: [...files, ...bytecode.files],
  };
  return { ...tree, site };
}

const nothing: SectionFiles = { directories: [], files: [] };

function isBeside(bytecode: BytecodeKind | undefined): boolean {
  return bytecode?.directory === "site";
}

async function bytecodeOf({ io, bytecode }: LinkContext, artifact: Artifact): Promise<SectionFiles> {
  if (bytecode === undefined || !artifact.bytecode.includes(bytecode.mark)) return nothing;
  return readBytecode(io.fs, artifact, bytecode);
}

/** True when other packages may hold paths in site-packages that this one holds. */
export function isShared({ claims }: Pick<LinkContext, "claims">, { artifact }: Pick<LinkJob, "artifact">): boolean {
  return artifact.topLevel.some(({ name }) => claims.isShared(name));
}

/** Plans site-packages of an artifact that shares nothing there: its lists are read by whoever does the linking. */
export function planListed(context: LinkContext, job: LinkJob): ListedPaths[] {
  const { io, tree, fileMode: mode, bytecode } = context;
  const { artifact, ownFiles } = job;
  if (isShared(context, job)) return [];
  const { fs } = io;
  const from = fs.path.join(artifact.root, "site");
  const to = sectionTarget(fs.path, tree, artifact).site;
  const except = ownFiles ? [`${artifact.distInfo}/RECORD`] : [];
  const listing = { file: treeFileOf(fs, artifact), list: "site", files: artifact.fileCount, except };
  const sources = { from, to, mode, listing };
  if (bytecode === undefined || !artifact.bytecode.includes(bytecode.mark)) return [sources];
  const made = { file: bytecodeList(fs, artifact, bytecode), list: "", files: artifact.fileCount >> 1, except: [] };
  return [sources, { from: fs.path.join(artifact.root, bytecode.directory), to, mode, listing: made }];
}

/** Plans a place of its own in the tree for every file of an artifact that isn't planned yet: hard link, reflink or copy. */
export async function planWhole(context: LinkContext, job: LinkJob, tree: ArtifactTree): Promise<void> {
  if (isShared(context, job)) {
    planSection(context, job, { section: "site", files: tree.site });
    const { bytecode } = context;
    if (bytecode !== undefined && !isBeside(bytecode)) {
      const files = await bytecodeOf(context, job.artifact);
      planSection(context, job, { section: "site", files, from: bytecode.directory });
    }
  }
  for (const section of job.artifact.sections) planSection(context, job, { section, files: tree[section] });
}

/** Plans the links for a part of an artifact, except what another package holds already. */
export function planSection(
  { io, tree, fileMode, claims, plans }: LinkContext,
  { artifact }: Pick<LinkJob, "artifact">,
  {
    section,
    files,
    from = section,
  }: {
    readonly section: Section;
    readonly files: SectionFiles;
    /** The artifact's directory that they lie in, when it isn't the section's. */
    readonly from?: string;
  },
): void {
  if (files.files.length + files.directories.length === 0) return;
  const { fs } = io;
  plans.push({
    from: fs.path.join(artifact.root, from),
    to: sectionTarget(fs.path, tree, artifact)[section],
    directories: files.directories,
    files: claims.take(section, files.files, artifact),
    mode: fileMode,
  });
}
