import { type AbsPath, hasCode, type Sha256, VenvoyError } from "../base/index.ts";
import { type DataLayout, explainingDisk, sharedAccess, sweepStages, withLock, withStage } from "../disk/index.ts";
import { inOp, type Ports, type Reporter } from "../ports/index.ts";
import { type Artifact, artifactOf, type Manifest, manifestFile } from "./artifact.ts";
import { cacheTag } from "./bytecode.ts";
import { type CollectOptions, defaultGraceMs, digestsAmong, holdArtifact, unneededArtifacts } from "./collect.ts";
import { wheelDigestMismatch } from "./errors.ts";
import { Gate } from "./gate.ts";
import { PreparedTrees } from "./prepared.ts";
import { restoreFiles } from "./restore-files.ts";
import { damagedFiles, editedFiles, extraFiles, readManifest, readTrusted } from "./trust.ts";
import { type StoreIo, unpackWheel } from "./unpack-wheel.ts";

export interface WantedWheel {
  readonly filename: string;
  readonly sha256: Sha256;
  readonly sizeBytes?: number | undefined;
}

/** Writes a wheel to a path; returns its digest if every byte was hashed on the way. */
export type FetchWheel = (to: AbsPath) => Promise<Sha256> | Promise<void>;

export interface EnsureOptions {
  readonly signal?: AbortSignal;
  readonly reporter?: Reporter;
}

export interface Damage {
  readonly artifact: Artifact;
  /** Changed or missing; relative to the artifact's root. */
  readonly files: readonly string[];
  /** Not of the wheel, and no bytecode: somebody wrote through a folded tree. */
  readonly extra: readonly string[];
}

export interface Collected {
  readonly removed: number;
  readonly freedBytes: number;
}

/** Wheels, unpacked once, known by their sha256. Safe for many callers and processes at once. */
export interface Store {
  /** Pythons that were made movable. `collect` and `unneeded` count them, too: their keys look like digests. */
  readonly prepared: PreparedTrees;
  /** The artifact, if it is here and whole. */
  find(sha256: Sha256): Promise<Artifact | undefined>;
  /** Unpacks a wheel that lies on this machine; the file stays. Throws `WHEEL_INVALID`, `ARCHIVE_INVALID`, `DIGEST_MISMATCH`. */
  add(wheel: AbsPath, wanted: WantedWheel): Promise<Artifact>;
  /**
   * Finds, or fetches and unpacks, once across processes. `fetch` writes the wheel to the path it is given; what an
   * interrupted one left there is still there the next time, so that it can go on. Without a
   * digest from it the file is read once more.
   */
  ensure(wanted: WantedWheel, fetch: FetchWheel, options?: EnsureOptions): Promise<Artifact>;
  list(): Promise<Artifact[]>;
  /** Compares content with digests: all of it. */
  verify(options?: { readonly signal?: AbortSignal }): Promise<Damage[]>;
  /** The same of one artifact; `undefined` when it is as it was unpacked. */
  damage(artifact: Artifact): Promise<Damage | undefined>;
  /** Files that were edited through a tree, as far as size and time tell. */
  edited(artifact: Artifact): Promise<string[]>;
  /** When its files were last written by venvoy: what is newer was edited. */
  completedMs(artifact: Artifact): Promise<number>;
  /**
   * Makes files of an artifact what they were, from its wheel. Each becomes a new file: whoever has a link to the old one
   * keeps that. Gives the files that are right now. Throws `DIGEST_MISMATCH` for another wheel.
   */
  restore(wheel: AbsPath, wanted: WantedWheel, files: readonly string[]): Promise<readonly string[]>;
  /** Takes an artifact away. Hard-linked trees keep their files, edits included; the next need fetches it again. */
  discard(sha256: Sha256): Promise<void>;
  /** The same as `find`, and nobody collects it within the next three quarters of an hour: for whoever goes on to link it. */
  hold(sha256: Sha256): Promise<Artifact | undefined>;
  /** Where that lies which `collect` would take away. */
  unneeded(keep: ReadonlySet<Sha256>, options?: CollectOptions): Promise<readonly AbsPath[]>;
  /** Takes away what is not in `keep` and was not unpacked or held within `graceMs` (default: one hour), and what kills left. */
  collect(keep: ReadonlySet<Sha256>, options?: CollectOptions): Promise<Collected>;
  /** True when bytecode of this Python (`3.11.7`) lies beside the sources. */
  isCompiled(artifact: Artifact, pythonVersion: string): boolean;
}

