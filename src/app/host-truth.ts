import { type AbsPath, isVenvoyError, parseSha256, type Sha256 } from "../base/index.ts";
import {
  cpuLevel,
  cxxSymbols,
  elfMachine,
  type Host,
  type HostFault,
  hostFault,
  type NativeNeeds,
  parseHost,
  wheelUnfitForHost,
} from "../native/index.ts";
import type { Interpreter } from "../python/index.ts";
import { isUnbuilt, type Lock, type LockedPackage, type UnfitFiles, unfitKey } from "../resolve/index.ts";
import type { Artifact } from "../store/index.ts";
import type { Context } from "./context.ts";
import { describedHost } from "./remembered.ts";

/** A wheel that did not keep its promise to some machine, and what it needs. */
export interface KnownWheel {
  readonly filename: string;
  readonly native: readonly NativeNeeds[];
}

/** Says of wheels that are here whether they run where they shall. */
export interface Judge {
  /**
   * Throws `UnfitFound` when a wheel doesn't run there, for `untilItRuns`; of a lock that somebody gave, `WHEEL_UNFIT`.
   */
  check(lock: Lock, artifacts: readonly Artifact[]): Promise<void>;
}

interface Unfit {
  readonly artifact: Artifact;
  readonly fault: HostFault;
  readonly keys: readonly string[];
}

/** Not a failure yet: what was chosen must be chosen again. */
class UnfitFound extends Error {
  readonly wheels: readonly Unfit[];

  constructor(wheels: readonly Unfit[]) {
    super(`${wheels.map(({ artifact }) => artifact.filename).join(", ")}: not for this machine`);
    this.wheels = wheels;
  }
}

/** So many versions of a package are brought for nothing before a person is asked whether to go on. */
const mostVersions = 5;

/** What one operation has learned of wheels that don't run where they shall. */
export class HostTruth {
  readonly #learned = new Map<string, KnownWheel>();
  readonly #byName = new Map<string, Unfit[]>();

