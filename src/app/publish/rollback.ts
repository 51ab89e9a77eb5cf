import type { AbsPath } from "../../base/index.ts";
import { withLock } from "../../disk/index.ts";
import {
  currentRelease,
  formOf,
  mendPrograms,
  onShare,
  openPublication,
  type PackageDifference,
  packageDifferences,
  placesIn,
  publicationInvalid,
  type ReleaseRecord,
  readReleases,
  releaseDir,
  releaseUnknown,
  switchTo,
} from "../../share/index.ts";
import { type Context, pathFrom } from "../context.ts";
import type { OperationOptions } from "../requests.ts";

export interface RollbackRequest extends OperationOptions {
  readonly destination: string;
  /** Any release that is there, also a later one; else the one before the current. */
  readonly release?: number;
  readonly dryRun?: boolean;
}

export interface RollbackReport {
  readonly environment: string;
  readonly path: AbsPath;
  readonly release: number;
  readonly previous: number | undefined;
  readonly changed: boolean;
  readonly pythonVersion: string;
  readonly changes: readonly PackageDifference[];
  readonly notes: readonly string[];
  readonly dryRun: boolean;
}

/**
 * Makes another release of a publication current, in one step; what runs goes on with what it started with. Throws
 * `PUBLICATION_UNKNOWN`, `RELEASE_UNKNOWN`, `DISK_READ_ONLY`.
 */
export async function rollback(context: Context, request: RollbackRequest): Promise<RollbackReport> {
  const { fs } = context;
  const root = pathFrom(context, request.destination);
  return onShare(root, async () => {
    const { facts } = await openPublication(context, root);
    const lock = {
      purpose: `rollback ${facts.name}`,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    };
    return request.dryRun === true
      ? goTo(context, root, request)
      : withLock(context, placesIn(fs, root).lock, lock, () => goTo(context, root, request));
  });
}

async function goTo(context: Context, root: AbsPath, request: RollbackRequest): Promise<RollbackReport> {
  const { fs } = context;
  const publication = await openPublication(context, root);
  const form = formOf(publication.facts.form);
  const { records } = await readReleases(context, publication);
  const current = await currentRelease(context, publication);
  const target = targetOf(root, records, current, request.release);
  if (form.hasTrees && (await fs.info(releaseDir(fs, publication.places, target.release))) === undefined) {
    throw publicationInvalid(releaseDir(fs, publication.places, target.release), "is gone");
  }
  const before = records.find(({ release }) => release === current);
  const report = {
    environment: publication.facts.name,
    path: root,
    release: target.release,
    previous: current,
    changed: target.release !== current,
    pythonVersion: target.python,
    changes: before === undefined ? [] : packageDifferences(before.packages, target.packages),
  };
  if (request.dryRun === true) return { ...report, notes: [], dryRun: true };
  await switchTo(context, publication, form, target);
  const { notes } = await mendPrograms(context, publication, form, { record: target, prune: false });
  return { ...report, notes, dryRun: false };
}

function targetOf(
  root: AbsPath,
  records: readonly ReleaseRecord[],
  current: number | undefined,
  wanted: number | undefined,
): ReleaseRecord {
  const known = records.map(({ release }) => release);
  if (wanted !== undefined) {
    const found = records.find(({ release }) => release === wanted);
    if (found === undefined) throw releaseUnknown(root, wanted, known);
    return found;
  }
  const before = records.findLast(({ release }) => current === undefined || release < current);
  if (before === undefined) throw releaseUnknown(root, `before ${current ?? "the first"}`, known);
  return before;
}
