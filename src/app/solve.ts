import { acceleratorWords } from "../backend/index.ts";
import { isVenvoyError, type PackageName, VenvoyError } from "../base/index.ts";
import type { Settings } from "../config/index.ts";
import { evaluateMarker, parseRequirement, type Target } from "../pep/index.ts";
import { createIndexClient, type PackageSource } from "../pypi/index.ts";
import {
  type Base,
  chooseInterpreter,
  ensureBase,
  type Interpreter,
  openBase,
  parsePythonRequest,
  targetOf,
} from "../python/index.ts";
import {
  type AskedRequirement,
  type Lock,
  type ResolveRequest,
  resolve,
  type SolutionMemo,
  solutionMemo,
} from "../resolve/index.ts";
import { type BuildingSource, type BuildWay, withBuilds } from "./building/source.ts";
import { type Keep, policyFor, settingsFor } from "./choices.ts";
import type { Context } from "./context.ts";
import type { Resolved } from "./cooldown.ts";
import { readLimits } from "./files.ts";
import { backendOf, forHardware, type HardwarePlan, planHardware, relabelled, withBackendIndexes } from "./hardware.ts";
import { type HashRules, withHashes } from "./hashes.ts";
import { HostTruth, hostOf, type Judge, judgeFor } from "./host-truth.ts";
import { askForOwn, type OwnPackages, withOwnPackages, withoutOwnPlaces } from "./own-packages.ts";
import type { Proposing } from "./proposals.ts";
import { describedHost } from "./remembered.ts";
import type { ResolveChoices } from "./requests.ts";

export interface Question {
  readonly asked: readonly AskedRequirement[];
  readonly constraints?: readonly AskedRequirement[];
  /** Taken as it is, where a file has decided already. */
  readonly lock?: Lock;
  readonly choices: ResolveChoices;
  readonly keep?: Keep;
  /** What `--hash` lines allow: files without an allowed digest are not taken where others are. */
  readonly hashes?: HashRules | undefined;
  /** When nothing fits, look for the smallest changes that would. */
  readonly proposing?: Proposing | undefined;
  /** What is on this machine decides when it can, so that a question can be asked at once, and without a network. */
  readonly cacheFirst?: boolean;
  /** Packages that need no index. */
  readonly own?: OwnPackages;
  /** Commits to stay at, by the address as it is asked for. */
  readonly commits?: ReadonlyMap<string, string> | undefined;
  /** What this operation has learned of wheels that don't run here (`untilItRuns`). */
  readonly truth?: HostTruth;
  /** Digests of wheels that are in use already. */
  readonly trusted?: ReadonlySet<string>;
  /** Packages whose builds ask; none of them can be needed by its own build. */
  readonly within?: readonly string[];
  /** Index clients that many questions share: what one has read is not read again. */
  readonly clients?: SharedClients | undefined;
  /** What comes out need not run on this machine: nothing is told of its hardware. */
  readonly isForElsewhere?: boolean;
  readonly signal?: AbortSignal;
}

/** Index clients by their settings, for questions of one operation. */
export class SharedClients {
  readonly #known = new Map<string, PackageSource>();

  of(context: Context, { index }: Settings): PackageSource {
    const key = JSON.stringify(index, (_, value: unknown) => (value instanceof Map ? [...value] : value));
    const client = this.#known.get(key) ?? createIndexClient(context, index);
    this.#known.set(key, client);
    return client;
  }
}

export interface Solved {
  readonly lock: Lock;
  /** Where the lock's files come from. */
  readonly source: BuildingSource;
  readonly settings: Settings;
  /** To be asked of what the lock brings here. */
  readonly judge: Judge;
  /** Sentences worth telling. */
  readonly notes: readonly string[];
}

/**
 * Resolves for one interpreter, with builds for one backend where that is asked for. Throws `RESOLUTION_IMPOSSIBLE`,
 * `PACKAGE_UNKNOWN`, `BACKEND_UNFIT` and the index's own failures.
 */
export async function solve(context: Context, interpreter: Interpreter, question: Question): Promise<Solved> {
  const { forHost: typed, ...others } = question.choices;
  const forHost = describedHost(typed);
  const choices = forHost === undefined ? others : { ...others, forHost };
  const settings = await settingsFor(context, choices);
  const plan = await planHardware(context, choices.backend ?? settings.backend.name, settings);
  const plain = { ...question, choices };
  const told = (solved: Solved): Solved =>
    plan === undefined
      ? solved
      : { ...solved, notes: [...solved.notes, ...hardwareNotes(plan, question, solved.lock)] };
  if (plan === undefined || question.lock !== undefined || question.asked.length === 0)
    return told(await solveWith(context, interpreter, plain, settings));
  const solved = await forHardware(plan, context.system.os, (names, isLast) => {
    const preferences = relabelled(question.keep?.preferences ?? new Map(), names);
    const asks = {
      ...plain,
      keep: { ...question.keep, preferences },
      proposing: isLast ? question.proposing : undefined,
    };
    return solveWith(context, interpreter, asks, withBackendIndexes(settings, names));
  });
  return told(solved);
}

