import type { AbsPath } from "../base/index.ts";
import { withLock } from "../disk/index.ts";
import { fileMode, makeDirLike, modeOf, writeOpenly } from "./access.ts";
import { type Collected, collect } from "./collect.ts";
import { publicationTaken } from "./errors.ts";
import { contentOf, packagesOf, programsOf } from "./file-list.ts";
import type { PublicationForm, Pushed, SealedTree } from "./form.ts";
import { formOf } from "./forms.ts";
import { openForLeases, readLeases, sweepLeases } from "./leases.ts";
import { type PackageDifference, packageDifferences } from "./package-differences.ts";
import { switchTo } from "./pointer.ts";
import { mendPrograms, readableList } from "./programs.ts";
import {
  checkStillThere,
  currentRelease,
  findPublication,
  makePublication,
  type Publication,
  placesIn,
  readReleases,
  recordFile,
} from "./publication.ts";
import { type FormName, printRecord, type ReleaseRecord } from "./records.ts";
import { type ShareIo, shareNow } from "./share-io.ts";

/** What is to be published, and how. */
export interface PublishWish {
  /** The environment's name: a publication holds the releases of one. */
  readonly name: string;
  readonly tree: SealedTree;
  readonly python: string;
  readonly platform: string;
  /** For the first release; later ones take the form that is there. */
  readonly form?: FormName;
  readonly note?: string;
  /** How many releases stay, the newest ones. */
  readonly keep?: number;
  readonly noSwitch?: boolean;
  readonly signal: AbortSignal;
}

export interface Published {
  readonly form: FormName;
  /** The new release, or the current one when the tree is the same. */
  readonly release: number;
  readonly isNew: boolean;
  readonly isFirst: boolean;
  readonly current: number | undefined;
  readonly previous: number | undefined;
  readonly pushed: Pushed;
  readonly changes: readonly PackageDifference[];
  /** Programs of the release that have launchers. */
  readonly programs: readonly string[];
  readonly collected: Collected | undefined;
  readonly notes: readonly string[];
}

/** What is there, and which number comes next. */
interface State {
  readonly publication: Publication | undefined;
  readonly form: PublicationForm;
  readonly current: number | undefined;
  /** The current release, where its record can be read. */
  readonly before: ReleaseRecord | undefined;
  readonly next: number;
}

/**
 * Publishes a sealed tree as the next release of a place, holding its lock; one that is the same as the current release makes none. Readers
 * have the release before or this one at every instant, and so it is after a kill. Throws `PUBLICATION_TAKEN`, `DISK_FULL`, `DISK_READ_ONLY`,
 * `PUBLICATION_GONE`.
 */
export function publishTree(io: ShareIo, root: AbsPath, wish: PublishWish): Promise<Published> {
  const { name, signal } = wish;
  return withLock(io, placesIn(io.fs, root).lock, { purpose: `publish ${name}`, signal }, async () => {
    const state = await stateOf(io, root, wish);
    const { form, current, before } = state;
    const publication = state.publication ?? (await makePublication(io, root, { form: form.name, name }));
    const same = before !== undefined && (await isSame(io, publication, form, before, wish.tree)) ? before : undefined;
    const made = same === undefined ? await makeRelease(io, publication, form, state.next, wish) : undefined;
    const record = made?.record ?? (same as ReleaseRecord);
    const switches = wish.noSwitch !== true || same !== undefined;
    if (switches) await switchTo(io, publication, form, record);
    const now = switches ? record.release : current;
    // Every start leaves one, and only publishers may remove another's.
    if (made !== undefined) await sweepLeases(io, await readLeases(io, publication, await shareNow(io, root)));
    const collected =
      wish.keep === undefined
        ? undefined
        : await collect(io, publication, form, { keep: wish.keep, current: now, dryRun: false });
    const prune = (collected?.removed.length ?? 0) > 0;
    const { programs, notes } = await mendPrograms(io, publication, form, { record, prune });
    return {
      form: form.name,
      release: record.release,
      isNew: same === undefined,
      isFirst: state.next === 1,
      current: now,
      previous: current,
      pushed: made?.pushed ?? { bytes: 0, files: 0 },
      changes: before === undefined ? [] : packageDifferences(before.packages, record.packages),
      programs,
      collected,
      notes: [...(made?.notes ?? []), ...notes],
    };
  });
}

