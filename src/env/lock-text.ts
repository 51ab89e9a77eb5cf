import { type PackageName, parseSha256, SafeUrl } from "../base/index.ts";
import {
  formatPylock,
  type Pylock,
  type PylockPackage,
  parsePylock,
  parseSpecifierSet,
  parseVersion,
  pylockFilename,
} from "../pep/index.ts";
import type { Lock, LockedFile, LockedPackage } from "../resolve/index.ts";

/** The lock as `pylock.toml` (PEP 751); what the standard has no key for stands in each package's `tool.venvoy`. */
export function lockToPylock(lock: Lock): string {
  const pylock: Pylock = {
    lockVersion: parseVersion("1.0"),
    createdBy: "venvoy",
    requiresPython: lock.requiresPython === undefined ? undefined : parseSpecifierSet(lock.requiresPython),
    packages: lock.packages.map(toPackage),
  };
  return formatPylock(pylock);
}

/** Reads a lock that `lockToPylock` wrote; throws `LOCK_INVALID`. */
export function lockFromPylock(text: string): Lock {
  const pylock = parsePylock(text);
  return {
    packages: pylock.packages.flatMap(fromPackage),
    ...(pylock.requiresPython === undefined ? {} : { requiresPython: pylock.requiresPython.toString() }),
  };
}

function toPackage(item: LockedPackage): PylockPackage {
  const { filename, sha256, sizeBytes, url, index } = item.wheel;
  const hashes = { sha256: sha256 ?? "" };
  const where = url === undefined ? { path: filename } : { url: url.withoutCredentials().toString() };
  const file = { ...where, sizeBytes, hashes };
  const direct = item.directUrl?.withoutCredentials().toString();
  return {
    name: item.name,
    version: parseVersion(item.version),
    dependencies: item.dependencies.map((name) => ({ name })),
    ...(direct === undefined
      ? { index: index?.withoutCredentials().toString(), wheels: [{ name: filename, ...file }] }
      : { archive: { url: direct, sizeBytes, hashes } }),
    tool: {
      venvoy: {
        ...(item.requested ? { requested: true } : {}),
        ...(item.extras.length > 0 ? { extras: [...item.extras] } : {}),
        ...(direct === undefined ? {} : { filename }),
      },
    },
  };
}

function fromPackage(item: PylockPackage): LockedPackage[] {
  const own = (item.tool?.["venvoy"] ?? {}) as Readonly<Record<string, unknown>>;
  const file = item.archive ?? item.wheels?.[0];
  if (file === undefined || item.version === undefined) return [];
  const filename = typeof own["filename"] === "string" ? own["filename"] : pylockFilename(file);
  const hash = file.hashes["sha256"];
  const wheel: LockedFile = {
    filename,
    sha256: hash === undefined || hash === "" ? undefined : parseSha256(hash),
    ...(file.sizeBytes === undefined ? {} : { sizeBytes: file.sizeBytes }),
    ...(file.url === undefined ? {} : { url: SafeUrl.parse(file.url) }),
    ...(item.index === undefined ? {} : { index: SafeUrl.parse(item.index) }),
  };
  const extras = own["extras"];
  return [
    {
      name: item.name,
      version: item.version.toString(),
      wheel,
      dependencies: (item.dependencies ?? []).flatMap(({ name }) =>
        typeof name === "string" ? [name as PackageName] : [],
      ),
      extras: Array.isArray(extras) ? extras.filter((extra) => typeof extra === "string") : [],
      requested: own["requested"] === true,
      ...(item.archive?.url === undefined ? {} : { directUrl: SafeUrl.parse(item.archive.url) }),
    },
  ];
}
