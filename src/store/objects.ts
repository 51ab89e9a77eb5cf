import { type AbsPath, hasCode, isVenvoyError, parseSha256, type Sha256 } from "../base/index.ts";
import { checkFreeSpace, type DataLayout, explainingDisk, linkModes, sweepStages, withStage } from "../disk/index.ts";
import type { FileInfo, LinkMode, Ports } from "../ports/index.ts";
import { type CollectOptions, defaultGraceMs } from "./collect.ts";
import { objectDamaged, objectMissing } from "./errors.ts";

/** The content of one file, known by its sha256. A link shares the mode, so programs are objects of their own. */
export interface StoredObject {
  readonly sha256: Sha256;
  readonly executable: boolean;
}

/** Where an object lies below a directory of objects, here and in a publication: `ab/<sha256>`, `.x` for a program. */
export function objectPath({ sha256, executable }: StoredObject): string {
  return `${sha256.slice(0, 2)}/${sha256}${executable ? ".x" : ""}`;
}

/** Reads `objectPath` back; `undefined` for anything else. */
export function parseObjectPath(path: string): StoredObject | undefined {
  const match = /^([0-9a-f]{2})\/(\1[0-9a-f]{62})(\.x)?$/.exec(path);
  return match === null ? undefined : { sha256: parseSha256(match[2] ?? ""), executable: match[3] !== undefined };
}

export interface PlacedObject extends StoredObject {
  /** Relative to the tree, with `/`, proven safe. */
  readonly path: string;
}

export interface Brought {
  readonly files: number;
  readonly bytes: number;
}

export interface BringOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (files: number, bytes: number) => void;
}

/** Contents of files that several trees share. Safe for many processes at once: whoever is first has brought the same. */
export interface ObjectStore {
  readonly root: AbsPath;
  /** Where an object lies, or would. */
  at(object: StoredObject): AbsPath;
  /**
   * Those that aren't here whole; the others aren't collected within the next three quarters of an hour. One that was changed
   * through a tree is taken away, and the tree keeps its change.
   */
  missing(objects: Iterable<StoredObject>): Promise<readonly StoredObject[]>;
  /**
   * Copies objects from another directory of objects. Each is compared with its digest before it gets its name; what is
   * here by then stays when it is stopped. Throws `DIGEST_MISMATCH` or `FILE_UNREADABLE` with the path of the first that is wrong.
   */
  bring(from: AbsPath, objects: readonly StoredObject[], options?: BringOptions): Promise<Brought>;
  /** What `bring` would copy. Throws as it does for what can't be read. */
  measure(from: AbsPath, objects: readonly StoredObject[]): Promise<Brought>;
  /** Puts objects into a tree whose directories are there: as links where the disk can, else as copies. */
  place(tree: AbsPath, files: readonly PlacedObject[], signal?: AbortSignal): Promise<LinkMode>;
  list(): Promise<readonly StoredObject[]>;
  /** All whose content isn't what their name says. */
  damaged(): Promise<readonly StoredObject[]>;
  discard(object: StoredObject): Promise<void>;
  /** Where those lie that `collect` would take away. */
  unneeded(keep: ReadonlySet<Sha256>, options?: CollectOptions): Promise<readonly AbsPath[]>;
  /** Takes away what is not in `keep` and got no new link within `graceMs` (default: one hour), and what kills left. */
  collect(keep: ReadonlySet<Sha256>, options?: CollectOptions): Promise<number>;
}

type Io = Pick<Ports, "fs" | "clock" | "system" | "proc">;

/** Objects in `<data>/store/object`. */
export function openObjects(io: Io, layout: Pick<DataLayout, "objects">): ObjectStore {
  return new Objects(io, layout.objects);
}

/*
 * The modification time of an object says whether it is to be believed, so that one look does: `settled` is known to be on
 * the disk whole. While the machine runs that wrote it, `fresh` is as good; after a crash it may have lost bytes, and is
 * hashed once. Any other time was made by somebody who wrote through a tree.
 */
const settledMs = Date.UTC(1980, 0, 1);

