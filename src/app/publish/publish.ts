import { createHash } from "node:crypto";
import { type AbsPath, parseSha256, printable, VenvoyError } from "../../base/index.ts";
import { withLock, withStage } from "../../disk/index.ts";
import type { Environment } from "../../env/index.ts";
import {
  type Collected,
  checkStillThere,
  collect,
  contentOf,
  currentRelease,
  type FormName,
  findPublication,
  formOf,
  makePublication,
  onShare,
  openForLeases,
  type Publication,
  type PublicationForm,
  type Pushed,
  packagesOf,
  parseFileList,
  placesIn,
  printRecord,
  programsOf,
  publicationTaken,
  type ReleaseRecord,
  readReleases,
  recordFile,
  type SealedTree,
  shareNow,
  switchTo,
} from "../../share/index.ts";
import { type Context, pathFrom } from "../context.ts";
import type { OperationOptions } from "../requests.ts";
import { buildSealed, type Sealed } from "../standalone/seal.ts";
import { targetEnvironment } from "../targets.ts";
import { type PackageDifference, packageDifferences } from "./package-differences.ts";
import { mendPrograms, readableList } from "./programs.ts";

export interface PublishRequest extends OperationOptions {
  /** The environment; else the active one. */
  readonly name?: string;
  /** A directory: empty, not there yet, or one that this environment was published to before. */
  readonly destination: string;
  /** For the first release; later ones take the form that is there. */
  readonly form?: FormName;
  /** A sentence for whoever reads the list of releases. */
  readonly note?: string;
  /** How many releases stay, the newest ones; older ones that are used stay, too. */
  readonly keep?: number;
  /** Leaves the current release current. */
  readonly noSwitch?: boolean;
  readonly dryRun?: boolean;
}

export interface PublishReport {
  readonly environment: string;
  readonly path: AbsPath;
  readonly form: FormName;
  /** The new release, or the one that is the same as the environment is now. */
  readonly release: number;
  /** False when nothing has changed since that release. */
  readonly isNew: boolean;
  readonly isFirst: boolean;
  readonly current: number | undefined;
  readonly previous: number | undefined;
  readonly pythonVersion: string;
  readonly platform: string;
  readonly packages: number;
  readonly files: number;
  readonly bytes: number;
  /** What travelled. */
  readonly pushed: Pushed;
  readonly changes: readonly PackageDifference[];
  /** Programs that have launchers. */
  readonly programs: readonly string[];
  readonly collected: Collected | undefined;
  readonly notes: readonly string[];
  readonly dryRun: boolean;
  readonly elapsedMs: number;
}

type Told = Pick<
  PublishReport,
  "release" | "isNew" | "isFirst" | "current" | "previous" | "pushed" | "changes" | "programs" | "collected" | "notes"
>;

interface Work {
  readonly context: Context;
  readonly request: PublishRequest;
  readonly environment: Environment;
  readonly root: AbsPath;
  readonly sealed: Sealed;
  readonly tree: SealedTree;
  readonly signal: AbortSignal;
}

/**
 * Publishes an environment, with its Python, to a directory that others read: only what isn't there travels, and readers have the old
 * release or the new one at every instant. Throws `PUBLICATION_TAKEN`, `PUBLICATION_GONE`, `DISK_FULL`, `DISK_READ_ONLY`, and as `pack`.
 */
export async function publish(context: Context, request: PublishRequest): Promise<PublishReport> {
  const startedMs = context.clock.elapsed();
  const { fs } = context;
  const root = pathFrom(context, request.destination);
  const signal = request.signal ?? new AbortController().signal;
  const environment = await targetEnvironment(context, request.name);
  checkKeep(request.keep);
  const before = await onShare(context, root, () => findPublication(context, root));
  const form = formFor(request, before);
  checkName(before, environment);
  // What can't be written to is told before the tree is built.
  if (request.dryRun !== true) await onShare(context, root, () => probe(context, root));
  return withStage(context, context.layout.stage, "publish", async (stage) => {
    const treeRoot = fs.path.join(stage, "tree");
    await fs.makeDir(treeRoot);
    const sealed = await buildSealed(context, environment, treeRoot, signal);
    const tree = sealedTree(treeRoot, sealed);
    const work = { context, request, environment, root, sealed, tree, signal };
    const told = await onShare(context, root, () =>
      request.dryRun === true
        ? foresee(work, before, form)
        : withLock(context, placesIn(fs, root).lock, { purpose: `publish ${environment.label}`, signal }, () =>
            publishTree(work),
          ),
    );
    return {
      environment: environment.label,
      path: root,
      form: form.name,
      pythonVersion: sealed.tree.pythonVersion,
      platform: sealed.platform,
      packages: packagesOf(tree).length,
      files: tree.files.length + 1,
      bytes: bytesOf(tree),
      ...told,
      notes: [...sealed.tree.notes, ...told.notes],
      dryRun: request.dryRun === true,
      elapsedMs: context.clock.elapsed() - startedMs,
    };
  });
}

