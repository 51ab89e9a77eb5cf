import { type AbsPath, byCodePoint, type Sha256 } from "../base/index.ts";
import { formatPathLists } from "../codec/index.ts";
import { explainingDisk, sharedAccess, sweepStages, withLock, withStage } from "../disk/index.ts";
import type { ListedPaths, Ports } from "../ports/index.ts";
import { manifestFile, type Stamp, type StoredFile, writeStoredFiles } from "./artifact.ts";
import { type CollectOptions, defaultGraceMs, digestsAmong, holdArtifact } from "./collect.ts";
import { damagedFiles, readManifest, readTrusted, writeManifest } from "./trust.ts";
import type { StoreIo } from "./unpack-wheel.ts";

/** A symbolic link of a prepared tree. */
export interface PreparedLink {
  /** Relative to the tree, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly kind: "file" | "directory";
}

/** Part of a tree that was worked out once and is linked into others: a Python that can be moved. */
export interface PreparedTree<Facts> {
  readonly key: Sha256;
  readonly root: AbsPath;
  /** Its files lie below, as they will in a tree. */
  readonly files: AbsPath;
  /** Where its paths are listed; what `linkTrees` reads. */
  readonly listing: ListedPaths["listing"];
  readonly links: readonly PreparedLink[];
  /** What its maker has to say of it. */
  readonly facts: Facts;
  readonly sizeBytes: number;
  /** No file was written by its maker later than this. */
  readonly completedMs: number;
}

interface PreparedManifest<Facts> extends Stamp {
  readonly label: string;
  readonly links: readonly PreparedLink[];
  readonly facts: Facts;
  readonly fileCount: number;
  readonly sizeBytes: number;
}

export interface PrepareOptions<Facts> {
  /** What it is, for whoever waits for it: `Python 3.11.7`. */
  readonly label: string;
  readonly signal?: AbortSignal | undefined;
  /** Fills an empty directory that nobody sees. The key must stand for everything that its files depend on. */
  readonly make: (files: AbsPath) => Promise<Facts>;
}

/** Directory of the tree itself, and the name of the list of its paths. */
const treeName = "tree";
const listFile = "list";

/**
 * Trees that take long to make and are the same for many: each is made once, under a key that stands for what it is made
 * of, appears whole, and is held and collected like stored wheels. Safe for many processes at once.
 */
export class PreparedTrees {
  readonly #io: StoreIo & Pick<Ports, "proc">;
  /** Where they lie; made with the first. */
  readonly root: AbsPath;

  constructor(io: StoreIo & Pick<Ports, "proc">, root: AbsPath) {
    this.#io = io;
    this.root = root;
  }

