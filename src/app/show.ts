import {
  type Environment,
  type Installed,
  inspectTree,
  lastUsedMs,
  readHistory,
  readLock,
  readReceipt,
} from "../env/index.ts";
import type { Base } from "../python/index.ts";
import { shownAsked } from "./asked.ts";
import { livingBaseOf } from "./bases.ts";
import { inspectHandFiles, shownHandFiles } from "./by-hand-files.ts";
import { type Context, shownPath } from "./context.ts";
import { diffLocks } from "./diff.ts";
import { backendOf } from "./hardware.ts";
import { lateArrivals } from "./late-arrivals.ts";
import { shownPublication } from "./list.ts";
import type { EnvironmentDetails, HistoryEntry } from "./outcomes.ts";
import { ownBytesOf } from "./size/size.ts";
import { targetEnvironment } from "./targets.ts";

/** What an environment holds, who asked for it, and what was changed by hand since. */
export async function show(context: Context, name: string | undefined): Promise<EnvironmentDetails> {
  const environment = await targetEnvironment(context, name);
  const { intent, current } = environment;
  const inspection = await inspectTree(context, current.root);
  const lock = await readLock(context.fs, environment, current.number);
  const requested = new Set<string>((lock?.packages ?? []).filter((item) => item.requested).map((item) => item.name));
  const base = await livingBaseOf(context, environment);
  const problem = await problemOf(context, environment, base);
  return {
    name: environment.label,
    id: environment.id,
    path: environment.root,
    python: base?.interpreter.version ?? intent.standing.pythonVersion,
    packages: inspection.installed.length,
    version: current.number,
    createdMs: intent.createdMs,
    usedMs: (await lastUsedMs(context, environment)) ?? intent.createdMs,
    ...(intent.purpose === undefined ? {} : { purpose: intent.purpose }),
    ...(intent.temporary ? { temporary: true } : {}),
    ...(intent.protected ? { protected: true } : {}),
    ...(problem === undefined ? {} : { problem }),
    ...(await shownPublication(context, { ...environment, publication: intent.publication })),
    ...(intent.systemSitePackages ? { systemSitePackages: true } : {}),
    ...shownBackend(intent.backend, backendOf(lock)),
    ...(intent.forHost === undefined ? {} : { forHost: intent.forHost }),
    askedFor: shownAsked(context, intent),
    tracked: intent.tracked.map((file) => shownPath(context, file)),
    installed: inspection.installed.map((one) => ({
      name: one.displayName,
      version: one.version,
      requested: requested.has(one.name) || (one.installer !== "venvoy" && one.requested),
      installer: one.installer,
    })),
    byHand: {
      added: inspection.added.map((one) => one.displayName),
      removed: inspection.removed.map((one) => one.name),
      changed: inspection.changed.map(({ from, to }) => `${to.displayName} ${from.version} → ${to.version}`),
      ...(await lateNames(context, environment, inspection.installed)),
      ...shownHandFiles(await inspectHandFiles(context, environment)),
    },
    ownBytes: await ownBytesOf(context, environment),
  };
}

/** Nothing is told where nobody chose. */
function shownBackend(asked: string | undefined, taken: string | undefined): Pick<EnvironmentDetails, "backend"> {
  if (asked === undefined) return {};
  return { backend: { asked, ...(taken === undefined ? {} : { taken }) } };
}

async function lateNames(
  context: Context,
  environment: Environment,
  installed: readonly Installed[],
): Promise<Pick<EnvironmentDetails["byHand"], "late">> {
  const late = await lateArrivals(context, environment, installed);
  if (late.length === 0) return {};
  return { late: late.map(({ version, packages }) => ({ version, packages: packages.map((one) => one.displayName) })) };
}

/** Why it can't be used as it is; a clause. What it holds is read without its Python. */
async function problemOf(
  context: Context,
  { intent, current }: Environment,
  base: Base | undefined,
): Promise<string | undefined> {
  if ((await readReceipt(context.fs, current.root)) === undefined) return "its tree is missing";
  return base === undefined ? `Python ${intent.standing.pythonVersion} is gone` : undefined;
}

/** All versions, the latest first. */
export async function history(context: Context, name: string | undefined): Promise<readonly HistoryEntry[]> {
  const environment = await targetEnvironment(context, name);
  const records = await readHistory(context.fs, environment);
  const entries: HistoryEntry[] = [];
  for (const record of records) {
    const lock = await readLock(context.fs, environment, record.number);
    const before = record.from === undefined ? undefined : await readLock(context.fs, environment, record.from);
    entries.push({
      version: record.number,
      current: record.number === environment.current.number,
      madeMs: record.madeMs,
      command: record.command,
      python: record.pythonVersion,
      changes: lock === undefined ? [] : diffLocks(before, lock),
      packageCount: record.packages,
    });
  }
  return entries.reverse();
}
