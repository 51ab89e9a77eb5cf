import { type AbsPath, isVenvoyError, VenvoyError } from "../base/index.ts";
import { withStage } from "../disk/index.ts";
import type { FetchedFile, PackageSource } from "../pypi/index.ts";
import { isUnbuilt, type Lock, type LockedPackage } from "../resolve/index.ts";
import type { Artifact } from "../store/index.ts";
import type { BuildingSource } from "./building/source.ts";
import type { Context } from "./context.ts";
import type { Judge } from "./host-truth.ts";
import type { Cost } from "./outcomes.ts";
import type { OwnPackage, OwnPackages } from "./own-packages.ts";
import { pipHasWheel } from "./pip-cache.ts";

/** An artifact per package, and the lock with every digest known. */
export interface Obtained {
  readonly artifacts: readonly Artifact[];
  readonly lock: Lock;
}

/** What work with nothing to bring takes. */
export const noCost: Cost = { downloadBytes: 0, downloads: 0, unknownSizes: 0, reused: 0, reusedBytes: 0 };

/** From so many packages on, threads for linking come up while the rest is prepared. */
export const manyPackages = 20;

/** What bringing a lock here will take. */
export async function costOf(
  context: Context,
  lock: Lock,
  { links = true }: { readonly links?: boolean } = {},
): Promise<Cost> {
  // Nearly everybody who counts the cost goes on to link; a folded tree has too few links to be worth a thread.
  if (links && lock.packages.length >= manyPackages) context.fs.expectLinks();
  const here = await Promise.all(
    lock.packages.map(({ wheel: { sha256 } }) => (sha256 === undefined ? undefined : context.store.find(sha256))),
  );
  const missing = lock.packages.filter((_, index) => here[index] === undefined);
  return {
    downloadBytes: missing.reduce((sum, item) => sum + (item.wheel.sizeBytes ?? 0), 0),
    unknownSizes: missing.filter((item) => item.wheel.sizeBytes === undefined).length,
    downloads: missing.length,
    reused: lock.packages.length - missing.length,
    reusedBytes: here.reduce((sum, artifact) => sum + (artifact?.sizeBytes ?? 0), 0),
  };
}

/**
 * Brings every artifact of a lock into the store: downloads overlap with unpacking, and what another process is
 * fetching is waited for. The answer is in the lock's order. A judge is asked of all of them (`untilItRuns`).
 */
