import { type AbsPath, isVenvoyError, VenvoyError } from "../base/index.ts";
import { diskError, withLock } from "../disk/index.ts";
import { readReceipt } from "../env/index.ts";
import {
  applyFix,
  examineTree,
  type FixOutcome,
  finish,
  formerUnclear,
  isAbsolutePath,
  type LeftPath,
  moveOf,
  planFix,
  type Said,
  type Skipped,
  type StableLink,
  stableLinkFor,
  type TreeExamination,
  type TreeKind,
  type Unfinished,
  unfinishedFix,
  workDirectory,
} from "../relocate/index.ts";
import { type Context, pathFrom, shownPath } from "./context.ts";
import type { OperationOptions } from "./requests.ts";

export interface TreeDoctorRequest extends OperationOptions {
  /** A directory that isn't an environment of venvoy. */
  readonly directory: string;
  /** Replace the former place by the new one. */
  readonly fix?: boolean;
  /** The former place; else what the tree says of itself. */
  readonly from?: string;
  /** The new place; else where the tree is. */
  readonly to?: string;
  readonly dryRun?: boolean;
  /** Asked before anything is changed; without it nothing is asked. */
  readonly confirm?: (plan: FixOutcome) => Promise<boolean>;
}

export interface TreeReport {
  readonly root: AbsPath;
  /** As it was named. */
  readonly label: string;
  readonly kind: TreeKind;
  readonly pythonVersion: string | undefined;
  /** Where it says that it was; more than one when that isn't clear. */
  readonly former: readonly Said[];
  /** Files and links that were looked at. */
  readonly files: number;
  /** Every absolute path that counts; after a fix, those that are left. */
  readonly paths: readonly LeftPath[];
  readonly skipped: readonly Skipped[];
  /** An earlier fix was killed: `fix` finishes it or takes it back. */
  readonly unfinished: Unfinished | undefined;
  /** What was done with that. */
  readonly recovered: "finished" | "undone" | undefined;
  /** What a fix changes, or changed; nothing where the tree is where it says. */
  readonly repair: FixOutcome | undefined;
  readonly state: "examined" | "planned" | "declined" | "fixed";
  readonly stableLink: StableLink | undefined;
}

/** The directory that is meant, when it is one that isn't an environment of venvoy; `undefined` for everything else. */
export async function treeNamed(context: Context, name: string): Promise<AbsPath | undefined> {
  try {
    await context.home.locate(name);
    return undefined;
  } catch (error) {
    if (!isVenvoyError(error)) throw error;
  }
  const directory = pathFrom(context, name);
  return (await context.fs.info(directory))?.kind === "directory" ? directory : undefined;
}

/**
 * Lists the absolute paths in a tree of whatever maker, and with `fix` moves it to another place: all or nothing. Throws
 * `TREE_MANAGED` for trees of venvoy, `TREE_UNFIT`, `ARGUMENT_INVALID`.
 */
export async function doctorTree(context: Context, request: TreeDoctorRequest): Promise<TreeReport> {
  const { fs } = context;
  const root = pathFrom(context, request.directory);
  if ((await fs.info(root))?.kind !== "directory")
    throw new VenvoyError("ARGUMENT_INVALID", `There is no directory \`${shownPath(context, root)}\``);
  const signal = request.signal ?? new AbortController().signal;
  if (request.fix !== true || request.dryRun === true) return examined(context, root, { request, signal });
  await checkForeign(context, root);
  const lock = fs.path.join(root, `${workDirectory}.lock`);
  const purpose = `repair ${shownPath(context, root)}`;
  try {
    return await withLock(context, lock, { purpose, signal }, () => repaired(context, root, { request, signal }));
  } catch (error) {
    const told = diskError(error, root);
    throw isVenvoyError(told, "DISK_READ_ONLY") ? notYours(context, root, told) : told;
  }
}

/** What is done while nobody else repairs that tree. */
async function repaired(
  context: Context,
  root: AbsPath,
  { request, signal }: { readonly request: TreeDoctorRequest; readonly signal: AbortSignal },
): Promise<TreeReport> {
  const { fs } = context;
  const recovered = await finish(fs, root);
  const before = await examined(context, root, { request, signal });
  const { repair } = before;
  if (repair === undefined || isNothing(repair)) return { ...before, recovered, state: "fixed" };
  if (request.confirm !== undefined && !(await request.confirm(repair)))
    return { ...before, recovered, state: "declined" };
  const tree = await examineTree(context, root, { ...given(context, request), signal });
  const done = await applyFix(context, tree, { move: moveOf(repair.from, repair.to), signal });
  // A tree that is meant for another place is not right here, and is not asked again.
  if (repair.to !== root) {
    const paths = before.paths.filter(({ fix }) => fix !== "rewritten");
    return { ...before, paths, recovered, repair: done, state: "fixed" };
  }
  const after = await examined(context, root, { request: { directory: request.directory }, signal });
  return { ...after, recovered, repair: done, state: "fixed" };
}

