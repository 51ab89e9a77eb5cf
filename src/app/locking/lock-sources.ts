import { pathToFileURL } from "node:url";
import { type AbsPath, type PackageName, printable, VenvoyError } from "../../base/index.ts";
import { normalizeName, type PylockChoice, type PylockPackage, pylockFilename } from "../../pep/index.ts";
import type { PackageSource } from "../../pypi/index.ts";
import type { Interpreter } from "../../python/index.ts";
import type { LockedPackage, PlaceOf } from "../../resolve/index.ts";
import type { Context } from "../context.ts";
import type { OperationOptions, ResolveChoices } from "../requests.ts";

/** A package that a lock has as sources at an address: `git+https://…@COMMIT`, an archive, a directory. */
export interface AddressedSource extends Pick<LockedPackage, "name" | "dependencies" | "extras" | "requested"> {
  /** As a requirement has it behind `@`, with the digest that the lock promises. */
  readonly address: string;
}

/** How a lock that is written to a file names what lies on this machine: relative to itself; absolute without a file. */
export function placesIn({ fs }: Pick<Context, "fs">, file: AbsPath | undefined): PlaceOf {
  if (file === undefined) return (absolute) => absolute;
  return (absolute) => {
    const relative = fs.path.relative(fs.path.directory(file), absolute as AbsPath).replaceAll("\\", "/");
    return relative === "" ? "." : relative;
  };
}

/** A path in a lock counts from the lock. */
export function placeAddress({ fs }: Pick<Context, "fs">, lockFile: AbsPath, path: string): string {
  return pathToFileURL(fs.path.resolve(fs.path.directory(lockFile), path)).href;
}

/**
 * The sources that a `pylock.toml` names for a package; `undefined` where it names a file of an index, or a wheel.
 * Throws `LOCK_INVALID` for version control without a place.
 */
export function sourceOfChoice(
  context: Pick<Context, "fs">,
  { package: one, source }: PylockChoice,
  lockFile: AbsPath,
): AddressedSource | undefined {
  const address = addressOf(context, { package: one, source }, lockFile);
  if (address === undefined) return undefined;
  const own = ownTable(one);
  return {
    name: one.name,
    address,
    dependencies: (one.dependencies ?? []).flatMap(({ name }) =>
      typeof name === "string" ? [normalizeName(name)] : [],
    ),
    extras: Array.isArray(own["extras"]) ? own["extras"].filter((extra) => typeof extra === "string") : [],
    requested: own["requested"] === true,
  };
}

function addressOf(
  context: Pick<Context, "fs">,
  { package: { name }, source }: PylockChoice,
  lockFile: AbsPath,
): string | undefined {
  switch (source.kind) {
    case "wheel":
    case "sdist":
      return undefined;
    case "directory": {
      const { path, editable, subdirectory } = source.directory;
      return withFragment(placeAddress(context, lockFile, path), [
        ...(editable === true ? ["editable"] : []),
        ...below(subdirectory),
      ]);
    }
    case "archive": {
      const { archive } = source;
      if (/\.whl$/i.test(pylockFilename(archive))) return undefined;
      const { sha256, ...others } = archive.hashes;
      if (sha256 === undefined) throw unpromised(name, Object.keys(others));
      const place = archive.path === undefined ? (archive.url ?? "") : placeAddress(context, lockFile, archive.path);
      return withFragment(place.replace(/#.*$/s, ""), [`sha256=${sha256}`, ...below(archive.subdirectory)]);
    }
    case "vcs": {
      const { type, url, path, commitId, subdirectory } = source.vcs;
      const place = path === undefined ? url : placeAddress(context, lockFile, path);
      if (place === undefined) throw new VenvoyError("LOCK_INVALID", `The lock names no place of \`${name}\``);
      return withFragment(`${type}+${place.replace(/^git\+|#.*$/gs, "")}@${commitId}`, below(subdirectory));
    }
  }
}

function withFragment(address: string, parts: readonly string[]): string {
  return parts.length === 0 ? address : `${address}#${parts.join("&")}`;
}

function below(subdirectory: string | undefined): readonly string[] {
  return subdirectory === undefined ? [] : [`subdirectory=${subdirectory}`];
}

function unpromised(name: PackageName, others: readonly string[]): VenvoyError {
  const has = others.length === 0 ? "" : `, only ${printable(others.join(", "), { newlines: false })}`;
  return new VenvoyError("LOCK_INVALID", `The lock gives no sha256 for the archive of \`${name}\`${has}`);
}

/** venvoy's own table of a package in a lock. */
export function ownTable({ tool }: Pick<PylockPackage, "tool">): Readonly<Record<string, unknown>> {
  const own = tool?.["venvoy"];
  return typeof own === "object" && own !== null ? (own as Record<string, unknown>) : {};
}

/** The package as it is locked once it is built. Throws what building throws. */
export async function buildSource(
  context: Context,
  { name, address, dependencies, extras, requested }: AddressedSource,
  {
    interpreter,
    source,
    request,
  }: {
    readonly interpreter: Interpreter;
    readonly source: PackageSource;
    readonly request: ResolveChoices & OperationOptions;
  },
): Promise<LockedPackage> {
  const { ownOfAddress } = await import("../building/addresses.ts");
  const own = await ownOfAddress(context, address, {
    way: { interpreter, choices: request, within: [] },
    source,
    signal: request.signal ?? new AbortController().signal,
    name,
  });
  return {
    name: own.name,
    version: own.version,
    wheel: { filename: own.filename, sha256: own.sha256 },
    dependencies,
    extras,
    requested,
    ...(own.origin === undefined ? {} : { origin: own.origin }),
  };
}
