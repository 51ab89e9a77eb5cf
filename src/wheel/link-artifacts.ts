import { byCodePoint, mapLimit, type PackageName, type SafeUrl } from "../base/index.ts";
import { linkModes } from "../disk/index.ts";
import { formatDirectUrl } from "../pep/index.ts";
import { inOp, type LinkMode, type LinkTreePlan, type OpId, type Ports, type Reporter } from "../ports/index.ts";
import type { BytecodeForm } from "../python/index.ts";
import type { Artifact, Section } from "../store/index.ts";
import { type BytecodeKind, bytecodeKind } from "./bytecode-list.ts";
import { Claims } from "./claims.ts";
import { checkRequiresPython } from "./fits.ts";
import { foldArtifacts } from "./fold.ts";
import { isShared, planListed, planWhole, readFiles } from "./link-whole.ts";
import { needsOwnFiles, type OwnFacts, writeOwnFiles } from "./own-files.ts";
import type { TreePaths } from "./tree-paths.ts";

export type LinkIo = Pick<Ports, "fs" | "system"> & { readonly reporter: Reporter };

export interface LinkOptions {
  /** `fold`: whole directories as one symbolic link, wherever an artifact allows it. */
  readonly mode: LinkMode | "fold";
  /** Packages that somebody asked for by name. */
  readonly requested: ReadonlySet<PackageName>;
  /** `3.11.7`; bytecode for this Python is linked along, unless it comes later. */
  readonly pythonVersion: string;
  /** `later`: the caller sees to it that `linkBytecode` does it, once somebody has the tree. Folded trees get theirs anyway. */
  readonly bytecode?: "along" | "later";
  /** Left out: `checked`. */
  readonly bytecodeForm?: BytecodeForm;
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
  /** Bytecode that is linked with the sources. */
  readonly bytecode: BytecodeKind | undefined;
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
    const context = { io, tree, fileMode, bytecode: bytecodeAlong(io, tree, options), claims, plans: [] };
    claims.expectShared(jobs);
    const linking = new Linking(fs, (done) => io.reporter.emit({ type: "op:progress", id: op, done }), signal);
    try {
      const folded = mode === "fold" ? await foldArtifacts(context, jobs) : 0;
      // What needs no look at its paths is begun at once; the threads are at it while the rest is planned.
      if (mode !== "fold") linking.start(jobs.flatMap((job) => planListed(context, job)));
      if (mode !== "fold") await planRest(context, jobs);
      linking.start(context.plans);
      await mapLimit(jobs, atOnce, ({ artifact, facts, ownFiles }) =>
        ownFiles ? writeOwnFiles(fs, tree, artifact, facts) : Promise.resolve(),
      );
      const files = await linking.ended();
      tellClashes(io.reporter, claims.clashes);
      return { files, folded, clashes: claims.clashes };
    } catch (error) {
      // Nobody may still be writing when the caller takes the tree away.
      await linking.ended().catch(() => {});
      throw error;
    }
  });
}

/** Several calls for links that run beside each other. */
class Linking {
  readonly #fs: LinkIo["fs"];
  readonly #tell: (done: number) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #done: number[] = [];
  readonly #running: Promise<void>[] = [];

  constructor(fs: LinkIo["fs"], tell: (done: number) => void, signal: AbortSignal | undefined) {
    this.#fs = fs;
    this.#tell = tell;
    this.#signal = signal;
  }

  start(plans: readonly LinkTreePlan[]): void {
    const index = this.#running.length;
    const onProgress = (done: number): void => {
      this.#done[index] = done;
      this.#tell(this.#sum());
    };
    const running = this.#fs.linkTrees(plans, { onProgress, ...(this.#signal && { signal: this.#signal }) });
    running.catch(() => {});
    this.#running.push(running);
  }

  /** The number of files, once nothing runs any more; or the first failure. */
  async ended(): Promise<number> {
    const ends = await Promise.allSettled(this.#running);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    return this.#sum();
  }

  #sum(): number {
    return this.#done.reduce((sum, files) => sum + files, 0);
  }
}

/** Plans whatever has to be looked at path by path: what several packages may share, and what lies outside site-packages. */
async function planRest(context: LinkContext, jobs: readonly LinkJob[]): Promise<void> {
  const rest = jobs.filter((job) => job.artifact.sections.length > 0 || isShared(context, job));
  const trees = await mapLimit(rest, atOnce, (job) => readFiles(context, job));
  for (const [index, job] of rest.entries()) {
    const tree = trees[index];
    if (tree !== undefined) await planWhole(context, job, tree);
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
  const ownFiles = needsOwnFiles(io.fs, tree, artifact, facts);
  if (tree.noScripts !== true) return { artifact, facts, ownFiles };
  return { artifact: { ...artifact, sections: artifact.sections.filter(isPlaced) }, facts, ownFiles };
}

function bytecodeAlong({ fs }: LinkIo, tree: TreePaths, options: LinkOptions): BytecodeKind | undefined {
  if (options.bytecode === "later") return undefined;
  const place = fs.path.relative(tree.root, tree.sitePackages).replaceAll(fs.path.separator, "/");
  return bytecodeKind(options.pythonVersion, options.bytecodeForm ?? "checked", place);
}

function isPlaced(section: Section): boolean {
  return section !== "scripts";
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