class Objects implements ObjectStore {
  readonly root: AbsPath;
  readonly #io: Io;
  readonly #freshMs: number;
  #swept: Promise<unknown> | undefined;

  constructor(io: Io, root: AbsPath) {
    this.#io = io;
    this.root = root;
    this.#freshMs = settledMs + 1_000 * (1 + (hash(io.system.boot) % 0xffffff));
  }

  at(one: StoredObject): AbsPath {
    return this.#io.fs.path.join(this.root, ...objectPath(one).split("/"));
  }

  async missing(objects: Iterable<StoredObject>): Promise<readonly StoredObject[]> {
    const { fs } = this.#io;
    const wanted = [...new Map([...objects].map((one) => [objectPath(one), one])).values()];
    const infos = await fs.linkInfos(wanted.map((one) => this.at(one)));
    const missing: StoredObject[] = [];
    const doubtful: StoredObject[] = [];
    for (const [index, one] of wanted.entries()) {
      const info = infos[index];
      if (info === undefined) missing.push(one);
      else if (!this.#isBelieved(one, info)) doubtful.push(one);
      else if (this.#io.clock.now() - info.changedMs > defaultGraceMs / 4) await this.#settle(one, info.modifiedMs);
    }
    const digests = await fs.digests(doubtful.map((one) => this.at(one)));
    for (const [index, one] of doubtful.entries()) {
      if (digests[index] === one.sha256) await this.#settle(one, settledMs);
      else {
        await this.discard(one);
        missing.push(one);
      }
    }
    return missing;
  }

  async bring(
    from: AbsPath,
    objects: readonly StoredObject[],
    { signal, onProgress }: BringOptions = {},
  ): Promise<Brought> {
    const { fs } = this.#io;
    this.#swept ??= sweepStages(this.#io, this.#stages());
    await this.#swept;
    const sized = await this.#sized(from, objects);
    const total = sized.reduce((sum, { bytes }) => sum + bytes, 0);
    await checkFreeSpace(fs, this.root, total);
    await explainingDisk(this.root, () =>
      withStage(this.#io, this.#stages(), "objects", async (stage) => {
        await this.#copy(from, stage, sized, { ...(signal && { signal }), ...(onProgress && { onProgress }) });
      }),
    );
    return { files: sized.length, bytes: total };
  }

  async measure(from: AbsPath, objects: readonly StoredObject[]): Promise<Brought> {
    const sized = await this.#sized(from, objects);
    return { files: sized.length, bytes: sized.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  async place(tree: AbsPath, files: readonly PlacedObject[], signal?: AbortSignal): Promise<LinkMode> {
    const { fs } = this.#io;
    await fs.makeDir(this.root);
    const mode = await linkModes(fs).between(this.root, tree);
    const infos = await fs.linkInfos(files.map((one) => this.at(one)));
    // All empty files are one object, and nobody who writes into one means the others.
    const linked = files.filter((_, index) => mode === "hardlink" && infos[index]?.sizeBytes !== 0);
    const [paths, sources] = [linked.map(({ path }) => path), linked.map(objectPath)];
    const plan = { from: this.root, to: tree, mode, directories: [], files: paths, sources };
    if (linked.length > 0) await fs.linkTrees([plan], signal === undefined ? {} : { signal });
    const isLinked = new Set(paths);
    for (const [index, one] of files.entries()) {
      if (index % 256 === 0) signal?.throwIfAborted();
      if (!isLinked.has(one.path)) await fs.copyFile(this.at(one), fs.path.join(tree, ...one.path.split("/")));
    }
    return mode;
  }

  async list(): Promise<readonly StoredObject[]> {
    const { fs } = this.#io;
    const found: StoredObject[] = [];
    for (const { name: first } of (await fs.list(this.root)) ?? []) {
      if (!/^[0-9a-f]{2}$/.test(first)) continue;
      for (const { name } of (await fs.list(fs.path.join(this.root, first))) ?? []) {
        const one = parseObjectPath(`${first}/${name}`);
        if (one !== undefined) found.push(one);
      }
    }
    return found;
  }

  async damaged(): Promise<readonly StoredObject[]> {
    const all = await this.list();
    const digests = await this.#io.fs.digests(all.map((one) => this.at(one)));
    return all.filter((one, index) => digests[index] !== one.sha256);
  }

  discard(one: StoredObject): Promise<void> {
    return this.#io.fs.remove(this.at(one));
  }

  async unneeded(
    keep: ReadonlySet<Sha256>,
    { graceMs = defaultGraceMs }: CollectOptions = {},
  ): Promise<readonly AbsPath[]> {
    const paths = (await this.list()).filter(({ sha256 }) => !keep.has(sha256)).map((one) => this.at(one));
    const infos = await this.#io.fs.linkInfos(paths);
    // A new link changes the inode: whoever has just found it is about to make one, or has.
    return paths.filter((_, index) => this.#io.clock.now() - (infos[index]?.changedMs ?? 0) >= graceMs);
  }

  async collect(keep: ReadonlySet<Sha256>, options: CollectOptions = {}): Promise<number> {
    await sweepStages(this.#io, this.#stages());
    const gone = await this.unneeded(keep, options);
    for (const path of gone) await this.#io.fs.remove(path);
    return gone.length;
  }

  async #sized(from: AbsPath, objects: readonly StoredObject[]): Promise<readonly Sized[]> {
    const { fs } = this.#io;
    const infos = await fs.linkInfos(objects.map((one) => fs.path.join(from, ...objectPath(one).split("/"))));
    return objects.map((one, index) => ({ one, bytes: sizeOf(infos[index], from, one) }));
  }

  /** Each is compared, and looks like what is to be believed, before it gets its name. */
  async #copy(from: AbsPath, stage: AbsPath, sized: readonly Sized[], options: BringOptions): Promise<void> {
    const { fs } = this.#io;
    for (const first of new Set(sized.map(({ one }) => one.sha256.slice(0, 2))))
      await fs.makeDir(fs.path.join(this.root, first));
    const files = sized.map(({ one, bytes }) => ({
      from: fs.path.join(from, ...objectPath(one).split("/")),
      to: this.at(one),
      sizeBytes: bytes,
      mode: one.executable ? 0o755 : 0o644,
      sha256: one.sha256,
    }));
    try {
      await fs.copyFiles({ files, stage, modifiedMs: this.#freshMs }, options);
    } catch (error) {
      if (isVenvoyError(error, "DIGEST_MISMATCH")) throw damagedIn(sized, String(error.data["path"]));
      // It was there a moment ago: the release was taken away, or the share went.
      if (hasCode(error, "ENOENT", "ESTALE", "EIO", "ENXIO", "ENOTCONN", "EHOSTDOWN", "ETIMEDOUT"))
        throw objectMissing(from, error);
      throw error;
    }
  }

  #isBelieved({ executable }: StoredObject, { kind, modifiedMs, mode }: FileInfo): boolean {
    const isExecutable = this.#io.system.os === "windows" ? executable : (mode & 0o111) !== 0;
    return kind === "file" && isExecutable === executable && [settledMs, this.#freshMs].includes(modifiedMs);
  }

  async #settle(one: StoredObject, modifiedMs: number): Promise<void> {
    await this.#io.fs.setMode(this.at(one), one.executable ? 0o755 : 0o644);
    await this.#io.fs.setTimes(this.at(one), modifiedMs);
  }

  #stages(): AbsPath {
    return this.#io.fs.path.join(this.root, ".stage");
  }
}

interface Sized {
  readonly one: StoredObject;
  readonly bytes: number;
}

/** A pipe or a link in its place would be read for ever, or from elsewhere. */
function sizeOf(info: FileInfo | undefined, from: AbsPath, one: StoredObject): number {
  if (info === undefined) throw objectMissing(from);
  if (info.kind !== "file") throw objectDamaged(`${from}/${objectPath(one)}`, one.sha256);
  return info.sizeBytes;
}

function damagedIn(sized: readonly Sized[], path: string): Error {
  const found = sized.find(({ one }) => path.replaceAll("\\", "/").endsWith(objectPath(one)));
  return objectDamaged(path, found?.one.sha256 ?? "");
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