async function examined(
  context: Context,
  root: AbsPath,
  { request, signal }: { readonly request: TreeDoctorRequest; readonly signal: AbortSignal },
): Promise<TreeReport> {
  const { fs } = context;
  const tree = await examineTree(context, root, { ...given(context, request), signal });
  const repair = await repairOf(context, tree, { request, signal });
  const { facts, former, files, skipped } = tree;
  return {
    root,
    label: request.directory,
    kind: facts.kind,
    pythonVersion: facts.pythonVersion,
    former,
    files: files.length,
    paths: withOutcome(tree.paths, repair),
    skipped,
    unfinished: await unfinishedFix(fs, root),
    recovered: undefined,
    repair,
    state: request.fix === true ? "planned" : "examined",
    stableLink: await stableLinkFor(fs, facts, request.directory),
  };
}

/** Without `fix` it is only for telling, so that what stands in its way is no failure. */
async function repairOf(
  context: Context,
  tree: TreeExamination,
  { request, signal }: { readonly request: TreeDoctorRequest; readonly signal: AbortSignal },
): Promise<FixOutcome | undefined> {
  const [first, second] = tree.former;
  if (first === undefined) return undefined;
  const to = request.to === undefined ? tree.root : absolute(context, request.to);
  if (request.fix === true) {
    if (second !== undefined) throw formerUnclear(request.directory, tree.former);
    return planFix(context, tree, { move: moveOf(first.path, to), signal });
  }
  if (second !== undefined) return undefined;
  try {
    return await planFix(context, tree, { move: moveOf(first.path, to), signal });
  } catch (error) {
    if (!isVenvoyError(error, "TREE_UNFIT") && !isVenvoyError(error, "ARGUMENT_INVALID")) throw error;
    const stuck = [{ file: String(error.data?.["file"] ?? "."), why: error.message }];
    return { from: first.path, to, changed: [], dropped: [], unsigned: [], stuck };
  }
}

function withOutcome(paths: readonly LeftPath[], repair: FixOutcome | undefined): readonly LeftPath[] {
  if (repair === undefined) return paths;
  const changed = new Set(repair.changed);
  return paths.map((one) => (one.fix === "rewritten" && !changed.has(one.file) ? { ...one, fix: "stuck" } : one));
}

function isNothing({ changed }: FixOutcome): boolean {
  return changed.length === 0;
}

function given(context: Context, { from }: TreeDoctorRequest): { readonly from?: string } {
  return from === undefined ? {} : { from: absolute(context, from) };
}

/** A path of the other family of systems stays as it is: a Windows tree may lie on a share that Linux serves. */
function absolute(context: Context, path: string): string {
  return isAbsolutePath(path) ? path : pathFrom(context, path);
}

/** venvoy's own trees find themselves, and are shared: what is wrong in them is mended by other commands. */
async function checkForeign(context: Context, root: AbsPath): Promise<void> {
  const { fs, layout } = context;
  const real = await fs.realPath(root);
  const isInside = async (directory: AbsPath): Promise<boolean> =>
    (await fs.info(directory)) !== undefined && fs.path.isInside(await fs.realPath(directory), real);
  const receipt = await readReceipt(fs, root);
  if (receipt !== undefined || (await isInside(layout.envs)) || (await isInside(layout.scripts))) {
    throw managed(context, root, "is an environment of venvoy, whose files are shared", {
      hint: "venvoy doctor NAME --fix mends it; venvoy rebuild NAME makes it anew",
    });
  }
  if ((await fs.info(fs.path.join(root, ".venvoy", "standalone.json"))) !== undefined) {
    throw managed(context, root, "was written by venvoy pack, and finds itself wherever it lies", {
      hint: "unpack it again when files in it were changed: venvoy unpack FILE DIR",
    });
  }
  if (await isInside(layout.data)) {
    throw managed(context, root, "belongs to venvoy's own data", {
      hint: "venvoy store verify looks for damage there",
    });
  }
}

function notYours(context: Context, root: AbsPath, cause: Error): VenvoyError {
  const label = shownPath(context, root);
  return new VenvoyError("DISK_READ_ONLY", `\`${label}\` can't be changed by you`, {
    hint: "repair it as its owner, or copy it to a place of yours and repair the copy",
    data: { path: root },
    cause,
  });
}

function managed(context: Context, root: AbsPath, why: string, { hint }: { readonly hint: string }): VenvoyError {
  return new VenvoyError("TREE_MANAGED", `\`${shownPath(context, root)}\` ${why}`, { hint, data: { path: root } });
}
