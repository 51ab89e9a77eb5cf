import { type AbsPath, hasCode } from "../../base/index.ts";
import { sweepStages } from "../../disk/index.ts";
import { listSiteEnvs, noSiteEnvs, openProfile, type SiteEnv } from "../../host/index.ts";
import type { Context } from "../context.ts";
import type { OperationOptions } from "../requests.ts";

export interface HostResetRequest extends OperationOptions {
  readonly host: string;
  /** Only these ids. */
  readonly ids?: readonly string[];
  /** Whole folders, whoever filled them; else what venvoy put there. */
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

export interface HostResetReport {
  readonly host: string;
  readonly removed: readonly { readonly id: string; readonly path: AbsPath; readonly whole: boolean }[];
  /** Folders in which something of others stays. */
  readonly left: readonly { readonly id: string; readonly path: AbsPath; readonly entries: readonly string[] }[];
  /** Where loaded files wait until the program has ended; the next `venvoy host` command removes them. */
  readonly pending: readonly AbsPath[];
  readonly dryRun: boolean;
}

const trashPrefix = ".venvoy-trash";

/**
 * Takes back what was put into a host's environments: by manifest, or with `all` whole folders. What a program has loaded
 * can be moved aside and not removed on Windows: it goes with a later command, and the report says so.
 */
export async function resetHost(context: Context, request: HostResetRequest): Promise<HostResetReport> {
  const { fs } = context;
  const { siteEnvs, title, name } = await openProfile(fs, context.layout, request.host);
  if (siteEnvs === undefined) throw noSiteEnvs(name);
  await finishResets(context, siteEnvs);
  const wanted = new Set(request.ids ?? []);
  const chosen = (await listSiteEnvs(fs, siteEnvs)).filter(({ id }) => wanted.size === 0 || wanted.has(id));
  const removed: { id: string; path: AbsPath; whole: boolean }[] = [];
  const left: { id: string; path: AbsPath; entries: readonly string[] }[] = [];
  const pending: AbsPath[] = [];
  for (const site of chosen) {
    const found = await context.home.find(site.packages);
    if (found === undefined && request.all !== true) {
      left.push({ ...idOf(site), entries: await entriesIn(context, site.path) });
      continue;
    }
    removed.push({ ...idOf(site), whole: request.all === true });
    if (request.dryRun === true) continue;
    if (found !== undefined) await context.home.remove(found, { force: true });
    const entries = await entriesIn(context, site.path);
    if (request.all === true || entries.length === 0) pending.push(...(await throwAway(context, siteEnvs, site)));
    else left.push({ ...idOf(site), entries });
  }
  return { host: title, removed, left, pending, dryRun: request.dryRun ?? false };
}

function idOf({ id, path }: SiteEnv): { readonly id: string; readonly path: AbsPath } {
  return { id, path };
}

async function entriesIn({ fs }: Context, path: AbsPath): Promise<readonly string[]> {
  return ((await fs.list(path)) ?? []).map(({ name }) => name).filter((name) => name !== "__pycache__");
}

/** Removes what an earlier reset had to leave, as far as it can be by now. */
export async function finishResets(context: Context, siteEnvs: AbsPath): Promise<void> {
  for (const { name } of (await context.fs.list(siteEnvs)) ?? [])
    if (name.startsWith(trashPrefix)) await removed(context, context.fs.path.join(siteEnvs, name));
  await sweepStages(context, siteEnvs);
}

async function throwAway(context: Context, siteEnvs: AbsPath, { path }: SiteEnv): Promise<readonly AbsPath[]> {
  const { fs } = context;
  // An empty folder went with what was in it.
  if ((await fs.linkInfo(path)) === undefined) return [];
  const trash = fs.path.join(siteEnvs, `${trashPrefix}-${Math.round(context.clock.now())}`, fs.path.name(path));
  await fs.makeDir(fs.path.directory(trash));
  await moveAll(context, path, trash);
  const isGone = await removed(context, fs.path.directory(trash));
  return isGone ? [] : [fs.path.directory(trash)];
}

/** A directory in which a file is loaded can't be renamed on Windows, but each file in it can. */
async function moveAll(context: Context, from: AbsPath, to: AbsPath): Promise<void> {
  const { fs } = context;
  try {
    await fs.rename(from, to);
  } catch (error) {
    if (!hasCode(error, "EPERM", "EACCES", "EBUSY") || (await fs.linkInfo(from))?.kind !== "directory") throw error;
    await fs.makeDir(to);
    for (const { name } of (await fs.list(from)) ?? [])
      await moveAll(context, fs.path.join(from, name), fs.path.join(to, name));
    await fs.remove(from);
  }
}

async function removed({ fs }: Context, path: AbsPath): Promise<boolean> {
  try {
    await fs.remove(path);
    return true;
  } catch (error) {
    if (hasCode(error, "EPERM", "EACCES", "EBUSY")) return false;
    throw error;
  }
}
