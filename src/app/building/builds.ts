import {
  type AbsPath,
  isVenvoyError,
  type PackageName,
  parseSha256,
  type Sha256,
  VenvoyError,
} from "../../base/index.ts";
import { metadataOf, unpackArchive } from "../../build/index.ts";
import { withLock } from "../../disk/index.ts";
import { canonicalVersion, parseSdistName } from "../../pep/index.ts";
import type { FileMetadata, ListedFile, PackageSource, WantedFile } from "../../pypi/index.ts";
import { targetOf } from "../../python/index.ts";
import type { LockedFile, LockedPackage } from "../../resolve/index.ts";
import type { Artifact } from "../../store/index.ts";
import type { Context } from "../context.ts";
import type { BuildWay } from "./source.ts";
import { type Bench, Workshop } from "./workshop.ts";

/** One source archive, wherever it comes from. */
interface Sdist {
  readonly name: PackageName;
  readonly version: string;
  readonly file: WantedFile;
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
  readonly #workshop: Workshop;
  readonly #failures = new Map<PackageName, number>();
  readonly #preparing = new Map<string, Promise<FileMetadata>>();

  constructor(context: Context, source: PackageSource, way: BuildWay) {
    this.#context = context;
    this.#source = source;
    this.#way = way;
    this.#workshop = new Workshop(context, way);
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
    const kept = await this.#keptMetadata(sdist);
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
    const { fs, layout } = this.#context;
    const lock = fs.path.join(layout.built, ".locks", this.#workshop.key(sdist.file.sha256 ?? sdist.name, sdist.name));
    return withLock(this.#context, lock, { purpose: `build ${item.name} ${item.version}`, signal }, async () => {
      const known = await this.found(item);
      if (known !== undefined) return known;
      try {
        return await this.#unpacked(sdist, signal, (bench, from) => this.#build(sdist, bench, from));
      } catch (error) {
        throw await this.#withOtherPythons(item, error, signal);
      }
    });
  }

  /** Old sources often don't build on a new Python, and have wheels for older ones. */
  async #withOtherPythons({ name, version }: LockedPackage, error: unknown, signal: AbortSignal): Promise<unknown> {
    if (!isVenvoyError(error, "BUILD_FAILED")) return error;
    const platforms = new Set(targetOf(this.#way.interpreter).tags.map((tag) => tag.split("-")[2]));
    // A lock is built without its index at hand, too.
    const listing = await this.#source.listing(name, signal).catch(() => undefined);
    const release = listing?.releases.find((one) => canonicalVersion(one.versionText) === canonicalVersion(version));
    const minors = new Set<number>();
    for (const { wheel } of release?.files ?? []) {
      const [pythons = "", , platform = ""] = wheel?.tagText.split("-") ?? [];
      if (!platform.split(".").some((one) => platforms.has(one))) continue;
      for (const python of pythons.split(".")) minors.add(Number(/^cp3(\d+)$/.exec(python)?.[1]));
    }
    const known = [...minors].filter((minor) => minor > 0).sort((a, b) => a - b);
    if (known.length === 0) return error;
    const pythons = known.map((minor) => `3.${minor}`);
    const has = `\`${name}\` ${version} has wheels for Python ${pythons.join(", ")}: with --python ${pythons.at(-1)} nothing is built`;
    return new VenvoyError(error.code, error.message, {
      data: error.data,
      hint: error.hint === undefined ? has : `${error.hint}; ${has}`,
    });
  }

  /** The wheel that was built before, if it is still in the store. */
  async found({ name, wheel, source }: LockedPackage): Promise<Artifact | undefined> {
    const { sha256 } = source ?? wheel;
    return sha256 === undefined ? undefined : this.#workshop.found(sha256, name);
  }

  async #prepare(sdist: Sdist, signal: AbortSignal): Promise<FileMetadata> {
    return this.#unpacked(sdist, signal, async (bench, sha256) => {
      // A backend that can't say it without building: then the wheel itself says it.
      const metadata =
        (await metadataOf(this.#context, bench.options, bench.environments)) ??
        (await this.#build(sdist, bench, sha256));
      const facts: FileMetadata = {
        name: metadata.name,
        version: metadata.version,
        requiresDist: metadata.requiresDist,
        providesExtra: metadata.providesExtra,
        dynamic: [],
        ...(metadata.requiresPython === undefined ? {} : { requiresPython: metadata.requiresPython }),
      };
      checkSame(sdist, facts);
      await this.#keepMetadata(sha256, sdist.name, facts);
      return facts;
    });
  }

  #build(sdist: Sdist, bench: Bench, from: Sha256): Promise<Artifact> {
    return this.#workshop.build(bench, from, ({ name, version }) =>
      checkSame(sdist, { name, version: version.toString() }),
    );
  }

  #unpacked<T>(sdist: Sdist, signal: AbortSignal, body: (bench: Bench, from: Sha256) => Promise<T>): Promise<T> {
    this.#checkCycle(sdist.name);
    const { fs } = this.#context;
    let from: Sha256 | undefined;
    const job = {
      label: sdist.file.filename,
      logName: `${sdist.name}-${sdist.version}`,
      name: sdist.name,
      open: async (stage: AbsPath) => {
        const archive = fs.path.join(stage, sdist.file.filename);
        from = (await this.#source.fetch(sdist.file, archive, { signal })).sha256;
        const into = fs.path.join(stage, "source");
        await fs.makeDir(into);
        return unpackArchive(this.#context, archive, { into, python: this.#way.interpreter.executable });
      },
    };
    return this.#workshop.open(job, signal, (bench) => body(bench, from as Sha256));
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

  #metadataFile(sha256: Sha256, name: PackageName): AbsPath {
    const { fs, layout } = this.#context;
    return fs.path.join(layout.cache, "source-metadata-1", `${this.#workshop.key(sha256, name)}.json`);
  }

  async #keptMetadata({ name, file: { sha256 } }: Sdist): Promise<FileMetadata | undefined> {
    if (sha256 === undefined) return undefined;
    const text = await this.#context.fs.readText(this.#metadataFile(sha256, name)).catch(() => "");
    try {
      return JSON.parse(text) as FileMetadata;
    } catch {
      return undefined;
    }
  }

  async #keepMetadata(sha256: Sha256, name: PackageName, facts: FileMetadata): Promise<void> {
    const { fs } = this.#context;
    const file = this.#metadataFile(sha256, name);
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
