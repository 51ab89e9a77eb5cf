import type { BackendName } from "../../backend/index.ts";
import { isVenvoyError, type PackageName, VenvoyError } from "../../base/index.ts";
import { withStage } from "../../disk/index.ts";
import { compareVersions, parseVersion } from "../../pep/index.ts";
import { createIndexClient, type PackageSource } from "../../pypi/index.ts";
import type { Interpreter } from "../../python/index.ts";
import { isUnbuilt, type LockedPackage, type TargetLock, withDigests } from "../../resolve/index.ts";
import { type BuildingSource, type BuildWay, withBuilds } from "../building/source.ts";
import { settingsFor } from "../choices.ts";
import type { Context } from "../context.ts";
import { backendOf, backendOn, relabelled, withBackendIndexes } from "../hardware.ts";
import { withProof } from "../hash-proof.ts";
import { checkHashes, withHashes } from "../hashes.ts";
import { type OwnPackages, withOwnPackages } from "../own-packages.ts";
import type { ResolveChoices } from "../requests.ts";
import { interpreterFor, isFor, ownAsked, solve, solveTarget } from "../solve.ts";
import type { LockInputs } from "./inputs.ts";
import type { LockTarget } from "./lock-targets.ts";

type Versions = ReadonlyMap<PackageName, string>;

