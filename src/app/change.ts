import { isVenvoyError, VenvoyError } from "../base/index.ts";
import type { Environment, HeldEnvironment, Wanted } from "../env/index.ts";
import { envPublished, lockDigest, readLock, readRecord } from "../env/index.ts";
import type { Base } from "../python/index.ts";
import type { Lock } from "../resolve/index.ts";
import { askedOf } from "./asked.ts";
import { hiddenNotes } from "./base-packages.ts";
import { baseOfEnvironment, minorOfBase } from "./bases.ts";
import { plannedBuilds } from "./building/source.ts";
import { type CarriedOver, carryOver } from "./by-hand.ts";
import { type HandFiles, planHandFiles, putAside, settleHandFiles } from "./by-hand-files.ts";
import type { Keep } from "./choices.ts";
import { bytecodeTime, compileLater } from "./compile.ts";
import type { Context } from "./context.ts";
import { diffLocks, keepBuilt, keepDigests } from "./diff.ts";
import { extraFiles, placeOf } from "./extra-files.ts";
import { withProof } from "./hash-proof.ts";
import { checkHashes, type HashCheck, type HashRules } from "./hashes.ts";
import { broughtNotes, limitsOf, withoutBrought } from "./host/limits.ts";
import { type HostTruth, untilItRuns } from "./host-truth.ts";
import { materialiseCurrent } from "./materialise.ts";
import { costOf, obtain } from "./obtain.ts";
import type { ChangeReport } from "./outcomes.ts";
import { type OwnPackages, ownFor } from "./own-packages.ts";
import { remembering, withRemembered } from "./remembered.ts";
import type { ChangeOptions } from "./requests.ts";
import { baseFor, digestsOf, preferencesOf, type Solved, solve } from "./solve.ts";
import { tidyAfter } from "./tidy.ts";
import { writeTracked } from "./tracked.ts";

/** What a change asks for; `undefined` keeps what is. */
export interface Change {
  readonly wanted: Wanted;
  readonly keep?: Omit<Keep, "preferences">;
  readonly constraints?: Parameters<typeof solve>[2]["constraints"];
  /** What `--hash` lines allow. */
  readonly hashes?: HashRules;
  /** What is there already needs no hash. */
  readonly onlyNewHashes?: boolean;
  /** The lock that is wanted, of a lock file: nothing is resolved. */
  readonly lock?: Lock;
  /** The lock stays as it is, unless what is asked, what is there or the Python has changed since it was made. */
  readonly asLocked?: boolean;
  /** Build a version even when no package changes (another Python, another link mode). */
  readonly rebuild?: boolean;
  /** The Python to build it on, when the one that it stands on is gone. */
  readonly onto?: Base;
}

/** How often a change begins anew because another tool changes the tree meanwhile; what comes later is for the next one. */
const attempts = 4;

/**
 * Takes a held environment from what it is to what is wanted: carries over what was installed by hand, resolves with the
 * current versions preferred, shows the plan, brings the artifacts, builds the next version, flips.
 */
export async function applyChange(
  context: Context,
  held: HeldEnvironment,
  edit: (environment: Environment) => Promise<Change> | Change,
  options: ChangeOptions,
): Promise<ChangeReport> {
  return untilItRuns((truth) => changeOnce(context, held, edit, { ...options, truth, attempt: 1 }));
}

type Options = ChangeOptions & { readonly truth: HostTruth; readonly attempt: number };

async function changeOnce(
  context: Context,
  held: HeldEnvironment,
  edit: (environment: Environment) => Promise<Change> | Change,
  options: Options,
): Promise<ChangeReport> {
  const startedMs = context.clock.elapsed();
  if (held.environment.intent.publication !== undefined) throw envPublished(held.environment);
  await materialiseUnlessGone(context, held, options);
  const { environment } = held;
  const state = await held.state();
  const plan = await planChange(context, environment, edit, options);
  const { report, change, base, before, carried, solved, found } = plan;
  const done = (patch: Partial<ChangeReport>): ChangeReport => ({
    ...report,
    elapsedMs: context.clock.elapsed() - startedMs,
    ...patch,
  });
  const version = environment.current.number;
  if (!report.dryRun) await held.follow(base);
  if (isSame(environment, change, base, before, solved.lock) && carried.isUntouched) {
    if (!report.dryRun) await keepWords(held, change.wanted);
    return done({ changed: false, version, notes: [...found.notes, ...solved.notes] });
  }
  held.checkUnprotected();
  if (report.dryRun) {
    const told = await writeTracked(context, environment, { wanted: change.wanted, lock: solved.lock, dryRun: true });
    return done({ notes: [...report.notes, ...told] });
  }
  if (options.confirm !== undefined && !(await options.confirm(report)))
    return done({ changed: false, declined: true, version });
  const lock = await carryOut(context, held, plan, { ...options, state });
  // Somebody's pip is at work in the tree: what it did meanwhile belongs to the answer.
  if (lock === undefined) return changeOnce(context, held, edit, { ...options, attempt: options.attempt + 1 });
  const written = await writeTracked(context, environment, { wanted: change.wanted, lock });
  return done({ notes: [...report.notes, ...written] });
}