/** Under the publication's lock. */
async function publishTree(work: Work): Promise<Told> {
  const { context, request, environment, root, tree, signal } = work;
  // Opened again: whoever held the lock before us may have made it.
  const found = await findPublication(context, root);
  checkName(found, environment);
  const form = formFor(request, found);
  const publication = found ?? (await makePublication(context, root, { form: form.name, name: environment.label }));
  const { records, damaged } = await readReleases(context, publication);
  const current = await currentRelease(context, publication);
  const before = records.find(({ release }) => release === current);
  const same = before !== undefined && (await isSame(context, publication, form, before, tree)) ? before : undefined;
  const release = same?.release ?? Math.max(0, ...damaged, ...records.map((one) => one.release)) + 1;
  const pushed = same === undefined ? await form.push(context, publication, release, tree, signal) : undefined;
  signal.throwIfAborted();
  if (pushed !== undefined) await checkStillThere(context, publication);
  const record = same ?? (await writeRecord(work, publication, release, pushed?.record ?? {}));
  const switches = request.noSwitch !== true || same !== undefined;
  if (switches) await switchTo(context, publication, form, record);
  const now = switches ? release : current;
  const collected =
    request.keep === undefined
      ? undefined
      : await collect(context, publication, form, { keep: request.keep, current: now, dryRun: false });
  const prune = (collected?.removed.length ?? 0) > 0;
  const { programs, notes } = await mendPrograms(context, publication, form, { record, prune });
  return {
    release,
    isNew: same === undefined,
    isFirst: records.length === 0,
    current: now,
    previous: current,
    pushed: { bytes: pushed?.bytes ?? 0, files: pushed?.files ?? 0 },
    changes: before === undefined ? [] : packageDifferences(before.packages, record.packages),
    programs,
    collected,
    notes: [...(pushed?.notes ?? []), ...notes],
  };
}

async function writeRecord(
  { context, request, sealed, tree }: Work,
  publication: Publication,
  release: number,
  extra: Pick<ReleaseRecord, "archive">,
): Promise<ReleaseRecord> {
  const { fs } = context;
  const record: ReleaseRecord = {
    release,
    digest: tree.digest,
    python: sealed.tree.pythonVersion,
    platform: sealed.platform,
    packages: packagesOf(tree),
    bytes: bytesOf(tree),
    files: tree.files.length + 1,
    published: new Date(await shareNow(context, publication.root)).toISOString(),
    ...(request.note === undefined ? {} : { note: printable(request.note, { newlines: false }) }),
    ...extra,
  };
  await openForLeases(context, publication, release);
  const { places } = publication;
  await fs.makeDir(places.releases);
  await fs.writeAtomic(recordFile(fs, places, release), printRecord(record));
  await fs.syncDir(places.releases);
  return record;
}

/** What a publish would do. */
async function foresee(
  { context, request, tree }: Work,
  publication: Publication | undefined,
  form: PublicationForm,
): Promise<Told> {
  const { records, damaged } =
    publication === undefined ? { records: [], damaged: [] } : await readReleases(context, publication);
  const current = publication === undefined ? undefined : await currentRelease(context, publication);
  const before = records.find(({ release }) => release === current);
  const isSameAsBefore =
    publication !== undefined && before !== undefined && (await isSame(context, publication, form, before, tree));
  const next = Math.max(0, ...damaged, ...records.map((one) => one.release)) + 1;
  const release = isSameAsBefore ? (before?.release ?? next) : next;
  return {
    release,
    isNew: !isSameAsBefore,
    isFirst: records.length === 0,
    current: request.noSwitch === true ? current : release,
    previous: current,
    pushed: isSameAsBefore ? { bytes: 0, files: 0 } : await form.plan(context, publication, tree),
    changes: before === undefined ? [] : packageDifferences(before.packages, packagesOf(tree)),
    programs: programsOf(tree),
    collected:
      publication === undefined || request.keep === undefined
        ? undefined
        : await collect(context, publication, form, {
            // The release that would come is one of those to keep.
            keep: isSameAsBefore ? request.keep : Math.max(0, request.keep - 1),
            current,
            dryRun: true,
          }),
    notes: [],
  };
}

async function isSame(
  context: Context,
  publication: Publication,
  form: PublicationForm,
  before: ReleaseRecord,
  tree: SealedTree,
): Promise<boolean> {
  if (before.digest === tree.digest) return true;
  const list = await readableList(context, publication, form, before);
  return list !== undefined && contentOf(list) === contentOf(tree.list);
}

function sealedTree(root: AbsPath, { list, members }: Sealed): SealedTree {
  const { files, links } = parseFileList(list, root);
  const sizes = new Map(members.map(({ path, sizeBytes }) => [path, sizeBytes]));
  return {
    root,
    list,
    digest: parseSha256(createHash("sha256").update(list).digest("hex")),
    files: files.map((file) => ({ ...file, sizeBytes: sizes.get(file.path) ?? 0 })),
    links,
    directories: members.flatMap(({ kind, path }) => (kind === "directory" ? [path] : [])),
  };
}

function bytesOf(tree: SealedTree): number {
  return tree.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, Buffer.byteLength(tree.list));
}

async function probe(context: Context, root: AbsPath): Promise<void> {
  await context.fs.makeDir(root);
  await shareNow(context, root);
}

function formFor({ form }: PublishRequest, publication: Publication | undefined): PublicationForm {
  const there = publication?.facts.form;
  if (publication !== undefined && form !== undefined && form !== there) {
    throw publicationTaken(
      publication.root,
      `its releases have the form \`${there}\``,
      "leave out --as, or name another directory",
    );
  }
  return formOf(there ?? form ?? "share");
}

function checkName(publication: Publication | undefined, { label }: Environment): void {
  if (publication === undefined || publication.facts.name === label) return;
  throw publicationTaken(
    publication.root,
    `it holds the releases of \`${printable(publication.facts.name, { newlines: false })}\``,
    `name another directory for \`${label}\`, or give the environment that name`,
  );
}

function checkKeep(keep: number | undefined): void {
  if (keep === undefined || (Number.isSafeInteger(keep) && keep >= 1)) return;
  throw new VenvoyError("ARGUMENT_INVALID", "`--keep` takes a whole number, 1 or more", { hint: "--keep 5" });
}
