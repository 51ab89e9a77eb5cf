import { fileURLToPath } from "node:url";
import { directUrlValue, type PylockPackage, parseDirectUrl, readDirectUrl } from "../pep/index.ts";
import type { LockedPackage } from "./lock.ts";

/** How a lock file names a file or directory of this machine: absolute, or relative to itself. */
export type PlaceOf = (absolute: string) => string;

/** Where sources are, in the three forms that PEP 751 has for them. */
export type LockedSource = Pick<PylockPackage, "vcs" | "directory" | "archive">;

/**
 * The sources that a package was built from, for a lock that others install: a commit, a directory, or an archive with
 * its digest. `undefined` for a package of an index, and for an archive that nobody knows a digest of. Credentials are
 * not part of it.
 */
export function sourceOf({ origin }: Pick<LockedPackage, "origin">, placeOf: PlaceOf): LockedSource | undefined {
  if (origin === undefined) return undefined;
  const direct = readDirectUrl(directUrlValue(parseDirectUrl(origin)));
  const { url, vcs, directory, archive } = direct;
  const subdirectory = direct.subdirectory === undefined ? {} : { subdirectory: direct.subdirectory };
  if (vcs !== undefined) {
    const { requestedRevision, commitId } = vcs;
    const revision = requestedRevision === undefined ? {} : { requestedRevision };
    return { vcs: { type: vcs.vcs, url, ...revision, commitId, ...subdirectory } };
  }
  if (directory !== undefined) {
    const editable = directory.editable === true ? { editable: true } : {};
    return { directory: { path: placeOf(fileURLToPath(url)), ...editable, ...subdirectory } };
  }
  const hashes = archive?.hashes ?? {};
  if (hashes["sha256"] === undefined) return undefined;
  return { archive: { ...placeOfFile(url, placeOf), hashes, ...subdirectory } };
}

/** A file of this machine by its path; another by its address. */
export function placeOfFile(url: string, placeOf: PlaceOf): { readonly path: string } | { readonly url: string } {
  return url.startsWith("file:") ? { path: placeOf(fileURLToPath(url)) } : { url };
}

/** Tells the sources of a locked package from others; `undefined` for a package of an index. */
export function sourceKey({ vcs, directory, archive }: LockedSource): string | undefined {
  if (vcs !== undefined) return ["vcs", vcs.url ?? vcs.path, vcs.commitId, vcs.subdirectory].join(" ");
  if (directory !== undefined)
    return ["directory", directory.path, directory.editable, directory.subdirectory].join(" ");
  return archive === undefined ? undefined : ["archive", archive.hashes["sha256"], archive.subdirectory].join(" ");
}
