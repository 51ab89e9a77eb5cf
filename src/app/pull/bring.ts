import { isVenvoyError } from "../../base/index.ts";
import { withLock } from "../../disk/index.ts";
import { type Environment, releaseListFile, type TreeRequest, type VersionRecord } from "../../env/index.ts";
import { inOp } from "../../ports/index.ts";
import {
  checkStillThere,
  currentRelease,
  formOf,
  onShare,
  openPublication,
  type Publication,
  publicationGone,
  readReleases,
  releaseUnknown,
  takeLease,
} from "../../share/index.ts";
import type { Brought } from "../../store/index.ts";
import type { Context } from "../context.ts";
import { contentOfList, type ListedRelease, readListed, readReleaseRecord } from "./release.ts";
import { treeRequest } from "./release-tree.ts";

/** A release whose files are all here, and what had to travel for that. */
export interface BroughtRelease extends ListedRelease {
  readonly moved: Brought;
}

export interface BringRequest {
  /** This very release; else the one that is current, also when that changes meanwhile. */
  readonly release: number | undefined;
  /** What whoever waits is told. */
  readonly purpose: string;
  /** Says what would travel, and copies nothing. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** How often a release may be collected under a reader before that is told. */
const attempts = 5;

/**
 * Copies what the store lacks of a release. Who publishes may collect the release meanwhile, where nobody could say that it
 * is read: then the one that is current now is taken.
 */
export async function bringRelease(
  context: Context,
  publication: Publication,
  request: BringRequest,
): Promise<BroughtRelease> {
  for (let attempt = 1; ; attempt++) {
    const number = request.release ?? (await currentOf(context, publication));
    try {
      return await bringOnce(context, publication, number, request);
    } catch (error) {
      await checkStillThere(context, publication);
      const { records } = await readReleases(context, publication);
      if (records.some(({ release }) => release === number) || attempt === attempts) throw error;
      if (request.release !== undefined)
        throw releaseUnknown(
          publication.root,
          number,
          records.map(({ release }) => release),
        );
    }
  }
}

/** The release that the pointer names. Throws `RELEASE_UNKNOWN` when nothing was published yet. */
export async function currentOf(context: Context, publication: Publication): Promise<number> {
  const current = await currentRelease(context, publication);
  if (current === undefined) throw releaseUnknown(publication.root, "current", []);
  return current;
}

async function bringOnce(
  context: Context,
  publication: Publication,
  number: number,
  { purpose, signal, dryRun }: BringRequest,
): Promise<BroughtRelease> {
  const { layout, objects, reporter } = context;
  const stop = signal === undefined ? {} : { signal };
  await using _lease = dryRun === true ? undefined : await takeLease(context, publication, number);
  const record = await readReleaseRecord(context, publication, number);
  const listed = await readListed(context, publication, record);
  const { files } = listed.content;
  const form = formOf(publication.facts.form);
  // One at a time for each publication: the second finds everything here.
  const lock = context.fs.path.join(layout.objects, ".locks", publication.facts.id);
  const moved = await withLock(context, lock, { purpose, ...stop }, async () => {
    const missing = await objects.missing(files);
    if (missing.length === 0) return { files: 0, bytes: 0 };
    return form.withObjects(context, publication, record, async (from) => {
      if (dryRun === true) return objects.measure(from, missing);
      const label = `${publication.facts.name} release ${number}`;
      const { bytes } = await objects.measure(from, missing);
      return inOp(reporter, { kind: "fetch", label, total: bytes }, (id) =>
        objects.bring(from, missing, {
          ...stop,
          onProgress: (_files, done) => reporter.emit({ type: "op:progress", id, done }),
        }),
      );
    });
  });
  return { ...listed, moved };
}

/**
 * How the tree of a version is made again that is gone: from the store, and from where it was published what is missing
 * there.
 */
export async function releaseAgain(
  context: Context,
  environment: Environment,
  { number, wanted, pythonVersion, base }: VersionRecord,
  signal?: AbortSignal,
): Promise<TreeRequest> {
  const { fs, objects } = context;
  const { publication: ref } = wanted;
  if (ref === undefined) throw new Error("a version of something else");
  const file = releaseListFile(fs, environment, number);
  const list = await fs.readText(file).catch(() => undefined);
  const options = { kind: environment.kind, signal };
  if (list !== undefined) {
    const content = contentOfList(context, list, file);
    if ((await objects.missing(content.files)).length === 0)
      return treeRequest(context, { python: pythonVersion, madeFor: { base }, list, content }, options);
  }
  const root = fs.path.resolve(context.system.cwd, ref.from);
  return onShare(root, async () => {
    const publication = await openPublication(context, root);
    if (publication.facts.id !== ref.id) throw publicationGone(root);
    const purpose = `bring release ${ref.release} of ${environment.label} again`;
    const brought = await bringRelease(context, publication, { release: ref.release, purpose, signal });
    return treeRequest(context, localOf(brought), options);
  });
}

/** What of a release counts once its files are here. */
export function localOf({ record, list, content }: ListedRelease): Parameters<typeof treeRequest>[1] {
  return { python: record.python, madeFor: { platform: record.platform }, list, content };
}

/** The share isn't there: nothing is known of what it holds. */
export function isUnreachable(error: unknown): boolean {
  return isVenvoyError(error, "PUBLICATION_UNKNOWN") || isVenvoyError(error, "PUBLICATION_GONE");
}
