import { createHash } from "node:crypto";
import { type AbsPath, type PackageName, parseSha256, type Sha256, VenvoyError } from "../../base/index.ts";
import { type BuildOptions, buildWheel, canConfine, metadataOf, unpackArchive } from "../../build/index.ts";
import { withLock, withStage } from "../../disk/index.ts";
import { canonicalVersion, parseSdistName, parseWheelName } from "../../pep/index.ts";
import { inOp } from "../../ports/index.ts";
import type { FileMetadata, ListedFile, PackageSource, WantedFile } from "../../pypi/index.ts";
import { targetOf } from "../../python/index.ts";
import type { LockedFile, LockedPackage } from "../../resolve/index.ts";
import type { Artifact } from "../../store/index.ts";
import type { Context } from "../context.ts";
import { buildEnvironments } from "./environments.ts";
import type { BuildWay } from "./source.ts";

/** One source archive, wherever it comes from. */
interface Sdist {
  readonly name: PackageName;
  readonly version: string;
  readonly file: WantedFile;
}

/** An archive that was unpacked for a build. */
interface Unpacked {
  readonly sha256: Sha256;
  readonly options: BuildOptions;
}

/** After so many sdists of one project whose metadata can't be prepared, the next would fail alike. */
const mostFailures = 2;

/**
 * Metadata and wheels of sdists, each made once: kept by the archive's digest, the interpreter and the settings of the
 * build, the metadata in the cache and the wheel in the store.
 */
export class Builds {
  readonly #context: Context;
  readonly #source: PackageSource;
  readonly #way: BuildWay;
  readonly #failures = new Map<PackageName, number>();
  readonly #preparing = new Map<string, Promise<FileMetadata>>();

  constructor(context: Context, source: PackageSource, way: BuildWay) {
    this.#context = context;
    this.#source = source;
    this.#way = way;
  }

  /** Asked by many at once, prepared once; also what fails is tried only once. */
  metadata(listed: ListedFile, signal: AbortSignal | undefined): Promise<FileMetadata> {
    const key = listed.url.toString();
    const work = this.#preparing.get(key) ?? this.#metadata(listed, signal);
    this.#preparing.set(key, work);
    return work;
  }

