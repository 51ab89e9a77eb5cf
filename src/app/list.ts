import type { AbsPath } from "../base/index.ts";
import type { EnvironmentSummary as Listed, PublicationOf } from "../env/index.ts";
import { livingBase } from "./bases.ts";
import { type Context, shownPath } from "./context.ts";
import type { DeletedSummary, EnvironmentSummary } from "./outcomes.ts";
import { knownNewest } from "./pull/newest.ts";
import { carriedTree, summaryOfCarried } from "./standalone/carried.ts";

/**
 * All environments, by name; one that can't be used is listed with its problem. A Python that is gone is looked for
 * elsewhere first, and one that was upgraded in place is shown as what it is now.
 */
export async function list(context: Context, signal?: AbortSignal): Promise<readonly EnvironmentSummary[]> {
  const found = await context.home.list();
  const versions = new Map<string, string>();
  for (const key of new Set(found.map((one) => (one.isStandalone ? undefined : one.base)))) {
    if (key === undefined || key === "") continue;
    const base = await livingBase(context, key, signal);
    if (base !== undefined) versions.set(key, base.interpreter.version);
  }
  const summaries: EnvironmentSummary[] = [];
  for (const one of found) {
    const version = one.base === undefined || one.isStandalone ? undefined : versions.get(one.base);
    const now = version === undefined ? one : { ...one, pythonVersion: version, problem: undefined };
    summaries.push({ ...summaryOf(now), ...(await shownPublication(context, one)) });
  }
  const carried = await carriedTree(context);
  return carried === undefined ? summaries : [await summaryOfCarried(context, carried), ...summaries];
}

/** Where it is from, as far as that is known without looking there. */
export async function shownPublication(
  context: Context,
  one: { readonly dir: AbsPath; readonly publication?: PublicationOf | undefined },
): Promise<Pick<EnvironmentSummary, "publication">> {
  if (one.publication === undefined) return {};
  const { from, release, pinned } = one.publication;
  const newest = await knownNewest(context, one);
  return { publication: { from, release, pinned, ...(newest === undefined || newest === release ? {} : { newest }) } };
}

/**
 * Environments that are used from a directory or below it: by commands and activations there, by scripts that lie there
 * and claim something, or because they lie there themselves. Each with why.
 */
export async function listHere(context: Context, signal?: AbortSignal): Promise<readonly EnvironmentSummary[]> {
  const places = new Map((await context.home.list()).map((one) => [one.id as string, one]));
  const found: EnvironmentSummary[] = [];
  for (const summary of await list(context, signal)) {
    const place = places.get(summary.id ?? "");
    if (place === undefined) continue;
    const here = await reasonsHere(context, place);
    if (here.length > 0) found.push({ ...summary, here });
  }
  return found;
}

async function reasonsHere(context: Context, place: Listed): Promise<readonly string[]> {
  const { fs, system } = context;
  const isHere = (path: string): boolean => fs.path.isAbsolute(path) && fs.path.isInside(system.cwd, path as AbsPath);
  if (place.kind === "directory" && isHere(place.root)) return ["it lies here"];
  const scripts: string[] = [];
  // What can't be read is listed with its problem; nobody's claims are known of it then.
  const claims = place.problem === undefined ? ((await context.home.find(place.root))?.intent.claims ?? []) : [];
  for (const { script } of claims)
    if (isHere(script) && (await fs.info(script as AbsPath)) !== undefined) scripts.push(shownPath(context, script));
  const from = (await context.home.usedFrom(place)).filter(isHere).map((one) => shownPath(context, one) || ".");
  return [...scripts, ...from.map((one) => (one === "." ? "used here" : `used in ${one}`))];
}

/** What was deleted in the last 30 days, the latest first. */
export async function listDeleted(context: Context): Promise<readonly DeletedSummary[]> {
  const found = await context.home.deleted();
  return found.map(({ name, id, deletedMs, directory }) => ({ name: directory ?? name, id, deletedMs }));
}

export function summaryOf(one: Listed): EnvironmentSummary {
  return {
    name: one.label,
    id: one.id,
    path: one.root,
    python: one.pythonVersion,
    packages: one.packages,
    version: one.version,
    createdMs: one.createdMs,
    usedMs: one.usedMs,
    ...(one.purpose === undefined ? {} : { purpose: one.purpose }),
    ...(one.protected ? { protected: true } : {}),
    ...(one.temporary ? { temporary: true } : {}),
    ...(one.problem === undefined ? {} : { problem: one.problem }),
  };
}