/** Everything that is known before anything is changed. */
interface Plan {
  readonly change: Change;
  readonly base: Base;
  readonly before: Lock | undefined;
  readonly carried: CarriedOver;
  readonly found: Awaited<ReturnType<typeof settleHandFiles>>;
  readonly hand: HandFiles;
  readonly own: OwnPackages;
  readonly solved: Solved;
  readonly check: HashCheck;
  readonly report: ChangeReport;
}

async function planChange(
  context: Context,
  environment: Environment,
  edit: (environment: Environment) => Promise<Change> | Change,
  options: Options,
): Promise<Plan> {
  const before = await readLock(context.fs, environment, environment.current.number);
  const carried = await carryOver(context, environment, before);
  const edited = await edit(carried.environment);
  const change = { ...edited, wanted: remembering(edited.wanted, options) };
  const base = await baseForChange(context, environment, change, options);
  const found = await settleHandFiles(context, environment, options);
  const limits = await limitsOf(context, change.wanted);
  const whole = await solveChange(context, { environment, change, base, before, carried, limits }, options);
  const fresh = { ...whole.solved, lock: withoutBrought(whole.solved.lock, limits) };
  const solved = { ...fresh, lock: keepDigests(before, keepBuilt(before, fresh.lock)) };
  const check = { required: options.requireHashes, before: change.onlyNewHashes === true ? before : undefined };
  checkHashes(solved.lock, change.hashes, { ...check, isPlan: true });
  const hand = planHandFiles(context, environment, found.files, solved.lock);
  const notes = [
    ...carried.notesFor(solved.lock),
    ...found.notes,
    ...hand.notes,
    ...(await hiddenNotes(context, base, addedBy(before, solved.lock), change.wanted)),
    ...(await plannedBuilds(context, solved, options)),
    ...broughtNotes(whole.solved.lock, limits),
    ...solved.notes,
  ];
  const report: ChangeReport = {
    environment: { name: environment.label, id: environment.id, path: environment.root },
    version: environment.intent.standing.latest + 1,
    previousVersion: environment.current.number,
    changed: true,
    dryRun: options.dryRun ?? false,
    python: base.interpreter.version,
    changes: changesTo(environment, base, before, solved.lock),
    packageCount: solved.lock.packages.length,
    cost: await costOf(context, solved.lock, { links: options.dryRun !== true }),
    elapsedMs: 0,
    ...(options.askedBy === undefined ? {} : { askedBy: options.askedBy }),
    ...(change.onto === undefined ? {} : { gonePython: minorOfBase(environment.intent.standing.base) }),
    notes,
  };
  return { change, base, before, carried, found, hand, own: whole.own, solved, check, report };
}

interface Solving extends Pick<Plan, "change" | "base" | "before" | "carried"> {
  readonly environment: Environment;
  readonly limits: Awaited<ReturnType<typeof limitsOf>>;
}