/** Told when builds for another backend come than were there, or somebody has just asked for it. */
function hardwareNotes(plan: HardwarePlan, { keep, isForElsewhere }: Question, lock: Lock): readonly string[] {
  if (isForElsewhere === true) return [];
  const taken = backendOf(lock);
  const before = [...(keep?.preferences ?? [])].map(([name, version]) => ({ name, version }));
  if (taken === undefined || backendOf({ packages: before }) === taken) return [];
  if (plan.why !== undefined) return [plan.why];
  if (plan.asked !== "auto" || plan.accelerator === undefined) return [];
  return [`builds for ${taken}: ${acceleratorWords(plan.accelerator)} runs them`];
}

async function solveWith(
  context: Context,
  interpreter: Interpreter,
  question: Question,
  settings: Settings,
): Promise<Solved> {
  const { choices, signal } = question;
  const plain = question.clients?.of(context, settings) ?? createIndexClient(context, settings.index);
  const client = withHashes(plain, question.hashes);
  const way = { interpreter, choices, within: question.within ?? [] };
  const here = targetOf(interpreter);
  const own =
    question.lock === undefined
      ? await ownAsked(
          context,
          { ...question, asked: question.asked.filter((one) => isFor(one, here)) },
          { way, source: client },
        )
      : (question.own ?? new Map());
  const source = withBuilds(context, withOwnPackages(client, own), way);
  const host = hostOf(context, interpreter, choices.forHost);
  const remembering = { cacheDir: settings.index.cacheDir, trusted: question.trusted ?? new Set() };
  const judge = judgeFor(context, host, { ...remembering, own, isGiven: question.lock !== undefined });
  if (question.lock !== undefined) {
    const lock = await nearerLock(context, settings, question.lock, signal);
    return { lock, source, settings, judge, notes: [] };
  }
  if (question.asked.length === 0) return { lock: { packages: [] }, source, settings, judge, notes: [] };
  if (question.cacheFirst === true && !context.offline) {
    const known = await solveOffline(context, interpreter, question, settings);
    if (known !== undefined) return { ...known, source, settings, judge };
  }
  const unchosen = await askedWith(context, question, settings);
  const request = {
    ...unchosen,
    requirements: askForOwn(question.asked, own),
    target: targetOf(interpreter, host.libc),
    policy: {
      ...unchosen.policy,
      unfit: await (question.truth ?? new HostTruth()).unfitFor(context, host, remembering),
    },
    source,
  };
  const { lock, notices } = await resolveIn(context, request, { settings, signal }).catch(async (failure: unknown) => {
    if (host.isDeclared && isVenvoyError(failure, "PACKAGE_BLOCKED")) throw onlySources(failure);
    if (question.proposing === undefined) throw failure;
    const { withProposals } = await import("./proposals.ts");
    const wayOut = {
      proposing: question.proposing,
      interpreter,
      ...(host.isDeclared ? { libc: host.libc } : {}),
      ...(signal === undefined ? {} : { signal }),
    };
    throw await withProposals(context, failure, request, wayOut);
  });
  return { lock: withoutOwnPlaces(lock, own), source, settings, judge, notes: notices };
}

/** Resolves; nothing of advisories is loaded where nothing is held back for its age. */
async function resolveIn(
  context: Context,
  request: ResolveRequest,
  options: { readonly settings: Settings; readonly signal: AbortSignal | undefined },
): Promise<Resolved> {
  const { signal } = options;
  if (request.policy.excludeNewerMs === undefined) return resolve(context, request, signal && { signal });
  return (await import("./cooldown.ts")).resolveWithCooldown(context, request, options);
}

/** For another machine nothing is built unasked: what is built here needs what is here. */
function onlySources(failure: VenvoyError): VenvoyError {
  return new VenvoyError(failure.code, failure.message, {
    hint: "for another machine nothing is built unless `--no-binary NAME` asks for it",
    data: failure.data,
    cause: failure.cause,
  });
}

/** With the files that lie in `--find-links`; nothing is looked at when there are no such places. */
async function nearerLock(context: Context, settings: Settings, lock: Lock, signal?: AbortSignal): Promise<Lock> {
  if (settings.index.findLinks.length === 0) return lock;
  const { nearerFiles } = await import("./locking/nearer-files.ts");
  return nearerFiles(context, settings, lock, signal);
}

/**
 * Resolves for a Python that need not be here. Nothing can be built for it, so wheels are taken; of a project that has
 * none for it the sdist is, if `source` can read its metadata. One `source` may serve many targets: what it has read
 * once is not read again. It lists own packages already. Throws as `solve` does, without proposals.
 */
export async function solveTarget(
  context: Context,
  target: Target,
  { settings, source }: { readonly settings: Settings; readonly source: PackageSource | BuildingSource },
  question: Pick<Question, "asked" | "constraints" | "choices" | "keep" | "own" | "signal">,
): Promise<Pick<Solved, "lock" | "notes">> {
  if (question.asked.length === 0) return { lock: { packages: [] }, notes: [] };
  const choices = "built" in source ? question.choices : { ...question.choices, noBuild: "all" as const };
  const unchosen = await askedWith(context, { ...question, choices }, settings);
  const policy = { ...unchosen.policy, wheelsFirst: true };
  const { own = new Map() } = question;
  const request = { ...unchosen, policy, requirements: askForOwn(question.asked, own), target, source };
  const { lock, notices } = await resolveIn(context, request, { settings, signal: question.signal });
  return { lock: withoutOwnPlaces(lock, own), notes: notices };
}

