import type { AbsPath } from "../../base/index.ts";
import type { Fs, ScannedEntry } from "../../ports/index.ts";

/** Who holds a file: an index that the caller gave out. */
export type Holder = number;

/** Inodes that have the same holders; all that a question about space needs. */
export interface Share {
  /** Ascending. */
  readonly holders: readonly Holder[];
  /** Some link to them lies outside of what was scanned, so nobody here can free them. */
  readonly outside: boolean;
  readonly bytes: number;
  readonly inodes: number;
}

interface Node {
  readonly bytes: number;
  /** Links that were not met yet; a directory has one that counts. */
  missing: number;
  holders: readonly Holder[];
}

/**
 * Counts disk space by inode: a file with many names takes its blocks once, whoever holds the names. What is added twice
 * for one holder counts once.
 */
export class Footprint {
  readonly #fs: Pick<Fs, "scan">;
  readonly #devices = new Map<number, Map<number, Node>>();
  readonly #names = new Map<Holder, number>();
  /** One array per set of holders, so that a hundred thousand files don't have one each. */
  readonly #sets = new Map<string, readonly Holder[]>();

  constructor(fs: Pick<Fs, "scan">) {
    this.#fs = fs;
  }

  /** Scans a directory; `holderOf` says whose an entry is, by its path relative to `root`. */
  async add(root: AbsPath, holderOf: (path: string, entry: ScannedEntry) => Holder): Promise<void> {
    await this.#fs.scan(root, (entry) => this.#count(entry, holderOf(entry.path, entry)));
  }

  /** Names of files (not directories) that a holder has. */
  files(holder: Holder): number {
    return this.#names.get(holder) ?? 0;
  }

  shares(): readonly Share[] {
    const found = new Map<string, { holders: readonly Holder[]; outside: boolean; bytes: number; inodes: number }>();
    for (const nodes of this.#devices.values()) {
      for (const { bytes, missing, holders } of nodes.values()) {
        const key = `${holders.join(",")}${missing > 0 ? "+" : ""}`;
        const share = found.get(key) ?? { holders, outside: missing > 0, bytes: 0, inodes: 0 };
        share.bytes += bytes;
        share.inodes++;
        found.set(key, share);
      }
    }
    return [...found.values()];
  }

  #count(entry: ScannedEntry, holder: Holder): void {
    const isDirectory = entry.kind === "directory";
    if (!isDirectory) this.#names.set(holder, (this.#names.get(holder) ?? 0) + 1);
    const nodes = this.#devices.get(entry.device) ?? new Map<number, Node>();
    if (nodes.size === 0) this.#devices.set(entry.device, nodes);
    const node = nodes.get(entry.inode);
    if (node === undefined) {
      const missing = isDirectory ? 0 : entry.links - 1;
      nodes.set(entry.inode, { bytes: entry.diskBytes, missing, holders: this.#with([], holder) });
      return;
    }
    node.missing--;
    if (!node.holders.includes(holder)) node.holders = this.#with(node.holders, holder);
  }

  #with(holders: readonly Holder[], one: Holder): readonly Holder[] {
    const together = [...holders, one].sort((a, b) => a - b);
    const key = together.join(",");
    const known = this.#sets.get(key) ?? together;
    this.#sets.set(key, known);
    return known;
  }
}
