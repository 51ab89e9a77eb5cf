import { isVenvoyError } from "../base/index.ts";
import { shownName, type ZipEntry } from "../codec/index.ts";
import { ArchiveTree, type ArchiveTreeRules } from "../disk/index.ts";
import type { ArtifactTree, Section } from "./artifact.ts";
import { isOwnProgram } from "./entry-points.ts";
import { wheelInvalid } from "./errors.ts";
import type { ReadWheel } from "./read-wheel.ts";

/** An entry of the wheel and where it goes. */
export interface PlacedFile {
  readonly entry: ZipEntry;
  readonly section: Section;
  /** Relative to the section. */
  readonly path: string;
}

export interface Placement {
  readonly files: readonly PlacedFile[];
  readonly trees: Readonly<Record<Section, ArchiveTree>>;
}

/** PEP 427: the schemes of a `.data` directory; purelib and platlib are one directory in a tree. */
const schemes: Readonly<Record<string, Section>> = {
  purelib: "site",
  platlib: "site",
  scripts: "scripts",
  data: "data",
  headers: "headers",
};

/**
 * Decides where every file of a wheel goes. Throws `WHEEL_INVALID` or `ARCHIVE_INVALID` for links, paths that leave their
 * section, names that clash, unknown schemes, and files that would replace parts of the environment itself.
 */
export function placeEntries(wheel: ReadWheel, rules: ArchiveTreeRules): Placement {
  const trees = {
    site: new ArchiveTree(rules),
    scripts: new ArchiveTree(rules),
    data: new ArchiveTree(rules),
    headers: new ArchiveTree(rules),
  };
  const whole = new ArchiveTree(rules);
  const files: PlacedFile[] = [];
  for (const entry of wheel.directory.entries) {
    checkKind(entry, wheel.filename);
    nameArchive(wheel.filename, () => whole.add(entry.name));
    const place = placeOf(entry, wheel);
    if (place === undefined || entry.kind === "directory") continue;
    nameArchive(wheel.filename, () => trees[place.section].add(place.path));
    checkOwn(place, wheel.filename);
    files.push({ entry, ...place });
  }
  return { files, trees };
}

export function treeOf({ trees }: Placement): ArtifactTree {
  const listed = (section: Section) => ({
    directories: [...trees[section].directories],
    files: [...trees[section].files],
  });
  return { site: listed("site"), scripts: listed("scripts"), data: listed("data"), headers: listed("headers") };
}

/** Failures of the path rules don't know whose entry it was. */
export function nameArchive<T>(filename: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!isVenvoyError(error, "ARCHIVE_INVALID")) throw error;
    throw wheelInvalid(filename, `can't be unpacked: ${error.message.replace(/^T/, "t")}`, error);
  }
}

function checkKind(entry: ZipEntry, filename: string): void {
  const shown = shownName(entry.name);
  if (entry.kind === "symlink") throw wheelInvalid(filename, `holds a symbolic link, \`${shown}\``);
  if (entry.kind === "other") throw wheelInvalid(filename, `holds \`${shown}\`, which is neither file nor directory`);
  if (entry.kind === "directory" && entry.sizeBytes > 0) {
    throw wheelInvalid(filename, `holds a directory with content, \`${shown}\``);
  }
}

function placeOf(
  entry: ZipEntry,
  { distInfo, filename }: Pick<ReadWheel, "distInfo" | "filename">,
): { readonly section: Section; readonly path: string } | undefined {
  const dataDir = distInfo.replace(/\.dist-info$/, ".data");
  const { name } = entry;
  // Marks that installers set, each about its own tree (PEP 376, 610): what a wheel brings of them is left out.
  if (name === `${distInfo}/REQUESTED` || name === `${distInfo}/direct_url.json`) return undefined;
  const top = name.slice(0, name.indexOf("/") < 0 ? name.length : name.indexOf("/"));
  if (!top.endsWith(".data")) return { section: "site", path: name };
  if (top !== dataDir) throw wheelInvalid(filename, `holds \`${shownName(name)}\`, data of another package`);
  const [, scheme = "", path = ""] = /^[^/]*\/([^/]*)\/?(.*)$/s.exec(name) ?? [];
  if (entry.kind === "directory" && path === "") return undefined;
  const section = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (section === undefined || path === "") {
    throw wheelInvalid(filename, `holds \`${shownName(name)}\`, which belongs to no part of an environment`);
  }
  if (section === "scripts" && path.includes("/")) {
    throw wheelInvalid(filename, `holds \`${shownName(name)}\`, which isn't directly in the scripts directory`);
  }
  return { section, path };
}

/** Parts of a tree that belong to the environment or to other packages; compared without case, as some disks do. */
const ownDataPaths =
  /^(?:pyvenv\.cfg|\.venvoy|lib64|conda-meta|lib(?:64)?\/python[^/]*|lib\/site-packages|lib\/pypy[^/]*|include\/python[^/]*)(?:\/|$)/;

function checkOwn({ section, path }: { readonly section: Section; readonly path: string }, filename: string): void {
  const folded = path.toLowerCase();
  const isOwn =
    section === "scripts"
      ? isOwnProgram(path)
      : section === "data"
        ? ownDataPaths.test(folded) || /^(?:bin|scripts)$/.test(folded) || ownInBin(folded)
        : section === "site" && /^_venvoy[^/]*(?:\/|$)/.test(folded);
  if (isOwn)
    throw wheelInvalid(filename, `holds \`${shownName(path)}\`, which would replace a part of the environment`);
}

function ownInBin(folded: string): boolean {
  const match = /^(?:bin|scripts)\/([^/]*)/.exec(folded);
  return match !== null && isOwnProgram(match[1] ?? "");
}