  async #metadata(listed: ListedFile, signal: AbortSignal | undefined): Promise<FileMetadata> {
    const sdist = sdistOf(listed);
    const kept = await this.#keptMetadata(sdist.file.sha256);
    if (kept !== undefined) return kept;
    try {
      return await this.#prepare(sdist, signal ?? new AbortController().signal);
    } catch (error) {
      throw this.#judged(sdist.name, error);
    }
  }

  /** The wheel of a locked package. */
  async wheel(item: LockedPackage, signal: AbortSignal): Promise<Artifact> {
    const found = await this.found(item);
    if (found !== undefined) return found;
    const sdist = sdistOfLocked(item);
    const { layout } = this.#context;
    const lock = this.#context.fs.path.join(layout.built, ".locks", this.#key(sdist.file.sha256 ?? sdist.name));
    return withLock(this.#context, lock, { purpose: `build ${item.name} ${item.version}`, signal }, async () => {
      return (await this.found(item)) ?? this.#build(sdist, signal);
    });
  }

  /** The wheel that was built before, if it is still in the store. */
  async found({ wheel, source }: LockedPackage): Promise<Artifact | undefined> {
    const { sha256 } = source ?? wheel;
    if (sha256 === undefined) return undefined;
    const { fs, layout, store } = this.#context;
    const text = await fs.readText(fs.path.join(layout.built, this.#key(sha256))).catch(() => "");
    const digest = /^[0-9a-f]{64}/.exec(text)?.[0];
    return digest === undefined ? undefined : store.find(parseSha256(digest));
  }

  async #prepare(sdist: Sdist, signal: AbortSignal): Promise<FileMetadata> {
    return this.#unpacked(sdist, signal, async ({ sha256, options }) => {
      const environments = buildEnvironments(this.#context, this.#inside(sdist.name), signal);
      const label = `${sdist.name} ${sdist.version}`;
      const prepared = await inOp(this.#context.reporter, { kind: "build", label }, () =>
        metadataOf(this.#context, options, environments),
      );
      // A backend that can't say it without building: then the wheel itself says it.
      const metadata =
        prepared ?? (await this.#keep(sdist, sha256, await buildWheel(this.#context, options, environments)));
      const facts: FileMetadata = {
        name: metadata.name,
        version: metadata.version,
        requiresDist: metadata.requiresDist,
        providesExtra: metadata.providesExtra,
        dynamic: [],
        ...(metadata.requiresPython === undefined ? {} : { requiresPython: metadata.requiresPython }),
      };
      checkSame(sdist, facts);
      await this.#keepMetadata(sha256, facts);
      return facts;
    });
  }

  #build(sdist: Sdist, signal: AbortSignal): Promise<Artifact> {
    return this.#unpacked(sdist, signal, async ({ sha256, options }) => {
      const environments = buildEnvironments(this.#context, this.#inside(sdist.name), signal);
      const label = `${sdist.name} ${sdist.version}`;
      return inOp(this.#context.reporter, { kind: "build", label }, async () =>
        this.#keep(sdist, sha256, await buildWheel(this.#context, options, environments)),
      );
    });
  }

  /** Takes a built wheel into the store and remembers what it was built from. */
  async #keep(sdist: Sdist, from: Sha256, file: AbsPath): Promise<Artifact> {
    const { fs, layout, store } = this.#context;
    const filename = fs.path.name(file);
    const wheel = parseWheelName(filename);
    checkSame(sdist, { name: wheel.name, version: wheel.version.toString() });
    const [sha256] = await fs.digests([file]);
    if (sha256 === undefined) throw new Error(`\`${file}\` is gone`);
    const artifact = (await store.find(sha256)) ?? (await store.add(file, { filename, sha256 }));
    await fs.makeDir(layout.built);
    await fs.writeAtomic(fs.path.join(layout.built, this.#key(from)), `${sha256} ${filename}\n`);
    return artifact;
  }

  /** Fetches and unpacks an archive in a stage, and hands on what a build of it needs. */
  #unpacked<T>(sdist: Sdist, signal: AbortSignal, body: (unpacked: Unpacked) => Promise<T>): Promise<T> {
    this.#checkCycle(sdist.name);
    const { fs, layout } = this.#context;
    const { choices, interpreter } = this.#way;
    return withStage(this.#context, layout.stage, "build", async (stage) => {
      const archive = fs.path.join(stage, sdist.file.filename);
      const { sha256 } = await this.#source.fetch(sdist.file, archive, { signal });
      const into = fs.path.join(stage, "source");
      const work = fs.path.join(stage, "work");
      for (const directory of [into, work]) await fs.makeDir(directory);
      const source = await unpackArchive(this.#context, archive, { into, python: interpreter.executable });
      const logs = fs.path.join(layout.cache, "builds");
      await fs.makeDir(logs);
      const log = fs.path.join(logs, `${sdist.name}-${sdist.version}.log`);
      await fs.remove(log);
      const confine = await this.#confinement();
      return body({
        sha256,
        options: {
          label: sdist.file.filename,
          source,
          stage: work,
          log,
          signal,
          settings: choices.configSettings ?? {},
          ...(confine === undefined ? {} : { confine }),
          ...(this.#isIsolated(sdist.name) ? {} : { withoutIsolation: interpreter.executable }),
        },
      });
    });
  }

  async #confinement(): Promise<{ readonly network: boolean } | undefined> {
    const { buildNetwork = false } = this.#way.choices;
    return !buildNetwork && (await canConfine(this.#context)) ? { network: false } : undefined;
  }

  #isIsolated(name: PackageName): boolean {
    const { noBuildIsolation } = this.#way.choices;
    return noBuildIsolation === undefined || !(noBuildIsolation === "all" || noBuildIsolation.includes(name));
  }

  #inside(name: PackageName): BuildWay {
    return { ...this.#way, within: [...this.#way.within, name] };
  }

  #checkCycle(name: PackageName): void {
    if (!this.#way.within.includes(name)) return;
    const chain = [...this.#way.within, name].map((one) => `\`${one}\``).join(" → ");
    throw new VenvoyError("SOURCE_INVALID", `The build of \`${name}\` needs \`${name}\` itself: ${chain}`, {
      hint: `--only-binary ${name} takes a wheel of it`,
      data: { name, within: this.#way.within },
    });
  }

  /** One broken release is passed over for another; when all fail alike, the failure itself is the answer. */
  #judged(name: PackageName, error: unknown): unknown {
    const count = (this.#failures.get(name) ?? 0) + 1;
    this.#failures.set(name, count);
    if (count < mostFailures || !(error instanceof VenvoyError) || error.code !== "BUILD_FAILED") return error;
    return new VenvoyError(error.code, error.message, {
      data: { ...error.data, isFinal: true },
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }

  #key(from: string): string {
    const { interpreter, choices } = this.#way;
    const facts = [from, targetOf(interpreter).tags[0], interpreter.prefix, choices.configSettings ?? {}];
    return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 40);
  }

  #metadataFile(sha256: Sha256): AbsPath {
    const { fs, layout } = this.#context;
    return fs.path.join(layout.cache, "source-metadata-1", `${this.#key(sha256)}.json`);
  }

  async #keptMetadata(sha256: Sha256 | undefined): Promise<FileMetadata | undefined> {
    if (sha256 === undefined) return undefined;
    const text = await this.#context.fs.readText(this.#metadataFile(sha256)).catch(() => "");
    try {
      return JSON.parse(text) as FileMetadata;
    } catch {
      return undefined;
    }
  }

  async #keepMetadata(sha256: Sha256, facts: FileMetadata): Promise<void> {
    const { fs } = this.#context;
    const file = this.#metadataFile(sha256);
    await fs.makeDir(fs.path.directory(file));
    await fs.writeAtomic(file, JSON.stringify(facts));
  }
}

function sdistOf(file: ListedFile): Sdist {
  const { filename, url, hashes, sizeBytes } = file;
  const sha256 = (hashes as { readonly sha256?: string }).sha256;
  const { name, version } = parseSdistName(filename);
  return {
    name,
    version: version.toString(),
    file: {
      filename,
      url,
      ...(sha256 === undefined ? {} : { sha256: parseSha256(sha256) }),
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
    },
  };
}

function sdistOfLocked({ name, version, wheel, source }: LockedPackage): Sdist {
  const file: LockedFile = source ?? wheel;
  if (file.url === undefined) {
    throw new VenvoyError("OFFLINE_MISSING", `The sources of \`${name}\` ${version} have no address`, {
      hint: "venvoy sync brings it from an index",
      data: { name, version },
    });
  }
  const { filename, url, sha256, sizeBytes } = file;
  return {
    name,
    version,
    file: {
      filename,
      url,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
    },
  };
}

/** What a build makes must be what the archive's name promises. */
function checkSame(sdist: Sdist, made: { readonly name: PackageName; readonly version: string }): void {
  if (made.name === sdist.name && canonicalVersion(made.version) === canonicalVersion(sdist.version)) return;
  throw new VenvoyError(
    "SOURCE_INVALID",
    `\`${sdist.file.filename}\` says of itself that it is \`${made.name}\` ${made.version}`,
    { hint: "choose another version of it", data: { filename: sdist.file.filename, name: made.name } },
  );
}
