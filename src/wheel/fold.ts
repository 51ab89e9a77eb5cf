import { mapLimit } from "../base/index.ts";
import type { ArtifactTree, TopLevel } from "../store/index.ts";
import { type DataPart, foldData } from "./fold-data.ts";
import type { LinkContext, LinkJob } from "./link-artifacts.ts";
import { planSection, readFiles } from "./link-whole.ts";
import { placeLink } from "./ready-links.ts";
import { linkText } from "./tree-paths.ts";

/** One package's part of a directory. */
interface Part {
  readonly job: LinkJob;
  readonly tree: ArtifactTree;
  readonly foldable: boolean;
}

interface Child {
  readonly kind: TopLevel["kind"];
  readonly parts: Part[];
}

/** Packages whose lists are read at a time. */
const atOnce = 16;

/**
 * Makes a tree of symbolic links: one for every directory that only one package has a part in. Returns how many. What several
 * packages share becomes a real directory, and what lies in it is decided in the same way again.
 */
export async function foldArtifacts(context: LinkContext, jobs: readonly LinkJob[]): Promise<number> {
  const begun = await mapLimit(jobs, atOnce, (job) => foldWhole(context, job));
  let links = begun.reduce((sum, { links: own }) => sum + own, 0);
  const shared = new Map<string, Part[]>();
  const data: DataPart[] = [];
  // In the order of the packages' names, so that the same packages always make the same tree.
  for (const { job, rest, tree } of begun) {
    if (tree === undefined) continue;
    for (const top of rest) {
      const part = { job, tree, foldable: top.foldable };
      if (context.claims.isShared(top.name)) shared.set(top.name, [...(shared.get(top.name) ?? []), part]);
      else if (top.name === job.artifact.distInfo) links += await foldInside(context, top.name, [part]);
      else planBelow(context, part, top.name);
    }
    for (const section of job.artifact.sections) {
      if (section === "data") data.push({ job, tree });
      else planSection(context, job, { section, files: tree[section] });
    }
    // Single modules are links, but their bytecode lies in a `__pycache__` of the tree.
    if (hasModules(job)) planBelow(context, { job, tree }, "__pycache__");
  }
  for (const [path, parts] of shared) links += await foldInside(context, path, parts);
  return links + (await foldData(context, data));
}

interface Begun {
  readonly job: LinkJob;
  readonly links: number;
  /** What can't be one link. */
  readonly rest: readonly TopLevel[];
  /** Read only when something of it is needed. */
  readonly tree: ArtifactTree | undefined;
}

/** Links what is one package's alone. */
async function foldWhole(context: LinkContext, job: LinkJob): Promise<Begun> {
  const { artifact } = job;
  const rest = artifact.topLevel.filter((top) => !isWhole(context, job, top));
  for (const top of artifact.topLevel) if (!rest.includes(top)) await foldOne(context, job, top.name, top.kind);
  const isDone = rest.length === 0 && artifact.sections.length === 0 && !hasModules(job);
  const tops = new Set([...rest.map((top) => top.name), ...(hasModules(job) ? ["__pycache__"] : [])]);
  const tree = isDone ? undefined : await readFiles(context, job, tops);
  return { job, links: artifact.topLevel.length - rest.length, rest, tree };
}

function hasModules({ artifact }: LinkJob): boolean {
  return artifact.topLevel.some(({ kind, name }) => kind === "file" && name.endsWith(".py"));
}

function isWhole({ io, claims }: LinkContext, { artifact, ownFiles }: LinkJob, top: TopLevel): boolean {
  // Windows lets everybody make links to directories, but not to files.
  if (top.kind === "file" && io.fs.path.kind === "windows") return false;
  return top.foldable && !claims.isShared(top.name) && !(ownFiles && top.name === artifact.distInfo);
}

/** One link for a whole directory or file of site-packages. */
async function foldOne(
  { io, tree }: LinkContext,
  { artifact }: LinkJob,
  path: string,
  kind: TopLevel["kind"],
): Promise<void> {
  const { fs } = io;
  const parts = path.split("/");
  const at = fs.path.join(tree.sitePackages, ...parts);
  const target = fs.path.join(artifact.root, "site", ...parts);
  await placeLink(io, artifact, { at, text: linkText(fs.path, tree, { at, target }), kind });
}

/** Real directories and files for everything at or below `path`. */
function planBelow(context: LinkContext, { job, tree }: Pick<Part, "job" | "tree">, path: string): void {
  const isBelow = (item: string): boolean => item === path || item.startsWith(`${path}/`);
  const files = { directories: tree.site.directories.filter(isBelow), files: tree.site.files.filter(isBelow) };
  planSection(context, job, { section: "site", files });
}

/** A directory that is real itself: for each child it is decided anew. Also a single file that several packages hold. */
async function foldInside(context: LinkContext, path: string, parts: readonly Part[]): Promise<number> {
  const { fs } = context.io;
  const children = childrenOf(path, parts);
  if (!children.has(path)) await fs.makeDir(fs.path.join(context.tree.sitePackages, ...path.split("/")));
  const files = new Map<Part, string[]>(parts.map((part) => [part, []]));
  let links = 0;
  for (const [child, { kind, parts: owners }] of children) {
    const [only, second] = owners;
    if (only === undefined) continue;
    if (kind === "file") for (const owner of owners) files.get(owner)?.push(child);
    else if (child.endsWith("/__pycache__")) for (const owner of owners) planBelow(context, owner, child);
    else if (second !== undefined) links += await foldInside(context, child, owners);
    else if (!only.foldable) planBelow(context, only, child);
    else {
      await foldOne(context, only.job, child, kind);
      links++;
    }
  }
  for (const [{ job }, own] of files)
    planSection(context, job, { section: "site", files: { directories: [], files: own } });
  return links;
}

function childrenOf(path: string, parts: readonly Part[]): ReadonlyMap<string, Child> {
  const children = new Map<string, Child>();
  const add = (item: string, kind: TopLevel["kind"], part: Part): void => {
    const child = children.get(item);
    if (child === undefined) children.set(item, { kind, parts: [part] });
    else child.parts.push(part);
  };
  const isChild = (item: string): boolean => item.startsWith(`${path}/`) && item.indexOf("/", path.length + 1) < 0;
  for (const part of parts) {
    const { directories, files } = part.tree.site;
    for (const item of directories) if (isChild(item)) add(item, "directory", part);
    for (const item of files) if (item === path || isChild(item)) add(item, "file", part);
  }
  return children;
}