/** Throws nothing; the first use throws `DISK_UNTRUSTED` for a store of somebody else that third persons may change. */
export function openStore(
  io: StoreIo & Pick<Ports, "proc">,
  layout: Pick<DataLayout, "wheels"> & Partial<Pick<DataLayout, "prepared">>,
): Store {
  const { wheels, prepared = io.fs.path.join(io.fs.path.directory(wheels), "python") } = layout;
  return new WheelStore(io, wheels, new PreparedTrees(io, prepared));
}

/** A wheel on this machine, and its digest if that is known already. */
interface Brought {
  readonly wheel: AbsPath;
  readonly sha256: Sha256 | undefined;
}

class WheelStore implements Store {
  readonly prepared: PreparedTrees;
  readonly #io: StoreIo & Pick<Ports, "proc">;
  readonly #root: AbsPath;
  #checked: Promise<unknown> | undefined;
  #swept: Promise<unknown> | undefined;
  /** Enough that all threads have work while others are being read or described; more only costs memory. */
  readonly #unpacking: Gate;
  /** Of this process, so that two callers share one wait instead of one lock. */
  readonly #running = new Map<Sha256, Promise<Artifact>>();
  /** What was read, and what its file looked like before. */
  readonly #manifests = new Map<
    Sha256,
    { readonly look: string; readonly modifiedMs: number; readonly manifest: Manifest }
  >();

  constructor(io: StoreIo & Pick<Ports, "proc">, root: AbsPath, prepared: PreparedTrees) {
    this.#io = io;
    this.#root = root;
    this.prepared = prepared;
    this.#unpacking = new Gate(io.system.cores + 2);
  }

  async find(sha256: Sha256): Promise<Artifact | undefined> {
    const root = this.#at(sha256);
    this.#checked ??= sharedAccess(this.#io, this.#root);
    await this.#checked;
    const manifest = await this.#manifest(sha256);
    return manifest === undefined ? undefined : artifactOf(manifest, root);
  }

  /** A command asks for each of a hundred several times; a file that looks as it did then needn't be read again. */
  async #manifest(sha256: Sha256): Promise<Manifest | undefined> {
    const root = this.#at(sha256);
    const info = await this.#io.fs.info(this.#io.fs.path.join(root, manifestFile));
    if (info === undefined) return undefined;
    const look = [info.inode, info.sizeBytes, info.modifiedMs, info.changedMs].join(" ");
    const known = this.#manifests.get(sha256);
    if (known?.look === look) return known.manifest;
    const manifest = await readTrusted(this.#io, root);
    if (manifest !== undefined) this.#manifests.set(sha256, { look, modifiedMs: info.modifiedMs, manifest });
    return manifest;
  }

  add(wheel: AbsPath, wanted: WantedWheel): Promise<Artifact> {
    return this.#once(wanted, async () => ({ wheel, sha256: undefined }), {});
  }

