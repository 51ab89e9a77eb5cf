import { isVenvoyError, type PackageName, VenvoyError } from "../../base/index.ts";
import { withStage } from "../../disk/index.ts";
import { compareVersions, parseVersion } from "../../pep/index.ts";
import { createIndexClient, type PackageSource } from "../../pypi/index.ts";
import { type Interpreter, interpreterName } from "../../python/index.ts";
import { isUnbuilt, type LockedPackage, type TargetLock, withDigests } from "../../resolve/index.ts";
import { withBuilds } from "../building/source.ts";
import { settingsFor } from "../choices.ts";
import type { Context } from "../context.ts";
import { checkHashes, withHashes } from "../hashes.ts";
import { interpreterFor, solve, solveTarget } from "../solve.ts";
import type { LockInputs } from "./inputs.ts";
import type { LockTarget } from "./lock-targets.ts";

type Versions = ReadonlyMap<PackageName, string>;

export interface TargetQuestion {
  readonly inputs: LockInputs;
  readonly targets: readonly LockTarget[];
  /** Versions that a target should keep while they fit. */
  readonly keep: (target: LockTarget) => Versions;
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
 * version that serves all goes before a newer one that serves some. Throws as `solve` does, and says for which target.
 */
export async function solveTargets(context: Context, question: TargetQuestion): Promise<TargetsSolved> {
  const { inputs, targets, keep, signal } = question;
  const settings = await settingsFor(context, inputs.choices);
  const client = withHashes(createIndexClient(context, settings.index), inputs.hashes);
  const helper = targets.every((one) => one.interpreter !== undefined)
    ? undefined
    : await helpingPython(context, targets, signal);
  const way = { choices: inputs.choices, within: [] };
  const source = helper === undefined ? client : withBuilds(context, client, { ...way, interpreter: helper });
  const notes = new Set<string>();
  const solveOne = async (one: LockTarget, preferences: Versions): Promise<TargetLock> => {
    const asked = {
      asked: inputs.asked,
      constraints: inputs.constraints,
      choices: inputs.choices,
      keep: { preferences },
      ...(signal === undefined ? {} : { signal }),
    };
    const solved =
      one.interpreter === undefined
        ? await solveTarget(context, one.target, { settings, source }, asked).catch((error: unknown) => {
            throw forTarget(error, one.name);
          })
        : await solve(context, one.interpreter, { ...asked, hashes: inputs.hashes, proposing: "requirements" });
    for (const note of solved.notes) notes.add(note);
    const sources = one.interpreter === undefined ? solved.lock.packages.filter(isUnbuilt) : [];
    if (sources.length > 0 && helper !== undefined) notes.add(sourcesNote(sources, helper));
    return { name: one.name, target: one.target, lock: solved.lock };
  };
  const first: TargetLock[] = [];
  const chosen = new Map<PackageName, string>();
  for (const one of targets) {
    const found = await solveOne(one, new Map([...chosen, ...keep(one)]));
    for (const { name, version } of found.lock.packages) if (!chosen.has(name)) chosen.set(name, version);
    first.push(found);
  }
  const locks = await withFewerVersions(first, targets, solveOne);
  const known: TargetLock[] = [];
  for (const one of locks) known.push(await withKnownDigests(context, one, source, signal));
  for (const { lock } of known) {
    checkPlaces(lock);
    checkHashes(lock, inputs.hashes);
  }
  return { locks: known, source, notes: [...notes] };
}

/** Reads the metadata of sdists: of a target's version where there is one, since metadata may depend on it. */
async function helpingPython(
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

function sourcesNote(packages: readonly LockedPackage[], helper: Interpreter): string {
  const names = packages.map(({ name }) => name).join(", ");
  return `there are only sources of ${names}: what they need was read with ${interpreterName(helper)}, and may differ elsewhere`;
}

/** What was built from a directory or a commit is here alone; nobody else could bring it. */
function checkPlaces({ packages }: TargetLock["lock"]): void {
  for (const { name, version, wheel } of packages) {
    if (wheel.url !== undefined) continue;
    throw new VenvoyError(
      "PACKAGE_BLOCKED",
      `\`${name}\` ${version} is built from sources by their address, which can't be locked or fetched yet`,
      { hint: `ask for a release of \`${name}\`, or leave it out of the lock`, data: { name, version } },
    );
  }
}

async function withFewerVersions(
  first: readonly TargetLock[],
  targets: readonly LockTarget[],
  solveOne: (target: LockTarget, preferences: Versions) => Promise<TargetLock>,
): Promise<readonly TargetLock[]> {
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
  solveOne: (target: LockTarget, preferences: Versions) => Promise<TargetLock>,
  preferencesAt: (index: number) => Versions,
): Promise<readonly TargetLock[]> {
  const locks: TargetLock[] = [];
  for (const [index, one] of targets.entries()) locks.push(await solveOne(one, preferencesAt(index)));
  return locks;
}

/** The packages that are not the same version wherever they are. */
export function splitPackages(locks: readonly TargetLock[]): readonly PackageName[] {
  const versions = new Map<PackageName, Set<string>>();
  for (const { lock } of locks) {
    for (const { name, version } of lock.packages) versions.set(name, (versions.get(name) ?? new Set()).add(version));
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
  const missing = one.lock.packages.filter(({ wheel }) => wheel.sha256 === undefined && wheel.url !== undefined);
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
  return { ...one, lock: withDigests(one.lock, new Map(digests)) };
}
