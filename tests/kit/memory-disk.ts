import type { AbsPath } from "../../src/base/index.ts";
import { foldedName, posixPaths, windowsPaths } from "../../src/disk/index.ts";
import type { PathStyle } from "../../src/ports/index.ts";

export interface MemoryDiskOptions {
  readonly style?: "posix" | "windows";
  /** Default: as Windows does; macOS folds too. */
  readonly foldsCase?: boolean;
  readonly reflinks?: boolean;
  readonly hardLinks?: boolean;
  /** Bytes of all files together; writing more fails with ENOSPC. */
  readonly capacityBytes?: number;
  readonly owner?: number;
}

interface NodeFacts {
  readonly inode: number;
  readonly device: number;
  owner: number;
  mode: number;
  modifiedMs: number;
  changedMs: number;
  links: number;
}

export interface FileNode extends NodeFacts {
  readonly kind: "file";
  data: Uint8Array;
}
export interface DirectoryNode extends NodeFacts {
  readonly kind: "directory";
  /** By folded name where the disk folds. */
  readonly entries: Map<string, { name: string; node: DiskNode }>;
}
export interface LinkNode extends NodeFacts {
  readonly kind: "symlink";
  readonly target: string;
  readonly isJunction: boolean;
}
export type DiskNode = FileNode | DirectoryNode | LinkNode;

/** A place in a directory, whether something is there or not. */
export interface Spot {
  readonly parent: DirectoryNode;
  readonly parentPath: AbsPath;
  readonly name: string;
  readonly node: DiskNode | undefined;
}

