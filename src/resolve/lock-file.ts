import { compareCodePoints, type PackageName, parseSha256, SafeUrl, VenvoyError } from "../base/index.ts";
import {
  formatPylock,
  normalizeName,
  type Pylock,
  type PylockFile,
  type PylockPackage,
  parseMarker,
  parsePylock,
  parseSpecifierSet,
  parseVersion,
  pylockFilename,
} from "../pep/index.ts";
import { isUnbuilt, type Lock, type LockedFile, type LockedPackage } from "./lock.ts";
import { type LockedSource, type PlaceOf, placeOfFile, sourceOf } from "./lock-sources.ts";

export const createdBy = "venvoy";

export interface PylockOptions {
  /** Markers; the lock is for where one of them is true. Left out: it doesn't say. */
  readonly environments?: readonly string[];
  /**
   * Given for a lock that other tools and machines install: what was built from sources at an address stands there as
   * those sources. Left out, as the wheel that this machine has of them.
   */
  readonly placeOf?: PlaceOf | undefined;
}

/**
 * The lock as the text of a `pylock.toml` (PEP 751) that other tools can install. What the standard has no place for
 * (which packages were asked for, their extras) is kept under `[packages.tool.venvoy]`. Every digest must be known.
 */
export function lockToPylock(lock: Lock, { environments, placeOf }: PylockOptions = {}): string {
  const sorted = [...lock.packages].sort((a, b) => compareCodePoints(a.name, b.name));
  const packages = sorted.map((one) => toPylockPackage(one, placeOf));
  return formatPylock({
    lockVersion: parseVersion("1.0"),
    createdBy,
    packages,
    ...(environments === undefined ? {} : { environments: environments.map(parseMarker) }),
    ...(lock.requiresPython === undefined ? {} : { requiresPython: parseSpecifierSet(lock.requiresPython) }),
  });
}

/** One package as the file has it, for one target. */
export function toPylockPackage(locked: LockedPackage, placeOf?: PlaceOf): PylockPackage {
  const sources = placeOf === undefined ? undefined : sourceOf(locked, placeOf);
  if (sources !== undefined) return fromSources(locked, sources);
  const file = toPylockFile(locked, placeOf);
  const { index } = locked.source ?? locked.wheel;
  const built =
    locked.source === undefined ? undefined : { filename: locked.wheel.filename, sha256: locked.wheel.sha256 };
  const own = {
    ...(locked.requested ? { requested: true } : {}),
    ...(locked.extras.length > 0 ? { extras: locked.extras } : {}),
    ...(locked.directUrl === undefined ? {} : { filename: locked.wheel.filename }),
    ...(locked.origin === undefined ? {} : { origin: locked.origin }),
    ...(built === undefined ? {} : { built }),
  };
  return {
    name: locked.name,
    version: parseVersion(locked.version),
    ...(locked.dependencies.length === 0 ? {} : { dependencies: locked.dependencies.map((name) => ({ name })) }),
    ...(index === undefined ? {} : { index: addressOf(index) }),
    ...(locked.directUrl !== undefined
      ? { archive: file }
      : built === undefined && !isUnbuilt(locked)
        ? { wheels: [file] }
        : { sdist: file }),
    ...(Object.keys(own).length === 0 ? {} : { tool: { [createdBy]: own } }),
  };
}

/**
 * What a tree of sources is called is known when it is built (PEP 751): of a commit or a directory the version is told
 * in our own table alone, for whoever reads the file.
 */
function fromSources(locked: LockedPackage, sources: LockedSource): PylockPackage {
  const { name, version, dependencies, extras, requested } = locked;
  const isFixed = sources.archive !== undefined;
  const own = {
    ...(requested ? { requested } : {}),
    ...(extras.length > 0 ? { extras } : {}),
    ...(isFixed ? {} : { version }),
  };
  return {
    name,
    ...(isFixed ? { version: parseVersion(version) } : {}),
    ...(dependencies.length === 0 ? {} : { dependencies: dependencies.map((one) => ({ name: one })) }),
    ...sources,
    ...(Object.keys(own).length === 0 ? {} : { tool: { [createdBy]: own } }),
  };
}

