import { type AbsPath, byCodePoint, type PackageName, type SafeUrl } from "../base/index.ts";
import { checkArchivePath, linkModes } from "../disk/index.ts";
import type { LinkMode, OpId } from "../ports/index.ts";
import { type Base, generationPin, type VenvLayout, venvLayout } from "../python/index.ts";
import type { Lock } from "../resolve/index.ts";
import type { Artifact } from "../store/index.ts";
import { linkArtifacts, type TreePaths } from "../wheel/index.ts";
import { writeActivation } from "./activation.ts";
import { type CarriedFile, placeCarried } from "./carried-files.ts";
import type { EnvIo } from "./env-io.ts";
import { programOf, writeInterpreter } from "./interpreter-links.ts";
import { lockDigest } from "./lock-digest.ts";
import { linkEditables } from "./plain-editables.ts";
import { writeManifest } from "./plain-manifest.ts";
import { formatReceipt, pythonFile, type Receipt, type ReceiptPackage, receiptFile } from "./receipt.ts";
import { linkStandalone, type StandaloneParts } from "./standalone-tree.ts";

/** A file of venvoy's own in site-packages; text of higher rooms comes in this way. */
export interface ExtraFile {
  /** Relative to site-packages, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Everything a tree is made of. The same contents make the same tree, wherever it lies. */
export interface TreeContents {
  readonly base: Base;
  readonly lock: Lock;
  /** One per package of the lock. */
  readonly artifacts: readonly Artifact[];
  /** Put in beside what the lock names: the base's own pip. */
  readonly seeds: readonly Artifact[];
  readonly linkMode: LinkMode | "fold";
  readonly systemSitePackages: boolean;
  /** `plain`: packages and nothing else, for the `sys.path` of some program. */
  readonly layout: "venv" | "plain" | "standalone";
  /** What a tree that carries its Python is linked from. */
  readonly parts?: StandaloneParts;
  readonly extraFiles: readonly ExtraFile[];
  /** Edited or put in by hand in the version before. */
  readonly carried?: readonly CarriedFile[];
  /** Environments with versions pin theirs when Python starts, and have scripts to activate them. */
  readonly place: "named" | "directory" | "script";
  /** Whether bytecode is linked with the sources, or by the caller once the tree is there; it is no part of the contents. */
  readonly bytecode: "along" | "later";
  /** Version of venvoy, for the receipt. */
  readonly tool: string;
}

export interface TreeIdentity {
  readonly id: string;
  readonly generation: number;
  /** Where the tree will lie, when links out of it may be relative; nothing for one that may move by itself. */
  readonly home: AbsPath | undefined;
}

/**
 * Builds a whole tree in `stage`, an empty directory that nobody else sees. The receipt is written last: a tree with a
 * receipt is complete. Nothing in the tree names the place where it is built.
 */
export async function buildTree(
  io: EnvIo,
  stage: AbsPath,
  contents: TreeContents,
  { identity, signal, parent }: { identity: TreeIdentity; signal?: AbortSignal; parent?: OpId },
): Promise<Receipt> {
  const { fs } = io;
  const isPlain = contents.layout === "plain";
  const venv = isPlain ? undefined : venvLayout(contents.base.interpreter);
  const shape = venv ?? plainShape;
  const paths: TreePaths = {
    ...treePaths(io, stage, shape),
    ...(identity.home === undefined ? {} : { home: identity.home }),
    ...(isPlain ? { noScripts: true } : {}),
  };
  await fs.makeDir(paths.sitePackages);
  const options = {
    requested: requestedOf(contents.lock),
    directUrls: directUrlsOf(contents.lock),
    origins: originsOf(contents.lock),
    ...(signal === undefined ? {} : { signal }),
    ...(parent === undefined ? {} : { parent }),
  };
  let freed: readonly string[] = [];
  if (contents.parts !== undefined && contents.linkMode !== "fold") {
    const { base, linkMode: mode } = contents;
    freed = (await linkStandalone(io, stage, contents.parts, { ...options, base, mode })).freed;
  } else {
    if (venv !== undefined) await writeInterpreter(io, paths, venv, contents);
    signal?.throwIfAborted();
    if (contents.place !== "script" && venv !== undefined) await writeActivation(io, paths.bin, venv);
    await linkArtifacts(io, [...contents.artifacts, ...contents.seeds], paths, {
      ...options,
      mode: contents.linkMode,
      pythonVersion: contents.base.interpreter.version,
      bytecode: contents.bytecode,
    });
  }
  const owned = isPlain ? [] : await writeOwned(io, paths.sitePackages, contents);
  signal?.throwIfAborted();
  if (isPlain) await linkEditables(io, paths.sitePackages);
  const carried = await placeCarried(io, stage, contents.carried ?? []);
  const receipt = receiptOf(io, shape, contents, identity, { owned, carried, freed });
  const file = receiptFile(fs, stage);
  await fs.makeDir(fs.path.directory(file));
  if (contents.parts !== undefined) await fs.copyFile(contents.parts.python.listing.file, pythonFile(fs, stage));
  if (isPlain && contents.place === "directory") await writeManifest(fs, stage, new Set(carried));
  await fs.write(file, formatReceipt(receipt));
  return receipt;
}

/** As `pip --target` lays it out: the directory itself is site-packages. */
const plainShape = { bin: "bin", sitePackages: "", include: "include" } as const;

/** The way from the store to a tree in `stage`: asked for, else the best that the two disks can do. */
export async function chooseMode(
  io: Pick<EnvIo, "fs">,
  asked: LinkMode | undefined,
  store: AbsPath,
  stage: AbsPath,
): Promise<LinkMode> {
  if (asked !== undefined) return asked;
  await io.fs.makeDir(store);
  return linkModes(io.fs).between(store, stage);
}

type Shape = Pick<VenvLayout, "bin" | "sitePackages" | "include">;

function treePaths(io: Pick<EnvIo, "fs">, root: AbsPath, shape: Shape): TreePaths {
  const at = (relative: string): AbsPath => (relative === "" ? root : io.fs.path.join(root, ...relative.split("/")));
  return { root, sitePackages: at(shape.sitePackages), bin: at(shape.bin), data: root, include: at(shape.include) };
}

async function writeOwned(io: EnvIo, sitePackages: AbsPath, contents: TreeContents): Promise<readonly string[]> {
  const { place, base } = contents;
  const os = base.interpreter.platformTag.startsWith("win") ? "windows" : "posix";
  const pin = place === "script" ? [] : [{ path: generationPin.fileName, text: generationPin.textFor({ place, os }) }];
  const files: readonly ExtraFile[] = [...contents.extraFiles, ...pin];
  for (const { path, text } of files) {
    await io.fs.write(io.fs.path.join(sitePackages, ...checkArchivePath(path).split("/")), text);
  }
  return files.map((file) => file.path).sort(byCodePoint);
}

function requestedOf(lock: Lock): ReadonlySet<PackageName> {
  return new Set(lock.packages.filter((item) => item.requested).map((item) => item.name));
}

function directUrlsOf(lock: Lock): ReadonlyMap<PackageName, SafeUrl> {
  return new Map(
    lock.packages.flatMap(({ name, directUrl }) => (directUrl === undefined ? [] : [[name, directUrl] as const])),
  );
}

function originsOf(lock: Lock): ReadonlyMap<PackageName, string> {
  return new Map(lock.packages.flatMap(({ name, origin }) => (origin === undefined ? [] : [[name, origin] as const])));
}

function receiptOf(
  io: EnvIo,
  shape: Shape,
  contents: TreeContents,
  identity: TreeIdentity,
  { owned, carried, freed }: Record<"owned" | "carried" | "freed", readonly string[]>,
): Receipt {
  const { base } = contents;
  return {
    format: 1,
    id: identity.id,
    generation: identity.generation,
    tool: contents.tool,
    madeMs: Math.round(io.clock.now()),
    lockDigest: lockDigest(contents.lock),
    linkMode: contents.linkMode,
    base: { key: base.key, link: base.link, version: base.interpreter.version, program: programOf(io, base) },
    bin: shape.bin,
    sitePackages: shape.sitePackages,
    packages: [
      ...contents.artifacts.map((artifact) => packageOf(artifact, requestedOf(contents.lock))),
      ...contents.seeds.map((artifact) => ({ ...packageOf(artifact, new Set()), seeded: true as const })),
    ],
    owned,
    ...(contents.layout === "venv" ? {} : { layout: contents.layout }),
    ...(contents.parts === undefined ? {} : { python: contents.parts.python.key }),
    ...(contents.layout === "plain" && contents.place === "directory" ? { inPlace: true as const } : {}),
    ...(carried.length === 0 ? {} : { carried }),
    ...(freed.length === 0 ? {} : { freed }),
  };
}

function packageOf(artifact: Artifact, requested: ReadonlySet<string>): ReceiptPackage {
  return {
    name: artifact.name,
    version: artifact.version,
    sha256: artifact.sha256,
    distInfo: artifact.distInfo,
    requested: requested.has(artifact.name),
  };
}