/** Resolves what is wanted, the current versions preferred; or takes the lock that is there, where that answers it. */
async function solveChange(
  context: Context,
  { environment, change, base, before, carried, limits }: Solving,
  options: Options,
): Promise<Pick<Plan, "own" | "solved">> {
  const asked = askedOf(context, change.wanted);
  const isSettled =
    change.asLocked === true && carried.isUntouched && (await isLocked(context, environment, change.wanted, base));
  const own = new Map([...limits.own, ...ownFor(carried.own, asked, change.keep?.upgrade ?? "none")]);
  const solved = await solve(context, base.interpreter, {
    asked,
    own,
    ...given(change.lock ?? (isSettled ? before : undefined)),
    choices: withRemembered(options, change.wanted),
    hashes: change.hashes,
    truth: options.truth,
    // Where it is for another machine than before, what is there is judged like the rest.
    ...(change.wanted.forHost === environment.intent.forHost ? { trusted: digestsOf(before) } : {}),
    keep: { preferences: new Map([...preferencesOf(before), ...carried.versions]), ...change.keep },
    constraints: [...limits.constraints, ...(change.constraints ?? [])],
    proposing: options.proposes === false || change.onto !== undefined ? undefined : "requirements",
    ...(change.onto === undefined ? {} : { cacheFirst: true }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return { own, solved };
}

/** Brings the artifacts and builds the version. `undefined` when another tool changed the tree since it was looked at. */
async function carryOut(
  context: Context,
  held: HeldEnvironment,
  { change, base, carried, hand, own, solved, check }: Plan,
  options: Options & { readonly state: string },
): Promise<Lock | undefined> {
  const { environment } = held;
  const { signal } = options;
  const stop = signal === undefined ? {} : { signal };
  const hashes = await withProof(context, change.hashes, { ...solved, check, signal });
  const { artifacts, lock } = await obtain(context, solved.lock, solved.source, { own, judge: solved.judge, ...stop });
  checkHashes(lock, hashes, check);
  const when = options.compile ?? solved.settings.compile;
  const next = await held.changeSince(options.attempt < attempts ? options.state : undefined, {
    prepare: () => putAside(context, hand),
    sharesCopies: !carried.isUntouched,
    request: {
      lock,
      artifacts,
      base,
      bytecode: bytecodeTime(artifacts, when),
      carried: hand.carried,
      extraFiles: extraFiles(context, placeOf(environment)),
      command: options.command ?? "",
      wanted: change.wanted,
      ...stop,
    },
  });
  if (next === undefined) return undefined;
  await compileLater(context, { artifacts, base, when, tree: next.current.root });
  await tidyAfter(context, environment, solved.settings.tidy);
  return lock;
}

function given(lock: Lock | undefined): { readonly lock?: Lock } {
  return lock === undefined ? {} : { lock };
}

/** Another Python takes another file of the same version; that is no change that anybody would look for. */
function changesTo(
  environment: Environment,
  base: Base,
  before: Lock | undefined,
  after: Lock,
): ChangeReport["changes"] {
  const changes = diffLocks(before, after);
  if (environment.intent.standing.base === base.key) return changes;
  return changes.filter(({ from, to }) => from !== to);
}

/** What was there before hid the base's package already; only news is told. */
function addedBy(before: Lock | undefined, after: Lock): Pick<Lock, "packages"> {
  const known = new Set((before?.packages ?? []).map((item) => item.name));
  return { packages: after.packages.filter((item) => !known.has(item.name)) };
}

/** True when the current version was made for what is wanted now, on that Python: its lock answers it. */
async function isLocked(context: Context, environment: Environment, wanted: Wanted, base: Base): Promise<boolean> {
  const record = await readRecord(context.fs, environment, environment.current.number);
  return record !== undefined && record.base === base.key && sameRequests(record.wanted, wanted);
}

/** The same for a command that a person typed: a protected environment refuses it before anything is looked up. */
export async function applyCommand(...args: Parameters<typeof applyChange>): Promise<ChangeReport> {
  const [, held] = args;
  held.checkUnprotected();
  return applyChange(...args);
}

/**
 * A tree that is missing is built again first, so that what is in it can be compared. Without its Python that can't be;
 * the change then says itself what to build on, or fails for the same reason.
 */
async function materialiseUnlessGone(context: Context, held: HeldEnvironment, options: ChangeOptions): Promise<void> {
  try {
    await materialiseCurrent(context, held, options);
  } catch (error) {
    if (!isVenvoyError(error, "PYTHON_GONE")) throw error;
  }
}

async function baseForChange(
  context: Context,
  environment: Environment,
  change: Change,
  options: ChangeOptions,
): Promise<Base> {
  if (change.onto !== undefined) return change.onto;
  const request = options.python;
  if (request === undefined) return baseOfEnvironment(context, environment, options.signal);
  if (!change.rebuild) {
    const current = await baseOfEnvironment(context, environment, options.signal);
    const asked = await baseFor(context, request, options.signal);
    if (asked.key === current.key) return current;
    throw new VenvoyError(
      "ENV_EXISTS",
      `The environment \`${environment.label}\` stands on Python ${current.interpreter.version}, not on \`${request}\``,
      {
        hint: `venvoy create NAME --python ${request} makes another one`,
        data: { python: current.interpreter.version, request },
      },
    );
  }
  return baseFor(context, request, options.signal);
}

function isSame(environment: Environment, change: Change, base: Base, before: Lock | undefined, after: Lock): boolean {
  if (change.rebuild || before === undefined) return false;
  return (
    lockDigest(before) === lockDigest(after) &&
    environment.intent.standing.base === base.key &&
    sameRequests(environment.intent, change.wanted)
  );
}

/** Typed requirements are part of a version; claims may change without one. */
function sameRequests(a: Wanted, b: Wanted): boolean {
  return (
    JSON.stringify(a.requirements) === JSON.stringify(b.requirements) &&
    JSON.stringify(a.host) === JSON.stringify(b.host) &&
    a.systemSitePackages === b.systemSitePackages &&
    a.backend === b.backend &&
    a.forHost === b.forHost
  );
}

async function keepWords(held: HeldEnvironment, wanted: Wanted): Promise<void> {
  if (JSON.stringify(held.environment.intent.claims) !== JSON.stringify(wanted.claims))
    await held.edit({ claims: wanted.claims });
}