/** What of a request doesn't depend on the target. */
async function askedWith(
  context: Context,
  { constraints = [], choices, keep = {} }: Pick<Question, "constraints" | "choices" | "keep">,
  settings: Settings,
): Promise<Pick<ResolveRequest, "constraints" | "overrides" | "policy"> & { readonly memo: SolutionMemo }> {
  return {
    constraints: [
      ...constraints,
      ...(await readLimits(context, choices.constraintFiles)),
      ...typedLimits(choices.constraintTexts),
    ],
    overrides: [...(await readLimits(context, choices.overrideFiles)), ...typedLimits(choices.overrideTexts)],
    policy: policyFor(context, choices, settings, keep),
    memo: solutionMemo(context, context.fs.path.join(settings.index.cacheDir, "solutions-1")),
  };
}

/** `undefined` when the pages that are kept here are not enough. */
async function solveOffline(
  context: Context,
  interpreter: Interpreter,
  question: Question,
  settings: Settings,
): Promise<Pick<Solved, "lock" | "notes"> | undefined> {
  try {
    const offline = { ...settings, index: { ...settings.index, offline: true } };
    return await solveWith({ ...context, offline: true }, interpreter, { ...question, proposing: undefined }, offline);
  } catch (error) {
    // Whatever it was, the network may know better; if not, the same failure comes again, and is told.
    if (isVenvoyError(error) && error.code !== "ABORTED") return undefined;
    throw error;
  }
}

/** True when what is asked for is asked for on a target. */
export function isFor({ requirement: { marker } }: AskedRequirement, { markers }: Pick<Target, "markers">): boolean {
  return marker === undefined || evaluateMarker(marker, markers);
}

/**
 * The own packages, with those that are asked for by the address of sources; nothing of building is loaded when there
 * are none.
 */
export async function ownAsked(
  context: Context,
  {
    asked,
    own = new Map(),
    commits = new Map(),
    signal = new AbortController().signal,
  }: Pick<Question, "asked" | "own" | "commits" | "signal">,
  from: { readonly way: BuildWay; readonly source: PackageSource },
): Promise<OwnPackages> {
  const isSources = ({ requirement }: AskedRequirement): boolean =>
    requirement.url !== undefined && !/\.whl(?:#.*)?$/i.test(requirement.url);
  if (!asked.some(isSources)) return own;
  const { ownOfAddresses } = await import("./building/addresses.ts");
  return ownOfAddresses(context, asked, { ...from, known: own, commits, signal });
}

function typedLimits(texts: readonly string[] | undefined): readonly AskedRequirement[] {
  return (texts ?? []).map((text) => ({ requirement: parseRequirement(text), origin: { kind: "typed", text } }));
}

/** The versions of a lock, as preferences. */
export function preferencesOf(lock: Lock | undefined): ReadonlyMap<PackageName, string> {
  return new Map((lock?.packages ?? []).map((item) => [item.name, item.version]));
}

/** The digests of a lock's files, as far as they are known. */
export function digestsOf(lock: Lock | undefined): ReadonlySet<string> {
  return new Set((lock?.packages ?? []).flatMap(({ wheel }) => wheel.sha256 ?? []));
}

/** The Python that the requests mean together, the strictest words first. Throws `PYTHON_NOT_FOUND`. */
export async function interpreterFor(
  context: Context,
  request: string | undefined,
  signal?: AbortSignal,
): Promise<Interpreter> {
  const parsed = request === undefined ? undefined : parsePythonRequest(request);
  return chooseInterpreter(context, parsed, askOptions(context, signal));
}

export async function baseFor(context: Context, request: string | undefined, signal?: AbortSignal): Promise<Base> {
  return ensureBase(context, context.layout, await interpreterFor(context, request, signal));
}

/**
 * The base that an environment stands on. When its Python is gone and another of the same kind is on this machine, its
 * link is led there, which is told in one line: every environment on it works again. Throws `PYTHON_GONE`.
 */
export async function baseOf(context: Context, key: string, signal?: AbortSignal): Promise<Base> {
  const base = await openBase(context, context.layout, key, askOptions(context, signal));
  const { movedFrom, interpreter } = base;
  if (movedFrom !== undefined) {
    const minor = interpreter.versionInfo.slice(0, 2).join(".");
    const text = `Python ${minor} is gone from ${movedFrom}: its environments stand on ${interpreter.prefix} (Python ${interpreter.version}) now`;
    context.reporter.emit({ type: "notice", level: "info", code: "base-moved", text });
  }
  return base;
}

export function askOptions(context: Context, signal?: AbortSignal) {
  return { layout: context.layout, ...(signal === undefined ? {} : { signal }) };
}
