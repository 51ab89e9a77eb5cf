import type { AbsPath, Sha256 } from "../base/index.ts";
import {
  artifactsOf,
  collectableVersions,
  type EnvironmentSummary,
  generationDir,
  sweepScripts,
  trashLifetimeMs,
  usersOf,
} from "../env/index.ts";
import { removeUnpacked, unusedUnpacked } from "../share/index.ts";
import type { Context } from "./context.ts";
import { lockOptions } from "./packages.ts";
import type { OperationOptions } from "./requests.ts";
import { Footprint } from "./size/footprint.ts";
import { size } from "./size/size.ts";
import { readUsers, type User } from "./size/users.ts";

export interface CleanRequest extends OperationOptions {
  readonly dryRun?: boolean;
  /**
   * Environments that were not used for so many days are proposed, and go to the trash when `confirm` says yes. Scripts'
   * own, which come back by themselves, go without a question after so many days, 90 when left out.
   */
  readonly unusedDays?: number;
  /** Asked once, when something is proposed; left out means no. */
  readonly confirm?: (unused: readonly UnusedEnvironment[]) => Promise<boolean>;
}

export interface UnusedEnvironment {
  readonly name: string;
  readonly usedMs: number;
  /** What comes back when it is gone from the trash, too. */
  readonly freedBytes: number;
}

export interface CleanReport {
  readonly dryRun: boolean;
  /** Space on the disk; what goes to the trash takes it for 30 days more and is not counted. */
  readonly freedBytes: number;
  /** Stored packages, trees of older versions, environments of scripts, deleted environments whose time is over. */
  readonly packages: number;
  /** Files of releases that were pulled. */
  readonly files: number;
  readonly versions: number;
  readonly scripts: number;
  readonly expired: number;
  /** Releases of `publish --as vcs` that launchers unpacked, unused for as long as scripts' environments. */
  readonly unpacked: number;
  /** Environments unused for as long as was asked; nothing that is protected, active or in use. */
  readonly unused: readonly UnusedEnvironment[];
  /** Those that went to the trash. */
  readonly deleted: readonly string[];
  /** What would have gone if nothing stood in it, or nobody had installed in it by hand. */
  readonly kept: readonly { readonly name: string; readonly why: "in use" | "changed by hand" }[];
}

const dayMs = 86_400_000;

/**
 * Gives back what nothing refers to: trees of older versions (their locks stay, so undo builds them again), packages
 * that no environment needs, environments of scripts that were not run for long, what was deleted long ago, what killed
 * commands left. Nothing in use goes, and nothing that an operation of the last hour may be about to link.
 */
export async function clean(context: Context, request: CleanRequest = {}): Promise<CleanReport> {
  const { dryRun = false, unusedDays, signal } = request;
  const unused = unusedDays === undefined ? [] : await unusedEnvironments(context, unusedDays);
  const isAgreed = unused.length > 0 && !dryRun && (await request.confirm?.(unused.map(toldOf))) === true;
  const options = signal === undefined ? {} : { signal };
  if (isAgreed)
    await context.home.removeAll(
      unused.map(({ summary }) => summary),
      options,
    );
  const plan = await planOf(context, (unusedDays ?? 90) * dayMs);
  const footprint = new Footprint(context.fs);
  for (const [index, root] of plan.roots.entries()) await footprint.add(root, () => index);
  if (!dryRun) await carryOut(context, plan, request);
  const gone = new Set<number>();
  const left = dryRun ? [] : await context.fs.linkInfos(plan.roots);
  // A link stands where a version's tree was.
  for (const index of plan.roots.keys())
    if (dryRun || left[index] === undefined || left[index].kind === "symlink") gone.add(index);
  const freed = footprint.shares().filter(({ outside, holders }) => !outside && holders.every((one) => gone.has(one)));
  const count = (kind: Doomed["kind"]): number =>
    plan.doomed.filter((one, index) => one.kind === kind && gone.has(index)).length;
  return {
    dryRun,
    freedBytes: freed.reduce((sum, { bytes }) => sum + bytes, 0),
    packages: count("package"),
    files: count("file"),
    versions: count("version"),
    scripts: count("script"),
    expired: count("expired"),
    unpacked: count("unpacked"),
    unused: unused.map(toldOf),
    deleted: isAgreed ? unused.map(({ summary }) => summary.label) : [],
    kept: plan.kept,
  };
}

interface Doomed {
  readonly kind: "package" | "file" | "version" | "script" | "expired" | "unpacked";
  readonly root: AbsPath;
}

