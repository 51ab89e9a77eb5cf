import { type AbsPath, byCodePoint, type Sha256 } from "../../base/index.ts";
import { type Environment, liesInPlace } from "../../env/index.ts";
import type { ScannedEntry } from "../../ports/index.ts";
import { parseObjectPath } from "../../store/index.ts";
import type { Context } from "../context.ts";
import { Footprint, type Holder, type Share } from "./footprint.ts";
import { readUsers, type User, userName, usersByArtifact } from "./users.ts";

/** Space on the disk, in blocks that the file system gave out; a file with several names counts once. */
export interface SpaceOf {
  readonly name: string;
  /** What comes back when it goes, and `clean` has taken what nothing else needs. */
  readonly freedBytes: number;
  /** What it shares with others, which keep it. */
  readonly sharedBytes: number;
  /** Those others. */
  readonly sharedWith: readonly string[];
  /** Names of files in it. */
  readonly files: number;
  /** Files and directories that would go with it. */
  readonly inodes: number;
}

export interface SizeReport {
  readonly environments: readonly SpaceOf[];
  /** Environments of scripts' own, together. */
  readonly scripts: SpaceOf;
  /** Deleted ones that `restore` can bring back. */
  readonly trash: readonly SpaceOf[];
  /** What several of these share, counted once. */
  readonly sharedBytes: number;
  /** The store: all of it, and what nothing here needs any more. */
  readonly storeBytes: number;
  readonly unusedBytes: number;
  readonly cacheBytes: number;
  /** Locks, links to Pythons, stages. */
  readonly otherBytes: number;
  /** All of the above, each file once: what the file system says. */
  readonly totalBytes: number;
  readonly inodes: number;
}

/** What each environment takes, in full agreement with the file system. */
export async function size(context: Context): Promise<SizeReport> {
  const users = await readUsers(context);
  const count = await countAll(context, users);
  const spaces = users.map((user, index) => spaceOf(count, index, user.name));
  const among = (kind: User["kind"]): readonly SpaceOf[] => spaces.filter((_, index) => users[index]?.kind === kind);
  const sum = (test: (one: Owned) => boolean): number =>
    count.owned.filter(test).reduce((total, { share }) => total + share.bytes, 0);
  const isUsers = ({ owners }: Owned): boolean => owners.some((owner) => owner < users.length);
  const special = (holder: Holder) => (one: Owned) => !isUsers(one) && one.owners.includes(holder);
  return {
    environments: among("environment"),
    scripts: scriptSpace(count, users),
    trash: among("deleted"),
    sharedBytes: sum((one) => isUsers(one) && (one.owners.length > 1 || one.share.outside)),
    storeBytes: sum(({ share }) => share.holders.some((holder) => holder >= count.firstArtifact)),
    unusedBytes: sum((one) => one.owners.length === 0),
    cacheBytes: sum(special(count.cache)),
    otherBytes: sum((one) => special(count.other)(one) && !one.owners.includes(count.cache)),
    totalBytes: sum(() => true),
    inodes: count.owned.reduce((total, { share }) => total + share.inodes, 0),
  };
}

/** Files with the same owners: the users of the places and of the stored packages that they stand in. */
interface Owned {
  readonly share: Share;
  readonly owners: readonly Holder[];
}

interface Count {
  readonly footprint: Footprint;
  readonly users: readonly User[];
  readonly owned: readonly Owned[];
  /** Holders: first the users, then these two, then stored packages. */
  readonly cache: Holder;
  readonly other: Holder;
  readonly firstArtifact: Holder;
}

async function countAll(context: Context, users: readonly User[]): Promise<Count> {
  const { fs, layout } = context;
  const cache = users.length;
  const other = cache + 1;
  const firstArtifact = cache + 2;
  const artifacts: Sha256[] = [];
  const numbers = new Map<string, Holder>();
  const footprint = new Footprint(fs);
  const byPath = new Map<string, Holder>(users.map(({ dir }, index) => [dir, index]));
  byPath.set(layout.cache, cache);
  const artifactHolder = (sha256: string): Holder => {
    const known = numbers.get(sha256) ?? firstArtifact + artifacts.length;
    if (!numbers.has(sha256)) artifacts.push(sha256 as Sha256);
    numbers.set(sha256, known);
    return known;
  };
  await footprint.add(layout.data, holders(context, layout.data, { byPath, artifactHolder, other }));
  const outside = [...byPath].filter(([dir]) => !fs.path.isInside(layout.data, dir as AbsPath));
  for (const [dir, holder] of outside) await footprint.add(dir as AbsPath, () => holder);
  const usedBy = usersByArtifact(users);
  const ownersOf = (holder: Holder): readonly Holder[] =>
    holder < firstArtifact ? [holder] : (usedBy.get(artifacts[holder - firstArtifact] as Sha256) ?? []);
  const owned = footprint.shares().map((share): Owned => ({ share, owners: unique(share.holders.flatMap(ownersOf)) }));
  return { footprint, users, owned, cache, other, firstArtifact };
}