  /** Throws `WHEEL_UNFIT` when too many versions of a package were in vain. */
  learn(wheels: readonly Unfit[]): void {
    for (const wheel of wheels) {
      for (const key of wheel.keys) this.#learned.set(key, knownOf(wheel.artifact));
      const { name } = wheel.artifact;
      const tried = [...(this.#byName.get(name) ?? []), wheel];
      this.#byName.set(name, tried);
      const [newest] = tried;
      if (newest !== undefined && tried.length >= mostVersions) {
        throw wheelUnfitForHost(newest.artifact, newest.fault, { tried: tried.map((one) => one.artifact.version) });
      }
    }
  }

  /** The files that a host can't run, as far as this or an earlier operation came to know them. */
  async unfitFor(context: Context, host: Host, { cacheDir, trusted }: Remembering): Promise<UnfitFiles> {
    const unfit = new Map<string, HostFault>();
    if (host.libc === undefined) return unfit;
    for (const [key, wheel] of [...(await readKnown(context, directoryIn(context, cacheDir))), ...this.#learned]) {
      const fault = trusted.has(key) ? undefined : await hostFault(wheel, host);
      if (fault !== undefined) unfit.set(key, fault);
    }
    return unfit;
  }
}

/**
 * Does work that chooses wheels and brings them, again from the start whenever one that was brought doesn't run where it
 * shall: the next choice knows. Throws `WHEEL_UNFIT` when that happens too often with one package.
 */
export async function untilItRuns<T>(work: (truth: HostTruth) => Promise<T>): Promise<T> {
  const truth = new HostTruth();
  for (;;) {
    try {
      return await work(truth);
    } catch (error) {
      if (!(error instanceof UnfitFound)) throw error;
      truth.learn(error.wheels);
    }
  }
}

interface Remembering {
  readonly cacheDir: AbsPath;
  /** Digests of files that are in use already: nobody asked about those. */
  readonly trusted: ReadonlySet<string>;
}

/** The machine that an interpreter's wheels shall run on: this one, or the one that is described (`--for-host`). */
export function hostOf(context: Context, interpreter: Interpreter, described: string | undefined): Host {
  const machine = elfMachine(interpreter.machine);
  const other = describedHost(described);
  const declared = other === undefined ? undefined : parseHost(other);
  let level: ReturnType<typeof cpuLevel> | undefined;
  const cpu = (): ReturnType<typeof cpuLevel> => {
    level ??= cpuLevel(context);
    return level;
  };
  if (declared?.libc !== undefined) {
    // A machine that is described is not this one: what isn't said of it isn't known.
    const { libc, cxx } = declared;
    return { machine, libc, cxx: async () => cxx, cpu: async () => declared.cpu, isDeclared: true };
  }
  let found: ReturnType<typeof cxxSymbols> | undefined;
  const cxx = (): ReturnType<typeof cxxSymbols> => {
    found ??= cxxSymbols(context, { machine, prefix: interpreter.prefix });
    return found;
  };
  const { libc } = interpreter;
  if (declared === undefined) return { machine, libc, cxx, cpu, isDeclared: false };
  return { machine, libc, cxx, cpu: async () => declared.cpu, isDeclared: true };
}

export interface JudgeOptions extends Remembering {
  /** Packages that the person has from elsewhere. */
  readonly own: ReadonlyMap<string, unknown>;
  /** Nothing was chosen that could be chosen again. */
  readonly isGiven: boolean;
}

export function judgeFor(context: Context, host: Host, options: JudgeOptions): Judge {
  return {
    check: async (lock, artifacts) => {
      const unfit: Unfit[] = [];
      for (const [index, artifact] of artifacts.entries()) {
        const item = lock.packages[index];
        const isBuilt = item !== undefined && (item.source !== undefined || isUnbuilt(item));
        // What was built here runs here.
        if (item === undefined || (isBuilt && !host.isDeclared) || !isJudged(item, artifact, options)) continue;
        const fault = await hostFault(artifact, host);
        if (fault === undefined) continue;
        if (options.isGiven || isBuilt) throw wheelUnfitForHost(artifact, fault);
        await keepKnown(context, directoryIn(context, options.cacheDir), artifact.sha256, knownOf(artifact));
        const { url } = item.wheel;
        const byAddress = url === undefined ? [] : [unfitKey({ hashes: {}, url })];
        unfit.push({ artifact, fault, keys: [artifact.sha256, ...byAddress] });
      }
      if (unfit.length > 0) throw new UnfitFound(unfit);
    },
  };
}

function knownOf({ filename, native = [] }: Artifact): KnownWheel {
  return { filename, native };
}

function isJudged(item: LockedPackage, artifact: Artifact, { own, trusted }: JudgeOptions): boolean {
  return artifact.native !== undefined && !own.has(item.name) && !trusted.has(artifact.sha256);
}

function directoryIn({ fs }: Context, cacheDir: AbsPath): AbsPath {
  return fs.path.join(cacheDir, "native-1");
}

/** One small file per wheel; what is damaged counts as absent. */
async function readKnown({ fs }: Context, directory: AbsPath): Promise<(readonly [Sha256, KnownWheel])[]> {
  const known: (readonly [Sha256, KnownWheel])[] = [];
  for (const { name } of (await fs.list(directory).catch(() => undefined)) ?? []) {
    try {
      const wheel = JSON.parse(await fs.readText(fs.path.join(directory, name))) as KnownWheel;
      if (typeof wheel.filename === "string" && Array.isArray(wheel.native)) {
        known.push([parseSha256(name.replace(/\.json$/, "")), wheel]);
      }
    } catch (error) {
      if (!(error instanceof SyntaxError) && !isVenvoyError(error) && !(error instanceof Error && "code" in error)) {
        throw error;
      }
    }
  }
  return known;
}

async function keepKnown({ fs }: Context, directory: AbsPath, sha256: Sha256, wheel: KnownWheel): Promise<void> {
  try {
    await fs.makeDir(directory);
    await fs.writeAtomic(fs.path.join(directory, `${sha256}.json`), `${JSON.stringify(wheel)}\n`);
  } catch {
    // A full or read-only disk means that it is found out again the next time.
  }
}