interface Plan {
  readonly doomed: readonly Doomed[];
  readonly roots: readonly AbsPath[];
  /** Environments with versions to collect. */
  readonly environments: readonly EnvironmentSummary[];
  readonly unusedMs: number;
  readonly kept: CleanReport["kept"];
}

async function planOf(context: Context, unusedMs: number): Promise<Plan> {
  const doomed: Doomed[] = [];
  const environments: EnvironmentSummary[] = [];
  const kept: { name: string; why: "in use" | "changed by hand" }[] = [];
  const keep = new Set<Sha256>();
  for (const user of await readUsers(context)) {
    const { kind, root, without = [], why } = await fateOf(context, user, unusedMs);
    if (why !== undefined) kept.push({ name: user.name, why });
    if (kind !== undefined) doomed.push({ kind, root: root ?? user.dir });
    else {
      for (const number of without) doomed.push({ kind: "version", root: generationDir(context.fs, user, number) });
      if (without.length > 0 && user.environment !== undefined) environments.push(user.environment);
      const needed = without.length === 0 ? user.artifacts : await artifactsOf(context, user, { without });
      for (const sha256 of needed) keep.add(sha256);
    }
  }
  for (const root of await context.store.unneeded(keep)) doomed.push({ kind: "package", root });
  for (const root of await context.objects.unneeded(keep)) doomed.push({ kind: "file", root });
  for (const root of await unusedUnpacked(context, context.layout.cache, { unusedMs }))
    doomed.push({ kind: "unpacked", root });
  return { doomed, roots: doomed.map(({ root }) => root), environments, unusedMs, kept };
}

interface Fate {
  /** It goes as a whole. */
  readonly kind?: "script" | "expired";
  readonly root?: AbsPath;
  /** Only these versions' trees go. */
  readonly without?: readonly number[];
  readonly why?: "in use" | "changed by hand";
}

async function fateOf(context: Context, user: User, unusedMs: number): Promise<Fate> {
  const nowMs = context.clock.now();
  if (user.script !== undefined) {
    const used = await context.fs.info(context.fs.path.join(user.dir, ".venvoy", "used"));
    const isOld = nowMs - (used?.modifiedMs ?? user.script.receipt.madeMs) > unusedMs;
    if (!isOld) return {};
    return (await usersOf(context, { dir: user.dir, root: user.dir })).length > 0
      ? { why: "in use" }
      : { kind: "script" };
  }
  if (user.deletedMs !== undefined) return nowMs - user.deletedMs > trashLifetimeMs ? { kind: "expired" } : {};
  const environment = user.environment;
  if (environment?.version === undefined) return {};
  const root = generationDir(context.fs, environment, environment.version);
  const plan = await collectableVersions(context, context.store, {
    ...environment,
    current: { number: environment.version, root },
  });
  const [first] = plan.kept;
  return { without: plan.removed, ...(first === undefined ? {} : { why: first.why }) };
}

async function carryOut(context: Context, plan: Plan, { signal }: CleanRequest): Promise<void> {
  await sweepScripts(context, context.env, { unusedMs: plan.unusedMs });
  for (const environment of plan.environments) {
    const options = lockOptions(`clean ${environment.label}`, signal);
    await context.home.using(environment, options, (held) => held.collect());
  }
  await removeUnpacked(context, context.layout.cache, plan);
  await context.home.sweep();
  // Asked again: what somebody made or changed meanwhile is needed now.
  const keep = new Set<Sha256>();
  for (const { artifacts } of await readUsers(context)) for (const sha256 of artifacts) keep.add(sha256);
  await context.store.collect(keep);
  await context.objects.collect(keep);
}

interface Unused {
  readonly summary: EnvironmentSummary;
  readonly freedBytes: number;
}

/** By last use, the longest unused first; what stands in the way of deleting one keeps it off the list. */
async function unusedEnvironments(context: Context, days: number): Promise<readonly Unused[]> {
  const active = await context.home.active();
  const found: EnvironmentSummary[] = [];
  for (const one of await context.home.list()) {
    const isYoung = context.clock.now() - one.usedMs <= days * dayMs;
    if (isYoung || one.protected || (active?.kind === "ours" && active.place.id === one.id)) continue;
    if ((await usersOf(context, one)).length === 0) found.push(one);
  }
  if (found.length === 0) return [];
  const spaces = new Map((await size(context)).environments.map((space) => [space.name, space.freedBytes]));
  return found
    .sort((a, b) => a.usedMs - b.usedMs)
    .map((summary) => ({ summary, freedBytes: spaces.get(summary.label) ?? 0 }));
}

function toldOf({ summary, freedBytes }: Unused): UnusedEnvironment {
  return { name: summary.label, usedMs: summary.usedMs, freedBytes };
}