/** The error that the system would throw. */
export function systemError(code: string, operation: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${operation} '${path}'`), { code, syscall: operation, path });
}

/** A disk of inodes, names and links, in the manner of one platform. */
export class MemoryDisk {
  readonly path: PathStyle;
  readonly foldsCase: boolean;
  readonly reflinks: boolean;
  readonly hardLinks: boolean;
  capacityBytes: number;
  usedBytes = 0;
  /** Whose files new ones are. */
  owner: number;
  readonly #roots = new Map<string, DirectoryNode>();
  readonly #protected = new Map<string, string>();
  readonly #opened = new Set<string>();
  readonly #loaded = new Set<DiskNode>();
  readonly #now: () => number;
  #nextInode = 1;
  #nextDevice = 1;

  constructor(options: MemoryDiskOptions, now: () => number) {
    this.path = options.style === "windows" ? windowsPaths : posixPaths;
    this.foldsCase = options.foldsCase ?? options.style === "windows";
    this.reflinks = options.reflinks ?? false;
    this.hardLinks = options.hardLinks ?? true;
    this.capacityBytes = options.capacityBytes ?? Number.MAX_SAFE_INTEGER;
    this.owner = options.owner ?? 1000;
    this.#now = now;
  }

  /** Another disk is mounted at an empty or new directory: links and renames across fail with EXDEV. */
  mount(path: AbsPath): void {
    const spot = this.spot(path, "mount");
    const directory = this.newDirectory(++this.#nextDevice);
    this.put(spot, directory);
  }

  /** Writing below `path` fails with this code: EACCES (permission) or EROFS (read-only disk). */
  protect(path: AbsPath, code: "EACCES" | "EROFS" | "EPERM" = "EACCES"): void {
    this.#protected.set(this.#key(path), code);
  }

  unprotect(path: AbsPath): void {
    this.#protected.delete(this.#key(path));
  }

  /** Another program has the file open; on Windows it can't be removed, renamed or replaced then. */
  openElsewhere(path: AbsPath): void {
    this.#opened.add(this.#key(path));
  }

  closeElsewhere(path: AbsPath): void {
    this.#opened.delete(this.#key(path));
  }

  /** A program runs code of the file; Windows lets it be renamed then, but not removed or replaced, nor a directory above it be renamed. */
  loadElsewhere(path: AbsPath): void {
    this.#loaded.add(this.node(path, "load"));
  }

  unloadAll(): void {
    this.#loaded.clear();
  }

  now(): number {
    return this.#now();
  }

  newFile(data: Uint8Array, mode: number, device: number): FileNode {
    return { kind: "file", data, ...this.#facts(mode, device) };
  }

  newDirectory(device: number): DirectoryNode {
    return { kind: "directory", entries: new Map(), ...this.#facts(0o755, device) };
  }

  newLink(target: string, isJunction: boolean, device: number): LinkNode {
    return { kind: "symlink", target, isJunction, ...this.#facts(0o777, device) };
  }

  /** Follows every link but the last one, unless `follow`. Throws ENOENT, ENOTDIR or ELOOP on the way. */
  spot(path: AbsPath, operation: string, follow = false, depth = 0): Spot {
    if (depth > 40) throw systemError("ELOOP", operation, path);
    const { root, segments } = this.#split(path);
    let parent = this.#root(root);
    let parentPath = root as AbsPath;
    if (segments.length === 0) return { parent, parentPath, name: "", node: parent };
    for (const [index, name] of segments.entries()) {
      const node = parent.entries.get(this.#fold(name))?.node;
      const isLast = index === segments.length - 1;
      if (isLast && !(follow && node?.kind === "symlink")) return { parent, parentPath, name, node };
      if (node === undefined) throw systemError("ENOENT", operation, path);
      if (node.kind === "symlink") {
        const target = this.path.resolve(parentPath, node.target);
        return this.spot(this.path.join(target, ...segments.slice(index + 1)), operation, follow, depth + 1);
      }
      if (node.kind !== "directory") throw systemError("ENOTDIR", operation, path);
      parentPath = this.path.join(parentPath, parent.entries.get(this.#fold(name))?.name ?? name);
      parent = node;
    }
    throw systemError("ENOENT", operation, path);
  }

  /** What is at `path`, links followed; throws ENOENT. */
  node(path: AbsPath, operation: string): DiskNode {
    const { node } = this.spot(path, operation, true);
    if (node === undefined) throw systemError("ENOENT", operation, path);
    return node;
  }

  /** Names `node` at the spot; what was there before loses a link. */
  put(spot: Spot, node: DiskNode): void {
    this.checkWritable(spot, "write");
    if (spot.node === node) return;
    if (spot.node !== undefined) this.#unlinked(spot.node);
    spot.parent.entries.set(this.#fold(spot.name), { name: spot.name, node });
    spot.parent.modifiedMs = this.#now();
  }

  take(spot: Spot): void {
    this.checkWritable(spot, "unlink");
    spot.parent.entries.delete(this.#fold(spot.name));
    spot.parent.modifiedMs = this.#now();
    if (spot.node !== undefined) this.#unlinked(spot.node);
  }

  /** Accounts for `more` bytes; throws ENOSPC. */
  charge(more: number, path: string): void {
    if (this.usedBytes + more > this.capacityBytes) throw systemError("ENOSPC", "write", path);
    this.usedBytes += more;
  }

  checkWritable(spot: Spot, operation: string): void {
    const full = this.fullPath(spot);
    for (const [key, code] of this.#protected) {
      if (this.path.isInside(key as AbsPath, this.#key(full) as AbsPath)) throw systemError(code, operation, full);
    }
  }

  /** Windows refuses to touch a file that is open, and a directory with one inside. */
  checkNotOpen(spot: Spot, operation: string): void {
    if (this.path.kind !== "windows") return;
    const full = this.#key(this.fullPath(spot)) as AbsPath;
    for (const opened of this.#opened) {
      if (this.path.isInside(full, opened as AbsPath)) throw systemError("EBUSY", operation, full);
    }
  }

  checkNotLoaded(spot: Spot, operation: string, isMoved: boolean): void {
    if (this.path.kind !== "windows" || spot.node === undefined || (isMoved && spot.node.kind !== "directory")) return;
    if (this.#holdsLoaded(spot.node)) throw systemError("EPERM", operation, this.fullPath(spot));
  }

  #holdsLoaded(node: DiskNode): boolean {
    if (node.kind !== "directory") return this.#loaded.has(node);
    return [...node.entries.values()].some((entry) => this.#holdsLoaded(entry.node));
  }

  sameName(a: string, b: string): boolean {
    return this.#fold(a) === this.#fold(b);
  }

  fullPath(spot: Spot): AbsPath {
    return spot.name === "" ? spot.parentPath : this.path.join(spot.parentPath, spot.name);
  }

  #key(path: AbsPath): string {
    return this.#fold(path);
  }

  #fold(name: string): string {
    return this.foldsCase ? foldedName(name) : name;
  }

  #split(path: AbsPath): { readonly root: string; readonly segments: string[] } {
    if (this.path.kind === "posix") return { root: "/", segments: path.split("/").filter((part) => part !== "") };
    const [drive = "C:", ...segments] = path.split(/[\\/]/);
    return { root: `${drive.toUpperCase()}\\`, segments: segments.filter((part) => part !== "") };
  }

  #root(name: string): DirectoryNode {
    let root = this.#roots.get(name);
    if (root === undefined) {
      root = this.newDirectory(++this.#nextDevice);
      this.#roots.set(name, root);
    }
    return root;
  }

  #unlinked(node: DiskNode): void {
    node.links--;
    node.changedMs = this.#now();
    if (node.kind === "file" && node.links === 0) this.usedBytes -= node.data.byteLength;
  }

  #facts(mode: number, device: number): NodeFacts {
    const nowMs = this.#now();
    return { inode: this.#nextInode++, device, owner: this.owner, mode, modifiedMs: nowMs, changedMs: nowMs, links: 1 };
  }
}
