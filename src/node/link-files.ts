import { constants, copyFileSync, linkSync, readFileSync, statSync, utimesSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { hasCode } from "../base/index.ts";
import { type PathList, parsePathLists } from "../codec/index.ts";
import type { LinkMode, LinkTreePlan } from "../ports/index.ts";
import { Directories, PresentDirectories } from "./directories.ts";

/** Some files of a plan: from number `first` to before `last`, or to the end. Plain data. */
export interface LinkPart {
  readonly plan: LinkTreePlan;
  readonly first: number;
  readonly last: number | undefined;
  /** About how many files that is. */
  readonly weight: number;
}

/** Numbers that all threads of one work see. */
const slots = { next: 0, done: 1, begun: 2 } as const;

/** What threads that share a list of parts tell each other: who takes what, and how much is done. */
export class Turns {
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Int32Array;

  constructor(memory = new SharedArrayBuffer(Object.keys(slots).length * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#numbers = new Int32Array(memory);
  }

  /** Files that are linked. */
  get done(): number {
    return Atomics.load(this.#numbers, slots.done);
  }

  /** Threads that have begun: they may still be at it. */
  get begun(): number {
    return Atomics.load(this.#numbers, slots.begun);
  }

  begin(): void {
    Atomics.add(this.#numbers, slots.begun, 1);
  }

  take(): number {
    return Atomics.add(this.#numbers, slots.next, 1);
  }

  tell(files: number): void {
    Atomics.add(this.#numbers, slots.done, files);
  }

  /** Nobody takes another part. */
  end(parts: number): void {
    Atomics.store(this.#numbers, slots.next, parts);
  }
}

/** Links parts until none is left; several threads may do this with the same parts and turns. */
export async function linkParts(
  parts: readonly LinkPart[],
  turns: Turns,
  onPart: (done: number) => void = () => {},
): Promise<void> {
  turns.begin();
  const seen: Seen = { lists: new Map(), directories: new Map() };
  let sinceBreath = 0;
  try {
    for (let part = parts[turns.take()]; part !== undefined; part = parts[turns.take()]) {
      const files = linkPart(part, seen);
      turns.tell(files);
      onPart(turns.done);
      sinceBreath += files;
      if (sinceBreath < filesAtOnce) continue;
      // A breath, so that heart-beats and progress are not held up.
      sinceBreath = 0;
      await setImmediate();
    }
  } catch (error) {
    turns.end(parts.length);
    throw error;
  }
}

/** What one thread knows already: lists that it has read, and directories that it has made. */
interface Seen {
  readonly lists: Map<string, ReadonlyMap<string, PathList>>;
  readonly directories: Map<string, Directories>;
}

/** Files between two breaths. */
const filesAtOnce = 200;

function linkPart({ plan, first, last }: LinkPart, seen: Seen): number {
  const { from, to, mode } = plan;
  const sources = "listing" in plan ? undefined : plan.sources;
  const { directories, files } = "listing" in plan ? listed(plan.listing.file, plan.listing.list, seen.lists) : plan;
  const except = new Set("listing" in plan ? plan.listing.except : []);
  const made = plan.gently === true ? new PresentDirectories(to) : directoriesOf(to, seen);
  const place = plan.gently === true ? gently(placers[mode]) : placers[mode];
  const end = Math.min(last ?? files.length, files.length);
  for (let at = first; at < end; at++) {
    const file = files[at] as string;
    if (except.has(file)) continue;
    if (!made.makeFor(file)) continue;
    place(`${from}/${sources?.[at] ?? file}`, `${to}/${file}`);
  }
  // Those that no file needs.
  if (first === 0) for (const directory of directories) made.make(directory);
  return Math.max(0, end - first);
}

function directoriesOf(root: string, { directories }: Seen): Directories {
  const known = directories.get(root) ?? new Directories(root);
  directories.set(root, known);
  return known;
}

function listed(file: string, list: string, lists: Map<string, ReadonlyMap<string, PathList>>): PathList {
  const known = lists.get(file) ?? parsePathLists(readFileSync(file, "utf8"));
  lists.set(file, known);
  return known.get(list) ?? { directories: [], files: [] };
}

function gently(place: (from: string, to: string) => void): typeof place {
  return (from, to) => {
    try {
      place(from, to);
    } catch (error) {
      if (!hasCode(error, "EEXIST", "ENOENT", "ENOTDIR")) throw error;
    }
  };
}

const placers: Readonly<Record<LinkMode, (from: string, to: string) => void>> = {
  hardlink(from, to) {
    try {
      linkSync(from, to);
    } catch (error) {
      // A file has all the links that the file system allows (65,000 on ext4): this one becomes a copy.
      if (!hasCode(error, "EMLINK")) throw error;
      copyKeepingTime(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    }
  },
  reflink: (from, to) => copyKeepingTime(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE),
  copy: (from, to) => copyKeepingTime(from, to, constants.COPYFILE_EXCL),
};

/** Bytecode is valid for a source of one modification time, so copies keep it. */
function copyKeepingTime(from: string, to: string, flags: number): void {
  copyFileSync(from, to, flags);
  const { mtimeMs } = statSync(from);
  utimesSync(to, mtimeMs / 1000, mtimeMs / 1000);
}
