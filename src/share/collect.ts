import { isVenvoyError } from "../base/index.ts";
import type { PublicationForm } from "./form.ts";
import { closeLeases, type Lease, readLeases, sweepLeases, wasJustLeft } from "./leases.ts";
import { type Publication, readReleases, recordFile } from "./publication.ts";
import type { ReleaseRecord } from "./records.ts";
import { type ShareIo, shareNow } from "./share-io.ts";

/** Why a release that is older than those to keep is still there. */
export interface KeptRelease {
  readonly release: number;
  readonly reason: "current" | "in-use" | "just-left";
  /** Machines whose leases hold it. */
  readonly hosts: readonly string[];
}

export interface Collected {
  readonly removed: readonly number[];
  readonly kept: readonly KeptRelease[];
  readonly freedBytes: number;
  /** Releases that are damaged: what they need is not known, so no files were taken away. */
  readonly damaged: readonly number[];
}

/**
 * Removes releases but the newest `keep`: never the current one, one in use, or one that readers may still be starting. The record goes
 * first, then the form takes what no record names, out of sight before it is emptied: a kill at any instant leaves whole releases and
 * litter that the next one removes. For the holder of the publication's lock.
 */
export async function collect(
  io: ShareIo,
  publication: Publication,
  form: PublicationForm,
  { keep, current, dryRun }: { readonly keep: number; readonly current: number | undefined; readonly dryRun: boolean },
): Promise<Collected> {
  const { fs } = io;
  const { places } = publication;
  const { records, damaged: unreadable } = await readReleases(io, publication);
  const nowMs = dryRun ? io.clock.now() : await shareNow(io, publication.root);
  const leases = await readLeases(io, publication, nowMs);
  const kept: KeptRelease[] = [];
  const removed: number[] = [];
  for (const { release } of records.slice(0, Math.max(0, records.length - keep))) {
    const hosts = holdersOf(leases, release);
    const reason =
      release === current
        ? "current"
        : hosts.length > 0
          ? "in-use"
          : (await wasJustLeft(io, publication, release, nowMs))
            ? "just-left"
            : undefined;
    if (reason === undefined) removed.push(release);
    else kept.push({ release, reason, hosts });
  }
  if (dryRun) return { removed, kept, freedBytes: 0, damaged: unreadable };
  await sweepLeases(io, leases);
  for (const release of removed) {
    await fs.remove(recordFile(fs, places, release));
    await closeLeases(io, publication, release);
  }
  await fs.syncDir(places.releases);
  const remaining = records.filter(({ release }) => !removed.includes(release));
  const damaged = [...unreadable, ...(await withoutList(io, publication, form, remaining))];
  const freedBytes = damaged.length > 0 ? 0 : await form.sweep(io, publication, remaining);
  return { removed, kept, freedBytes, damaged };
}

async function withoutList(
  io: ShareIo,
  publication: Publication,
  form: PublicationForm,
  records: readonly ReleaseRecord[],
): Promise<readonly number[]> {
  const found: number[] = [];
  for (const record of records) {
    try {
      await form.list(io, publication, record);
    } catch (error) {
      if (!isVenvoyError(error, "PUBLICATION_INVALID")) throw error;
      found.push(record.release);
    }
  }
  return found;
}

/** The machines that use a release. */
export function holdersOf(leases: readonly Lease[], release: number): readonly string[] {
  return [...new Set(leases.filter((one) => one.release === release && one.state !== "over").map(({ host }) => host))];
}
