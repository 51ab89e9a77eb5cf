import { mapLimit } from "../base/index.ts";
import { type ArtifactTree, readArtifactTree, type TopLevel } from "../store/index.ts";
import { type DataPart, foldData } from "./fold-data.ts";
import type { LinkContext, LinkJob } from "./link-artifacts.ts";
import { bytecodeOf, planSection, withoutOwn } from "./link-whole.ts";
import { linkText } from "./tree-paths.ts";

/** One package's part of a directory. */
interface Part {
  readonly job: LinkJob;
  readonly tree: ArtifactTree;
  readonly foldable: boolean;
}

const atOnce = 16;

/**
 * Makes a tree of symbolic links: one for every directory that only one package has a part in. Returns how many. What several
 * packages share becomes a real directory, and what lies in it is decided in the same way again.
 */
export async function foldArtifacts(context: LinkContext, jobs: readonly LinkJob[]): Promise<number> {
  const { claims } = context;
  const shared = new Map<string, Part[]>();
  const data: DataPart[] = [];
  let folded = 0;
  await mapLimit(jobs, atOnce, async (job) => {
    const { artifact } = job;
    const rest: TopLevel[] = [];
    for (const top of artifact.topLevel) {
      const isWhole =
        canLink(context, top.kind) &&
        top.foldable &&
        !claims.isShared(top.name) &&
        !(job.ownFiles && top.name === artifact.distInfo);
      if (!isWhole) rest.push(top);
      else if (await foldOne(context, job, { path: top.name, kind: top.kind })) folded++;
    }
    const loose = artifact.topLevel.some(({ kind, name }) => kind === "file" && name.endsWith(".py"));
    if (rest.length === 0 && artifact.sections.length === 0 && !loose) return;
    const tree = await readArtifactTree(context.io.fs, artifact);
    for (const top of rest) {
      if (claims.isShared(top.name)) addPart(shared, top.name, { job, tree, foldable: top.foldable });
      else await linkBelow(context, { job, tree }, top.name);
    }
    for (const section of artifact.sections) {
      if (section === "data") data.push({ job, tree });
      else planSection(context, job, { section, files: tree[section] });
    }
    if (loose) await linkLooseBytecode(context, job);
  });
  for (const [path, parts] of [...shared].sort(([a], [b]) => (a < b ? -1 : 1))) {
    folded += await foldShared(context, path, parts);
  }
  return folded + (await foldData(context, data));
}

/** Windows lets everybody make links to directories, but not to files. */
function canLink({ io }: LinkContext, kind: TopLevel["kind"]): boolean {
  return kind === "directory" || io.fs.path.kind === "posix";
}

function addPart(shared: Map<string, Part[]>, path: string, part: Part): void {
  const parts = shared.get(path);
  if (parts === undefined) shared.set(path, [part]);
  else parts.push(part);
}

/** One link for a whole directory or file of site-packages. */
async function foldOne(
  { io, tree, claims }: LinkContext,
  { artifact }: LinkJob,
  { path, kind }: { readonly path: string; readonly kind: TopLevel["kind"] },
): Promise<boolean> {
  const { fs } = io;
  if (kind === "file" && claims.take("site", [path], artifact).length === 0) return false;
  const parts = path.split("/");
  const at = fs.path.join(tree.sitePackages, ...parts);
  const target = fs.path.join(artifact.root, "site", ...parts);
  await fs.symlink(linkText(fs.path, tree, { at, target }), at, kind);
  return true;
}

/** Real directories and files for everything at or below `path`. */
async function linkBelow(context: LinkContext, { job, tree }: Pick<Part, "job" | "tree">, path: string): Promise<void> {
  const isBelow = (item: string): boolean => item === path || item.startsWith(`${path}/`);
  const files = { directories: tree.site.directories.filter(isBelow), files: tree.site.files.filter(isBelow) };
  planSection(context, job, { section: "site", files: withoutOwn(files, job) });
  const bytecode = await bytecodeOf(context, job.artifact);
  const inside = { directories: bytecode.directories.filter(isBelow), files: bytecode.files.filter(isBelow) };
  if (inside.files.length > 0) planSection(context, job, { section: "site", files: inside });
}

/** A directory that several packages have a part in. */
async function foldShared(context: LinkContext, path: string, parts: readonly Part[]): Promise<number> {
  const { fs } = context.io;
  const children = new Map<string, { readonly kind: TopLevel["kind"]; readonly parts: Part[] }>();
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
  if (!children.has(path)) await fs.makeDir(fs.path.join(context.tree.sitePackages, ...path.split("/")));
  let folded = 0;
  for (const [child, { kind, parts: owners }] of children) {
    const [only, second] = owners;
    if (only === undefined) continue;
    if (kind === "file") {
      for (const owner of owners) await linkBelow(context, owner, child);
    } else if (second !== undefined) folded += await foldShared(context, child, owners);
    else if (!only.foldable) await linkBelow(context, only, child);
    else if (await foldOne(context, only.job, { path: child, kind })) folded++;
  }
  return folded;
}

/** Single modules are links, but their bytecode lies in a `__pycache__` of the tree. */
async function linkLooseBytecode(context: LinkContext, job: LinkJob): Promise<void> {
  const { directories, files } = await bytecodeOf(context, job.artifact);
  const loose = files.filter((path) => path.startsWith("__pycache__/"));
  if (loose.length === 0) return;
  const own = { directories: directories.filter((path) => path === "__pycache__"), files: loose };
  planSection(context, job, { section: "site", files: own });
}
