import { type AbsPath, isVenvoyError, type SafeUrl, type Sha256, VenvoyError } from "../base/index.ts";
import { withStage } from "../disk/index.ts";
import {
  type Environment,
  generationDir,
  lastUsedMs,
  linkStored,
  placesOf,
  type Receipt,
  readLock,
} from "../env/index.ts";
import { createIndexClient } from "../pypi/index.ts";
import type { Artifact, Section } from "../store/index.ts";
import { sectionTarget } from "../wheel/index.ts";
import { baseOfEnvironment } from "./bases.ts";
import { settingsFor } from "./choices.ts";
import type { Context } from "./context.ts";
import { pipHasWheel } from "./pip-cache.ts";
import { readReferences } from "./references.ts";

/** A file of a tree that is one file with the store's. */
interface Sharer {
  readonly environment: Environment;
  readonly generation: number;
  readonly stored: string;
  readonly at: AbsPath;
}

/** What came of stored files that somebody edited through a tree. */
export interface Restored {
  readonly artifact: Artifact;
  /** Right again; relative to the artifact's root. */
  readonly files: readonly string[];
  /** Could not be made right. */
  readonly left: readonly string[];
  /** Why not; a clause. */
  readonly why?: string;
  /** Where the edit stays, as that environment's own file. */
  readonly keptIn?: Environment;
  /** Where the edited files lie when no environment has them as its own. */
  readonly aside?: AbsPath;
  /** Environments that had the edit with it, and have the original again. */
  readonly relinked: readonly Environment[];
}

/**
 * Takes an edit out of the store. The edited file stays with one environment, the store gets the original from the
 * wheel, and so does every other environment that shared it.
 */
export async function restoreStored(
  context: Context,
  artifact: Artifact,
  files: readonly string[],
  { here, signal }: { readonly here?: Environment; readonly signal?: AbortSignal } = {},
): Promise<Restored> {
  const { environments } = await readReferences(context);
  const users = environments.filter(({ receipts }) =>
    receipts.some((receipt) => receipt.packages.some((item) => item.sha256 === artifact.sha256)),
  );
  const sharers: Sharer[] = [];
  for (const { environment, receipts } of users) {
    for (const receipt of receipts)
      sharers.push(...(await sharersIn(context, artifact, files, { environment, receipt })));
  }
  const keeper = await keeperOf(context, sharers, here);
  const relinked = [...new Set(sharers.map((one) => one.environment).filter((one) => one.id !== keeper?.id))];
  const kept = keeper === undefined ? {} : { keptIn: keeper };
  const held = new Set(sharers.filter((one) => one.environment.id === keeper?.id).map((one) => one.stored));
  try {
    const { restored, aside } = await withWheel(context, artifact, users, signal, async (wheel) => ({
      aside: await putAside(
        context,
        artifact,
        files.filter((file) => !held.has(file)),
      ),
      restored: await context.store.restore(wheel, artifact, files),
    }));
    for (const one of sharers) {
      if (one.environment.id === keeper?.id || !restored.includes(one.stored)) continue;
      await linkStored(context, context.fs.path.join(artifact.root, ...one.stored.split("/")), one.at);
    }
    const left = files.filter((file) => !restored.includes(file));
    const shelf = aside === undefined ? {} : { aside };
    return { artifact, files: restored, left, ...kept, ...shelf, relinked: byName(relinked) };
  } catch (error) {
    if (!isVenvoyError(error) || error.code === "ABORTED") throw error;
    return { artifact, files: [], left: files, why: error.message, ...kept, relinked: byName(relinked) };
  }
}

function byName(environments: readonly Environment[]): readonly Environment[] {
  const found = new Map(environments.map((one) => [one.id, one]));
  return [...found.values()].sort((a, b) => (a.label < b.label ? -1 : 1));
}

async function sharersIn(
  context: Context,
  artifact: Artifact,
  files: readonly string[],
  { environment, receipt }: { readonly environment: Environment; readonly receipt: Receipt },
): Promise<readonly Sharer[]> {
  const { fs } = context;
  if (!receipt.packages.some((item) => item.sha256 === artifact.sha256) || receipt.linkMode === "fold") return [];
  const root = generationDir(fs, environment, receipt.generation);
  const targets = sectionTarget(fs.path, { ...(await placesOf(context, root)), data: root }, artifact);
  const found: Sharer[] = [];
  for (const stored of files) {
    const slash = stored.indexOf("/");
    const at = fs.path.join(targets[stored.slice(0, slash) as Section], ...stored.slice(slash + 1).split("/"));
    const [its, mine] = await fs.linkInfos([fs.path.join(artifact.root, ...stored.split("/")), at]);
    if (mine === undefined || mine.inode !== its?.inode || mine.device !== its.device) continue;
    found.push({ environment, generation: receipt.generation, stored, at });
  }
  return found;
}

