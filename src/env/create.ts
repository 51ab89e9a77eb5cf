import type { AbsPath, EnvId, EnvName } from "../base/index.ts";
import { createHash } from "../codec/index.ts";
import { explainingDisk, sweepStages, withLock, withStage } from "../disk/index.ts";
import { buildVersionAt, type ChangeRequest, type EnvContext, recordOf, writeIntent, writeRecord } from "./change.ts";
import { holdsOthers, linkDirectoryTree, unlinkDirectoryTree } from "./directory-tree.ts";
import type { EnvIo } from "./env-io.ts";
import { type Environment, intentAt, readEnvironment, settleCurrent } from "./environment.ts";
import { newEnvId, parseDirectoryName } from "./environment-id.ts";
import { directoryTaken, envExists } from "./errors.ts";
import { type Intent, wantedOf } from "./intent.ts";
import { finishDeletion } from "./move-across.ts";
import { checkDistinct, nameKey, parseEnvName, sameName } from "./name.ts";
import {
  centralPlace,
  currentLink,
  currentTarget,
  directoryPlace,
  generationDir,
  innerDirectory,
  isInPlace,
  labelOf,
  type Place,
  trashDir,
  usedFile,
} from "./place.ts";
import { deploy } from "./plain-swap.ts";
import { linkText } from "./read-files.ts";
import { directoryEnvName, findDirectory, listPlaces } from "./registry.ts";
import { writeVariables } from "./variables.ts";

export type CreateRequest = ChangeRequest & {
  readonly purpose?: string;
  readonly temporary?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
};

/**
 * Makes a named environment with its first version. It appears whole, by one rename, under its name and under the path for
 * people. Throws `ENV_NAME_INVALID`, `ENV_EXISTS`.
 */
export async function createNamed(
  io: EnvIo,
  context: EnvContext,
  text: string,
  request: CreateRequest,
): Promise<Environment> {
  const name = parseEnvName(text);
  const { layout } = context;
  await explainingDisk(layout.envs, () => io.fs.makeDir(layout.envs));
  const lock = nameLock(io, context, name);
  const purpose = `create ${name}`;
  return withLock(io, lock, { purpose, ...signalOf(request) }, async () => {
    await checkFree(io, context, name);
    const place = centralPlace(io.fs, layout, name, await freshId(io, context));
    await sweepStages(io, layout.stage);
    await withStage(io, layout.stage, `new-${place.id}`, async (stage) => {
      await buildFirst(io, context, { place, dir: stage }, request);
      await appear(io, place, () => explainingDisk(place.dir, () => io.fs.rename(stage, place.dir)));
    });
    await settleCurrent(io.fs, place, 1);
    return readEnvironment(io.fs, place);
  });
}

/**
 * Makes an environment in a directory: `DIR/.venvoy` holds it, and the names that every tool looks for (`bin`, `lib`,
 * `pyvenv.cfg`) are links into its current version. The directory must be absent or empty.
 */
export async function createInDirectory(
  io: EnvIo,
  context: EnvContext,
  directory: AbsPath,
  request: CreateRequest,
): Promise<Environment> {
  const { fs } = io;
  const name = directoryEnvName(fs, directory);
  const parent = fs.path.directory(directory);
  await explainingDisk(parent, () => fs.makeDir(parent));
  const lock = directoryLock(io, context, directory);
  return withLock(io, lock, { purpose: `create ${directory}`, ...signalOf(request) }, async () => {
    const place = directoryPlace(fs, name, await freshId(io, context), directory);
    await checkEmpty(io, context, directory);
    await sweepStages(io, parent);
    await withStage(io, parent, ".venvoy-new", async (stage) => {
      await buildFirst(io, context, { place, dir: fs.path.join(stage, innerDirectory) }, request);
      if (isInPlace(place, request.wanted)) await unpackFirst(io, stage);
      else await linkDirectoryTree(io, stage, generationDir(fs, { dir: fs.path.join(stage, innerDirectory) }, 1));
      await explainingDisk(directory, async () => {
        // Only what is venvoy's own: a person may have put something there while the tree was built.
        await unlinkDirectoryTree(io, directory);
        if ((await fs.linkInfo(directory)) !== undefined) throw directoryTaken(directory);
        await fs.rename(stage, directory);
      });
    });
    if (!isInPlace(place, request.wanted)) await settleCurrent(fs, place, 1);
    await register(io, context, place);
    return readEnvironment(fs, place);
  });
}

