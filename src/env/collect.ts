import type { AbsPath } from "../base/index.ts";
import type { Store } from "../store/index.ts";
import type { EnvIo } from "./env-io.ts";
import type { Environment } from "./environment.ts";
import { inspectFiles } from "./file-edits.ts";
import { usersOf } from "./in-use.ts";
import { inspectTree, isUntouched } from "./inspect.ts";
import { generationDir, materialisedVersions } from "./place.ts";
import { collectTree } from "./retire.ts";

export interface CollectOptions {
  /** How many versions before the current one stay on the disk, so that undo is a flip. */
  readonly keep?: number;
  /** Also trees that another tool changed by hand. */
  readonly force?: boolean;
  /** A stage that takes the trees, for whoever removes it when the lock is free again; else they are removed at once. */
  readonly into?: AbsPath;
}

export interface Collected {
  readonly removed: readonly number[];
  readonly kept: readonly KeptVersion[];
}

interface KeptVersion {
  readonly number: number;
  readonly why: "in use" | "changed by hand";
}

/**
 * Removes trees of versions that are not current and that nothing uses; their locks stay, and undo builds them again.
 * A tree in which somebody installed by hand is kept: its lock would not bring that back.
 */
export async function collectVersions(
  io: EnvIo,
  store: Store,
  environment: Environment,
  options: CollectOptions = {},
): Promise<Collected> {
  const plan = await collectableVersions(io, store, environment, options);
  const removed: number[] = [];
  const kept = [...plan.kept];
  for (const number of plan.removed) {
    if (await collectTree(io, environment, number, options.into)) removed.push(number);
    else kept.push({ number, why: "in use" });
  }
  return { removed, kept };
}

/** What `collectVersions` would remove, and what it would keep all the same. */
export async function collectableVersions(
  io: EnvIo,
  store: Store,
  environment: Pick<Environment, "dir" | "root" | "current">,
  { keep = 0, force = false }: CollectOptions = {},
): Promise<Collected> {
  const { fs } = io;
  const old = (await materialisedVersions(fs, environment)).filter((number) => number !== environment.current.number);
  const candidates = old.slice(0, Math.max(0, old.length - keep));
  if (candidates.length === 0) return { removed: [], kept: [] };
  const users = await usersOf(io, environment);
  const removed: number[] = [];
  const kept: KeptVersion[] = [];
  for (const number of candidates) {
    const isUsed = users.some((user) => user.generation === undefined || user.generation === number);
    if (isUsed) kept.push({ number, why: "in use" });
    else if (!force && (await isChangedByHand(io, store, generationDir(fs, environment, number)))) {
      kept.push({ number, why: "changed by hand" });
    } else removed.push(number);
  }
  return { removed, kept };
}

/** Somebody installed, edited or put something into a tree: its lock would not bring that back. */
export async function isChangedByHand(io: EnvIo, store: Store, tree: AbsPath): Promise<boolean> {
  const inspection = await inspectTree(io, tree);
  if (!isUntouched(inspection)) return true;
  const { edits, extra } = await inspectFiles(io, store, tree, inspection);
  return edits.some((edit) => edit.kind === "changed") || extra.length > 0;
}
