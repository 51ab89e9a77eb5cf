import { type EnvName, hasCode } from "../base/index.ts";
import { explainingDisk, withLock } from "../disk/index.ts";
import { type EnvContext, writeIntent } from "./change.ts";
import { appear, checkFree, nameLock } from "./create.ts";
import type { EnvIo } from "./env-io.ts";
import { type Environment, readEnvironment, settleCurrent } from "./environment.ts";
import { directoryRename, envInUse, envProtected } from "./errors.ts";
import { livingNames, settleNames } from "./former-names.ts";
import { usersOf } from "./in-use.ts";
import type { FormerName } from "./intent.ts";
import { parseEnvName } from "./name.ts";
import { centralPlace, labelOf, lockFile, type Place } from "./place.ts";
import { recover } from "./recover.ts";
import { placeNow } from "./registry.ts";
import { rewriteScripts } from "./rewrite-scripts.ts";

export interface RenameOptions {
  readonly to: string;
  /** Only looks whether it can be done; the answer is the environment as it is, with the name that it would get. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Gives an environment another name. One rename of its directory does it; the names that it had are noted before, so that
 * whoever comes after a kill can finish the links. Programs that run in it keep running: the paths that they know lead to
 * the same files. Throws `ENV_EXISTS`, `ENV_NAME_INVALID`, `ENV_PROTECTED`, and `ARGUMENT_INVALID` for one in a directory.
 */
export async function rename(
  io: EnvIo,
  context: EnvContext,
  place: Place,
  { to, dryRun = false, signal }: RenameOptions,
): Promise<Environment> {
  if (place.kind === "directory") throw directoryRename(place.root);
  const name = parseEnvName(to);
  const options = { purpose: `rename ${labelOf(place)} to ${name}`, ...(signal === undefined ? {} : { signal }) };
  return withLock(io, lockFile(io.fs, context.layout, place.id), options, async () => {
    const environment = await recover(io, context, await placeNow(io.fs, context.layout, place));
    if (environment.name === name) return environment;
    if (environment.intent.protected) throw envProtected(environment.label);
    // Both names are held: nobody takes the new one meanwhile, or the old one before its link stands.
    const locks = [...new Set([nameLock(io, context, name), nameLock(io, context, environment.name)])].sort();
    return holdingAll(io, locks, options, async () => {
      await checkFree(io, context, name, environment.id);
      return dryRun ? { ...environment, name } : giveName(io, context, environment, name);
    });
  });
}

async function giveName(io: EnvIo, context: EnvContext, from: Environment, name: EnvName): Promise<Environment> {
  const { fs } = io;
  const place = centralPlace(fs, context.layout, name, from.id);
  const known = livingNames(io, from, from.intent).filter((one) => one.name !== name);
  const former: readonly FormerName[] = [...known, { name: from.name, untilMs: Math.round(io.clock.now()) }];
  await writeIntent(io, from, { ...from.intent, former });
  await explainingDisk(place.dir, async () => {
    // It had that name before: the link that stood for it makes way.
    if ((await fs.linkInfo(place.dir))?.kind === "symlink") await fs.remove(place.dir);
    try {
      await appear(io, place, () => moveDirectory(io, from, place));
      await settleNames(io, context, place, former);
      await fs.syncDir(context.layout.envs);
    } catch (error) {
      await moveBack(io, context, from, place);
      throw error;
    }
  });
  await settleCurrent(fs, place, from.current.number);
  await rewriteScripts(io, context, place, former);
  return readEnvironment(fs, place);
}

/** The disk had no room for the links: the environment keeps its old name. */
async function moveBack(io: EnvIo, context: EnvContext, from: Environment, to: Place): Promise<void> {
  const { fs } = io;
  if ((await fs.linkInfo(from.dir))?.kind === "directory") return;
  try {
    for (const link of [from.dir, to.root]) if ((await fs.linkInfo(link))?.kind === "symlink") await fs.remove(link);
    await fs.rename(to.dir, from.dir);
    await settleNames(io, context, from, livingNames(io, from, from.intent));
  } catch {
    // The caller throws the first failure; whoever works on the environment next finishes what is missing.
  }
}

/**
 * The commit. The link of the old directory follows at once: until it stands, what runs can't import. Windows refuses the
 * rename while a program has a file in there open.
 */
async function moveDirectory(io: EnvIo, from: Environment, place: Place): Promise<void> {
  try {
    await io.fs.rename(from.dir, place.dir);
  } catch (error) {
    if (io.system.os !== "windows" || !hasCode(error, "EPERM", "EACCES", "EBUSY")) throw error;
    throw envInUse(from.label, await usersOf(io, from));
  }
  try {
    await io.fs.symlink(`${place.name}-${place.id}`, from.dir, "directory");
  } catch (error) {
    // Where case doesn't count, the old directory is the new one.
    if (!hasCode(error, "EEXIST")) throw error;
  }
}

async function holdingAll<T>(
  io: EnvIo,
  locks: readonly Parameters<typeof withLock>[1][],
  options: Parameters<typeof withLock>[2],
  body: () => Promise<T>,
): Promise<T> {
  const [first, ...others] = locks;
  if (first === undefined) return body();
  return withLock(io, first, options, () => holdingAll(io, others, options, body));
}
