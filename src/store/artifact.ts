import { type AbsPath, hasCode, type PackageName, type Sha256 } from "../base/index.ts";
import { createHash, formatPathLists, type PathList, parsePathLists } from "../codec/index.ts";
import type { NativeNeeds } from "../native/index.ts";
import type { Fs } from "../ports/index.ts";
import type { EntryPoint } from "./entry-points.ts";

/** What a wheel puts directly into site-packages. */
export interface TopLevel {
  readonly name: string;
  readonly kind: "directory" | "file";
  /** The whole directory may stand in a tree as one symbolic link. */
  readonly foldable: boolean;
}

/** An unpacked wheel. Everything in it is the same in every tree, so that a tree only links. */
export interface Artifact {
  readonly sha256: Sha256;
  /** `store/wheel/<sha256>`, with `site/`, `scripts/`, `data/` and `headers/`. */
  readonly root: AbsPath;
  readonly filename: string;
  readonly name: PackageName;
  /** As METADATA writes it. */
  readonly displayName: string;
  readonly version: string;
  /** Name of the `.dist-info` directory. */
  readonly distInfo: string;
  readonly requiresDist: readonly string[];
  readonly requiresPython: string | undefined;
  readonly providesExtra: readonly PackageName[];
  readonly entryPoints: readonly EntryPoint[];
  readonly topLevel: readonly TopLevel[];
  /** What its ELF files need of a machine; absent when it has none. */
  readonly native?: readonly NativeNeeds[];
  /** Sections that hold something, besides `site`. */
  readonly sections: readonly Exclude<Section, "site">[];
  /** Of all files, without bytecode. */
  readonly sizeBytes: number;
  readonly fileCount: number;
  /** Pythons that it has bytecode for, by their cache tag: `cpython-311`. */
  readonly bytecode: readonly string[];
}

/** Where a part of an artifact goes: site-packages, the scripts directory, the tree's root, its include directory. */
export type Section = "site" | "scripts" | "data" | "headers";
export const sections: readonly Section[] = ["site", "scripts", "data", "headers"];

/** Relative to the section. */
export type SectionFiles = PathList;

/** All paths of an artifact. */
export type ArtifactTree = Readonly<Record<Section, SectionFiles>>;

/** What tells whether the files beside a manifest can be trusted. */
export interface Stamp {
  readonly format: 1;
  readonly completedMs: number;
  /** The boot during which they were written; `durable` once their bytes are known to have reached the disk. */
  readonly boot: string;
}

/** How the manifest stands on disk: `Artifact` without what its place says. */
export interface Manifest extends Omit<Artifact, "root">, Stamp {}

export const manifestFile = "manifest.json";
const treeFile = "tree";
const digestsFile = "digests";
/** Enough for a line of it about a `.dist-info`. */
const lastLineBytes = 4096;

export function parseManifest<M extends Stamp = Manifest>(text: string): M | undefined {
  try {
    const manifest = JSON.parse(text) as M;
    return manifest.format === 1 ? manifest : undefined;
  } catch {
    // Cut off by a crash: the artifact counts as absent and is made again.
    return undefined;
  }
}

export function artifactOf(manifest: Manifest, root: AbsPath): Artifact {
  const { format: _format, completedMs: _completedMs, boot: _boot, ...facts } = manifest;
  return { ...facts, root };
}

/** The file that lists an artifact's paths, section by section (`codec`: path lists). */
export function treeFileOf(fs: Fs, { root }: Pick<Artifact, "root">): AbsPath {
  return fs.path.join(root, treeFile);
}

/** `tops`: of site-packages only what lies at or below these names. */
export async function readArtifactTree(
  fs: Fs,
  artifact: Pick<Artifact, "root">,
  tops?: ReadonlySet<string>,
): Promise<ArtifactTree> {
  const only = tops === undefined ? undefined : new Map([["site", tops]]);
  const lists = parsePathLists(await fs.readText(treeFileOf(fs, artifact)), only);
  const of = (section: Section): SectionFiles => lists.get(section) ?? { directories: [], files: [] };
  return { site: of("site"), scripts: of("scripts"), data: of("data"), headers: of("headers") };
}

export async function writeArtifactTree(fs: Fs, root: AbsPath, tree: ArtifactTree): Promise<void> {
  await fs.write(treeFileOf(fs, { root }), formatPathLists(sections.map((section) => [section, tree[section]])));
}

/** What a file of the store must be. */
export interface StoredFile {
  /** Relative to the artifact's root: `site/demo/__init__.py`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** base64url without padding. */
  readonly sha256: string;
}

export async function writeStoredFiles(fs: Fs, root: AbsPath, files: readonly StoredFile[]): Promise<void> {
  const lines = files.map(({ path, sizeBytes, sha256 }) => `${sha256} ${sizeBytes} ${path}\n`);
  await fs.write(fs.path.join(root, digestsFile), lines.join(""));
}

export async function readStoredFiles(fs: Fs, root: AbsPath): Promise<StoredFile[]> {
  const text = await fs.readText(fs.path.join(root, digestsFile));
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map(parseStoredFile);
}

function parseStoredFile(line: string): StoredFile {
  const size = line.indexOf(" ");
  const path = line.indexOf(" ", size + 1);
  return { sha256: line.slice(0, size), sizeBytes: Number(line.slice(size + 1, path)), path: line.slice(path + 1) };
}

/**
 * The bytes of the store's own RECORD, if it is what was written there; `undefined` when hands or a crash made it anything
 * else. A wheel's RECORD names thousands of files: to take it over costs a tenth of writing it anew.
 */
export async function readStoredRecord(
  fs: Fs,
  { root, distInfo }: Pick<Artifact, "root" | "distInfo">,
): Promise<Uint8Array | undefined> {
  try {
    const digests = fs.path.join(root, digestsFile);
    const sizeBytes = (await fs.info(digests))?.sizeBytes ?? 0;
    const list = Buffer.from(await fs.readRange(digests, Math.max(0, sizeBytes - lastLineBytes), lastLineBytes));
    // It is the last to be written, and to be listed.
    const listed = parseStoredFile(list.toString("utf8", list.lastIndexOf(10, -2) + 1, list.length - 1));
    const path = `site/${distInfo}/RECORD`;
    const bytes = await fs.read(fs.path.join(root, ...path.split("/")));
    const sha256 = createHash("sha256").update(bytes).digest("base64url");
    return listed.path === path && listed.sha256 === sha256 ? bytes : undefined;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}
