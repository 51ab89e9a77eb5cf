import type { AbsPath, PackageName, SafeUrl } from "../base/index.ts";
import type { LinkMode } from "../ports/index.ts";
import { type Base, type VenvLayout, venvLayout } from "../python/index.ts";
import { bringLibraries, type PreparedPython, placePython, preparePython } from "../runtime/index.ts";
import { type Artifact, readArtifactTree, readStoredFiles, type Store } from "../store/index.ts";
import {
  bytecodeKind,
  compileArtifacts,
  type KnownFile,
  linkArtifacts,
  type TreePaths,
  treeDigests,
} from "../wheel/index.ts";
import { writeActivation } from "./activation.ts";
import type { EnvIo } from "./env-io.ts";
import { readReceipt } from "./receipt.ts";

/** What a tree that carries its Python is linked from: all of it lies in the store, bytecode included. */
export interface StandaloneParts {
  readonly python: PreparedPython;
  /** With unchecked bytecode. */
  readonly artifacts: readonly Artifact[];
}

/** What such a tree is told beside its parts. */
export interface StandaloneOptions {
  readonly base: Base;
  readonly mode: LinkMode;
  readonly requested: ReadonlySet<PackageName>;
  readonly directUrls: ReadonlyMap<PackageName, SafeUrl>;
  readonly origins: ReadonlyMap<PackageName, string>;
  readonly signal?: AbortSignal | undefined;
}

export interface StandaloneNeeds {
  /** Libraries of this system that lie in it. */
  readonly libraries: readonly string[];
  /** What it needs of the machine that it runs on, and could not be brought. */
  readonly missing: readonly string[];
  /** Files that look for libraries in places of this machine only. */
  readonly stuck: readonly string[];
  /** Libraries of packages that did, and don't any more: files of the tree's own, by path. */
  readonly freed: readonly string[];
}

/** Brings into the store what is worked out once: the Python made movable, and everything compiled. Throws `PYTHON_UNSUITED`. */
export async function standaloneParts(
  io: EnvIo,
  store: Store,
  base: Base,
  artifacts: readonly Artifact[],
  signal?: AbortSignal,
): Promise<StandaloneParts> {
  const python = await pythonFor(io, store, base, signal);
  const place = venvLayout(base.interpreter).sitePackages;
  const options = { form: "unchecked", place, ...(signal && { signal }) } as const;
  return { python, artifacts: await compileArtifacts(io, artifacts, base.interpreter, options) };
}

/**
 * An environment that carries its Python stands on that one: its next version takes the prepared one that its tree was linked
 * from, wherever the installation is by now.
 */
async function pythonFor(io: EnvIo, store: Store, base: Base, signal?: AbortSignal): Promise<PreparedPython> {
  const key = (await readReceipt(io.fs, base.link))?.python;
  const found = key === undefined ? undefined : await store.prepared.hold<PreparedPython["facts"]>(key);
  return found ?? preparePython(io, store.prepared, base.interpreter, signal);
}

/** The directories of a tree that carries its Python: those of any environment. */
export function standalonePaths(io: Pick<EnvIo, "fs">, root: AbsPath, shape: VenvLayout): TreePaths {
  const at = (relative: string): AbsPath => io.fs.path.join(root, ...relative.split("/"));
  return { root, sitePackages: at(shape.sitePackages), bin: at(shape.bin), data: root, include: at(shape.include) };
}

/**
 * Makes a tree with its Python in it, in an empty directory. Nothing in it names a place: it may be moved, copied and mounted
 * anywhere, also read-only. The same parts make the same bytes.
 */
export async function linkStandalone(
  io: EnvIo,
  root: AbsPath,
  { python, artifacts }: StandaloneParts,
  { base, mode, requested, directUrls, origins, signal }: StandaloneOptions,
): Promise<StandaloneNeeds> {
  const shape = venvLayout(base.interpreter);
  const paths = standalonePaths(io, root, shape);
  await placePython(io.fs, python, root, { mode, except: await broughtInstead(io, python, artifacts) });
  await io.fs.makeDir(paths.sitePackages);
  await linkArtifacts(io, artifacts, paths, {
    mode,
    requested,
    pythonVersion: base.interpreter.version,
    bytecodeForm: "unchecked",
    directUrls,
    origins,
    ...(signal && { signal }),
  });
  await writeActivation(io, paths.bin, shape);
  return bringLibraries(io.fs, python, root);
}

/** Libraries of this system that a package of the tree brings itself. */
async function broughtInstead(
  { fs }: Pick<EnvIo, "fs">,
  { facts }: PreparedPython,
  artifacts: readonly Artifact[],
): Promise<readonly string[]> {
  const ours = new Set(facts.libraries.map((soname) => `lib/${soname}`));
  const found: string[] = [];
  for (const artifact of artifacts) {
    if (!artifact.sections.includes("data")) continue;
    for (const path of (await readArtifactTree(fs, artifact)).data.files) if (ours.has(path)) found.push(path);
  }
  return found;
}

/** The digests of what such a tree has from the store, by path. */
export async function standaloneDigests(
  { fs }: Pick<EnvIo, "fs">,
  store: Store,
  root: AbsPath,
  { base, parts, freed }: { readonly base: Base; readonly parts: StandaloneParts; readonly freed: readonly string[] },
): Promise<ReadonlyMap<string, KnownFile>> {
  const { python, artifacts } = parts;
  const shape = venvLayout(base.interpreter);
  const known = await treeDigests(fs, standalonePaths({ fs }, root, shape), artifacts, {
    bytecode: bytecodeKind(base.interpreter.version, "unchecked", shape.sitePackages),
    completedMs: (artifact) => store.completedMs(artifact),
  });
  for (const { path, sizeBytes, sha256 } of await readStoredFiles(fs, python.root)) {
    const hex = Buffer.from(sha256, "base64url").toString("hex");
    const inside = path.slice(path.indexOf("/") + 1);
    if (!known.has(inside)) known.set(inside, { sha256: hex, sizeBytes, latestMs: python.completedMs });
  }
  for (const path of freed) known.delete(path);
  return known;
}