export interface TargetQuestion {
  readonly inputs: LockInputs;
  readonly targets: readonly LockTarget[];
  /** Versions that a target should keep while they fit. */
  readonly keep: (target: LockTarget) => Versions;
  /** Commits to stay at, by the address as it is asked for. */
  readonly commits?: ReadonlyMap<string, string> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TargetsSolved {
  readonly locks: readonly TargetLock[];
  readonly source: PackageSource;
  readonly notes: readonly string[];
}

/**
 * Resolves for each target in turn. What earlier targets took is preferred by later ones. Where versions still differ,
 * all are resolved again with the oldest of each preferred, and that is taken when fewer packages differ then: one
 * version that serves all goes before a newer one that serves some. What is to be taken at its lowest tries a bound that
 * was written down: that is each target's own. Throws as `solve` does, and says for which target.
 */
export async function solveTargets(context: Context, question: TargetQuestion): Promise<TargetsSolved> {
  const { inputs, targets, keep, signal } = question;
  const { source, solveOne, lowest } = await openSolving(context, question);
  const first: Found[] = [];
  const chosen = new Map<PackageName, string>();
  for (const one of targets) {
    const joined = [...chosen].filter(([name]) => !lowest(name, one));
    const found = await solveOne(one, new Map([...joined, ...keep(one)]));
    for (const { name, version } of found.lock.packages) if (!chosen.has(name)) chosen.set(name, version);
    first.push(found);
  }
  const found = lowest === never ? await withFewerVersions(first, targets, solveOne) : first;
  const locks: TargetLock[] = [];
  for (const one of found) locks.push(await withKnownDigests(context, one, source, signal));
  for (const { lock } of locks) {
    checkPlaces(lock);
    checkHashes(lock, inputs.hashes, { isPlan: true });
    await withProof(context, inputs.hashes, { lock, source, check: {}, signal });
  }
  return { locks, source, notes: [...new Set(found.flatMap(({ notes }) => notes))] };
}

/** What was resolved for a target, and what is worth telling about it. */
interface Found extends TargetLock {
  readonly notes: readonly string[];
}

/** Where packages come from, and what is set for that. */
type TargetSource = Parameters<typeof solveTarget>[2];

type SolveOne = (target: LockTarget, preferences: Versions) => Promise<Found>;

/** Whether a package is to be taken at its lowest version on a target. */
type IsLowest = (name: PackageName, target: LockTarget) => boolean;

const never: IsLowest = () => false;

function lowestBy(resolution: ResolveChoices["resolution"], { asked }: LockInputs): IsLowest {
  if (resolution === undefined || resolution === "highest") return never;
  if (resolution === "lowest") return () => true;
  return (name, { target }) => asked.some((one) => one.requirement.name === name && isFor(one, target));
}

/** One client of the indexes for all targets. */
async function openSolving(
  context: Context,
  question: TargetQuestion,
): Promise<{ readonly source: PackageSource; readonly solveOne: SolveOne; readonly lowest: IsLowest }> {
  const { inputs, targets, commits, signal } = question;
  const { choices, hashes } = inputs;
  const settings = await settingsFor(context, choices);
  const client = withHashes(createIndexClient(context, settings.index), hashes);
  const isNamed = targets.some((one) => one.interpreter === undefined);
  const helper = isNamed ? await helpingPython(context, targets, signal) : undefined;
  const way = helper === undefined ? undefined : { choices, within: [], interpreter: helper };
  const own = way === undefined ? inputs.own : await ownEverywhere(context, question, { way, source: client });
  const sourceOver = (from: PackageSource): PackageSource | BuildingSource => {
    const listed = withOwnPackages(from, own);
    return way === undefined ? listed : withBuilds(context, listed, way);
  };
  const source = sourceOver(client);
  const opened = new Map<BackendName, TargetSource>();
  /** The same with the index of a backend before the others; each opened once. */
  const over = (backend: BackendName | undefined): TargetSource => {
    if (backend === undefined) return { settings, source };
    const its = withBackendIndexes(settings, [backend]);
    const known = opened.get(backend);
    const found = known ?? {
      settings: its,
      source: sourceOver(withHashes(createIndexClient(context, its.index), hashes)),
    };
    opened.set(backend, found);
    return found;
  };
  const solveOne = async (one: LockTarget, preferences: Versions): Promise<Found> => {
    const { asked, constraints } = inputs;
    const { name, target, interpreter, choice } = one;
    const backend = one.backend === undefined ? undefined : backendOn(one.backend, systemOf(target));
    const wanted = {
      asked,
      constraints,
      choices: backend === undefined ? choices : { ...choices, backend },
      isForElsewhere: true,
      keep: { preferences: relabelled(preferences, backend === undefined ? [] : [backend]) },
      own: interpreter === undefined ? own : inputs.own,
      commits,
      ...(signal === undefined ? {} : { signal }),
    };
    if (interpreter !== undefined) {
      const { lock, notes } = await solve(context, interpreter, { ...wanted, hashes, proposing: "requirements" });
      return { name, target, ...chosenBy(choice), lock, notes };
    }
    try {
      const { lock, notes } = await solveTarget(context, target, over(backend), wanted);
      const all = [...notes, ...sourcesNotes(lock.packages.filter(isFromSources))];
      return { name, target, ...chosenBy(choice), lock, notes: all };
    } catch (error) {
      throw forTarget(error, choice === undefined ? name : `${name} with ${choice}`);
    }
  };
  return { source, solveOne, lowest: lowestBy(choices.resolution ?? settings.resolution, inputs) };
}

function chosenBy(choice: string | undefined): Pick<TargetLock, "choice"> {
  return choice === undefined ? {} : { choice };
}

function systemOf({ markers }: LockTarget["target"]): "linux" | "windows" | "macos" {
  return markers.sys_platform === "win32" ? "windows" : markers.sys_platform === "darwin" ? "macos" : "linux";
}

/**
 * What is asked for by the address of sources, for any target: it is built here, for what it says of itself alone. A
 * target builds it again from the same sources.
 */
async function ownEverywhere(
  context: Context,
  { inputs, targets, commits, signal }: TargetQuestion,
  from: { readonly way: BuildWay; readonly source: PackageSource },
): Promise<OwnPackages> {
  const asked = inputs.asked.filter((one) => targets.some(({ target }) => isFor(one, target)));
  const question = { asked, own: inputs.own, commits, ...(signal === undefined ? {} : { signal }) };
  const known = await ownAsked(context, question, from);
  return new Map([...known].map(([name, one]) => [name, { ...one, filename: anywhere(one.filename) }]));
}

/** `demo-1.0-cp311-cp311-linux_x86_64.whl` -> `demo-1.0-py3-none-any.whl`. */
function anywhere(filename: string): string {
  return `${filename.split("-").slice(0, 2).join("-")}-py3-none-any.whl`;
}

function isFromSources(one: LockedPackage): boolean {
  return isUnbuilt(one) || one.origin !== undefined;
}

/** Reads the metadata of sdists: of a target's version where there is one, since metadata may depend on it. */
export async function helpingPython(
  context: Context,
  targets: readonly LockTarget[],
  signal: AbortSignal | undefined,
): Promise<Interpreter | undefined> {
  const minors = targets.map(({ target }) => target.markers.python_version);
  for (const request of [...new Set(minors), undefined]) {
    try {
      return await interpreterFor(context, request, signal);
    } catch (error) {
      if (!isVenvoyError(error, "PYTHON_NOT_FOUND")) throw error;
    }
  }
  return undefined;
}

function sourcesNotes(packages: readonly LockedPackage[]): readonly string[] {
  if (packages.length === 0) return [];
  const names = packages.map(({ name }) => name).join(", ");
  return [`${names}: built from sources, and what they need was read on this machine, and may differ elsewhere`];
}

/** What another tool built here, from nobody knows what, is here alone: nobody else could bring it. */
function checkPlaces({ packages }: TargetLock["lock"]): void {
  for (const { name, version, wheel, origin } of packages) {
    if (wheel.url !== undefined || origin !== undefined) continue;
    throw new VenvoyError(
      "PACKAGE_BLOCKED",
      `\`${name}\` ${version} is on this machine alone: no index and no address has it`,
      { hint: `ask for a release of \`${name}\`, or leave it out of the lock`, data: { name, version } },
    );
  }
}

async function withFewerVersions(
  first: readonly Found[],
  targets: readonly LockTarget[],
  solveOne: SolveOne,
): Promise<readonly Found[]> {
  const differing = splitPackages(first).length;
  if (differing === 0) return first;
  const oldest = new Map<PackageName, string>();
  for (const { lock } of first) {
    for (const { name, version } of lock.packages) {
      const known = oldest.get(name);
      if (known === undefined || compareVersions(parseVersion(version), parseVersion(known)) < 0)
        oldest.set(name, version);
    }
  }
  const second = await solveEach(targets, solveOne, () => oldest);
  const apart = new Set(splitPackages(second));
  if (apart.size === 0) return second;
  if (apart.size >= differing) return first;
  // What can't be one version everywhere shall not be older anywhere than it needs to be.
  const third = await solveEach(targets, solveOne, (index) => {
    const own = first[index]?.lock.packages.filter(({ name }) => apart.has(name)) ?? [];
    return new Map([...oldest, ...own.map(({ name, version }) => [name, version] as const)]);
  });
  return splitPackages(third).length < differing ? third : first;
}

async function solveEach(
  targets: readonly LockTarget[],
  solveOne: SolveOne,
  preferencesAt: (index: number) => Versions,
): Promise<readonly Found[]> {
  const locks: Found[] = [];
  for (const [index, one] of targets.entries()) locks.push(await solveOne(one, preferencesAt(index)));
  return locks;
}

/** The packages that are not the same version wherever they are. */
export function splitPackages(locks: readonly TargetLock[]): readonly PackageName[] {
  const versions = new Map<PackageName, Set<string>>();
  for (const { lock } of locks) {
    for (const { name, version } of lock.packages) {
      // Builds of one version for several backends are one version.
      const own = backendOf({ packages: [{ name, version }] }) === undefined ? version : parseVersion(version).public;
      versions.set(name, (versions.get(name) ?? new Set()).add(own));
    }
  }
  return [...versions].filter(([, all]) => all.size > 1).map(([name]) => name);
}

function forTarget(error: unknown, name: string): unknown {
  if (!isVenvoyError(error) || error.code === "ABORTED") return error;
  const { code, message, hint, data } = error;
  return new VenvoyError(code, `For ${name}: ${message}`, {
    ...(hint === undefined ? {} : { hint }),
    data: { ...data, target: name },
    cause: error,
  });
}

/** A lock names digests: of a file whose index promises none it is learned by reading the file. */
async function withKnownDigests(
  context: Context,
  one: TargetLock,
  source: PackageSource,
  signal: AbortSignal | undefined,
): Promise<TargetLock> {
  const { lock } = one;
  const missing = lock.packages.filter(({ wheel }) => wheel.sha256 === undefined && wheel.url !== undefined);
  if (missing.length === 0) return one;
  const digests = await withStage(context, context.layout.stage, "lock", async (stage) =>
    Promise.all(
      missing.map(async ({ name, wheel: { filename, url } }) => {
        if (url === undefined) throw new Error(`\`${filename}\` has no address`);
        const to = context.fs.path.join(stage, filename);
        const { sha256 } = await source.fetch({ filename, url }, to, signal === undefined ? {} : { signal });
        return [name, sha256] as const;
      }),
    ),
  );
  return { ...one, lock: withDigests(lock, new Map(digests)) };
}
