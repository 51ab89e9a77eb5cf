import {
  type AbsPath,
  byCodePoint,
  compareCodePoints,
  type PackageName,
  printable,
  VenvoyError,
} from "../../base/index.ts";
import { parseAddress } from "../../build/index.ts";
import { explainingDisk } from "../../disk/index.ts";
import {
  compareVersions,
  directUrlValue,
  type Pylock,
  parsePackageName,
  parsePylock,
  parseVersion,
} from "../../pep/index.ts";
import { lockedTargets, mergeLocks, type TargetLock } from "../../resolve/index.ts";
import { type Context, pathFrom, shownPath } from "../context.ts";
import { isLockFile, readTextFile } from "../files.ts";
import type { FileWish, OperationOptions, ResolveChoices } from "../requests.ts";
import { selectedVersions, versionsByName } from "./earlier-lock.ts";
import { type LockInputs, readInputs } from "./inputs.ts";
import { askedBackends, lockBackends, targetsByBackend } from "./lock-backends.ts";
import { placesIn } from "./lock-sources.ts";
import { type LockTarget, lockTargets } from "./lock-targets.ts";
import { solveTargets, splitPackages } from "./solve-targets.ts";

export interface LockRequest extends OperationOptions, ResolveChoices, FileWish {
  /** Requirements files or `pyproject.toml`. */
  readonly files?: readonly string[];
  /** The environment, in place of files; without either the active one. */
  readonly name?: string;
  /** `linux-x86_64-cp311` …. Left out: those of the file that is there, else this machine's Python. */
  readonly targets?: readonly string[];
  /** Builds for hardware that it shall have: with several, each machine takes its own at install. */
  readonly backends?: readonly string[];
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
  /** Builds for hardware that it has; empty where nobody named any. */
  readonly backends: readonly string[];
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
  const here = await lockTargets(context, names, { python: inputs.choices.python, environment, signal });
  const asked = await askedBackends(context, inputs.choices, { given: request.backends, earlier });
  const backends = lockBackends(asked, { isForTargets: names.length > 0 });
  const targets = targetsByBackend(here, backends);
  const keep = keeper(earlier, inputs.preferences, request.upgrade);
  const commits = keptCommits(inputs.asked, earlier, request.upgrade);
  const { locks, notes } = await solveTargets(context, { inputs, targets, keep, commits, signal });
  const text = mergeLocks(locks, {
    recordTargets: names.length > 0,
    placeOf: placesIn(context, file),
    backends: backends.names,
    ...(backends.choices === undefined ? {} : { choices: backends.choices }),
  });
  const next = parsePylock(text);
  const isCurrent = earlier !== undefined && answers(earlier, next, locks);
  const written = file !== undefined && text !== before && !check && !dryRun;
  if (written) await explainingDisk(file, () => context.fs.writeAtomic(file, text));
  const versions = versionsByName(next);
  return {
    targets: here.map(({ name }) => name),
    backends: backends.names,
    text,
    ...(file === undefined ? {} : { file }),
    written,
    dryRun,
    checked: check,
    isCurrent,
    packageCount: versions.size,
    changes: changesBetween(earlier === undefined ? new Map() : versionsByName(earlier), versions),
    split: splitPackages(locks).map((name) => ({ name, versions: versions.get(name) ?? [] })),
    notes: [...notes, ...passwordNotes(inputs.asked)],
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
  return (target) => {
    if (upgrade === "all") return new Map();
    const kept = [...preferences, ...(earlier === undefined ? [] : selectedVersions(earlier, target).versions)];
    return new Map(kept.filter(([name]) => !free.has(name)));
  };
}

/** The commits of a lock stay, too, where the same branch or tag of the same repository is asked for. */
function keptCommits(
  asked: LockInputs["asked"],
  earlier: Pylock | undefined,
  upgrade: LockRequest["upgrade"],
): ReadonlyMap<string, string> {
  const free = new Set(upgrade === "all" ? [] : (upgrade ?? []).map(parsePackageName));
  const kept = new Map<string, string>();
  if (upgrade === "all") return kept;
  for (const { requirement } of asked) {
    const { name, url } = requirement;
    const address = url === undefined ? undefined : parseAddress(url);
    if (url === undefined || address?.kind !== "git" || free.has(name)) continue;
    const plain = directUrlValue({ url: address.url, directory: {} })["url"];
    const vcs = earlier?.packages.find(
      (one) => one.name === name && one.vcs?.url === plain && one.vcs?.requestedRevision === address.revision,
    )?.vcs;
    if (vcs !== undefined) kept.set(url, vcs.commitId);
  }
  return kept;
}

/** What is left out of the file, and who has to bring it then. */
function passwordNotes(asked: LockInputs["asked"]): readonly string[] {
  const names = asked
    .filter(({ requirement: { url } }) => url !== undefined && /^[\w+.-]+:\/\/[^/@]*:[^/@]*@/.test(url))
    .map(({ requirement }) => requirement.name);
  if (names.length === 0) return [];
  return [
    `the password in the address of ${[...new Set(names)].join(", ")} is not written: netrc or git brings it there`,
  ];
}

/** True when the lock that is there gives each target what was resolved for it now. */
function answers(earlier: Pylock, next: Pylock, locks: readonly TargetLock[]): boolean {
  return locks.every((target) => {
    const [before, after] = [selectedVersions(earlier, target), selectedVersions(next, target)];
    if (!before.isMade || before.contents.size !== after.contents.size) return false;
    return [...after.contents].every(([name, content]) => before.contents.get(name) === content);
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

/** Sources at an address stand behind their version: `1.0 at 3f2a91c`. */
function ascending(versions: readonly string[]): readonly string[] {
  const numberOf = (text: string) => parseVersion(text.split(" ")[0] ?? "");
  return [...versions].sort((a, b) => compareVersions(numberOf(a), numberOf(b)) || byCodePoint(a, b));
}