/** Entries come parents first: whatever is nothing of its own belongs to the directory that it lies in. */
function holders(
  { fs, layout }: Context,
  root: AbsPath,
  known: {
    readonly byPath: ReadonlyMap<string, Holder>;
    readonly artifactHolder: (sha256: string) => Holder;
    readonly other: Holder;
  },
): (path: string, entry: ScannedEntry) => Holder {
  const directories = new Map<string, Holder>();
  const below = (dir: AbsPath): string => `${fs.path.relative(root, dir).split(fs.path.separator).join("/")}/`;
  // Stored packages, and Pythons that are kept under keys of the same form.
  const stores = [layout.wheels, layout.prepared].map(below);
  const objects = below(layout.objects);
  return (path, { kind }) => {
    const above = directories.get(path.slice(0, Math.max(0, path.lastIndexOf("/")))) ?? known.other;
    if (kind !== "directory") {
      const object = path.startsWith(objects) ? parseObjectPath(path.slice(objects.length)) : undefined;
      return object === undefined ? above : known.artifactHolder(object.sha256);
    }
    const store = stores.find((place) => path.startsWith(place));
    const name = store === undefined ? "" : path.slice(store.length);
    const own = /^[0-9a-f]{64}$/.test(name) ? known.artifactHolder(name) : undefined;
    const holder = own ?? (path === "" ? undefined : known.byPath.get(fs.path.join(root, ...path.split("/")))) ?? above;
    directories.set(path, holder);
    return holder;
  };
}

function spaceOf({ footprint, owned, users }: Count, holder: Holder, name: string): SpaceOf {
  const mine = owned.filter(({ owners }) => owners.includes(holder));
  const alone = mine.filter(({ owners, share }) => owners.length === 1 && !share.outside);
  const together = mine.filter((one) => !alone.includes(one));
  return {
    name,
    freedBytes: bytesOf(alone),
    sharedBytes: bytesOf(together),
    sharedWith: othersIn(together, holder, users),
    files: footprint.files(holder),
    inodes: alone.reduce((total, { share }) => total + share.inodes, 0),
  };
}

/** Script environments count together: nobody deletes one of them by name. */
function scriptSpace(count: Count, users: readonly User[]): SpaceOf {
  const isScript = (holder: Holder): boolean => users[holder]?.kind === "script";
  const mine = count.owned.filter(({ owners }) => owners.some(isScript));
  const alone = mine.filter(({ owners, share }) => owners.every(isScript) && !share.outside);
  const together = mine.filter((one) => !alone.includes(one));
  return {
    name: "script environments",
    freedBytes: bytesOf(alone),
    sharedBytes: bytesOf(together),
    sharedWith: othersIn(together, undefined, users).filter((name) => name !== "script environments"),
    files: users.reduce((total, _, index) => total + (isScript(index) ? count.footprint.files(index) : 0), 0),
    inodes: alone.reduce((total, { share }) => total + share.inodes, 0),
  };
}

function othersIn(shares: readonly Owned[], own: Holder | undefined, users: readonly User[]): readonly string[] {
  const names = shares.flatMap(({ owners, share }) => [
    ...owners
      .filter((owner) => owner !== own)
      .flatMap((owner) => users[owner] ?? [])
      .map(userName),
    ...(share.outside ? ["files outside of venvoy"] : []),
  ]);
  return [...unique(names)].sort(byCodePoint);
}

function bytesOf(owned: readonly Owned[]): number {
  return owned.reduce((total, { share }) => total + share.bytes, 0);
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

/**
 * What only this environment holds, without looking at any other: files that nothing beside its own versions and the
 * store has a link to.
 */
export async function ownBytesOf(context: Context, place: Pick<Environment, "dir" | "root">): Promise<number> {
  const dir = (await liesInPlace(context.fs, place.root)) ? place.root : place.dir;
  const inodes = new Map<number, { bytes: number; missing: number }>();
  await context.fs.scan(dir, ({ kind, inode, links, diskBytes }) => {
    const known = inodes.get(inode);
    if (known !== undefined) known.missing--;
    else inodes.set(inode, { bytes: diskBytes, missing: kind === "directory" ? 0 : links - 1 });
  });
  let bytes = 0;
  for (const node of inodes.values()) if (node.missing <= 1) bytes += node.bytes;
  return bytes;
}
