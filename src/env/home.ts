import type { AbsPath, EnvName } from "../base/index.ts";
import { withLock } from "../disk/index.ts";
import type { OpId, System } from "../ports/index.ts";
import { type ActiveEnvironment, activeEnvironment } from "./active.ts";
import type { EnvContext } from "./change.ts";
import {
  adoptDirectory,
  type CreateRequest,
  checkFree,
  createInDirectory,
  createNamed,
  directoryLock,
  nameLock,
} from "./create.ts";
import { type Deleted, listDeleted } from "./deleted.ts";
import type { EnvIo } from "./env-io.ts";
import { type Environment, readEnvironment } from "./environment.ts";
import { envUnknown, notRestorable } from "./errors.ts";
import { HeldEnvironment } from "./held.ts";
import { isDirectoryName, nameKey, parseEnvName } from "./name.ts";
import { lockFile, type Place } from "./place.ts";
import { recover } from "./recover.ts";
import { findPlace, listPlaces, nearNames, placeNow } from "./registry.ts";
import { checkRemovable, type RemoveOptions, remove } from "./remove.ts";
import { type RenameOptions, rename } from "./rename.ts";
import { type EnvironmentSummary, listEnvironments, summariesOf } from "./summary.ts";
import { type Swept, sweep } from "./sweep.ts";
import { bringBack } from "./trash.ts";
import { findLeftovers } from "./unfinished.ts";
import { noteUse, usedFrom } from "./used.ts";

export interface LockOptions {
  /** What will be done, for whoever has to wait: "add numpy to demo". */
  readonly purpose: string;
  readonly signal?: AbortSignal;
  readonly parent?: OpId;
}

export interface FindOptions {
  /** Not by a name that an environment had before: for whoever wants to give the name. */
  readonly exact?: boolean;
}

/** All environments of one data directory. */
export interface EnvironmentHome {
  list(): Promise<readonly EnvironmentSummary[]>;
  /** The lines of `list` for some environments, without reading the others. */
  summaries(places: readonly Place[]): Promise<readonly EnvironmentSummary[]>;
  /** By name (also one that it had, which is told), or by directory (`./env`, `/abs`). `undefined` when there is none. Throws `ENV_NAME_INVALID`. */
  find(name: string, options?: FindOptions): Promise<Environment | undefined>;
  /** Throws `ENV_UNKNOWN` with near names, `ENV_BROKEN`. */
  open(name: string): Promise<Environment>;
  /** The place only, without reading what is in it; for an environment that can't be read. */
  locate(name: string): Promise<Place>;
  /** By its id, which no rename changes; for what is written down for good, such as kernels. */
  byId(id: string): Promise<Environment | undefined>;
  /** The environment that the person's shell is in. */
  active(env?: System["env"]): Promise<ActiveEnvironment | undefined>;
  /** Makes an environment with its first version; `name` may be a directory. Throws `ENV_EXISTS`. */
  create(name: string, request: CreateRequest): Promise<Environment>;
  /** Makes a plain environment of a directory that holds packages of others, which stay. Throws `ENV_EXISTS`. */
  adopt(directory: AbsPath, request: CreateRequest): Promise<Environment>;
  /**
   * Holds the environment's lock, cleans up what a kill left, and runs `body` on it. `body` must not call `using` or
   * `remove` for the same environment: they would wait for it.
   */
  using<T>(target: Place | string, options: LockOptions, body: (held: HeldEnvironment) => Promise<T>): Promise<T>;
  /** Gives it another name; the old one leads there for 30 days. Throws `ENV_EXISTS`, `ENV_PROTECTED`. */
  rename(target: Place | string, options: RenameOptions): Promise<Environment>;
  /** Moves it to the trash. Throws `ENV_BUSY` while programs run in it, `ENV_PROTECTED`. */
  remove(target: Place | string, options?: RemoveOptions): Promise<Deleted>;
  /** The same for several: all are checked before the first one goes. */
  removeAll(places: readonly Place[], options?: RemoveOptions): Promise<readonly Deleted[]>;
  /** Throws what `remove` would. */
  checkRemovable(place: Place): Promise<void>;
  deleted(): Promise<readonly Deleted[]>;
  /** Brings back what was deleted last under that name. Throws `ENV_UNKNOWN`, `ENV_EXISTS`. */
  restore(name: string, options?: { readonly as?: string; readonly signal?: AbortSignal }): Promise<Environment>;
  /** Notes that it is used now, from a directory; writes at most once an hour, save for a directory that is new. */
  noteUse(place: Place, from?: AbsPath): Promise<void>;
  /** Directories that it was used from and that are still there, the latest first. */
  usedFrom(place: Place): Promise<readonly AbsPath[]>;
  /** Removes what nobody will miss, and says what went. */
  sweep(): Promise<Swept>;
}

