import { type AbsPath, byCodePoint, type PackageName, printable, VenvoyError } from "../../base/index.ts";
import { isOtherLock } from "../../exchange/index.ts";
import { parsePylock } from "../../pep/index.ts";
import { createIndexClient, type PackageSource } from "../../pypi/index.ts";
import { isUnbuilt, type LockedPackage, lockedBackends, lockedTargets } from "../../resolve/index.ts";
import { settingsFor } from "../choices.ts";
import { type Context, pathFrom } from "../context.ts";
import { readTextFile } from "../files.ts";
import { pythonForLock, readLockFile } from "../lock-file.ts";
import type { FileWish, OperationOptions, ResolveChoices } from "../requests.ts";
import { onlyLockFile, readInputs } from "./inputs.ts";
import { askedBackends, lockBackends, targetsByBackend } from "./lock-backends.ts";
import { type LockTarget, lockTargets } from "./lock-targets.ts";
import { solveTargets } from "./solve-targets.ts";
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
  /** By name. `there`: it lay in the directory already, with the right digest. */
  readonly files: readonly { readonly filename: string; readonly state: "fetched" | "there" | "missing" }[];
  readonly fetchedBytes: number;
  readonly dryRun: boolean;
  readonly notes: readonly string[];
}

interface Wanted {
  readonly targets: readonly LockTarget[];
  readonly files: readonly WheelhouseFile[];
  readonly source: PackageSource;
  readonly notes: readonly string[];
}

/**
 * Brings every file that any of the targets needs into one directory, for `--find-links`. Each gets its name when it is
 * whole, so a run that was cut off is taken up where it stopped. No environment and no lock is changed.
 */
export async function fetchFiles(context: Context, request: FetchRequest): Promise<FetchReport> {
  const { signal, dryRun = false } = request;
  const directory = pathFrom(context, request.output);
  const { targets, files, source, notes } = await wantedFiles(context, request);
  const there = await filesThere(context, directory, files);
  const missing = files.filter((file) => !there.has(file));
  const fetched = dryRun ? 0 : await bringInto(context, directory, { files: missing, source, signal });
  return {
    directory,
    targets: targets.map(({ name }) => name),
    files: files.map((file) => ({
      filename: file.filename,
      state: there.has(file) ? "there" : dryRun ? "missing" : "fetched",
    })),
    fetchedBytes: fetched,
    dryRun,
    notes,
  };
}

async function wantedFiles(context: Context, request: FetchRequest): Promise<Wanted> {
  const lockFile = onlyLockFile(context, request.files ?? []);
  if (lockFile !== undefined) return filesOfLock(context, lockFile, request);
  const { signal } = request;
  const inputs = await readInputs(context, request);
  const { environment } = inputs;
  const here = await lockTargets(context, request.targets ?? [], {
    python: inputs.choices.python,
    environment,
    signal,
  });
  const asked = await askedBackends(context, inputs.choices, { given: request.backends });
  const isForTargets = (request.targets ?? []).length > 0;
  const targets = targetsByBackend(here, lockBackends(asked, { isForTargets }));
  const keep = () => inputs.preferences;
  const { locks, source, notes } = await solveTargets(context, { inputs, targets, keep, signal });
  const packages = locks.flatMap(({ lock }) => lock.packages);
  return { targets: here, files: filesOf(packages), source, notes: [...notes, ...buildNotes(packages)] };
}

/** Exactly the files of a lock: nothing is resolved. */
async function filesOfLock(context: Context, file: AbsPath, request: FetchRequest): Promise<Wanted> {
  const { signal } = request;
  const isOther = isOtherLock(context.fs.path.name(file));
  const earlier = isOther ? undefined : parsePylock(await readTextFile(context, file));
  const named = request.targets ?? [];
  const names = named.length > 0 || request.python !== undefined ? named : ((earlier && lockedTargets(earlier)) ?? []);
  const python = request.python ?? (names.length > 0 ? undefined : await pythonForLock(context, file, signal));
  const targets = await lockTargets(context, names, { python, signal });
  const packages: LockedPackage[] = [];
  const unbuilt: PackageName[] = [];
  const asked = request.backends ?? (earlier && lockedBackends(earlier)) ?? [];
  for (const { target, choice } of targetsByBackend(targets, lockBackends(asked, { isForTargets: true }))) {
    const read = await readLockFile(context, file, { target, request, choice });
    packages.push(...read.lock.packages);
    unbuilt.push(...read.unbuilt);
  }
  const settings = await settingsFor(context, request);
  const source = createIndexClient(context, settings.index);
  return { targets, files: filesOf(packages), source, notes: buildNotes(packages, unbuilt) };
}

function buildNotes(packages: readonly LockedPackage[], unbuilt: readonly string[] = []): readonly string[] {
  const names = [...new Set(packages.filter(isUnbuilt).map(({ name }) => name))];
  const placeless = packages.filter(({ wheel }) => wheel.url === undefined).map(({ name }) => name);
  const elsewhere = [...new Set([...placeless, ...unbuilt])];
  return [
    ...(names.length === 0 ? [] : [`only sources: ${names.join(", ")}; what their builds need is not fetched`]),
    ...(elsewhere.length === 0
      ? []
      : [`not fetched: ${elsewhere.join(", ")}; sources at an address are built where it is installed`]),
  ];
}

/** Sorted by name; two files of one name and different bytes can't lie in one directory. */
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
      throw new VenvoyError("DIGEST_MISMATCH", `\`${printable(filename)}\` is two different files for these targets`, {
        hint: "fetch the targets into a directory each",
        data: { filename, digests: [other.sha256, sha256] },
      });
    }
    known.set(filename, { filename, sha256, url, ...(sizeBytes === undefined ? {} : { sizeBytes }) });
  }
  return [...known.values()].sort((a, b) => byCodePoint(a.filename, b.filename));
}
