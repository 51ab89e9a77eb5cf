import type { AbsPath } from "../../base/index.ts";
import {
  currentRelease,
  type FormName,
  formOf,
  onShare,
  openPublication,
  type PackageDifference,
  type PublishedPackage,
  packageDifferences,
  readLeases,
  readReleases,
} from "../../share/index.ts";
import { type Context, pathFrom } from "../context.ts";
import type { OperationOptions } from "../requests.ts";

export interface ReleasesRequest extends OperationOptions {
  readonly destination: string;
  /** Compares every file with what was published. */
  readonly verify?: boolean;
}

export interface PublishedRelease {
  readonly release: number;
  readonly isCurrent: boolean;
  readonly published: string;
  readonly pythonVersion: string;
  readonly platform: string;
  readonly packages: readonly PublishedPackage[];
  readonly files: number;
  readonly bytes: number;
  readonly note: string | undefined;
  /** Machines and processes that use it, as far as they could say so. */
  readonly users: readonly { readonly host: string; readonly pid: number; readonly isRunning: boolean }[];
  /** Against the release before it; empty for the first. */
  readonly changes: readonly PackageDifference[];
  /** Files that differ from what was published; `undefined` when nobody looked. */
  readonly damaged: readonly string[] | undefined;
}

export interface ReleasesReport {
  readonly environment: string;
  readonly id: string;
  readonly form: FormName;
  readonly path: AbsPath;
  readonly current: number | undefined;
  /** Oldest first. */
  readonly releases: readonly PublishedRelease[];
  /** Numbers of releases whose record can't be read. */
  readonly unreadable: readonly number[];
}

/** What was published to a place. Throws `PUBLICATION_UNKNOWN`, `PUBLICATION_INVALID`. */
export async function releases(context: Context, request: ReleasesRequest): Promise<ReleasesReport> {
  const root = pathFrom(context, request.destination);
  return onShare(root, async () => {
    const publication = await openPublication(context, root);
    const { facts } = publication;
    const form = formOf(facts.form);
    const { records, damaged } = await readReleases(context, publication);
    const current = await currentRelease(context, publication);
    // Readers may not write, so they can't ask the share for its time.
    const leases = await readLeases(context, publication, context.clock.now());
    const known = new Map<string, boolean>();
    const found: PublishedRelease[] = [];
    for (const [index, record] of records.entries()) {
      request.signal?.throwIfAborted();
      const before = records[index - 1];
      found.push({
        release: record.release,
        isCurrent: record.release === current,
        published: record.published,
        pythonVersion: record.python,
        platform: record.platform,
        packages: record.packages,
        files: record.files,
        bytes: record.bytes,
        note: record.note,
        users: leases
          .filter(({ release, state }) => release === record.release && state !== "over")
          .map(({ host, pid, state }) => ({ host, pid, isRunning: state === "running" })),
        changes: before === undefined ? [] : packageDifferences(before.packages, record.packages),
        damaged: request.verify === true ? await form.verify(context, publication, record, known) : undefined,
      });
    }
    return {
      environment: facts.name,
      id: facts.id,
      form: facts.form,
      path: root,
      current,
      releases: found,
      unreadable: damaged,
    };
  });
}
