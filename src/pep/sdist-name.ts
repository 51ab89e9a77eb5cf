import type { PackageName } from "../base/index.ts";
import { sdistNameInvalid } from "./artifact-errors.ts";
import { normalizeName } from "./name.ts";
import { tryParseVersion, type Version } from "./version.ts";

/** What a source archive's file name says. */
export interface SdistName {
  readonly name: PackageName;
  readonly version: Version;
  readonly format: (typeof sdistFormats)[number];
}

/** The form of PEP 625 first; the others lie on old indexes and in directories, and pip takes them, too. */
export const sdistFormats = ["tar.gz", "zip", "tar.bz2", "tar.xz", "tgz"] as const;

/**
 * Parses `name-version.tar.gz` (PEP 625) and older forms; throws `ARCHIVE_INVALID`. The last `-` separates, since
 * a PEP 440 version needs none; a project whose own name ends in a version is told apart by `sdistVersion`.
 */
export function parseSdistName(filename: string): SdistName {
  const { stem, format } = splitFormat(filename);
  const dash = stem.lastIndexOf("-");
  if (dash < 0) throw sdistNameInvalid(filename, "it names no version");
  if (dash === 0) throw sdistNameInvalid(filename, "it names no package");
  const version = tryParseVersion(stem.slice(dash + 1));
  if (version === undefined) throw sdistNameInvalid(filename, "the version is not one");
  return { name: normalizeName(stem.slice(0, dash)), version, format };
}

/**
 * The version of a source archive that lies on the page of project `name`, also where the name or the version holds
 * more dashes (`a-1-2.tar.gz` of `a` is version `1-2`, written `1.post2` today); undefined when it is not of that project.
 */
export function sdistVersion(filename: string, name: PackageName): Version | undefined {
  const format = formatOf(filename);
  if (format === undefined) return undefined;
  const stem = filename.slice(0, -format.length - 1);
  for (let dash = stem.indexOf("-"); dash > 0; dash = stem.indexOf("-", dash + 1)) {
    const fits = normalizeName(stem.slice(0, dash)) === name;
    const version = fits ? tryParseVersion(stem.slice(dash + 1)) : undefined;
    if (version !== undefined) return version;
    // Longer prefixes only grow: past twice the name's length none can fit.
    if (dash > 2 * name.length + 64) return undefined;
  }
  return undefined;
}

function splitFormat(filename: string): { readonly stem: string; readonly format: SdistName["format"] } {
  const format = formatOf(filename);
  if (format === undefined)
    throw sdistNameInvalid(filename, `it must end in ${sdistFormats.map((one) => `.${one}`).join(", ")}`);
  return { stem: filename.slice(0, -format.length - 1), format };
}

function formatOf(filename: string): SdistName["format"] | undefined {
  return sdistFormats.find((format) => filename.endsWith(`.${format}`));
}
