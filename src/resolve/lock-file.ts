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
import type { Lock, LockedFile, LockedPackage } from "./lock.ts";

const createdBy = "venvoy";

export interface PylockOptions {
  /** Markers; the lock is for where one of them is true. Left out: it doesn't say. */
  readonly environments?: readonly string[];
}

/**
 * The lock as the text of a `pylock.toml` (PEP 751) that other tools can install. What the standard has no place for
 * (which packages were asked for, their extras) is kept under `[packages.tool.venvoy]`. Every digest must be known.
 */
export function lockToPylock(lock: Lock, { environments }: PylockOptions = {}): string {
  const packages = [...lock.packages].sort((a, b) => compareCodePoints(a.name, b.name)).map(toPylockPackage);
  return formatPylock({
    lockVersion: parseVersion("1.0"),
    createdBy,
    packages,
    ...(environments === undefined ? {} : { environments: environments.map(parseMarker) }),
    ...(lock.requiresPython === undefined ? {} : { requiresPython: parseSpecifierSet(lock.requiresPython) }),
  });
}

function toPylockPackage(locked: LockedPackage): PylockPackage {
  const file = toPylockFile(locked);
  const own = {
    ...(locked.requested ? { requested: true } : {}),
    ...(locked.extras.length > 0 ? { extras: locked.extras } : {}),
    ...(locked.directUrl === undefined ? {} : { filename: locked.wheel.filename }),
    ...(locked.origin === undefined ? {} : { origin: locked.origin }),
  };
  return {
    name: locked.name,
    version: parseVersion(locked.version),
    ...(locked.dependencies.length === 0 ? {} : { dependencies: locked.dependencies.map((name) => ({ name })) }),
    ...(locked.wheel.index === undefined ? {} : { index: addressOf(locked.wheel.index) }),
    ...(locked.directUrl === undefined ? { wheels: [file] } : { archive: file }),
    ...(Object.keys(own).length === 0 ? {} : { tool: { [createdBy]: own } }),
  };
}

function toPylockFile({ name, wheel, directUrl }: LockedPackage): PylockFile {
  const { sha256, sizeBytes, filename } = wheel;
  if (sha256 === undefined) throw new Error(`the digest of \`${filename}\` (${name}) is not known yet`);
  const url = directUrl ?? wheel.url;
  return {
    ...(directUrl === undefined ? { name: filename } : {}),
    // A wheel that lies in the store alone still needs a place: beside the lock.
    ...(url === undefined ? { path: filename } : { url: addressOf(url) }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    hashes: { sha256 },
  };
}

/** Credentials don't belong into a file that is shared: they come from the settings again. */
function addressOf(url: SafeUrl): string {
  return url.withoutCredentials().reveal();
}

/**
 * Reads a lock that venvoy wrote, or another tool's with exactly one wheel for every package. Throws `LOCK_INVALID`.
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
  const file = archive ?? onlyWheel(entry);
  const filename = typeof own["filename"] === "string" ? own["filename"] : pylockFilename({ ...file });
  if (!filename.endsWith(".whl")) throw lockUnusable(name, `\`${filename}\` is not a wheel`, tool);
  const { sha256 } = file.hashes as { sha256?: string };
  if (sha256 === undefined) throw lockUnusable(name, "it has no sha256 digest", tool);
  const version = entry.version?.text;
  if (version === undefined) throw lockUnusable(name, "it has no version", tool);
  const url = file.url === undefined ? undefined : SafeUrl.parse(file.url);
  const wheel: LockedFile = {
    filename,
    sha256: parseSha256(sha256),
    ...(file.sizeBytes === undefined ? {} : { sizeBytes: file.sizeBytes }),
    ...(url === undefined ? {} : { url }),
    ...(entry.index === undefined ? {} : { index: SafeUrl.parse(entry.index) }),
  };
  return {
    name,
    version,
    wheel,
    dependencies: dependencyNames(entry),
    extras: Array.isArray(own["extras"]) ? own["extras"].map((extra) => normalizeName(String(extra))) : [],
    requested: own["requested"] === true,
    ...(typeof own["origin"] === "string" ? { origin: own["origin"] } : {}),
    ...(archive === undefined || url === undefined ? {} : { directUrl: url }),
  };
}

function onlyWheel(entry: PylockPackage): PylockFile {
  const [wheel, ...others] = entry.wheels ?? [];
  if (wheel === undefined) throw lockUnusable(entry.name, "it has no wheel", createdBy);
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
