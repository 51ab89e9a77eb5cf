import { byCodePoint, type Sha256 } from "../../base/index.ts";
import type { Context } from "../context.ts";
import { targetEnvironment } from "../targets.ts";
import { Footprint, type Holder, type Share } from "./footprint.ts";
import { readParts } from "./parts.ts";
import type { SpaceOf } from "./size.ts";
import { readUsers, type User, userName, usersByArtifact } from "./users.ts";

/** One environment's space, by package. */
export interface EnvironmentSizeReport extends SpaceOf {
  /** The largest first. With `earlier` and `rest` they sum up to the environment. */
  readonly packages: readonly PackageSpace[];
  /** Packages that only earlier versions need, kept so that undo needs no network. */
  readonly earlier: SpaceOf;
  /** What belongs to no package: links to Python, scripts for activation, history, directories that several share. */
  readonly rest: SpaceOf;
  /** How many versions have their trees on the disk. */
  readonly trees: number;
}

export interface PackageSpace extends SpaceOf {
  readonly version: string;
}

interface Sum {
  freedBytes: number;
  sharedBytes: number;
  inodes: number;
  files: number;
  readonly sharedWith: Set<string>;
}

/** What an environment takes, package by package. Looks at its own files and at the packages that it uses, no others. */
export async function sizeOf(context: Context, name: string | undefined): Promise<EnvironmentSizeReport> {
  const environment = await targetEnvironment(context, name);
  const users = await readUsers(context);
  const own = users.findIndex((user) => user.environment?.id === environment.id);
  const { parts, partOf } = await readParts(context, environment);
  const earlier = parts.length;
  const rest = earlier + 1;
  const firstStored = rest + 1;
  const stored = [...(users[own]?.artifacts ?? [])];
  const footprint = new Footprint(context.fs);
  await footprint.add(environment.dir, (path, entry) => partOf(path, entry) ?? rest);
  for (const [index, sha256] of stored.entries())
    await footprint.add(context.fs.path.join(context.layout.wheels, sha256), () => firstStored + index);
  const places = new Map(parts.map(({ sha256 }, index) => [sha256, index]));
  const usedBy = usersByArtifact(users);
  const sums = Array.from({ length: firstStored }, (_, index) => emptySum(footprint.files(index)));
  for (const share of footprint.shares()) {
    const wheels = share.holders
      .filter((holder) => holder >= firstStored)
      .map((holder) => stored[holder - firstStored]);
    const others = new Set(wheels.flatMap((sha256) => usedBy.get(sha256 as Sha256) ?? []).filter((one) => one !== own));
    // A stored file belongs to its package, under whatever names it stands in the tree.
    const part = wheels.length === 0 ? (share.holders[0] ?? rest) : (places.get(wheels[0]) ?? earlier);
    addShare(
      sums[part],
      share,
      [...others].flatMap((index) => users[index] ?? []),
    );
  }
  const spaces = sums.map((sum, index) => spaceFrom(sum, nameOf(index, parts, earlier)));
  const packages = spaces.slice(0, earlier).map((space, index) => ({ ...space, version: parts[index]?.version ?? "" }));
  return {
    ...spaceFrom(total(sums), environment.label),
    packages: packages.sort((a, b) => takenBy(b) - takenBy(a) || byCodePoint(a.name, b.name)),
    earlier: spaces[earlier] ?? spaceFrom(emptySum(0), ""),
    rest: spaces[rest] ?? spaceFrom(emptySum(0), ""),
    trees: ((await context.fs.list(context.fs.path.join(environment.dir, "generations"))) ?? []).filter(
      ({ kind }) => kind === "directory",
    ).length,
  };
}

function addShare(sum: Sum | undefined, share: Share, others: readonly User[]): void {
  if (sum === undefined) return;
  if (others.length === 0 && !share.outside) {
    sum.freedBytes += share.bytes;
    sum.inodes += share.inodes;
    return;
  }
  sum.sharedBytes += share.bytes;
  for (const user of others) sum.sharedWith.add(userName(user));
  if (others.length === 0) sum.sharedWith.add("files outside of venvoy");
}

function nameOf(index: Holder, parts: readonly { readonly name: string }[], earlier: Holder): string {
  if (index < earlier) return parts[index]?.name ?? "";
  return index === earlier ? "packages of earlier versions" : "the environment itself";
}

function emptySum(files: number): Sum {
  return { freedBytes: 0, sharedBytes: 0, inodes: 0, files, sharedWith: new Set() };
}

function total(sums: readonly Sum[]): Sum {
  const all = emptySum(0);
  for (const sum of sums) {
    all.freedBytes += sum.freedBytes;
    all.sharedBytes += sum.sharedBytes;
    all.inodes += sum.inodes;
    all.files += sum.files;
    for (const name of sum.sharedWith) all.sharedWith.add(name);
  }
  return all;
}

function spaceFrom(sum: Sum, name: string): SpaceOf {
  const { sharedWith, ...numbers } = sum;
  return { name, ...numbers, sharedWith: [...sharedWith].sort(byCodePoint) };
}

function takenBy({ freedBytes, sharedBytes }: SpaceOf): number {
  return freedBytes + sharedBytes;
}
