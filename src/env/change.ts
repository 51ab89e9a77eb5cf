import type { AbsPath } from "../base/index.ts";
import { explainingDisk } from "../disk/index.ts";
import type { LinkMode, OpId } from "../ports/index.ts";
import type { Base } from "../python/index.ts";
import type { Lock } from "../resolve/index.ts";
import type { Artifact, Store } from "../store/index.ts";
import { seedsFor } from "./bundled-pip.ts";
import type { CarriedFile } from "./carried-files.ts";
import { linkDirectoryTree } from "./directory-tree.ts";
import type { EnvIo } from "./env-io.ts";
import { type Environment, intentAt } from "./environment.ts";
import { buildTree, chooseMode, type ExtraFile, type TreeIdentity } from "./generation.ts";
import { formatRecord, type VersionRecord } from "./history.ts";
import type { Intent, Wanted } from "./intent.ts";
import { formatIntent } from "./intent-file.ts";
import {
  currentLink,
  currentTarget,
  type EnvLayout,
  generationDir,
  historyDir,
  historyFile,
  intentFile,
  isInPlace,
  type Place,
} from "./place.ts";
import { deploy } from "./plain-swap.ts";
import { stageAndRename, stageParent } from "./stages.ts";
import { standaloneParts } from "./standalone-tree.ts";

interface AnyRequest {
  readonly lock: Lock;
  readonly signal?: AbortSignal;
  readonly parent?: OpId;
}

/** What a version is built from; the caller has resolved, chosen the base and put the artifacts into the store. */
export interface ArtifactsRequest extends AnyRequest {
  /** One per package of the lock. */
  readonly artifacts: readonly Artifact[];
  readonly base: Base;
  readonly extraFiles?: readonly ExtraFile[];
  /** `later`: the caller links bytecode once the version stands; otherwise it comes with the sources. */
  readonly bytecode?: "along" | "later";
  /** What hands made of the version before, beside its packages. */
  readonly carried?: readonly CarriedFile[];
}

/** A version whose tree carries its Python and comes whole from elsewhere. */
export interface TreeRequest extends AnyRequest {
  readonly tree: {
    /** What its Python is, as a base of it would be called. */
    readonly base: string;
    readonly pythonVersion: string;
    /** Makes it in an empty directory, receipt and all. */
    readonly make: (root: AbsPath, identity: TreeIdentity) => Promise<Built>;
  };
}

export type BuildRequest = ArtifactsRequest | TreeRequest;

interface Told {
  /** What a person typed; the history keeps it. */
  readonly command: string;
  readonly wanted: Wanted;
}

export type ChangeRequest = BuildRequest & Told;

/** What a whole home shares. */
export interface EnvContext {
  readonly layout: EnvLayout;
  readonly store: Store;
  /** Version of venvoy, for receipts. */
  readonly tool: string;
}

export interface VersionToBuild {
  readonly number: number;
  readonly request: BuildRequest;
  readonly wanted: Wanted;
}

/** The sum of a built tree, for the record and the intent. */
export interface Built {
  readonly linkMode: LinkMode;
  readonly packages: number;
}

/**
 * Makes the next version of an environment whose lock is held. The order is what makes a kill harmless: the tree gets
 * its final name when it is whole, then its record is written, then the pointer is flipped in one step, then the intent
 * follows. Whatever lies beyond the pointer is removed by the next operation.
 */
export async function makeVersion(
  io: EnvIo,
  context: EnvContext,
  environment: Environment,
  request: ChangeRequest,
): Promise<Environment> {
  const startedMs = io.clock.elapsed();
  const number = environment.intent.standing.latest + 1;
  const built = await buildVersion(io, context, environment, { number, request, wanted: request.wanted });
  const record = recordOf(io, request, { number, from: environment.current.number, built, startedMs });
  request.signal?.throwIfAborted();
  await writeRecord(io, environment, record, request.lock);
  return flip(io, environment, record);
}

/** Builds the tree of a version beside the others and gives it its name; nothing points to it yet. */
export async function buildVersion(
  io: EnvIo,
  context: EnvContext,
  place: Place,
  version: VersionToBuild,
): Promise<Built> {
  const parent = stageParent(io, context.layout.stage, place);
  const target = generationDir(io.fs, place, version.number);
  return stageAndRename(io, { parent, label: `env-${place.id}`, target }, (stage) =>
    buildVersionAt(io, context, { place, tree: stage }, version),
  );
}