function toPylockFile({ name, wheel, source, directUrl }: LockedPackage, placeOf: PlaceOf | undefined): PylockFile {
  const { sha256, sizeBytes, filename, url: listed } = source ?? wheel;
  if (sha256 === undefined) throw new Error(`the digest of \`${filename}\` (${name}) is not known yet`);
  const url = directUrl ?? listed;
  return {
    ...(directUrl === undefined ? { name: filename } : {}),
    // A wheel that lies in the store alone still needs a place: beside the lock.
    ...(url === undefined
      ? { path: filename }
      : directUrl === undefined || placeOf === undefined
        ? { url: addressOf(url) }
        : placeOfFile(addressOf(url), placeOf)),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    hashes: { sha256 },
  };
}

/** Credentials don't belong into a file that is shared: they come from the settings again. */
function addressOf(url: SafeUrl): string {
  return url.withoutCredentials().reveal();
}

/**
 * Reads a lock that venvoy wrote, or another tool's with one wheel, or sources alone, for every package. Throws `LOCK_INVALID`.
 */
export function lockFromPylock(text: string): Lock {
  const pylock = parsePylock(text);
  const packages = pylock.packages.map((entry) => fromPylockPackage(entry, pylock));
  packages.sort((a, b) => compareCodePoints(a.name, b.name));
  const requiresPython = pylock.requiresPython?.toString();
  return { ...(requiresPython === undefined ? {} : { requiresPython }), packages };
}

function fromPylockPackage(entry: PylockPackage, { createdBy: tool }: Pylock): LockedPackage {
  const { name, archive } = entry;
  const own = ownTable(entry);
  const file = archive ?? onlyFile(entry);
  const named = typeof own["filename"] === "string" ? own["filename"] : pylockFilename({ ...file });
  const locked = lockedFile(entry, { file, filename: named, tool });
  const version = entry.version?.text;
  if (version === undefined) throw lockUnusable(name, "it has no version", tool);
  return {
    name,
    version,
    ...installedFrom(locked, own),
    dependencies: dependencyNames(entry),
    extras: Array.isArray(own["extras"]) ? own["extras"].map((extra) => normalizeName(String(extra))) : [],
    requested: own["requested"] === true,
    ...(typeof own["origin"] === "string" ? { origin: own["origin"] } : {}),
    ...(archive === undefined || locked.url === undefined ? {} : { directUrl: locked.url }),
  };
}

function lockedFile(
  { name, index }: PylockPackage,
  { file, filename, tool }: { readonly file: PylockFile; readonly filename: string; readonly tool: string },
): LockedFile {
  const { sha256 } = file.hashes as { sha256?: string };
  if (sha256 === undefined) throw lockUnusable(name, "it has no sha256 digest", tool);
  return {
    filename,
    sha256: parseSha256(sha256),
    ...(file.sizeBytes === undefined ? {} : { sizeBytes: file.sizeBytes }),
    ...(file.url === undefined ? {} : { url: SafeUrl.parse(file.url) }),
    ...(index === undefined ? {} : { index: SafeUrl.parse(index) }),
  };
}

/** The wheel that was built from sources stands in our own table; without it, one is to be built. */
function installedFrom(
  file: LockedFile,
  { built }: Readonly<Record<string, unknown>>,
): Pick<LockedPackage, "wheel" | "source"> {
  const { filename, sha256 } = (typeof built === "object" && built !== null ? built : {}) as Record<string, unknown>;
  if (typeof filename !== "string" || typeof sha256 !== "string") return { wheel: file };
  return { wheel: { filename, sha256: parseSha256(sha256) }, source: file };
}

function onlyFile(entry: PylockPackage): PylockFile {
  const [wheel, ...others] = entry.wheels ?? [];
  if (wheel === undefined && entry.sdist !== undefined) return entry.sdist;
  if (wheel === undefined) throw lockUnusable(entry.name, "it has no file", createdBy);
  if (others.length > 0) throw lockUnusable(entry.name, "it has several wheels, and one must be chosen", createdBy);
  return wheel;
}

function ownTable({ tool }: PylockPackage): Readonly<Record<string, unknown>> {
  const own = tool?.[createdBy];
  return typeof own === "object" && own !== null && !Array.isArray(own) ? (own as Record<string, unknown>) : {};
}

function dependencyNames({ dependencies = [] }: PylockPackage): PackageName[] {
  const names = dependencies.flatMap(({ name }) => (typeof name === "string" ? [normalizeName(name)] : []));
  return names.sort(compareCodePoints);
}

function lockUnusable(name: PackageName, why: string, tool: string): VenvoyError {
  return new VenvoyError("LOCK_INVALID", `The lock's \`${name}\` can't be installed: ${why}`, {
    hint: "make the lock again with `venvoy lock`",
    data: { name, createdBy: tool },
  });
}