export function environments(io: EnvIo, context: EnvContext): EnvironmentHome {
  const { fs } = io;
  const { layout } = context;
  const told = new Set<string>();
  const find = async (name: string): Promise<Place | undefined> => {
    const place = await findPlace(fs, layout, name, io.system.cwd);
    if (place?.formerly !== undefined && !told.has(name)) {
      told.add(name);
      const text = `\`${place.formerly}\` is called \`${place.name}\` now`;
      io.reporter.emit({ type: "notice", level: "info", code: "ENV_RENAMED", text });
    }
    return place;
  };
  const locate = async (name: string): Promise<Place> => {
    const place = await find(name);
    if (place !== undefined) return place;
    const isDeleted = (await findDeleted(io, context, name)) !== undefined;
    throw envUnknown(name, isDirectoryName(name) ? [] : await nearNames(fs, layout, name), { isDeleted });
  };
  const placeOf = (target: Place | string): Promise<Place> =>
    typeof target === "string" ? locate(target) : Promise.resolve(target);
  return {
    list: () => listEnvironments(io, context),
    summaries: (places) => summariesOf(io, context, places),
    find: async (name, { exact = false } = {}) => {
      const place = exact ? await findPlace(fs, layout, name, io.system.cwd) : await find(name);
      if (exact && place?.formerly !== undefined) return undefined;
      return place === undefined ? undefined : readEnvironment(fs, place);
    },
    open: async (name) => readEnvironment(fs, await locate(name)),
    locate,
    byId: async (id) => {
      const place = (await listPlaces(fs, layout)).find((one) => one.id === id);
      return place === undefined ? undefined : readEnvironment(fs, place);
    },
    active: (env = io.system.env) => activeEnvironment(io, context, env),
    create: (name, request) =>
      isDirectoryName(name)
        ? createInDirectory(io, context, fs.path.resolve(io.system.cwd, name), request)
        : createNamed(io, context, name, request),
    adopt: (directory, request) => adoptDirectory(io, context, directory, request),
    using: async (target, options, body) => using(io, context, await placeOf(target), options, body),
    rename: async (target, options) => rename(io, context, await placeOf(target), options),
    remove: async (target, options = {}) => only(await remove(io, context, [await placeOf(target)], options)),
    removeAll: (places, options = {}) => remove(io, context, places, options),
    checkRemovable: (place) => checkRemovable(io, context, place),
    deleted: () => listDeleted(io, context),
    restore: (name, options = {}) => restore(io, context, name, options),
    noteUse: (place, from) => noteUse(io, place, from),
    usedFrom: (place) => usedFrom(io, place),
    sweep: () => sweep(io, context),
  };
}

function only(deleted: readonly Deleted[]): Deleted {
  const [first] = deleted;
  if (first === undefined) throw new Error("nothing was deleted");
  return first;
}

async function using<T>(
  io: EnvIo,
  context: EnvContext,
  place: Place,
  options: LockOptions,
  body: (held: HeldEnvironment) => Promise<T>,
): Promise<T> {
  return withLock(io, lockFile(io.fs, context.layout, place.id), options, async () => {
    const now = await placeNow(io.fs, context.layout, place);
    return body(new HeldEnvironment(io, context, await recover(io, context, now)));
  });
}

async function restore(
  io: EnvIo,
  context: EnvContext,
  name: string,
  { as, signal }: { readonly as?: string; readonly signal?: AbortSignal },
): Promise<Environment> {
  const wanted: EnvName | undefined = as === undefined ? undefined : parseEnvName(as);
  const options = { purpose: `restore ${name}`, ...(signal === undefined ? {} : { signal }) };
  const half = await halfRestored(io, context, name);
  if (half !== undefined) return using(io, context, half, options, async ({ environment }) => environment);
  const deleted = await deletedNamed(io, context, name);
  const target = wanted ?? deleted.name;
  const lock =
    deleted.directory === undefined ? nameLock(io, context, target) : directoryLock(io, context, deleted.directory);
  return withLock(io, lock, options, async () => {
    if (deleted.directory === undefined) await checkFree(io, context, target);
    return readEnvironment(io.fs, await bringBack(io, context, deleted, target));
  });
}

/** The environment of a directory is back, but a kill came before its links were. */
async function halfRestored(io: EnvIo, context: EnvContext, name: string): Promise<Place | undefined> {
  if (!isDirectoryName(name)) return undefined;
  const place = await findPlace(io.fs, context.layout, name, io.system.cwd);
  if (place?.kind !== "directory") return undefined;
  return (await findLeftovers(io, context, place)).length > 0 ? place : undefined;
}

async function deletedNamed(io: EnvIo, context: EnvContext, name: string): Promise<Deleted> {
  const found = await findDeleted(io, context, name);
  if (found !== undefined) return found;
  const names = (await listDeleted(io, context)).map((item) => item.name as string);
  throw notRestorable(name, [...new Set(names)]);
}

/** The one that was deleted last under a name, or with an id, or in a directory. */
async function findDeleted(io: EnvIo, context: EnvContext, name: string): Promise<Deleted | undefined> {
  const directory: AbsPath | undefined = isDirectoryName(name) ? io.fs.path.resolve(io.system.cwd, name) : undefined;
  return (await listDeleted(io, context)).find((item) =>
    directory === undefined
      ? item.id === name || (item.directory === undefined && nameKey(item.name) === nameKey(name))
      : item.directory === directory,
  );
}