/** Builds the tree of a version at `tree`, an empty directory inside a stage. */
export async function buildVersionAt(
  io: EnvIo,
  context: EnvContext,
  { place, tree }: { readonly place: Place; readonly tree: AbsPath },
  { number, request, wanted }: VersionToBuild,
): Promise<Built> {
  const isCentral = place.kind === "central";
  const home = isCentral ? generationDir(io.fs, place, number) : undefined;
  const identity: TreeIdentity = { id: place.id, generation: number, home };
  if ("tree" in request) return request.tree.make(tree, identity);
  // Tried out inside the stage, so that a kill leaves nothing that is not swept with it.
  const layout = wanted.layout === "plain" || wanted.layout === "standalone" ? wanted.layout : "venv";
  const best = await chooseMode(io, wanted.linkMode, context.layout.wheels, tree);
  // Other programs write into such a directory without asking, so it shares no file with the store.
  const linkMode = layout === "plain" && wanted.linkMode === undefined && best === "hardlink" ? "copy" : best;
  const seeds = layout === "plain" ? [] : await seedsFor(io, context.store, request);
  const all = [...request.artifacts, ...seeds];
  const standalone =
    layout === "standalone"
      ? { parts: await standaloneParts(io, context.store, request.base, all, request.signal) }
      : {};
  await buildTree(
    io,
    tree,
    {
      base: request.base,
      lock: request.lock,
      artifacts: request.artifacts,
      seeds,
      linkMode,
      systemSitePackages: wanted.systemSitePackages,
      layout,
      ...standalone,
      extraFiles: request.extraFiles ?? [],
      carried: request.carried ?? [],
      place: isCentral ? "named" : "directory",
      bytecode: request.bytecode ?? "along",
      tool: context.tool,
    },
    {
      identity,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
      ...(request.parent === undefined ? {} : { parent: request.parent }),
    },
  );
  return { linkMode, packages: request.artifacts.length + seeds.length };
}

export function recordOf(
  io: EnvIo,
  request: ChangeRequest,
  facts: {
    readonly number: number;
    readonly from: number | undefined;
    readonly built: Built;
    readonly startedMs: number;
  },
): VersionRecord {
  const { base, pythonVersion } =
    "tree" in request ? request.tree : { base: request.base.key, pythonVersion: request.base.interpreter.version };
  return {
    number: facts.number,
    from: facts.from,
    command: request.command,
    madeMs: Math.round(io.clock.now()),
    tookMs: io.clock.elapsed() - facts.startedMs,
    base,
    pythonVersion,
    linkMode: facts.built.linkMode,
    packages: facts.built.packages,
    wanted: request.wanted,
  };
}

export async function writeRecord(io: EnvIo, place: Place, record: VersionRecord, lock: Lock): Promise<void> {
  const file = historyFile(io.fs, place, record.number);
  await explainingDisk(file, async () => {
    await io.fs.makeDir(historyDir(io.fs, place));
    await io.fs.writeAtomic(file, formatRecord(record, lock));
  });
}

/** The commit: one link changes, and the environment is the other version. The tree must be there. */
export async function flip(
  io: EnvIo,
  environment: Environment,
  record: VersionRecord,
  undone?: number,
): Promise<Environment> {
  const { fs } = io;
  const { number } = record;
  const isThere = isInPlace(environment, environment.intent);
  const root = isThere ? environment.root : generationDir(fs, environment, number);
  await explainingDisk(environment.dir, async () => {
    if (isThere) return deploy(io, environment, number);
    // What only the new version has (a first `share`) must be reachable when the pointer says so.
    if (environment.kind === "directory") await linkDirectoryTree(io, environment.root, root);
    await fs.replaceLink(currentTarget(number), currentLink(fs, environment), "directory");
  });
  const at = intentAt(environment.intent, record);
  const intent = undone === undefined ? at : { ...at, standing: { ...at.standing, undone } };
  await writeIntent(io, environment, intent);
  return { ...environment, intent, current: { number, root } };
}

export async function writeIntent(io: EnvIo, place: Place, intent: Intent): Promise<void> {
  const file = intentFile(io.fs, place);
  await explainingDisk(file, () => io.fs.writeAtomic(file, formatIntent(intent)));
}
