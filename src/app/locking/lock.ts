import { type AbsPath, compareCodePoints, type PackageName, printable, VenvoyError } from "../../base/index.ts";
import { explainingDisk } from "../../disk/index.ts";
import { compareVersions, type Pylock, parsePackageName, parsePylock, parseVersion } from "../../pep/index.ts";
import { lockedTargets, mergeLocks, type TargetLock } from "../../resolve/index.ts";
import { type Context, pathFrom, shownPath } from "../context.ts";
import { isLockFile, readTextFile } from "../files.ts";
import type { OperationOptions, ResolveChoices } from "../requests.ts";
import { selectedVersions, versionsByName } from "./earlier-lock.ts";
import { readInputs } from "./inputs.ts";
import { type LockTarget, lockTargets } from "./lock-targets.ts";
import { solveTargets, splitPackages } from "./solve-targets.ts";

export interface LockRequest extends OperationOptions, ResolveChoices {
  /** Requirements files or `pyproject.toml`. */
  readonly files?: readonly string[];
  /** The environment, in place of files; without either the active one. */
  readonly name?: string;
  /** `linux-x86_64-cp311` …. Left out: those of the file that is there, else this machine's Python. */
  readonly targets?: readonly string[];
  /** The lock file. What it holds already is kept while it fits. Left out: the text is only answered. */
  readonly output?: string;
  /** Write nothing; the answer's `isCurrent` says whether the file still answers what is asked. */
  readonly check?: boolean;
  /** Packages whose locked versions are not kept. */
  readonly upgrade?: "all" | readonly string[];
  readonly dryRun?: boolean;
}

/** Versions of one package, over all targets; ascending. */
export interface LockChange {
  readonly name: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

export interface LockReport {
  /** In the form of `--target`; the Python of this machine by its version. */
  readonly targets: readonly string[];
  readonly text: string;
  readonly file?: AbsPath;
  readonly written: boolean;
  readonly dryRun: boolean;
  readonly checked: boolean;
  /** True when the file that is there installs the same versions on every target. */
  readonly isCurrent: boolean;
  readonly packageCount: number;
  /** Against the file that is there. */
  readonly changes: readonly LockChange[];
  /** Packages that are not the same version on all targets. */
  readonly split: readonly { readonly name: string; readonly versions: readonly string[] }[];
  readonly notes: readonly string[];
}

/** Resolves what is asked for, for each target, into one `pylock.toml` (PEP 751). No environment is changed. */
export async function lock(context: Context, request: LockRequest): Promise<LockReport> {
  const { signal, check = false, dryRun = false } = request;
  const file = outputOf(context, request);
  const inputs = await readInputs(context, request);
  const before = await textIfThere(context, file);
  const earlier = before === undefined ? undefined : parsePylock(before);
  if (check && file !== undefined && earlier === undefined) {
    throw new VenvoyError("FILE_UNREADABLE", `\`${printable(shownPath(context, file))}\`: there is no such file`, {
      hint: `venvoy lock … -o ${printable(shownPath(context, file))} writes it`,
      data: { file },
    });
  }
  const given = request.targets ?? [];
  const names =
    given.length > 0 || inputs.choices.python !== undefined ? given : ((earlier && lockedTargets(earlier)) ?? []);
  const { environment } = inputs;
  const targets = await lockTargets(context, names, { python: inputs.choices.python, environment, signal });
  const keep = keeper(earlier, inputs.preferences, request.upgrade);
  const { locks, notes } = await solveTargets(context, { inputs, targets, keep, signal });
  const text = mergeLocks(locks, { recordTargets: names.length > 0 });
  const isCurrent = earlier !== undefined && answers(earlier, locks);
  const written = file !== undefined && text !== before && !check && !dryRun;
  if (written) await explainingDisk(file, () => context.fs.writeAtomic(file, text));
  const versions = versionsByName(parsePylock(text));
  return {
    targets: targets.map(({ name }) => name),
    text,
    ...(file === undefined ? {} : { file }),
    written,
    dryRun,
    checked: check,
    isCurrent,
    packageCount: versions.size,
    changes: changesBetween(earlier === undefined ? new Map() : versionsByName(earlier), versions),
    split: splitPackages(locks).map((name) => ({ name, versions: versions.get(name) ?? [] })),
    notes,
  };
}

/** The file to write or check. Other tools know a lock by its name, and so do we. */
function outputOf(context: Context, { output, check, upgrade }: LockRequest): AbsPath | undefined {
  const isAbout = check === true || upgrade !== undefined;
  if (output === undefined && !isAbout) return undefined;
  const file = pathFrom(context, output ?? "pylock.toml");
  if (isLockFile(context, file)) return file;
  throw new VenvoyError("ARGUMENT_INVALID", `\`${printable(shownPath(context, file))}\` is no name of a lock file`, {
    hint: "call it pylock.toml, or pylock.NAME.toml (PEP 751)",
    data: { file },
  });
}

async function textIfThere(context: Context, file: AbsPath | undefined): Promise<string | undefined> {
  if (file === undefined || (await context.fs.info(file)) === undefined) return undefined;
  return readTextFile(context, file);
}

/** What each target holds already goes before what the environment or another target has; upgraded names are free. */
function keeper(
  earlier: Pylock | undefined,
  preferences: ReadonlyMap<PackageName, string>,
  upgrade: LockRequest["upgrade"],
): (target: LockTarget) => ReadonlyMap<PackageName, string> {
  const free = new Set(upgrade === "all" ? [] : (upgrade ?? []).map(parsePackageName));
  return ({ target }) => {
    if (upgrade === "all") return new Map();
    const kept = [...preferences, ...(earlier === undefined ? [] : selectedVersions(earlier, target).versions)];
    return new Map(kept.filter(([name]) => !free.has(name)));
  };
}

/** True when the lock gives each target what was resolved for it now. */
function answers(earlier: Pylock, locks: readonly TargetLock[]): boolean {
  return locks.every(({ target, lock: { packages } }) => {
    const { isMade, versions } = selectedVersions(earlier, target);
    return (
      isMade && versions.size === packages.length && packages.every((one) => versions.get(one.name) === one.version)
    );
  });
}

function changesBetween(
  before: ReadonlyMap<string, readonly string[]>,
  after: ReadonlyMap<string, readonly string[]>,
): readonly LockChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort(compareCodePoints);
  return names.flatMap((name): LockChange[] => {
    const [from, to] = [before.get(name) ?? [], after.get(name) ?? []].map(ascending);
    return from === undefined || to === undefined || from.join() === to.join() ? [] : [{ name, from, to }];
  });
}

function ascending(versions: readonly string[]): readonly string[] {
  return [...versions].sort((a, b) => compareVersions(parseVersion(a), parseVersion(b)));
}