  /** The tree, if it is here and whole; nobody collects it within the next three quarters of an hour. */
  async hold<Facts>(key: Sha256): Promise<PreparedTree<Facts> | undefined> {
    const root = this.#at(key);
    await sharedAccess(this.#io, this.root);
    const manifest = await readTrusted<PreparedManifest<Facts>>(this.#io, root);
    if (manifest === undefined) return undefined;
    await holdArtifact(this.#io, { root });
    return this.#treeOf(key, manifest);
  }

  /** Holds it, or makes it, once across processes. */
  async ensure<Facts>(key: Sha256, options: PrepareOptions<Facts>): Promise<PreparedTree<Facts>> {
    const found = await this.hold<Facts>(key);
    if (found !== undefined) return found;
    const { label, signal } = options;
    const purpose = { purpose: `prepare ${label}`, ...(signal && { signal }) };
    return withLock(this.#io, this.#lockOf(key), purpose, async () => {
      const made = await this.hold<Facts>(key);
      if (made !== undefined) return made;
      const stages = this.#io.fs.path.join(this.root, ".stage");
      await sweepStages(this.#io, stages);
      return explainingDisk(this.root, () =>
        withStage(this.#io, stages, key.slice(0, 16), (stage) => this.#make(key, stage, options)),
      );
    });
  }

  /** Where that lies which `collect` would take away. */
  async unneeded(keep: ReadonlySet<string>, { graceMs = defaultGraceMs }: CollectOptions = {}): Promise<AbsPath[]> {
    const { fs, clock } = this.#io;
    const found: AbsPath[] = [];
    for (const key of await this.#keys()) {
      const root = this.#at(key);
      const held = (await fs.linkInfo(fs.path.join(root, manifestFile))) ?? (await fs.linkInfo(root));
      if (!keep.has(key) && held !== undefined && clock.now() - held.modifiedMs >= graceMs) found.push(root);
    }
    return found;
  }

  /** Takes away what is not in `keep` and was not used for a while. */
  async collect(keep: ReadonlySet<string>, options: CollectOptions = {}): Promise<{ removed: number; bytes: number }> {
    const gone = await this.unneeded(keep, options);
    let bytes = 0;
    for (const root of gone) {
      bytes += (await readManifest<PreparedManifest<unknown>>(this.#io.fs, root))?.sizeBytes ?? 0;
      await this.#discard(root);
    }
    return { removed: gone.length, bytes };
  }

  /**
   * Compares all of it with its digests. What differs is taken away: it is made again when it is needed, and trees that have
   * links to its files keep those.
   */
  async verify(): Promise<readonly { readonly label: string; readonly files: readonly string[] }[]> {
    const damaged: { label: string; files: string[] }[] = [];
    for (const key of await this.#keys()) {
      const root = this.#at(key);
      const manifest = await readManifest<PreparedManifest<unknown>>(this.#io.fs, root);
      if (manifest === undefined) continue;
      const files = (await damagedFiles(this.#io.fs, root)).map((path) => path.replace(`${treeName}/`, ""));
      if (files.length === 0) continue;
      damaged.push({ label: manifest.label, files });
      await this.#discard(root);
    }
    return damaged;
  }

  async #make<Facts>(
    key: Sha256,
    stage: AbsPath,
    { label, make, signal }: PrepareOptions<Facts>,
  ): Promise<PreparedTree<Facts>> {
    const { fs, clock, system } = this.#io;
    const files = fs.path.join(stage, treeName);
    await fs.makeDir(files);
    const facts = await make(files);
    signal?.throwIfAborted();
    const { stored, directories, links } = await this.#describe(stage);
    await writeStoredFiles(fs, stage, stored);
    const paths = stored.map(({ path }) => path.slice(treeName.length + 1));
    await fs.write(fs.path.join(stage, listFile), formatPathLists([[treeName, { directories, files: paths }]]));
    const manifest: PreparedManifest<Facts> = {
      ...{ format: 1, label, links, facts, fileCount: stored.length, boot: system.boot, completedMs: clock.now() },
      sizeBytes: stored.reduce((sum, file) => sum + file.sizeBytes, 0),
    };
    await writeManifest(fs, stage, manifest);
    await this.#discardHere(this.#at(key));
    await fs.rename(stage, this.#at(key));
    return this.#treeOf(key, manifest);
  }

  async #describe(stage: AbsPath): Promise<{
    readonly stored: readonly StoredFile[];
    readonly directories: readonly string[];
    readonly links: readonly PreparedLink[];
  }> {
    const { fs } = this.#io;
    const root = fs.path.join(stage, treeName);
    const at = (path: string): AbsPath => fs.path.join(root, ...path.split("/"));
    const files: string[] = [];
    const directories: string[] = [];
    const linked: string[] = [];
    await fs.scan(root, ({ path, kind }) => {
      if (path === "") return;
      if (kind === "file") files.push(path);
      else if (kind === "directory") directories.push(path);
      else if (kind === "symlink") linked.push(path);
    });
    files.sort(byCodePoint);
    const [digests, infos] = [await fs.digests(files.map(at)), await fs.linkInfos(files.map(at))];
    const stored = files.map((path, index) => ({
      path: `${treeName}/${path}`,
      sizeBytes: infos[index]?.sizeBytes ?? 0,
      sha256: Buffer.from(digests[index] ?? "", "hex").toString("base64url"),
    }));
    const links: PreparedLink[] = [];
    for (const path of linked.sort(byCodePoint)) {
      const kind = (await fs.info(at(path)))?.kind === "directory" ? "directory" : "file";
      links.push({ path, text: await fs.readLink(at(path)), kind });
    }
    return { stored, directories: directories.sort(byCodePoint), links };
  }

  #treeOf<Facts>(key: Sha256, manifest: PreparedManifest<Facts>): PreparedTree<Facts> {
    const { path } = this.#io.fs;
    const root = this.#at(key);
    const { links, facts, fileCount, sizeBytes, completedMs } = manifest;
    const listing = { file: path.join(root, listFile), list: treeName, files: fileCount, except: [] };
    return { key, root, files: path.join(root, treeName), listing, links, facts, sizeBytes, completedMs };
  }

  #at(key: Sha256): AbsPath {
    return this.#io.fs.path.join(this.root, key);
  }

  #lockOf(key: string): AbsPath {
    return this.#io.fs.path.join(this.root, ".locks", key);
  }

  async #keys(): Promise<readonly Sha256[]> {
    const entries = (await explainingDisk(this.root, () => this.#io.fs.list(this.root))) ?? [];
    return digestsAmong(entries.map(({ name }) => name));
  }

  #discard(root: AbsPath): Promise<void> {
    const key = this.#io.fs.path.name(root);
    const purpose = { purpose: `remove ${key.slice(0, 12)} from the store` };
    return withLock(this.#io, this.#lockOf(key), purpose, () => this.#discardHere(root));
  }

  /** Out of sight first, so that nobody finds a half. */
  async #discardHere(root: AbsPath): Promise<void> {
    const { fs } = this.#io;
    if ((await fs.linkInfo(root)) === undefined) return;
    await withStage(this.#io, fs.path.join(this.root, ".stage"), "removed", (stage) =>
      fs.rename(root, fs.path.join(stage, "entry")),
    );
  }
}