/** What `publishTree` would do; writes nothing. */
export async function foreseePublish(io: ShareIo, root: AbsPath, wish: PublishWish): Promise<Published> {
  const { publication, form, current, before, next } = await stateOf(io, root, wish);
  const { tree, keep } = wish;
  const same =
    publication !== undefined && before !== undefined && (await isSame(io, publication, form, before, tree))
      ? before
      : undefined;
  const release = same?.release ?? next;
  const collected =
    publication === undefined || keep === undefined
      ? undefined
      : await collect(io, publication, form, {
          // The release that would come is one of those to keep.
          keep: same === undefined ? keep - 1 : keep,
          current: wish.noSwitch === true ? current : release,
          dryRun: true,
        });
  return {
    form: form.name,
    release,
    isNew: same === undefined,
    isFirst: next === 1,
    current: wish.noSwitch === true ? current : release,
    previous: current,
    pushed: same === undefined ? await form.plan(io, publication, tree) : { bytes: 0, files: 0 },
    changes: before === undefined ? [] : packageDifferences(before.packages, packagesOf(tree)),
    programs: programsOf(tree),
    collected,
    notes: [],
  };
}

async function makeRelease(
  io: ShareIo,
  publication: Publication,
  form: PublicationForm,
  release: number,
  wish: PublishWish,
): Promise<{ readonly record: ReleaseRecord; readonly pushed: Pushed; readonly notes: readonly string[] }> {
  const { fs } = io;
  const { places, root } = publication;
  const { tree, signal } = wish;
  const { record: extra, notes, bytes, files } = await form.push(io, publication, release, tree, signal);
  signal.throwIfAborted();
  await checkStillThere(io, publication);
  const record: ReleaseRecord = {
    release,
    digest: tree.digest,
    python: wish.python,
    platform: wish.platform,
    packages: packagesOf(tree),
    bytes: bytesOf(tree),
    files: tree.files.length + 1,
    published: new Date(await shareNow(io, root)).toISOString(),
    ...(wish.note === undefined ? {} : { note: wish.note }),
    ...extra,
  };
  const mode = await modeOf(io, root);
  await openForLeases(io, publication, release);
  await makeDirLike(io, places.releases, mode);
  await writeOpenly(io, recordFile(fs, places, release), { text: printRecord(record) }, fileMode(mode, false));
  await fs.syncDir(places.releases);
  return { record, pushed: { bytes, files }, notes };
}

async function stateOf(io: ShareIo, root: AbsPath, { name, form: wanted }: PublishWish): Promise<State> {
  const publication = await findPublication(io, root);
  const form = checkFits(root, publication, { name, ...(wanted === undefined ? {} : { form: wanted }) });
  if (publication === undefined) return { publication, form, current: undefined, before: undefined, next: 1 };
  const { records, damaged } = await readReleases(io, publication);
  const current = await currentRelease(io, publication);
  const before = records.find(({ release }) => release === current);
  const next = Math.max(0, current ?? 0, ...damaged, ...records.map(({ release }) => release)) + 1;
  return { publication, form, current, before, next };
}

/** The form that a release takes. Throws `PUBLICATION_TAKEN` when the place is another environment's, or has another form. */
export function checkFits(
  root: AbsPath,
  publication: Publication | undefined,
  { name, form }: { readonly name: string; readonly form?: FormName },
): PublicationForm {
  if (publication === undefined) return formOf(form ?? "share");
  const { facts } = publication;
  if (facts.name !== name) {
    throw publicationTaken(
      root,
      `it holds the releases of \`${facts.name}\``,
      `name another directory for \`${name}\`, or give the environment that name`,
    );
  }
  if (form === undefined || form === facts.form) return formOf(facts.form);
  throw publicationTaken(
    root,
    `its releases have the form \`${facts.form}\``,
    "leave out --as, or name another directory",
  );
}

async function isSame(
  io: ShareIo,
  publication: Publication,
  form: PublicationForm,
  before: ReleaseRecord,
  tree: SealedTree,
): Promise<boolean> {
  if (before.digest === tree.digest) return true;
  const list = await readableList(io, publication, form, before);
  return list !== undefined && contentOf(list) === contentOf(tree.list);
}

/** Of all files of a tree, its list included. */
export function bytesOf(tree: SealedTree): number {
  return tree.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, Buffer.byteLength(tree.list));
}
