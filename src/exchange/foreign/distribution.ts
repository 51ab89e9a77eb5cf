import { type AbsPath, hasCode } from "../../base/index.ts";
import { compareVersions, normalizeName, parseDirectUrl, parseMetadata, tryParseVersion } from "../../pep/index.ts";
import type { Fs } from "../../ports/index.ts";
import { entriesOf } from "./entries.ts";

/** One installed distribution, as its own files say it (core metadata, PEP 376, PEP 610). */
export interface Distribution {
  /** As its author writes the name. */
  readonly displayName: string;
  /** As written; normally a version of PEP 440. */
  readonly version: string;
  /** The name of its directory or file in site-packages. */
  readonly entry: string;
  /** `pip`, `uv`, `conda`, …; empty when nobody signed. */
  readonly installer: string;
  /** A person asked for it by name; nobody noted that before pip 20.2. */
  readonly requested: boolean;
  /** `Requires-Dist`, as written. */
  readonly requiresDist: readonly string[];
  /** The text of `direct_url.json`. */
  readonly directUrl: string | undefined;
  /** The source directory that an editable install leads to. */
  readonly editableAt: AbsPath | undefined;
}

/** Something that can't be read, or can't be had again. */
export interface LeftOut {
  /** "demo 1.0", or the name of an entry on disk. */
  readonly what: string;
  /** A clause: "it was installed from a source tree". */
  readonly why: string;
}

export interface Distributions {
  /** By name; one of each. */
  readonly found: readonly Distribution[];
  readonly problems: readonly LeftOut[];
}

/** Reads all of a site-packages directory, or of a flat directory that a host installs into. Never throws for content. */
export async function readDistributions(fs: Fs, site: AbsPath): Promise<Distributions> {
  const found = new Map<string, { readonly one: Distribution; readonly modifiedMs: number }>();
  const problems: LeftOut[] = [];
  for (const entry of await entriesOf(fs, site)) {
    const at = fs.path.join(site, entry);
    const read = await readEntry(fs, at, entry);
    if (read === undefined) continue;
    if ("why" in read) {
      problems.push(read);
      continue;
    }
    const key = normalizeName(read.displayName);
    const fresh = { one: read, modifiedMs: (await fs.info(at))?.modifiedMs ?? 0 };
    const other = found.get(key);
    // `pip install --target --upgrade` leaves the directory of the version before beside the new one.
    const kept = other === undefined || isLater(fresh, other) ? fresh : other;
    if (other !== undefined) {
      const gone = kept === fresh ? other : fresh;
      problems.push({
        what: gone.one.entry,
        why: `\`${kept.one.entry}\` is of the same package, and is the later one`,
      });
    }
    found.set(key, kept);
  }
  return { found: [...found.values()].map(({ one }) => one), problems };
}

interface Dated {
  readonly one: Distribution;
  readonly modifiedMs: number;
}

/** By the time of the directory; what was unpacked in one second is told apart by version. */
function isLater(a: Dated, b: Dated): boolean {
  if (Math.abs(a.modifiedMs - b.modifiedMs) >= 2000) return a.modifiedMs > b.modifiedMs;
  const [mine, other] = [tryParseVersion(a.one.version), tryParseVersion(b.one.version)];
  return mine !== undefined && (other === undefined || compareVersions(mine, other) > 0);
}

async function readEntry(fs: Fs, at: AbsPath, entry: string): Promise<Distribution | LeftOut | undefined> {
  if (/^~.*\.(dist|egg)-info$/.test(entry)) return { what: entry, why: "an interrupted pip left it behind" };
  if (entry.endsWith(".dist-info")) return readDistInfo(fs, at, entry);
  if (entry.endsWith(".egg-info")) return readEggInfo(fs, at, entry);
  if (entry.endsWith(".egg-link")) return readEggLink(fs, at, entry);
  if (entry.endsWith(".egg")) return { what: entry, why: "it is an egg, which pip doesn't make any more" };
  return undefined;
}

async function readDistInfo(fs: Fs, at: AbsPath, entry: string): Promise<Distribution | LeftOut> {
  const text = await textOf(fs, fs.path.join(at, "METADATA"));
  const stated = identity(text, entry);
  if (text === undefined) return { what: entry, why: "it has no METADATA" };
  if (stated === undefined) return { what: entry, why: "its METADATA can't be read" };
  const directUrl = await textOf(fs, fs.path.join(at, "direct_url.json"));
  return {
    ...stated,
    entry,
    installer: ((await textOf(fs, fs.path.join(at, "INSTALLER"))) ?? "").trim(),
    requested: (await fs.info(fs.path.join(at, "REQUESTED"))) !== undefined,
    directUrl,
    editableAt: directUrl === undefined ? undefined : editableDirectory(fs, at, directUrl),
  };
}

/** A directory with PKG-INFO, or (from distutils) a single file that is one. */
async function readEggInfo(fs: Fs, at: AbsPath, entry: string): Promise<Distribution | LeftOut> {
  const isFile = (await fs.info(at))?.kind === "file";
  const stated = identity(await textOf(fs, isFile ? at : fs.path.join(at, "PKG-INFO")), entry);
  if (stated === undefined) return { what: entry, why: "its PKG-INFO can't be read" };
  return { ...stated, entry, installer: "", requested: false, directUrl: undefined, editableAt: undefined };
}

async function readEggLink(fs: Fs, at: AbsPath, entry: string): Promise<Distribution | LeftOut> {
  const target = ((await textOf(fs, at)) ?? "").split(/\r?\n/).find((line) => line.trim() !== "");
  if (target === undefined) return { what: entry, why: "it leads nowhere" };
  const directory = fs.path.resolve(fs.path.directory(at), target.trim());
  const name = entry.replace(/\.egg-link$/, "");
  const text = await textOf(fs, fs.path.join(directory, `${name.replaceAll("-", "_")}.egg-info`, "PKG-INFO"));
  const stated = identity(text, entry) ?? { displayName: name, version: "0", requiresDist: [] };
  return { ...stated, entry, installer: "", requested: true, directUrl: undefined, editableAt: directory };
}

/** What METADATA says, else what the name of the directory does (PEP 427: the name has no dash). */
function identity(
  text: string | undefined,
  entry: string,
): Pick<Distribution, "displayName" | "version" | "requiresDist"> | undefined {
  if (text !== undefined) {
    try {
      const { displayName, version, requiresDist } = parseMetadata(text);
      return { displayName, version, requiresDist };
    } catch {
      // Damaged or foreign: the directory's name may do.
    }
  }
  const stem = entry.replace(/\.(dist-info|egg-info)$/, "").replace(/-py\d(\.\d+)?$/, "");
  const [, displayName, version] = /^([A-Za-z0-9][A-Za-z0-9._]*)-(\d[^-]*)$/.exec(stem) ?? [];
  if (displayName === undefined || version === undefined || tryParseVersion(version) === undefined) return undefined;
  return { displayName, version, requiresDist: [] };
}

function editableDirectory(fs: Fs, at: AbsPath, directUrl: string): AbsPath | undefined {
  try {
    const { directory, url } = parseDirectUrl(directUrl);
    if (directory?.editable !== true) return undefined;
    const path = decodeURIComponent(new URL(url).pathname);
    return fs.path.resolve(at, fs.path.kind === "windows" ? path.replace(/^\/(?=[A-Za-z]:)/, "") : path);
  } catch {
    return undefined;
  }
}

async function textOf(fs: Fs, file: AbsPath): Promise<string | undefined> {
  try {
    return await fs.readText(file);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EISDIR", "EACCES", "ELOOP", "EIO")) return undefined;
    throw error;
  }
}
