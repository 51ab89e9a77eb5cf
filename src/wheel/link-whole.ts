import {
  type Artifact,
  type ArtifactTree,
  cacheTag,
  readArtifactTree,
  type Section,
  type SectionFiles,
} from "../store/index.ts";
import { readBytecode } from "./bytecode-list.ts";
import type { LinkContext, LinkJob } from "./link-artifacts.ts";
import { sectionTarget } from "./tree-paths.ts";

/** Plans a place of its own in the tree for every file of an artifact: hard link, reflink or copy. */
export async function linkWhole(context: LinkContext, job: LinkJob): Promise<void> {
  const { artifact } = job;
  const files = await readArtifactTree(context.io.fs, artifact);
  const bytecode = await bytecodeOf(context, artifact);
  const site = withoutOwn(files.site, job);
  planSection(context, job, {
    section: "site",
    // One plan, so that a `__pycache__` is made after the directory that it is in.
    files: {
      directories: [...site.directories, ...bytecode.directories],
      files: [...site.files, ...bytecode.files],
    },
  });
  planOutside(context, job, files);
}

/** What doesn't go into site-packages. */
function planOutside(context: LinkContext, job: LinkJob, files: ArtifactTree): void {
  for (const section of job.artifact.sections) planSection(context, job, { section, files: files[section] });
}

/** Plans the links for a part of an artifact, except what another package holds already. */
export function planSection(
  { io, tree, fileMode, claims, plans }: LinkContext,
  { artifact }: Pick<LinkJob, "artifact">,
  { section, files }: { readonly section: Section; readonly files: SectionFiles },
): void {
  const { fs } = io;
  plans.push({
    from: fs.path.join(artifact.root, section),
    to: sectionTarget(fs.path, tree, artifact)[section],
    directories: files.directories,
    files: claims.take(section, files.files, artifact),
    mode: fileMode,
  });
}

/** RECORD stays out where the tree has its own. */
export function withoutOwn(files: SectionFiles, { artifact, ownFiles }: LinkJob): SectionFiles {
  if (!ownFiles) return files;
  const record = `${artifact.distInfo}/RECORD`;
  return { directories: files.directories, files: files.files.filter((path) => path !== record) };
}

/** Bytecode for the tree's Python, as far as the store has it. */
export async function bytecodeOf(
  { io, pythonVersion }: Pick<LinkContext, "io" | "pythonVersion">,
  artifact: Artifact,
): Promise<SectionFiles> {
  const tag = cacheTag(pythonVersion);
  if (!artifact.bytecode.includes(tag)) return { directories: [], files: [] };
  return readBytecode(io.fs, artifact, tag);
}
