import type { AbsPath, EnvName } from "../base/index.ts";
import { hasCode } from "../base/index.ts";
import type { EnvContext } from "./change.ts";
import { linkName } from "./create.ts";
import type { EnvIo } from "./env-io.ts";
import { readIntentFile } from "./environment.ts";
import { parseDirectoryName } from "./environment-id.ts";
import type { FormerName, Intent } from "./intent.ts";
import { isEnvName } from "./name.ts";
import type { EnvLayout, Place } from "./place.ts";
import { linkText } from "./read-files.ts";
import { ownerOf, placeById } from "./registry.ts";

/** How long an environment is found under the names that it had. */
export const formerNameLifetimeMs = 30 * 24 * 3_600_000;

/** The names that still lead to it; never its own. */
export function livingNames(
  io: Pick<EnvIo, "clock">,
  { name }: Pick<Place, "name">,
  { former }: Pick<Intent, "former">,
): readonly FormerName[] {
  return former.filter((one) => one.name !== name && io.clock.now() - one.untilMs < formerNameLifetimeMs);
}

/**
 * Makes `envs/<name>` lead to the environment, and the names that it had: both `envs/<old>`, the path that people, shells
 * and editors keep, and `envs/<old>-<id>`, which stands in `sys.executable` and in what is loaded. A name that another
 * environment has taken since is left to that one. The environment's lock is held.
 */
export async function settleNames(
  io: EnvIo,
  context: EnvContext,
  place: Place,
  former: readonly FormerName[],
): Promise<void> {
  const { fs } = io;
  const { envs } = context.layout;
  const directory = `${place.name}-${place.id}`;
  for (const { name } of former) {
    const old = fs.path.join(envs, `${name}-${place.id}`);
    // Where case doesn't count, the old directory is the new one.
    if ((await fs.linkInfo(old))?.kind !== "directory") await lead(io, old, directory, place);
  }
  if (await isForOwnName(io, envs, place)) await linkName(io, place);
  for (const { name } of former) await lead(io, fs.path.join(envs, name), `${directory}/current`, place);
}

/** True when `envs/<name>` is missing, leads nowhere, or leads to an environment that had the name before. */
async function isForOwnName({ fs }: Pick<EnvIo, "fs">, envs: AbsPath, place: Place): Promise<boolean> {
  const owner = ownerOf(await linkText(fs, place.root));
  if (owner === undefined) return (await fs.linkInfo(place.root)) === undefined;
  if (owner.name !== place.name) return true;
  return owner.id !== place.id && (await fs.linkInfo(fs.path.join(envs, `${owner.name}-${owner.id}`))) === undefined;
}

/** Makes `link` lead to the environment, unless it leads to another one. */
async function lead(io: EnvIo, link: AbsPath, target: string, place: Place): Promise<void> {
  const { fs } = io;
  const owner = ownerOf(await linkText(fs, link));
  if (owner !== undefined) {
    if (owner.id === place.id && owner.name !== place.name) await fs.replaceLink(target, link, "directory");
    return;
  }
  try {
    if ((await fs.linkInfo(link)) === undefined) await fs.symlink(target, link, "directory");
  } catch (error) {
    // Another environment took the name just now.
    if (!hasCode(error, "EEXIST")) throw error;
  }
}

/** Takes the old names of an environment away; nothing of them stays when it is deleted. */
export async function dropNames(io: Pick<EnvIo, "fs">, layout: EnvLayout, place: Place): Promise<void> {
  for (const link of await aliasesOf(io, layout.envs, place)) await io.fs.remove(link);
}

/** The links by which an environment can be reached beside its own name: `envs/<old>-<id>` and `envs/<old>`. */
export async function aliasesOf(
  { fs }: Pick<EnvIo, "fs">,
  envs: AbsPath,
  { id, name }: Pick<Place, "id" | "name">,
): Promise<readonly AbsPath[]> {
  const found: AbsPath[] = [];
  for (const entry of (await fs.list(envs)) ?? []) {
    if (entry.kind !== "symlink" || !entry.name.endsWith(`-${id}`)) continue;
    const old = parseDirectoryName(entry.name);
    if (old === undefined || old.name === name) continue;
    found.push(fs.path.join(envs, entry.name));
    const root = fs.path.join(envs, old.name);
    if (ownerOf(await linkText(fs, root))?.id === id) found.push(root);
  }
  return found;
}

/** Removes old names whose time is over; returns how many links went. */
export async function sweepNames(io: EnvIo, { layout }: Pick<EnvContext, "layout">): Promise<number> {
  const { fs } = io;
  let removed = 0;
  for (const entry of (await fs.list(layout.envs)) ?? []) {
    if (entry.kind !== "symlink") continue;
    const link = fs.path.join(layout.envs, entry.name);
    const owner = ownerOf(await linkText(fs, link));
    const name = parseDirectoryName(entry.name)?.name ?? (isEnvName(entry.name) ? entry.name : undefined);
    if (owner === undefined || name === undefined || name === owner.name) continue;
    if (await isLiving(io, layout, owner, name)) continue;
    await fs.remove(link);
    removed++;
  }
  return removed;
}

async function isLiving(
  io: EnvIo,
  layout: EnvLayout,
  owner: { readonly id: Place["id"] },
  name: EnvName,
): Promise<boolean> {
  const place = await placeById(io.fs, layout, owner.id);
  if (place === undefined) return false;
  try {
    return livingNames(io, place, await readIntentFile(io.fs, place)).some((one) => one.name === name);
  } catch {
    // Not readable now: its names stay until it is.
    return true;
  }
}