/** In a stage nobody watches: the first tree of a plain directory simply takes its place. */
async function unpackFirst(io: EnvIo, stage: AbsPath): Promise<void> {
  const { fs } = io;
  const inner = { dir: fs.path.join(stage, innerDirectory), root: stage };
  await deploy(io, inner, 1);
  // Version control needn't know what can be made again.
  await fs.write(fs.path.join(inner.dir, ".gitignore"), "*\n");
}

/**
 * Makes an environment of a directory that holds packages already: what lies there stays and is nobody's asked-for yet;
 * the next change takes over what other installers put there. The request has no packages of its own.
 */
export async function adoptDirectory(
  io: EnvIo,
  context: EnvContext,
  directory: AbsPath,
  request: CreateRequest,
): Promise<Environment> {
  const { fs } = io;
  const name = directoryEnvName(fs, directory);
  const lock = directoryLock(io, context, directory);
  return withLock(io, lock, { purpose: `take over ${directory}`, ...signalOf(request) }, async () => {
    const existing = await findDirectory(fs, context.layout, directory);
    if (existing !== undefined) throw envExists(labelOf(existing), labelOf(existing));
    const place = directoryPlace(fs, name, await freshId(io, context), directory);
    await sweepStages(io, directory);
    await withStage(io, directory, ".venvoy-new", async (stage) => {
      await buildFirst(io, context, { place, dir: fs.path.join(stage, innerDirectory) }, request);
      await unpackFirst(io, stage);
      await explainingDisk(directory, () => fs.rename(fs.path.join(stage, innerDirectory), place.dir));
    });
    await register(io, context, place);
    return readEnvironment(fs, place);
  });
}

/**
 * Runs the rename that makes a directory the environment. The link for people is there before, leading nowhere: no kill
 * comes between the two.
 */
export async function appear(io: EnvIo, place: Place, commit: () => Promise<void>): Promise<void> {
  await linkName(io, place);
  try {
    await commit();
  } catch (error) {
    const isOurs = (await linkText(io.fs, place.root)) === nameTarget(place);
    if (isOurs && (await io.fs.linkInfo(place.dir)) === undefined) await io.fs.remove(place.root);
    throw error;
  }
}

/** Points `envs/<name>` at an environment. */
export async function linkName(io: EnvIo, place: Place): Promise<void> {
  await explainingDisk(place.root, () => io.fs.replaceLink(nameTarget(place), place.root, "directory"));
}

function nameTarget({ name, id }: Place): string {
  return `${name}-${id}/current`;
}

/** Makes an environment in a chosen directory known to `list`. */
export async function register(io: EnvIo, context: EnvContext, place: Place): Promise<void> {
  const { envs } = context.layout;
  const link = io.fs.path.join(envs, `${place.name}-${place.id}`);
  // A directory that was removed by hand and made again is one environment, the new one.
  for (const { name, kind } of (await io.fs.list(envs)) ?? []) {
    const other = io.fs.path.join(envs, name);
    const isStale = kind === "symlink" && other !== link && (await linkText(io.fs, other)) === place.dir;
    if (isStale && parseDirectoryName(name) !== undefined) await io.fs.remove(other);
  }
  await explainingDisk(link, () => io.fs.replaceLink(place.dir, link, "directory"));
}

/** The lock that all who want to give or take a name hold. */
export function nameLock(io: Pick<EnvIo, "fs">, context: EnvContext, name: EnvName): AbsPath {
  return io.fs.path.join(context.layout.envs, ".locks", `name-${hashed(nameKey(name))}`);
}

