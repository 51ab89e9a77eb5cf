import { type AbsPath, typedWord, VenvoyError } from "../../base/index.ts";
import { linkModes } from "../../disk/index.ts";
import {
  type Environment,
  linkStandalone,
  readLock,
  seedsFor,
  standaloneDigests,
  standaloneParts,
} from "../../env/index.ts";
import { parseDirectUrl } from "../../pep/index.ts";
import { createIndexClient } from "../../pypi/index.ts";
import type { Base } from "../../python/index.ts";
import type { Lock, LockedPackage } from "../../resolve/index.ts";
import { baseOfEnvironment } from "../bases.ts";
import { ownOfAddress } from "../building/addresses.ts";
import { type BuildingSource, type BuildWay, withBuilds } from "../building/source.ts";
import { carryOver } from "../by-hand.ts";
import { settingsFor } from "../choices.ts";
import type { Context } from "../context.ts";
import { obtain } from "../obtain.ts";
import { membersOf, type TreeMember } from "./listing.ts";
import { copyRelease } from "./release-copy.ts";

/** A tree that carries its Python. */
export interface StandaloneTree {
  readonly pythonVersion: string;
  readonly packages: number;
  /** What lies in it, editable installs as what they would be when released. */
  readonly lock: Lock;
  /** Libraries of this system that lie in it. */
  readonly libraries: readonly string[];
  readonly notes: readonly string[];
  /**
   * Everything in the tree as it is now, in code-point order. Files that came from the store have their digest, without a look
   * at their bytes.
   */
  members(): Promise<readonly TreeMember[]>;
}

export interface StandaloneOptions {
  /** `own`: its files are nobody else's, for a directory that is handed to a person. Left out: links into the store. */
  readonly files?: "own";
}

/**
 * Builds a tree with an environment's packages and its Python in it, in an empty directory: it may be moved, copied and
 * mounted anywhere, also read-only. Whoever asks for links must not let anybody write into them. Throws `ENV_CHANGED` when
 * somebody changed the environment by hand and venvoy hasn't taken that over yet, and `PYTHON_UNSUITED`.
 */
export async function buildStandalone(
  context: Context,
  environment: Environment,
  root: AbsPath,
  signal: AbortSignal,
  options: StandaloneOptions = {},
): Promise<StandaloneTree> {
  const { fs, store } = context;
  if (environment.intent.publication !== undefined) return copyRelease(context, environment, root, signal, options);
  const { files } = options;
  const lock = await readLock(fs, environment, environment.current.number);
  if (lock === undefined) throw changed(environment, "has no lock");
  const carried = await carryOver(context, environment, lock);
  if (!carried.isUntouched) throw changed(environment, "was changed by hand since its last version");
  const base = await baseOfEnvironment(context, environment, signal);
  const { source, way } = await sourceFor(context, base);
  const real = await withoutEditables(context, lock, { source, way, signal });
  const { artifacts } = await obtain(context, real, source, { signal });
  const seeds = await seedsFor(context, store, { lock: real, base });
  const parts = await standaloneParts(context, store, base, [...artifacts, ...seeds], signal);
  const best = await linkModes(fs).between(store.prepared.root, root);
  const needs = await linkStandalone(context, root, parts, {
    base,
    mode: best === "hardlink" && files === "own" ? "copy" : best,
    requested: new Set(real.packages.filter((item) => item.requested).map((item) => item.name)),
    directUrls: new Map(
      real.packages.flatMap(({ name, directUrl }) =>
        directUrl !== undefined && isElsewhere(directUrl.reveal()) ? [[name, directUrl] as const] : [],
      ),
    ),
    origins: new Map(
      real.packages.flatMap(({ name, origin }) =>
        origin !== undefined && isElsewhere(parseDirectUrl(origin).url) ? [[name, origin] as const] : [],
      ),
    ),
    signal,
  });
  return {
    pythonVersion: base.interpreter.version,
    packages: parts.artifacts.length,
    lock: real,
    libraries: needs.libraries,
    notes: [
      ...needs.missing.map((name) => `${name} is asked for and not here: it has to be on the machines that run this`),
      ...needs.stuck.map((file) => `${file} looks for its libraries in the old place only`),
    ],
    members: async () =>
      membersOf(fs, root, await standaloneDigests(context, store, root, { base, parts, freed: needs.freed })),
  };
}

async function sourceFor(
  context: Context,
  base: Base,
): Promise<{ readonly source: BuildingSource; readonly way: BuildWay }> {
  const settings = await settingsFor(context, {});
  const way = { interpreter: base.interpreter, choices: {}, within: [] };
  return { source: withBuilds(context, createIndexClient(context, settings.index), way), way };
}

/** An address on the network is worth knowing anywhere; a place on this machine is not. */
function isElsewhere(url: string | undefined): boolean {
  return url !== undefined && !/^(?:git\+)?file:/.test(url);
}

/** What is installed editable leads into somebody's sources: it is built as what it would be when released. */
async function withoutEditables(
  context: Context,
  lock: Lock,
  { source, way, signal }: { readonly source: BuildingSource; readonly way: BuildWay; readonly signal: AbortSignal },
): Promise<Lock> {
  const packages: LockedPackage[] = [];
  for (const item of lock.packages) {
    const origin = item.origin === undefined ? undefined : parseDirectUrl(item.origin);
    if (origin?.directory?.editable !== true) {
      packages.push(item);
      continue;
    }
    const { url, subdirectory } = origin;
    const address = subdirectory === undefined ? url : `${url}#subdirectory=${subdirectory}`;
    const own = await ownOfAddress(context, address, { way, source, signal, name: item.name });
    const { directUrl: _address, origin: _origin, source: _source, ...rest } = item;
    packages.push({ ...rest, version: own.version, wheel: { filename: own.filename, sha256: own.sha256 } });
  }
  return { ...lock, packages };
}

function changed({ label }: Environment, what: string): VenvoyError {
  return new VenvoyError("ENV_CHANGED", `\`${label}\` ${what}`, {
    hint: `venvoy rebuild ${typedWord(label)} takes over what is there, then run the command again`,
    data: { environment: label },
  });
}
