import { type PackageName, printable, type SafeUrl } from "../../base/index.ts";
import {
  compareVersions,
  type IndexFile,
  normalizeName,
  type SimplePage,
  sdistVersion,
  tryParseVersion,
  type Version,
} from "../../pep/index.ts";
import type { ProjectStatus } from "../source.ts";
import { escapeField, needsEscape } from "./field.ts";

/** A project page reduced to what resolving needs: versions in ascending order, and the lines of each one's files. */
export interface PageDigest {
  readonly base: SafeUrl;
  readonly status: ProjectStatus | undefined;
  readonly versions: readonly string[];
  /** One text per version: a line per file, as `formatFile` writes them. */
  readonly blocks: readonly string[];
}

interface Group {
  readonly version: Version;
  readonly lines: string[];
}

/**
 * Sorts the files of a page by version. Files whose name says another project, or no version, are left out, as are
 * all of a quarantined project.
 */
export function digestPage(name: PackageName, page: SimplePage, base: SafeUrl): PageDigest {
  const status = statusOf(page.status);
  const versionOf = versionReader(name);
  const groups = new Map<string, Group>();
  for (const file of status === "quarantined" ? [] : page.files) {
    const version = versionOf(file.filename);
    if (version === undefined) continue;
    const text = version.toString();
    let group = groups.get(text);
    if (group === undefined) {
      group = { version, lines: [] };
      groups.set(text, group);
    }
    group.lines.push(formatFile(file));
  }
  const sorted = [...groups.values()].sort((a, b) => compareVersions(a.version, b.version));
  return {
    base,
    status,
    versions: sorted.map((group) => group.version.toString()),
    blocks: sorted.map((group) => `${group.lines.join("\n")}\n`),
  };
}

function statusOf(text: string | undefined): ProjectStatus | undefined {
  return text === "archived" || text === "quarantined" || text === "deprecated" ? text : undefined;
}

/** Reads the version out of a file name; a page of 10,000 files has few distinct prefixes and versions. */
function versionReader(name: PackageName): (filename: string) => Version | undefined {
  const isOwn = new Map<string, boolean>();
  const versions = new Map<string, Version | undefined>();
  const known = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
    const found = map.get(key);
    if (found !== undefined || map.has(key)) return found as V;
    const made = make();
    map.set(key, made);
    return made;
  };
  return (filename) => {
    if (!filename.endsWith(".whl")) return sdistVersion(filename, name);
    const nameEnd = filename.indexOf("-");
    const versionEnd = filename.indexOf("-", nameEnd + 1);
    if (versionEnd < 0) return undefined;
    const prefix = filename.slice(0, nameEnd);
    if (!known(isOwn, prefix, () => normalizeName(prefix) === name)) return undefined;
    const text = filename.slice(nameEnd + 1, versionEnd);
    return known(versions, text, () => tryParseVersion(text));
  };
}

/**
 * One line: file name, link, hashes, size, upload time, requires-python, yanked, metadata hashes, separated by tabs. A link
 * that ends in the file name is cut before it and marked `*`; empty fields at the end may be left out.
 */
function formatFile(file: IndexFile): string {
  const { filename, href, uploadTimeMs, yanked, metadataHashes, sizeBytes, requiresPython = "" } = file;
  const link = href.endsWith(filename) ? `${href.slice(0, -filename.length)}*` : `${href}=`;
  const isPlain = !needsEscape(filename + link + requiresPython);
  const write = isPlain ? plain : escapeField;
  const time = uploadTimeMs === undefined ? "" : uploadTimeMs.toString(36);
  const size = sizeBytes === undefined ? "" : sizeBytes.toString(36);
  const start = `${write(filename)}\t${write(link)}\t${formatHashes(file.hashes)}\t${size}\t${time}`;
  const python = write(requiresPython);
  if (yanked === false && metadataHashes === undefined) return python === "" ? start : `${start}\t${python}`;
  const reason = yanked === false ? "" : `y${escapeField(printable(yanked.slice(0, 500)))}`;
  const beside = metadataHashes === undefined ? "" : metadataHashes === true ? "t" : `h${formatHashes(metadataHashes)}`;
  return `${start}\t${python}\t${reason}\t${beside}`;
}

function plain(text: string): string {
  return text;
}

/** A sha256 alone is written bare: that is nearly every file. */
function formatHashes(hashes: Readonly<Record<string, string>>): string {
  let only = "";
  let count = 0;
  for (const algorithm in hashes) {
    if (++count === 1 && algorithm === "sha256") only = hashes[algorithm] ?? "";
  }
  if (count === 1 && isHex(only)) return only;
  return Object.entries(hashes)
    .filter(([, digest]) => isHex(digest))
    .map(([algorithm, digest]) => `${algorithm}=${digest}`)
    .join("&");
}

function isHex(text: string): boolean {
  return /^[0-9a-f]+$/.test(text);
}