/** The lock that all who want to make an environment of a directory, or bring one back there, hold. */
export function directoryLock(io: Pick<EnvIo, "fs">, context: EnvContext, directory: AbsPath): AbsPath {
  return io.fs.path.join(context.layout.envs, ".locks", `at-${hashed(directory)}`);
}

/**
 * Throws `ENV_EXISTS` when the name is taken, `ENV_NAME_INVALID` when it can't be told from one that is. `own` is the
 * environment that gets the name: its present one may differ from it by case only.
 */
export async function checkFree(io: EnvIo, context: EnvContext, name: EnvName, own?: EnvId): Promise<void> {
  const names = (await listPlaces(io.fs, context.layout)).filter(
    (place) => place.kind === "central" && place.id !== own,
  );
  const same = names.find((place) => sameName(place.name, name));
  if (same !== undefined) throw envExists(name, same.name);
  checkDistinct(
    name,
    names.map((place) => place.name),
  );
}

async function checkEmpty(io: EnvIo, context: EnvContext, directory: AbsPath): Promise<void> {
  const existing = await findDirectory(io.fs, context.layout, directory);
  if (existing !== undefined) throw envExists(labelOf(existing), labelOf(existing));
  const info = await io.fs.linkInfo(directory);
  if (info === undefined) return;
  await finishDeletion(io, context, directory);
  // A deletion that was killed halfway leaves links that lead nowhere; they are as good as nothing.
  if (info.kind !== "directory" || (await holdsOthers(io, directory))) throw directoryTaken(directory);
}

/** Everything inside the environment's directory, while that is still a stage. */
async function buildFirst(
  io: EnvIo,
  context: EnvContext,
  { place, dir }: { readonly place: Place; readonly dir: AbsPath },
  request: CreateRequest,
): Promise<void> {
  const { fs } = io;
  const startedMs = io.clock.elapsed();
  const stage: Place = { ...place, dir };
  const tree = generationDir(fs, stage, 1);
  await explainingDisk(dir, async () => {
    await fs.makeDir(tree);
    const built = await buildVersionAt(io, context, { place, tree }, { number: 1, request, wanted: request.wanted });
    const record = recordOf(io, request, { number: 1, from: undefined, built, startedMs });
    await writeRecord(io, stage, record, request.lock);
    await writeIntent(io, stage, intentAt(firstIntent(io, place.id, request), record));
    if (request.variables !== undefined) await writeVariables(io, stage, request.variables);
    await fs.write(usedFile(fs, stage), "");
    if (!isInPlace(place, request.wanted)) await fs.symlink(currentTarget(1), currentLink(fs, stage), "directory");
    await fs.syncDir(dir);
  });
}

function firstIntent(io: EnvIo, id: EnvId, request: CreateRequest): Intent {
  return {
    ...wantedOf(request.wanted),
    id,
    createdMs: Math.round(io.clock.now()),
    former: [],
    owner: io.system.user,
    purpose: request.purpose,
    variables: request.variables ?? {},
    protected: false,
    temporary: request.temporary ?? false,
    tracked: [],
    standing: { generation: 1, latest: 1, base: "", pythonVersion: "", packages: 0 },
  };
}

async function freshId(io: EnvIo, { layout }: EnvContext): Promise<EnvId> {
  const entries = [...((await io.fs.list(layout.envs)) ?? []), ...((await io.fs.list(trashDir(io.fs, layout))) ?? [])];
  const taken = entries.flatMap((entry) => parseDirectoryName(entry.name.split("@")[0] ?? "")?.id ?? []);
  return newEnvId(io.system, new Set(taken));
}

function signalOf(request: CreateRequest): Pick<CreateRequest, "signal" | "parent"> {
  return {
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    ...(request.parent === undefined ? {} : { parent: request.parent }),
  };
}

function hashed(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
