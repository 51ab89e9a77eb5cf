import type { AbsPath, EnvId, EnvName } from "../base/index.ts";
import type { DataLayout } from "../disk/index.ts";
import type { Fs } from "../ports/index.ts";

/** The directories of the data root that environments need. */
export type EnvLayout = Pick<DataLayout, "data" | "envs" | "scripts" | "stage" | "wheels" | "bases">;

/** Where one environment lives. */
export interface Place {
  readonly id: EnvId;
  readonly name: EnvName;
  /** In the central place, or in a directory that a person chose. */
  readonly kind: "central" | "directory";
  /** Holds `intent.toml`, `history/`, `generations/` and `current`. */
  readonly dir: AbsPath;
  /** The stable path for people, editors and kernels: `envs/<name>`, or the chosen directory. */
  readonly root: AbsPath;
  /** The name that was asked for, when that is one that it had before. */
  readonly formerly?: EnvName;
}

export const intentFile = (fs: Fs, place: Pick<Place, "dir">): AbsPath => fs.path.join(place.dir, "intent.toml");
/** Its modification time is when the environment was last used. */
export const usedFile = (fs: Fs, place: Pick<Place, "dir">): AbsPath => fs.path.join(place.dir, "used");
/** Directories that it was used from, one a line, the latest last; a directory may stand there more than once. */
export const usedFromFile = (fs: Fs, place: Pick<Place, "dir">): AbsPath => fs.path.join(place.dir, "used-from");
export const currentLink = (fs: Fs, place: Pick<Place, "dir">): AbsPath => fs.path.join(place.dir, "current");
export const historyDir = (fs: Fs, place: Pick<Place, "dir">): AbsPath => fs.path.join(place.dir, "history");
export const generationsDir = (fs: Fs, place: Pick<Place, "dir">): AbsPath => fs.path.join(place.dir, "generations");
/** One empty file `<generation>.<pid>` per process that `run` started. */
export const usesDir = (fs: Fs, place: Pick<Place, "dir">): AbsPath => fs.path.join(place.dir, "uses");

export function generationDir(fs: Fs, place: Pick<Place, "dir">, number: number): AbsPath {
  return fs.path.join(generationsDir(fs, place), String(number));
}

export function historyFile(fs: Fs, place: Pick<Place, "dir">, number: number): AbsPath {
  return fs.path.join(historyDir(fs, place), `${number}.toml`);
}

/** The list of files of the release that a version is a copy of, so that its tree can be made again. */
export function releaseListFile(fs: Fs, place: Pick<Place, "dir">, number: number): AbsPath {
  return fs.path.join(historyDir(fs, place), `${number}.files`);
}

/** The release that was current when the publication was last looked at, as a line. */
export const newestReleaseFile = (fs: Fs, place: Pick<Place, "dir">): AbsPath => fs.path.join(place.dir, "newest");

/** Ids never come back, so a lock file by id can't be mistaken for a later environment's. */
export function lockFile(fs: Fs, layout: Pick<EnvLayout, "envs">, id: EnvId): AbsPath {
  return fs.path.join(layout.envs, ".locks", id);
}

export function trashDir(fs: Fs, layout: Pick<EnvLayout, "envs">): AbsPath {
  return fs.path.join(layout.envs, ".trash");
}

export function centralPlace(fs: Fs, layout: Pick<EnvLayout, "envs">, name: EnvName, id: EnvId): Place {
  return {
    id,
    name,
    kind: "central",
    dir: fs.path.join(layout.envs, `${name}-${id}`),
    root: fs.path.join(layout.envs, name),
  };
}

/** The directory inside a chosen directory that holds the environment; the rest there are links into its tree. */
export const innerDirectory = ".venvoy";

export function directoryPlace(fs: Fs, name: EnvName, id: EnvId, root: AbsPath): Place {
  return { id, name, kind: "directory", dir: fs.path.join(root, innerDirectory), root };
}

/** A plain directory that a person chose holds its tree itself; there is no pointer, its receipt says the version. */
export function isInPlace(place: Pick<Place, "kind">, wanted: { readonly layout: string }): boolean {
  return place.kind === "directory" && wanted.layout === "plain";
}

/** What a person reads and may type again: the name, or the directory. */
export function labelOf(place: Pick<Place, "kind" | "name" | "root">): string {
  return place.kind === "central" ? place.name : place.root;
}

/** The text of `current` for a version; relative, so that the environment can move. */
export function currentTarget(number: number): string {
  return `generations/${number}`;
}

/** The version that a `current` link names; `undefined` for anything else. */
export function parseCurrentTarget(target: string): number | undefined {
  const match = /(?:^|[\\/])generations[\\/](\d{1,9})[\\/]?$/.exec(target);
  return match === null ? undefined : Number(match[1]);
}

/** Versions whose trees are on the disk, ascending. What is a link there stands for a tree that was collected. */
export async function materialisedVersions(fs: Fs, place: Pick<Place, "dir">): Promise<number[]> {
  return versionNumbers((await fs.list(generationsDir(fs, place)))?.filter((entry) => entry.kind === "directory"));
}

/** Numbers of versions among directory entries (`3`, `3.toml`), ascending. */
export function versionNumbers(entries: readonly { readonly name: string }[] | undefined, suffix = ""): number[] {
  const numbers: number[] = [];
  for (const { name } of entries ?? []) {
    if (!name.endsWith(suffix)) continue;
    const text = name.slice(0, name.length - suffix.length);
    if (/^[1-9]\d{0,8}$/.test(text)) numbers.push(Number(text));
  }
  return numbers.sort((a, b) => a - b);
}
