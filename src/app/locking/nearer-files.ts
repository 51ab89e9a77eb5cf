import { isVenvoyError } from "../../base/index.ts";
import type { Settings } from "../../config/index.ts";
import { createIndexClient } from "../../pypi/index.ts";
import type { Lock, LockedFile, LockedPackage } from "../../resolve/index.ts";
import type { Context } from "../context.ts";

/**
 * The lock with files taken from `--find-links` where they lie there under the same name: a wheelhouse serves a lock as
 * it serves requirements. Digests stay those of the lock, and are checked.
 */
export async function nearerFiles(
  context: Context,
  { index }: Settings,
  lock: Lock,
  signal?: AbortSignal,
): Promise<Lock> {
  const near = createIndexClient(context, { ...index, indexes: [], pins: new Map() });
  const nearer = async (item: LockedPackage, file: LockedFile): Promise<LockedFile> => {
    // What was built here is in the store, and from nowhere else: a file of the same name may hold something else.
    if (file.url === undefined) return file;
    const listing = await near.listing(item.name, signal).catch((error: unknown) => {
      // A page among the places that can't be asked: the lock's own addresses are left.
      if (isVenvoyError(error, "OFFLINE_MISSING") || isVenvoyError(error, "INDEX_UNREACHABLE")) return undefined;
      throw error;
    });
    const files = listing?.releases.flatMap((release) => release.files) ?? [];
    const found = files.find(({ filename }) => filename === file.filename);
    return found === undefined ? file : { ...file, url: found.url };
  };
  const packages = await Promise.all(
    lock.packages.map(async (item) => ({
      ...item,
      wheel: await nearer(item, item.wheel),
      ...(item.source === undefined ? {} : { source: await nearer(item, item.source) }),
    })),
  );
  return { ...lock, packages };
}
