import { type AbsPath, isVenvoyError, VenvoyError } from "../../base/index.ts";
import { loadSettings } from "../../config/index.ts";
import {
  type Environment,
  faultOfTree,
  nothingWanted,
  type PublicationOf,
  parseEnvName,
  readLock,
  readRecord,
  releaseListFile,
} from "../../env/index.ts";
import { onShare, openPublication, type Publication, publicationGone } from "../../share/index.ts";
import type { Context } from "../context.ts";
import { diffLocks } from "../diff.ts";
import { materialiseCurrent } from "../materialise.ts";
import type { PackageChange } from "../outcomes.ts";
import { lockOptions } from "../packages.ts";
import type { OperationOptions } from "../requests.ts";
import { tidyAfter } from "../tidy.ts";
import { type BroughtRelease, bringRelease, currentOf, isUnreachable, localOf } from "./bring.ts";
import { noteNewest } from "./newest.ts";
import { treeRequest } from "./release-tree.ts";
import { findTargets, type PullTarget } from "./target.ts";

export interface PullRequest extends OperationOptions {
  /** A publication, or an environment that was pulled; `@N` behind it names a release. Left out: the active environment. */
  readonly source?: string;
  /** Of the environment that is made; else that of the one that was published. */
  readonly name?: string;
  readonly release?: number;
  /** All environments that were pulled. Those that somebody wanted at another release stay there. */
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

export interface Pulled {
  readonly environment: { readonly name: string; readonly path: AbsPath };
  readonly from: string;
  /** The release that it is a copy of now; with a dry run the one that it would be. */
  readonly release: number;
  readonly previousRelease?: number;
  /** The one that is current where it was published, if that is another. */
  readonly newest?: number;
  /** `stays`: somebody asked for the release that it has. `unreachable`: the share isn't there, and everything is as it was. */
  readonly state: "made" | "updated" | "current" | "stays" | "unreachable";
  readonly version: number | undefined;
  readonly python: string;
  readonly changes: readonly PackageChange[];
  /** What travelled. */
  readonly files: number;
  readonly bytes: number;
  /** All that the release consists of. */
  readonly totalFiles: number;
  readonly totalBytes: number;
  readonly notes: readonly string[];
}

export interface PullReport {
  readonly dryRun: boolean;
  readonly environments: readonly Pulled[];
  /** With `all`: those that could not be brought up to date, and why. */
  readonly failed: readonly { readonly name: string; readonly error: VenvoyError }[];
  readonly elapsedMs: number;
}

/**
 * Makes a verified local copy of a published environment, or takes one to the release that is current there now. What runs
 * in it stays in its version. Without the share everything stays as it is. Throws `PUBLICATION_UNKNOWN`, `RELEASE_UNKNOWN`,
 * `RELEASE_UNFIT`, `DIGEST_MISMATCH`, `ENV_EXISTS`.
 */
export async function pull(context: Context, request: PullRequest): Promise<PullReport> {
  const startedMs = context.clock.elapsed();
  const environments: Pulled[] = [];
  const failed: { name: string; error: VenvoyError }[] = [];
  for (const target of await findTargets(context, request)) {
    try {
      environments.push(await pullOne(context, target, request));
    } catch (error) {
      if (request.all !== true || !isVenvoyError(error) || error.code === "ABORTED") throw error;
      failed.push({ name: target.existing?.label ?? target.from, error });
    }
  }
  return { dryRun: request.dryRun === true, environments, failed, elapsedMs: context.clock.elapsed() - startedMs };
}

async function pullOne(context: Context, target: PullTarget, request: PullRequest): Promise<Pulled> {
  const { existing, from } = target;
  try {
    return await onShare(from, async () => {
      const publication = await openPublication(context, from);
      return existing === undefined
        ? await makeFirst(context, publication, target, request)
        : await refresh(context, publication, { ...target, existing }, request);
    });
  } catch (error) {
    const ref = existing?.intent.publication;
    const isOther = target.release !== undefined && target.release !== ref?.release;
    if (existing === undefined || ref === undefined || isOther || !isUnreachable(error)) throw error;
    const why = isVenvoyError(error, "PUBLICATION_UNKNOWN") ? `\`${from}\` isn't there` : (error as Error).message;
    const notes = [`${why}: ${existing.label} stays at release ${ref.release}`];
    return { ...asItIs(existing, ref), state: "unreachable", notes };
  }
}

async function makeFirst(
  context: Context,
  publication: Publication,
  target: PullTarget,
  request: PullRequest,
): Promise<Pulled> {
  const name = freeName(target.name ?? publication.facts.name, publication);
  const { signal, dryRun = false } = request;
  const purpose = `pull ${name}`;
  const brought = await bringRelease(context, publication, { release: target.release, purpose, dryRun, signal });
  const newest = await currentOf(context, publication);
  const ref = refOf(publication, brought, target.release !== undefined);
  const path = context.fs.path.join(context.layout.envs, name);
  const report = (after: Environment | undefined, changes: readonly PackageChange[]): Pulled => ({
    environment: { name, path: after?.root ?? path },
    ...factsOf(ref, brought, newest),
    state: "made",
    version: after?.current.number,
    changes,
    notes: [],
  });
  if (dryRun) return report(undefined, []);
  const tree = await treeRequest(context, localOf(brought), { kind: "central", signal });
  try {
    const made = await context.home.create(name, {
      ...tree,
      command: commandOf(target, request),
      wanted: { ...nothingWanted, layout: "standalone", publication: ref },
    });
    await keepList(context, made, brought);
    await noteNewest(context, made, newest);
    return report(made, diffLocks(undefined, tree.lock));
  } catch (error) {
    // Another process made it in the meantime.
    const other = isVenvoyError(error, "ENV_EXISTS") ? await context.home.find(name, { exact: true }) : undefined;
    if (other?.intent.publication?.id !== publication.facts.id) throw error;
    return refresh(context, publication, { ...target, existing: other }, request);
  }
}

/** What was published may have a name that none has here: another is typed then. */
function freeName(text: string, { root }: Publication): string {
  try {
    return parseEnvName(text);
  } catch (error) {
    if (!isVenvoyError(error)) throw error;
    throw new VenvoyError(error.code, error.message, {
      hint: `venvoy pull ${root} NAME`,
      data: { name: text },
      cause: error,
    });
  }
}

type Existing = PullTarget & { readonly existing: Environment };

async function refresh(
  context: Context,
  publication: Publication,
  target: Existing,
  request: PullRequest,
): Promise<Pulled> {
  const { existing } = target;
  const ref = existing.intent.publication as PublicationOf;
  if (publication.facts.id !== ref.id) throw publicationGone(publication.root);
  const newest = await currentOf(context, publication);
  if (request.dryRun !== true) await noteNewest(context, existing, newest);
  const stays = request.all === true ? await whyItStays(context, existing, newest) : undefined;
  if (stays !== undefined) {
    const notes = [`${existing.label} stays at release ${ref.release}: ${stays}`];
    return { ...asItIs(existing, ref), state: "stays", newest, notes };
  }
  const release = target.release ?? newest;
  if (release === ref.release) return settleSame(context, publication, target, { newest, request });
  const purpose = `pull ${existing.label}`;
  const { signal, dryRun = false } = request;
  const brought = await bringRelease(context, publication, { release: target.release, purpose, dryRun, signal });
  const before = await readLock(context.fs, existing, existing.current.number);
  const next = refOf(publication, brought, target.release !== undefined);
  const report = (version: number, changes: readonly PackageChange[]): Pulled => ({
    environment: { name: existing.label, path: existing.root },
    ...factsOf(next, brought, newest),
    previousRelease: ref.release,
    state: "updated",
    version,
    changes,
    notes: [],
  });
  if (dryRun) return report(existing.current.number + 1, []);
  const tree = await treeRequest(context, localOf(brought), { kind: existing.kind, signal });
  const after = await context.home.using(existing, lockOptions(purpose, signal), async (held) => {
    const now = held.environment.intent.publication;
    // Another process was first.
    if (now?.release === next.release && now.from === next.from && now.pinned === next.pinned) return held.environment;
    const wanted = { ...held.environment.intent, layout: "standalone" as const, publication: next };
    const changed = await held.change({ ...tree, command: commandOf(target, request), wanted });
    await keepList(context, changed, brought);
    return changed;
  });
  await tidyAfter(context, after, (await loadSettings(context, { layout: context.layout })).tidy);
  return report(after.current.number, diffLocks(before, tree.lock));
}

/** Nothing to bring; what was damaged is mended, and what was typed is kept. */
async function settleSame(
  context: Context,
  publication: Publication,
  { existing, release }: Existing,
  { newest, request }: { readonly newest: number; readonly request: PullRequest },
): Promise<Pulled> {
  const ref = existing.intent.publication as PublicationOf;
  const isPinned = request.all === true ? ref.pinned : release !== undefined;
  const next: PublicationOf = { ...ref, from: publication.root, pinned: isPinned };
  const isDamaged = (await faultOfTree(context, existing.current.root)) !== undefined;
  const isElse = next.from !== ref.from || next.pinned !== ref.pinned;
  const notes = isDamaged ? [`the tree of ${existing.label} was damaged, and is made again`] : [];
  if ((isDamaged || isElse) && request.dryRun !== true) {
    const purpose = lockOptions(`pull ${existing.label}`, request.signal);
    await context.home.using(existing, purpose, async (held) => {
      if (isElse) await held.edit({ publication: next });
      if (isDamaged)
        await materialiseCurrent(context, held, request.signal === undefined ? {} : { signal: request.signal });
    });
  }
  return { ...asItIs(existing, next), state: "current", ...(newest === ref.release ? {} : { newest }), notes };
}

/** Somebody wanted what it is: a clause, for a refresh that nobody typed for it alone. */
async function whyItStays(
  context: Context,
  { intent, ...place }: Environment,
  newest: number,
): Promise<string | undefined> {
  if (intent.protected) return "it is protected";
  if (intent.publication?.pinned === true && intent.publication.release !== newest)
    return `somebody asked for it, and ${newest} is current`;
  const { undone } = intent.standing;
  if (undone === undefined) return undefined;
  const left = (await readRecord(context.fs, place, undone))?.wanted.publication?.release;
  return left === newest ? `${newest} was undone here` : undefined;
}

function refOf({ root, facts }: Publication, { record }: BroughtRelease, pinned: boolean): PublicationOf {
  return { from: root, id: facts.id, release: record.release, pinned };
}

function factsOf(
  { from, release }: PublicationOf,
  { record, moved }: BroughtRelease,
  newest: number,
): Pick<Pulled, "from" | "release" | "newest" | "python" | "files" | "bytes" | "totalFiles" | "totalBytes"> {
  return {
    from,
    release,
    ...(newest === release ? {} : { newest }),
    python: record.python,
    ...moved,
    totalFiles: record.files,
    totalBytes: record.bytes,
  };
}

function asItIs({ label, root, current, intent }: Environment, ref: PublicationOf): Omit<Pulled, "state" | "notes"> {
  return {
    environment: { name: label, path: root },
    from: ref.from,
    release: ref.release,
    version: current.number,
    python: intent.standing.pythonVersion,
    changes: [],
    files: 0,
    bytes: 0,
    totalFiles: 0,
    totalBytes: 0,
  };
}

/** So that its tree can be made again when it was collected, without the share. */
async function keepList(context: Context, environment: Environment, { list }: BroughtRelease): Promise<void> {
  await context.fs.writeAtomic(releaseListFile(context.fs, environment, environment.current.number), list);
}

function commandOf({ from, release }: PullTarget, { all }: PullRequest): string {
  return all === true ? "venvoy pull --all" : `venvoy pull ${from}${release === undefined ? "" : `@${release}`}`;
}
