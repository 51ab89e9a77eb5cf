import { generationDir, inspectTree, isUntouched, type Place, readReceipt } from "../env/index.ts";
import { normalizeName } from "../pep/index.ts";
import type { Lock, LockedPackage } from "../resolve/index.ts";
import type { Context } from "./context.ts";

/**
 * What a version really holds: its lock, with what another tool installed, replaced or removed in its tree since. Only
 * names, versions and who asked are true of the latter. A tree that was collected holds its lock.
 */
export async function heldPackages(
  context: Context,
  place: Pick<Place, "dir">,
  number: number,
  lock: Lock | undefined,
): Promise<Lock | undefined> {
  const tree = generationDir(context.fs, place, number);
  if (lock === undefined || (await readReceipt(context.fs, tree)) === undefined) return lock;
  const inspection = await inspectTree(context, tree);
  if (isUntouched(inspection)) return lock;
  const put = [...inspection.added, ...inspection.changed.map((one) => one.to)];
  const gone = new Set<string>([
    ...inspection.removed.map((one) => normalizeName(one.name)),
    ...put.map((one) => one.name),
  ]);
  const byHand = put.map(
    (one): LockedPackage => ({
      name: normalizeName(one.name),
      version: one.version,
      wheel: { filename: "", sha256: undefined },
      dependencies: [],
      extras: [],
      requested: one.requested,
    }),
  );
  return { ...lock, packages: [...lock.packages.filter((one) => !gone.has(one.name)), ...byHand] };
}