export async function obtain(
  context: Context,
  lock: Lock,
  source: BuildingSource,
  {
    own = new Map(),
    judge,
    signal,
  }: { readonly own?: OwnPackages; readonly judge?: Judge; readonly signal?: AbortSignal } = {},
): Promise<Obtained> {
  const abort = new AbortController();
  const stop = (): void => abort.abort(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    // The index client and the store bound what runs at once, by host and by core.
    const wanted = await Promise.all(lock.packages.map((item) => promised(context, item, source, abort.signal)));
    const works = wanted.map((item) =>
      obtainOne(context, item, { source, own: own.get(item.name), signal: abort.signal }),
    );
    const artifacts = await Promise.all(works).catch(async (error: unknown) => {
      // The others are told to stop, and waited for: they take away what they had half done.
      abort.abort(error);
      await Promise.allSettled(works);
      throw error;
    });
    await judge?.check(lock, artifacts);
    const packages = wanted.map((item, index) => asObtained(item, artifacts[index]));
    return { artifacts, lock: { ...lock, packages } };
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** Sources that nobody promises a digest of are read for it: what is built from them is known by it, and so are they. */
async function promised(
  context: Context,
  item: LockedPackage,
  source: PackageSource,
  signal: AbortSignal,
): Promise<LockedPackage> {
  if (!isUnbuilt(item) || item.wheel.sha256 !== undefined) return item;
  return withStage(context, context.layout.stage, "fetch", async (stage) => {
    const { sha256 } = await download(item, source, { to: context.fs.path.join(stage, item.wheel.filename), signal });
    return { ...item, wheel: { ...item.wheel, sha256 } };
  });
}

interface Way {
  readonly source: BuildingSource;
  readonly own: OwnPackage | undefined;
  readonly signal: AbortSignal;
}

async function obtainOne(context: Context, item: LockedPackage, way: Way): Promise<Artifact> {
  const { filename, sha256, sizeBytes, url } = item.wheel;
  const { own, signal } = way;
  if (isUnbuilt(item)) return way.source.built(item, signal);
  const bring = own?.version === item.version ? own.bring : undefined;
  const fetch = (to: AbsPath): Promise<FetchedFile> => fetchWheel(context, item, way, to);
  if (sha256 === undefined) return addUnpromised(context, filename, url === undefined ? (bring ?? fetch) : fetch);
  const found = await context.store.hold(sha256);
  if (found !== undefined) return found;
  if (item.source !== undefined && url === undefined) return way.source.built(item, signal);
  const again = url === undefined && bring === undefined ? await way.source.builtFromOrigin(item, signal) : undefined;
  if (again !== undefined) return again;
  const wanted = { filename, sha256, ...(sizeBytes === undefined ? {} : { sizeBytes }) };
  try {
    const options = { signal, reporter: context.reporter };
    return await context.store.ensure(wanted, async (to) => (await fetch(to)).sha256, options);
  } catch (error) {
    // What is installed here already needn't be fetched.
    if (own === undefined || bring === undefined || !isOutOfReach(error)) throw error;
    return addUnpromised(context, own.filename, bring);
  }
}

function isOutOfReach(error: unknown): boolean {
  return isVenvoyError(error, "OFFLINE_MISSING") || isVenvoyError(error, "INDEX_UNREACHABLE");
}

/** With its digest; and as another file, when the one that was planned couldn't be had. */
function asObtained(item: LockedPackage, artifact: Artifact | undefined): LockedPackage {
  const { sha256 } = item.wheel;
  if (artifact !== undefined && isUnbuilt(item)) {
    return { ...item, wheel: { filename: artifact.filename, sha256: artifact.sha256 }, source: item.wheel };
  }
  if (artifact === undefined || artifact.sha256 === sha256) return item;
  if (sha256 === undefined) return { ...item, wheel: { ...item.wheel, sha256: artifact.sha256 } };
  return { ...item, wheel: { filename: artifact.filename, sha256: artifact.sha256 } };
}

/** A file that nobody promises a digest of is taken as it comes, and known by its digest from then on. */
async function addUnpromised(
  context: Context,
  filename: string,
  fetch: (to: AbsPath) => Promise<FetchedFile>,
): Promise<Artifact> {
  return withStage(context, context.layout.stage, "fetch", async (stage) => {
    const file = context.fs.path.join(stage, filename);
    const { sha256 } = await fetch(file);
    return (await context.store.find(sha256)) ?? context.store.add(file, { filename, sha256 });
  });
}

/** What pip has downloaded, for whatever environment, isn't downloaded again. */
async function fetchWheel(context: Context, item: LockedPackage, way: Way, to: AbsPath): Promise<FetchedFile> {
  const { sha256, url } = item.wheel;
  const kept = sha256 === undefined ? undefined : await pipHasWheel(context, url);
  if (sha256 === undefined || kept === undefined || (await context.fs.digests([kept]))[0] !== sha256)
    return download(item, way.source, { to, signal: way.signal });
  await context.fs.copyFile(kept, to);
  return { sha256, sizeBytes: (await context.fs.info(to))?.sizeBytes ?? 0 };
}

async function download(
  { wheel }: LockedPackage,
  source: PackageSource,
  { to, signal }: { readonly to: AbsPath; readonly signal: AbortSignal },
): Promise<FetchedFile> {
  const { url, filename, sha256, sizeBytes } = wheel;
  if (url === undefined) {
    throw new VenvoyError("OFFLINE_MISSING", `\`${filename}\` is not in the store, and its lock has no address`, {
      hint: "venvoy sync brings it from an index",
      data: { filename, sha256 },
    });
  }
  const wanted = {
    filename,
    url,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  };
  return source.fetch(wanted, to, { signal });
}
