import { type AbsPath, byCodePoint, printable, VenvoyError } from "../../base/index.ts";
import { isOtherLock } from "../../exchange/index.ts";
import { parsePylock } from "../../pep/index.ts";
import { createIndexClient, type PackageSource } from "../../pypi/index.ts";
import type { Interpreter } from "../../python/index.ts";
import { type LockedPackage, lockedBackends, lockedTargets } from "../../resolve/index.ts";
import { settingsFor } from "../choices.ts";
import { type Context, pathFrom } from "../context.ts";
import { readTextFile } from "../files.ts";
import { pythonForLock, readLockFile } from "../lock-file.ts";
import type { FileWish, OperationOptions, ResolveChoices } from "../requests.ts";
import { needsOfBuilds, sdistsOf, type ToBuild } from "./fetch-needs.ts";
import { bringSourceWheels } from "./fetch-sources.ts";
import { onlyLockFile, readInputs } from "./inputs.ts";
import { askedBackends, lockBackends, targetsByBackend } from "./lock-backends.ts";
import { type LockTarget, lockTargets } from "./lock-targets.ts";
import { helpingPython, solveTargets } from "./solve-targets.ts";
import { archivesOf, joined, type SourceWanted, sourcesAsked, sourcesOfLock, twoFiles } from "./wanted-sources.ts";
import { bringInto, filesThere, type WheelhouseFile } from "./wheelhouse.ts";

export interface FetchRequest extends OperationOptions, ResolveChoices, FileWish {
  /** Requirements files, `pyproject.toml`, or one lock file. */
  readonly files?: readonly string[];
  /** The environment, in place of files; without either the active one. */
  readonly name?: string;
  /** `linux-x86_64-cp311` …. Left out: those of the lock file, else this machine's Python. */
  readonly targets?: readonly string[];
  /** Builds for hardware; left out, all that the lock file has. */
  readonly backends?: readonly string[];
  /** The directory for the files. */
  readonly output: string;
  readonly dryRun?: boolean;
}

export interface FetchReport {
  readonly directory: AbsPath;
  readonly targets: readonly string[];
  /**
   * By name. `there`: it lay in the directory already, with the right digest. `built`: a wheel that was made here of a
   * repository or a directory.
   */
  readonly files: readonly { readonly filename: string; readonly state: "fetched" | "built" | "there" | "missing" }[];
  readonly fetchedBytes: number;
  readonly dryRun: boolean;
  readonly notes: readonly string[];
}

/** What each target needs, before it is looked at where it comes from. */
interface Needed {
  readonly targets: readonly LockTarget[];
  readonly solved: readonly { readonly target: LockTarget; readonly packages: readonly LockedPackage[] }[];
  readonly sources: readonly SourceWanted[];
  readonly choices: ResolveChoices;
  readonly source: PackageSource;
  readonly notes: readonly string[];
}

/**
 * Brings every file that any of the targets needs into one directory, for `--find-links`. Each gets its name when it is
 * whole, so a run that was cut off is taken up where it stopped. Repositories and directories come as wheels, which are
 * built here; what is built elsewhere comes with what its build needs. No environment and no lock is changed.
 */
export async function fetchFiles(context: Context, request: FetchRequest): Promise<FetchReport> {
  const { signal = new AbortController().signal, dryRun = false } = request;
  const directory = pathFrom(context, request.output);
  const { targets, solved, sources, choices, source, notes } = await needed(context, request);
  let helping: Promise<Interpreter | undefined> | undefined;
  const helper = () => (helping ??= helpingPython(context, targets, signal));
  const archives = archivesOf(sources);
  const toBuild = [
    ...sdistsOf(solved),
    ...archives.map(({ of, sha256 }) => ({ ...of, url: `${of.url.replace(/#.*$/s, "")}#${fragmentOf(of, sha256)}` })),
  ];
  const way = { choices, source, helper, dryRun, signal };
  const needs = await needsOfBuilds(context, toBuild, way);
  const files = withArchives(filesOf([...solved.flatMap(({ packages }) => packages), ...needs.packages]), archives);
  const there = await filesThere(context, directory, files);
  const missing = files.filter((file) => !there.has(file));
  const fetched = dryRun ? 0 : await bringInto(context, directory, { files: missing, source, signal });
  const made = await bringSourceWheels(context, directory, { sources, archives, way });
  const brought = files.map((file) => ({
    filename: file.filename,
    state: there.has(file) ? ("there" as const) : dryRun ? ("missing" as const) : ("fetched" as const),
  }));
  return {
    directory,
    targets: targets.map(({ name }) => name),
    files: [...brought, ...made.wheels].sort((a, b) => byCodePoint(a.filename, b.filename)),
    fetchedBytes: fetched,
    dryRun,
    notes: [...new Set([...notes, ...toBuildNotes(toBuild), ...needs.notes, ...made.notes])],
  };
}

