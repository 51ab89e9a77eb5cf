import { type AbsPath, byCodePoint, type EnvId, type EnvName, nearest } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";
import { type DirectoryName, isEnvId, parseDirectoryName } from "./environment-id.ts";
import { envUnknown } from "./errors.ts";
import { scanIntentHead } from "./intent-file.ts";
import { isDirectoryName, isEnvName, nameKey, parseEnvName, sameName } from "./name.ts";
import {
  centralPlace,
  directoryPlace,
  type EnvLayout,
  innerDirectory,
  intentFile,
  labelOf,
  type Place,
} from "./place.ts";
import { linkText, readIfThere } from "./read-files.ts";
import { textOf } from "./toml-read.ts";

/**
 * The directory is the registry: `<name>-<id>` is an environment, `<name>` a link for people, and a link `<name>-<id>`
 * to an absolute path registers an environment in a directory that somebody chose.
 */
export async function listPlaces(fs: Fs, layout: EnvLayout): Promise<readonly Place[]> {
  const places: Place[] = [];
  for (const entry of (await fs.list(layout.envs)) ?? []) {
    const parsed = parseDirectoryName(entry.name);
    if (parsed === undefined) continue;
    if (entry.kind === "directory") places.push(centralPlace(fs, layout, parsed.name, parsed.id));
    else if (entry.kind === "symlink") {
      const root = await registeredRoot(fs, fs.path.join(layout.envs, entry.name));
      if (root !== undefined) places.push(directoryPlace(fs, parsed.name, parsed.id, root));
    }
  }
  // By name: a directory's own name goes on with the id, which would put `demo-next` before `demo` now and then.
  return places.sort((a, b) => byCodePoint(a.name, b.name) || byCodePoint(a.id, b.id));
}

/** Names of central environments by their directories' names alone: for a list that somebody waits for at a key press. */
export async function listNames(fs: Fs, layout: EnvLayout): Promise<readonly string[]> {
  const names = ((await fs.list(layout.envs)) ?? []).flatMap(({ name, kind }) => {
    const at = name.length - 9;
    const isOne = kind === "directory" && at > 0 && name[at] === "-" && isEnvId(name.slice(at + 1));
    return isOne ? [name.slice(0, at)] : [];
  });
  return names.sort(byCodePoint);
}

/** Finds by name or by directory; `undefined` when there is none. Throws `ENV_NAME_INVALID` for what can't be a name. */
export async function findPlace(fs: Fs, layout: EnvLayout, text: string, cwd: AbsPath): Promise<Place | undefined> {
  if (isDirectoryName(text)) return findDirectory(fs, layout, fs.path.resolve(cwd, text));
  const name = parseEnvName(text);
  return (
    (await linkedPlace(fs, layout, name)) ??
    (await scannedPlace(fs, layout, name)) ??
    (await formerPlace(fs, layout, name))
  );
}

/** The environment of an id, whatever its name is now. */
export async function placeById(fs: Fs, layout: EnvLayout, id: EnvId): Promise<Place | undefined> {
  return (await listPlaces(fs, layout)).find((place) => place.id === id);
}

/** Where an environment is now: whoever held its lock before us may have renamed or deleted it. */
export async function placeNow(fs: Fs, layout: EnvLayout, place: Place): Promise<Place> {
  const info = await fs.linkInfo(place.dir);
  if (info?.kind === "directory") return place;
  const now = place.kind === "central" ? await placeById(fs, layout, place.id) : undefined;
  if (now === undefined) throw envUnknown(labelOf(place), []);
  return now;
}

/** The environment that a link below `envs/` leads to: `<name>-<id>/current`, or `<name>-<id>` itself. */
export function ownerOf(target: string | undefined): DirectoryName | undefined {
  if (target === undefined) return undefined;
  const parts = target.split(/[\\/]/).filter((part) => part !== "");
  return parseDirectoryName((parts.at(-1) === "current" ? parts.at(-2) : parts.at(-1)) ?? "");
}

/** Names of the environments, for "did you mean". */
export async function nearNames(fs: Fs, layout: EnvLayout, text: string): Promise<readonly string[]> {
  const names = (await listPlaces(fs, layout)).filter((place) => place.kind === "central").map((place) => place.name);
  return nearest(text, names);
}

