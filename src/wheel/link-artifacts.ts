import { byCodePoint, mapLimit, type PackageName, type SafeUrl } from "../base/index.ts";
import { linkModes } from "../disk/index.ts";
import { formatDirectUrl } from "../pep/index.ts";
import { inOp, type LinkMode, type LinkTreePlan, type OpId, type Ports, type Reporter } from "../ports/index.ts";
import type { Artifact } from "../store/index.ts";
import { Claims } from "./claims.ts";
import { checkRequiresPython } from "./fits.ts";
import { foldArtifacts } from "./fold.ts";
import { planWhole, readFiles } from "./link-whole.ts";
import { needsOwnFiles, type OwnFacts, writeOwnFiles } from "./own-files.ts";
import type { TreePaths } from "./tree-paths.ts";

export type LinkIo = Pick<Ports, "fs" | "system"> & { readonly reporter: Reporter };

export interface LinkOptions {
  /** `fold`: whole directories as one symbolic link, wherever an artifact allows it. */
  readonly mode: LinkMode | "fold";
  /** Packages that somebody asked for by name. */
  readonly requested: ReadonlySet<PackageName>;
  /** `3.11.7`; bytecode for this Python is linked along. */
  readonly pythonVersion: string;
  /** Where packages that didn't come from an index are from (PEP 610). */
  readonly directUrls: ReadonlyMap<PackageName, SafeUrl>;
  /** The same as whole texts of `direct_url.json`, which go first. */
  readonly origins?: ReadonlyMap<PackageName, string>;
  readonly signal?: AbortSignal;
  readonly parent?: OpId;
}

export interface LinkSummary {
  /** Files that got a place of their own in the tree. */
  readonly files: number;
  /** Symbolic links that stand for directories or files of the store. */
  readonly folded: number;
  /** Paths that several packages hold; the first package by name keeps them. */
  readonly clashes: readonly string[];
}

/** How an artifact's part of a tree is made. */
export interface LinkJob {
  readonly artifact: Artifact;
  readonly facts: OwnFacts;
  /** The tree gets its own RECORD, so the store's must not be linked. */
  readonly ownFiles: boolean;
}

/** What the two ways of linking share. */
export interface LinkContext {
  readonly io: LinkIo;
  readonly tree: TreePaths;
  /** For files that get a place of their own. */
  readonly fileMode: LinkMode;
  readonly pythonVersion: string;
  readonly claims: Claims;
  /** What is to be linked; done in one call, so that it can be spread well. */
  readonly plans: LinkTreePlan[];
}

/** Packages whose lists are read at a time. */
const atOnce = 16;

/**
 * Puts unpacked wheels into a tree that nobody uses yet. The store's files stay as they are: what differs per tree (RECORD
 * with other ways, REQUESTED, direct_url.json) is written beside the links. Throws `WHEEL_UNFIT`, or what the disk says.
 */
export async function linkArtifacts(
  io: LinkIo,
  artifacts: readonly Artifact[],
  tree: TreePaths,
  options: LinkOptions,
): Promise<LinkSummary> {
  const { fs } = io;
  const { mode, parent, signal } = options;
  for (const artifact of artifacts) checkRequiresPython(artifact, options.pythonVersion);
  const jobs = [...artifacts]
    .sort((a, b) => byCodePoint(a.name, b.name))
    .map((artifact) => jobOf(io, artifact, tree, options));
  const total = artifacts.reduce((sum, artifact) => sum + artifact.fileCount, 0);
  await fs.makeDir(tree.sitePackages);
  const start = { kind: "link", label: "packages", total, ...(parent === undefined ? {} : { parent }) } as const;
  return inOp(io.reporter, start, async (op) => {
    const fileMode = mode === "fold" ? await fileModeFor(io, artifacts, tree) : mode;
    const claims = new Claims();
    const plans: LinkTreePlan[] = [];
    const context = { io, tree, fileMode, pythonVersion: options.pythonVersion, claims, plans };
    claims.expectShared(jobs);
    const folded = mode === "fold" ? await foldArtifacts(context, jobs) : 0;
    if (mode !== "fold") await planAll(context, jobs);
    await fs.linkTrees(plans, {
      onProgress: (done) => io.reporter.emit({ type: "op:progress", id: op, done }),
      ...(signal && { signal }),
    });
    await mapLimit(jobs, atOnce, ({ artifact, facts, ownFiles }) =>
      ownFiles ? writeOwnFiles(fs, tree, artifact, facts) : Promise.resolve(),
    );
    tellClashes(io.reporter, claims.clashes);
    const files = plans.reduce((sum, plan) => sum + plan.files.length, 0);
    return { files, folded, clashes: claims.clashes };
  });
}

async function planAll(context: LinkContext, jobs: readonly LinkJob[]): Promise<void> {
  const trees = await mapLimit(jobs, atOnce, (job) => readFiles(context, job));
  for (const [index, job] of jobs.entries()) {
    const tree = trees[index];
    if (tree !== undefined) planWhole(context, job, tree);
  }
}

function jobOf(
  io: LinkIo,
  artifact: Artifact,
  tree: TreePaths,
  { requested, directUrls, origins }: LinkOptions,
): LinkJob {
  const url = directUrls.get(artifact.name);
  const archive = url && formatDirectUrl({ url: url.reveal(), archive: { hashes: { sha256: artifact.sha256 } } });
  const directUrl = origins?.get(artifact.name) ?? archive;
  const facts = { requested: requested.has(artifact.name), directUrl };
  return { artifact, facts, ownFiles: needsOwnFiles(io.fs, tree, artifact, facts) };
}

async function fileModeFor(io: LinkIo, artifacts: readonly Artifact[], tree: TreePaths): Promise<LinkMode> {
  const [first] = artifacts;
  return first === undefined ? "copy" : linkModes(io.fs).between(first.root, tree.root);
}

function tellClashes(reporter: Reporter, clashes: readonly string[]): void {
  const [first] = clashes;
  if (first === undefined) return;
  const more = clashes.length === 1 ? "" : ` and ${clashes.length - 1} other files`;
  reporter.emit({
    type: "notice",
    level: "warn",
    code: "FILE_CLASH",
    text: `\`${first}\`${more} come with several packages; the first package by name keeps them`,
  });
}