  async ensure(wanted: WantedWheel, fetch: FetchWheel, options: EnsureOptions = {}): Promise<Artifact> {
    const found = await this.find(wanted.sha256);
    if (found !== undefined) return found;
    const { fs } = this.#io;
    const incoming = fs.path.join(this.#root, ".incoming", `${wanted.sha256}.whl`);
    const bring = async (): Promise<Brought> => {
      await fs.makeDir(fs.path.directory(incoming));
      return { wheel: incoming, sha256: (await fetch(incoming)) ?? undefined };
    };
    return this.#once(wanted, bring, { ...options, temporary: incoming });
  }

  async list(): Promise<Artifact[]> {
    const found: Artifact[] = [];
    for (const sha256 of await this.#digests()) {
      const manifest = await readManifest(this.#io.fs, this.#at(sha256));
      if (manifest !== undefined) found.push(artifactOf(manifest, this.#at(sha256)));
    }
    return found;
  }

  async verify({ signal }: { readonly signal?: AbortSignal } = {}): Promise<Damage[]> {
    const damages: Damage[] = [];
    for (const artifact of await this.list()) {
      signal?.throwIfAborted();
      const damage = await this.damage(artifact);
      if (damage !== undefined) damages.push(damage);
    }
    return damages;
  }

  async damage(artifact: Artifact): Promise<Damage | undefined> {
    const files = await damagedFiles(this.#io.fs, artifact.root);
    const extra = await extraFiles(this.#io.fs, artifact.root);
    return files.length + extra.length > 0 ? { artifact, files, extra } : undefined;
  }

  async edited(artifact: Artifact): Promise<string[]> {
    const manifest = await readManifest(this.#io.fs, artifact.root);
    return manifest === undefined ? [] : editedFiles(this.#io.fs, artifact.root, manifest.completedMs);
  }

  async completedMs(artifact: Artifact): Promise<number> {
    return (await this.#manifest(artifact.sha256))?.completedMs ?? 0;
  }

  async restore(wheel: AbsPath, wanted: WantedWheel, files: readonly string[]): Promise<readonly string[]> {
    const io = this.#io;
    const { sha256, filename } = wanted;
    const root = this.#at(sha256);
    return withLock(io, this.#lockOf(sha256), { purpose: `restore ${filename}` }, async () => {
      const [got] = await io.fs.digests([wheel]);
      if (got !== sha256) throw wheelDigestMismatch(filename, sha256, got ?? "no file");
      return withStage(io, io.fs.path.join(this.#root, ".stage"), sha256.slice(0, 16), async (stage) => {
        await inOp(io.reporter, { kind: "unpack", label: filename }, (op) =>
          unpackWheel(io, { path: wheel, filename, sha256 }, { root: stage, boot: io.system.boot, op }),
        );
        return restoreFiles(io.fs, { from: stage, to: root, files });
      });
    });
  }

  async discard(sha256: Sha256): Promise<void> {
    const root = this.#at(sha256);
    await withLock(this.#io, this.#lockOf(sha256), { purpose: `remove ${sha256.slice(0, 12)} from the store` }, () =>
      this.#clear(root),
    );
  }

  async hold(sha256: Sha256): Promise<Artifact | undefined> {
    const found = await this.find(sha256);
    const known = this.#manifests.get(sha256);
    if (found !== undefined) await holdArtifact(this.#io, found, known?.modifiedMs);
    return found;
  }

  async unneeded(keep: ReadonlySet<Sha256>, options: CollectOptions = {}): Promise<readonly AbsPath[]> {
    const wheels = await this.#unneeded(keep, options);
    return [...wheels.map(({ root }) => root), ...(await this.prepared.unneeded(keep, options))];
  }

  async collect(keep: ReadonlySet<Sha256>, options: CollectOptions = {}): Promise<Collected> {
    await this.#sweep();
    await this.#dropOldDownloads(options.graceMs ?? defaultGraceMs);
    const gone = await this.#unneeded(keep, options);
    for (const { sha256 } of gone) await this.discard(sha256);
    const trees = await this.prepared.collect(keep, options);
    const bytes = gone.reduce((sum, one) => sum + (one.artifact?.sizeBytes ?? 0), 0);
    return { removed: gone.length + trees.removed, freedBytes: bytes + trees.bytes };
  }

  isCompiled(artifact: Artifact, pythonVersion: string): boolean {
    return artifact.bytecode.includes(cacheTag(pythonVersion));
  }

  async #unneeded(keep: ReadonlySet<Sha256>, options: CollectOptions): ReturnType<typeof unneededArtifacts> {
    const roots = new Map((await this.#digests()).map((sha256) => [sha256, this.#at(sha256)]));
    return unneededArtifacts(this.#io, roots, keep, options);
  }

  #at(sha256: Sha256): AbsPath {
    return this.#io.fs.path.join(this.#root, sha256);
  }

  #lockOf(sha256: Sha256): AbsPath {
    return this.#io.fs.path.join(this.#root, ".locks", sha256);
  }

  async #digests(): Promise<Sha256[]> {
    const entries = (await explainingDisk(this.#root, () => this.#io.fs.list(this.#root))) ?? [];
    return digestsAmong(entries.map(({ name }) => name));
  }

  #once(
    wanted: WantedWheel,
    bring: () => Promise<Brought>,
    options: EnsureOptions & { readonly temporary?: AbsPath },
  ): Promise<Artifact> {
    const running = this.#running.get(wanted.sha256);
    if (running !== undefined) return running;
    const made = this.#make(wanted, bring, options).finally(() => this.#running.delete(wanted.sha256));
    this.#running.set(wanted.sha256, made);
    return made;
  }

  async #make(
    wanted: WantedWheel,
    bring: () => Promise<Brought>,
    { signal, reporter = this.#io.reporter, temporary }: EnsureOptions & { readonly temporary?: AbsPath },
  ): Promise<Artifact> {
    const io = { ...this.#io, reporter };
    const purpose = { purpose: `fetch ${wanted.filename}`, ...(signal && { signal }) };
    return withLock(io, this.#lockOf(wanted.sha256), purpose, async () => {
      const found = await this.find(wanted.sha256);
      if (found !== undefined) return found;
      await this.#sweep();
      const brought = await bring();
      signal?.throwIfAborted();
      try {
        return await this.#unpacking.pass(() => this.#unpack(io, brought, { ...wanted, ...(signal && { signal }) }));
      } catch (error) {
        // A hostile or wrong file isn't worth resuming; after a full disk or an abort it is.
        if (temporary !== undefined && error instanceof VenvoyError) await io.fs.remove(temporary);
        throw error;
      } finally {
        if (temporary !== undefined && (await io.fs.linkInfo(this.#at(wanted.sha256))) !== undefined) {
          await io.fs.remove(temporary);
        }
      }
    });
  }

  #unpack(
    io: StoreIo,
    { wheel, sha256: hashed }: Brought,
    { filename, sha256, signal }: WantedWheel & { readonly signal?: AbortSignal },
  ): Promise<Artifact> {
    const { fs } = io;
    const root = this.#at(sha256);
    return explainingDisk(this.#root, async () => {
      const got = hashed ?? (await fs.digests([wheel]))[0];
      if (got !== sha256) throw wheelDigestMismatch(filename, sha256, got ?? "no file");
      return withStage(io, fs.path.join(this.#root, ".stage"), sha256.slice(0, 16), async (stage) => {
        const manifest = await inOp(io.reporter, { kind: "unpack", label: filename }, (op) =>
          unpackWheel(
            io,
            { path: wheel, filename, sha256 },
            { root: stage, boot: io.system.boot, op, ...(signal && { signal }) },
          ),
        );
        await this.#clear(root);
        await fs.rename(stage, root);
        return artifactOf(manifest, root);
      });
    });
  }

  /** Once per process, before it adds to the store: what killed processes left there. */
  #sweep(): Promise<unknown> {
    this.#swept ??= sweepStages(this.#io, this.#io.fs.path.join(this.#root, ".stage"));
    return this.#swept;
  }

  /** Downloads that nobody went on with. */
  async #dropOldDownloads(graceMs: number): Promise<void> {
    const { fs, clock } = this.#io;
    const directory = fs.path.join(this.#root, ".incoming");
    for (const { name } of (await fs.list(directory)) ?? []) {
      const file = fs.path.join(directory, name);
      const info = await fs.linkInfo(file);
      if (info !== undefined && clock.now() - info.modifiedMs >= graceMs) await fs.remove(file);
    }
  }

  /** Under its lock: takes what is there out of sight first, so that nobody finds a half. */
  async #clear(root: AbsPath): Promise<void> {
    const { fs } = this.#io;
    if ((await fs.linkInfo(root)) === undefined) return;
    await withStage(this.#io, fs.path.join(this.#root, ".stage"), "removed", async (stage) => {
      try {
        await fs.rename(root, fs.path.join(stage, "artifact"));
      } catch (error) {
        if (!hasCode(error, "ENOENT")) throw error;
      }
    });
  }
}