/** The quick way: the link says it all. */
async function linkedPlace(fs: Fs, layout: EnvLayout, name: EnvName): Promise<Place | undefined> {
  const target = await linkText(fs, fs.path.join(layout.envs, name));
  if (target === undefined) return undefined;
  const parsed = ownerOf(target);
  // A link that leads to another name is an old name, which no longer names anything when a new owner has come.
  if (parsed === undefined || !sameName(parsed.name, name)) return undefined;
  const place = centralPlace(fs, layout, parsed.name, parsed.id);
  return (await fs.linkInfo(place.dir))?.kind === "directory" ? place : undefined;
}

/** The link is missing (a kill between two steps) or written in another case: the directories decide. */
async function scannedPlace(fs: Fs, layout: EnvLayout, name: EnvName): Promise<Place | undefined> {
  const key = nameKey(name);
  const same = (await listPlaces(fs, layout)).filter(
    (place) => place.kind === "central" && nameKey(place.name) === key,
  );
  return same.find((place) => place.name === name) ?? same[0];
}

/** The name is one that an environment had, and nobody has taken since. */
async function formerPlace(fs: Fs, layout: EnvLayout, name: EnvName): Promise<Place | undefined> {
  for (const entry of (await fs.list(layout.envs)) ?? []) {
    if (entry.kind !== "symlink" || !sameName(entry.name, name) || parseDirectoryName(entry.name) !== undefined)
      continue;
    const owner = ownerOf(await linkText(fs, fs.path.join(layout.envs, entry.name)));
    const place = owner === undefined ? undefined : await placeById(fs, layout, owner.id);
    if (place !== undefined) return { ...place, formerly: name };
  }
  return undefined;
}

/** An environment in a directory that somebody chose; also one whose registration was lost. */
export async function findDirectory(fs: Fs, layout: EnvLayout, directory: AbsPath): Promise<Place | undefined> {
  const inner = fs.path.join(directory, innerDirectory);
  const central = await centralAt(fs, layout, directory);
  if (central !== undefined) return central;
  const text = await readIfThere(fs, intentFile(fs, { dir: inner }));
  if (text === undefined) return undefined;
  const id = textOf(scanIntentHead(text)?.["id"]);
  if (id === undefined || !isEnvId(id)) return undefined;
  return directoryPlace(fs, directoryEnvName(fs, directory), id, directory);
}

/** A path below `envs/` means the central environment there: `<data>/envs/demo`, its directory, or one of its trees. */
export async function centralAt(fs: Fs, layout: EnvLayout, path: AbsPath): Promise<Place | undefined> {
  if (!fs.path.isInside(layout.envs, path) || path === layout.envs) return undefined;
  const first = fs.path.relative(layout.envs, path).split(fs.path.separator)[0] ?? "";
  const parsed = parseDirectoryName(first);
  if (parsed !== undefined) {
    const place = centralPlace(fs, layout, parsed.name, parsed.id);
    const info = await fs.linkInfo(place.dir);
    if (info?.kind === "directory") return place;
    if (info?.kind === "symlink") return placeById(fs, layout, parsed.id);
  }
  if (!isEnvName(first)) return undefined;
  const named = (await linkedPlace(fs, layout, first)) ?? (await formerPlace(fs, layout, first));
  if (named?.formerly === undefined) return named;
  // A path that a shell or a program was given once: nobody typed the name.
  const { formerly: _, ...place } = named;
  return place;
}

/** A name for the registration of a directory: its own, or its parent's for `.venv` and the like. */
export function directoryEnvName(fs: Fs, directory: AbsPath): EnvName {
  const own = fs.path.name(directory).replace(/^\.+/, "");
  for (const text of [own, "env"]) if (isEnvName(text)) return text;
  return parseEnvName("env");
}

async function registeredRoot(fs: Fs, link: AbsPath): Promise<AbsPath | undefined> {
  const target = await linkText(fs, link);
  if (target === undefined || !fs.path.isAbsolute(target)) return undefined;
  const inner = fs.path.resolve(fs.path.directory(link), target);
  return fs.path.name(inner) === innerDirectory ? fs.path.directory(inner) : undefined;
}