function fragmentOf({ address }: SourceWanted, sha256: string | undefined): string {
  const { subdirectory } = address;
  return [`sha256=${sha256}`, ...(subdirectory === undefined ? [] : [`subdirectory=${subdirectory}`])].join("&");
}

async function needed(context: Context, request: FetchRequest): Promise<Needed> {
  const lockFile = onlyLockFile(context, request.files ?? []);
  if (lockFile !== undefined) return neededByLock(context, lockFile, request);
  const { signal } = request;
  const inputs = await readInputs(context, request);
  const { environment, choices, asked } = inputs;
  const here = await lockTargets(context, request.targets ?? [], { python: choices.python, environment, signal });
  const backends = await askedBackends(context, choices, { given: request.backends });
  const isForTargets = (request.targets ?? []).length > 0;
  const targets = targetsByBackend(here, lockBackends(backends, { isForTargets }));
  const keep = () => inputs.preferences;
  const { locks, source, notes } = await solveTargets(context, { inputs, targets, keep, signal });
  const solved = locks.flatMap(({ lock }, index) => {
    const target = targets[index];
    return target === undefined ? [] : [{ target, lock, packages: lock.packages }];
  });
  const sources = sourcesAsked(asked, solved);
  return { targets: here, solved, sources, choices, source, notes };
}

/** Exactly the files of a lock: nothing is resolved. */
async function neededByLock(context: Context, file: AbsPath, request: FetchRequest): Promise<Needed> {
  const { signal } = request;
  const isOther = isOtherLock(context.fs.path.name(file));
  const earlier = isOther ? undefined : parsePylock(await readTextFile(context, file));
  const named = request.targets ?? [];
  const names = named.length > 0 || request.python !== undefined ? named : ((earlier && lockedTargets(earlier)) ?? []);
  const python = request.python ?? (names.length > 0 ? undefined : await pythonForLock(context, file, signal));
  const targets = await lockTargets(context, names, { python, signal });
  const solved: { readonly target: LockTarget; readonly packages: readonly LockedPackage[] }[] = [];
  const sources: SourceWanted[] = [];
  const asked = request.backends ?? (earlier && lockedBackends(earlier)) ?? [];
  for (const one of targetsByBackend(targets, lockBackends(asked, { isForTargets: true }))) {
    const { target, choice } = one;
    const read = await readLockFile(context, file, { target, request, choice });
    solved.push({ target: one, packages: read.lock.packages });
    sources.push(...sourcesOfLock(read.unbuilt, one));
  }
  const settings = await settingsFor(context, request);
  const source = createIndexClient(context, settings.index);
  return { targets, solved, sources: joined(sources), choices: request, source, notes: [] };
}

function toBuildNotes(toBuild: readonly ToBuild[]): readonly string[] {
  const names = [...new Set(toBuild.map(({ name }) => name))];
  return names.length === 0 ? [] : [`only sources: ${names.join(", ")}; built where it is installed`];
}

/** The archives of addresses beside the files of indexes. */
function withArchives(
  files: readonly WheelhouseFile[],
  archives: readonly WheelhouseFile[],
): readonly WheelhouseFile[] {
  const known = new Map(files.map((file) => [file.filename, file]));
  for (const file of archives) {
    const other = known.get(file.filename);
    if (other !== undefined && other.sha256 !== file.sha256) throw twoFiles(file.filename);
    known.set(file.filename, file);
  }
  return [...known.values()];
}

function filesOf(packages: readonly LockedPackage[]): readonly WheelhouseFile[] {
  const known = new Map<string, WheelhouseFile>();
  for (const { name, wheel } of packages) {
    const { filename, sha256, url, sizeBytes } = wheel;
    if (sha256 === undefined || url === undefined) continue;
    if (/[/\\]/.test(filename)) {
      throw new VenvoyError("LOCK_INVALID", `\`${printable(filename)}\`, a file of \`${name}\`, has no plain name`);
    }
    const other = known.get(filename);
    if (other !== undefined && other.sha256 !== sha256) {
      throw twoFiles(filename, [other.sha256 ?? "", sha256]);
    }
    known.set(filename, { filename, sha256, url, ...(sizeBytes === undefined ? {} : { sizeBytes }) });
  }
  return [...known.values()];
}