/**
 * Whose edit it is. Nobody notes that, so it is told by what Python left: bytecode of the edited file, in one tree only.
 * Else it is the environment that somebody works on now, or did last.
 */
async function keeperOf(
  context: Context,
  sharers: readonly Sharer[],
  here: Environment | undefined,
): Promise<Environment | undefined> {
  const all = new Map(sharers.map((one) => [one.environment.id, one.environment]));
  if (all.size <= 1) return [...all.values()][0];
  const ran = new Map<string, Environment>();
  for (const one of sharers) if (await hasRun(context, one)) ran.set(one.environment.id, one.environment);
  if (ran.size === 1) return [...ran.values()][0];
  if (here !== undefined && all.has(here.id)) return all.get(here.id);
  const used = new Map<string, number>();
  for (const one of all.values()) used.set(one.id, (await lastUsedMs(context, one)) ?? 0);
  return [...all.values()].sort((a, b) => (used.get(b.id) ?? 0) - (used.get(a.id) ?? 0))[0];
}

/** Nobody's edits: written through a folded tree, or of an environment that is gone. */
async function putAside(
  { fs, layout }: Context,
  artifact: Artifact,
  files: readonly string[],
): Promise<AbsPath | undefined> {
  const shelf = fs.path.join(layout.data, "edited", artifact.filename.replace(/\.whl$/, ""));
  let some = false;
  for (const file of files) {
    const from = fs.path.join(artifact.root, ...file.split("/"));
    if ((await fs.linkInfo(from))?.kind !== "file") continue;
    const to = fs.path.join(shelf, ...file.split("/"));
    await fs.makeDir(fs.path.directory(to));
    await fs.copyFile(from, to);
    some = true;
  }
  return some ? shelf : undefined;
}

/** True when the tree has bytecode of the file as it is now. */
async function hasRun({ fs }: Context, { at }: Sharer): Promise<boolean> {
  const info = await fs.linkInfo(at);
  const stem = /^(.*)\.py$/.exec(fs.path.name(at))?.[1];
  if (info === undefined || stem === undefined) return false;
  const cache = fs.path.join(fs.path.directory(at), "__pycache__");
  for (const { name } of (await fs.list(cache)) ?? []) {
    if (!name.startsWith(`${stem}.`)) continue;
    const head = Buffer.from(await fs.readRange(fs.path.join(cache, name), 0, 16));
    const isOfIt = head.length === 16 && head.readUInt32LE(8) === Math.floor(info.modifiedMs / 1_000) % 2 ** 32;
    if (isOfIt && head.readUInt32LE(12) === info.sizeBytes % 2 ** 32) return true;
  }
  return false;
}

/** The wheel that an artifact was unpacked from: of the base's own pip, what pip has kept, else from its address. */
async function withWheel<T>(
  context: Context,
  artifact: Artifact,
  users: readonly { readonly environment: Environment }[],
  signal: AbortSignal | undefined,
  use: (wheel: AbsPath) => Promise<T>,
): Promise<T> {
  const { sha256, filename } = artifact;
  const url = await addressOf(context, sha256, users);
  for (const local of [await bundled(context, users), await pipHasWheel(context, url)]) {
    if (local !== undefined && (await context.fs.digests([local]))[0] === sha256) return use(local);
  }
  if (url === undefined) throw noOriginal(filename);
  const source = createIndexClient(context, (await settingsFor(context, {})).index);
  return withStage(context, context.layout.stage, "restore", async (stage) => {
    const wheel = context.fs.path.join(stage, filename);
    await source.fetch({ filename, url, sha256 }, wheel, signal === undefined ? {} : { signal });
    return use(wheel);
  });
}

/** From any lock that has it: all name the same file. */
async function addressOf(
  context: Context,
  sha256: Sha256,
  users: readonly { readonly environment: Environment }[],
): Promise<SafeUrl | undefined> {
  for (const { environment } of users) {
    const lock = await readLock(context.fs, environment, environment.current.number).catch(() => undefined);
    const found = lock?.packages.find((item) => item.wheel.sha256 === sha256)?.wheel.url;
    if (found !== undefined) return found;
  }
  return undefined;
}

async function bundled(
  context: Context,
  users: readonly { readonly environment: Environment }[],
): Promise<AbsPath | undefined> {
  for (const { environment } of users) {
    const base = await baseOfEnvironment(context, environment).catch(() => undefined);
    if (base?.interpreter.bundledPip !== undefined) return base.interpreter.bundledPip;
  }
  return undefined;
}

function noOriginal(filename: string): VenvoyError {
  return new VenvoyError("OFFLINE_MISSING", `no lock knows an address of \`${filename}\``, { data: { filename } });
}
