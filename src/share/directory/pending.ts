import type { AbsPath } from "../../base/index.ts";
import { makeDirLike } from "../access.ts";
import type { Publication } from "../publication.ts";
import { randomTag, type ShareIo, shareNow } from "../share-io.ts";

/** A publish whose maker can't be asked is given up after this long, by the share's clock. */
const abandonedMs = 24 * 3_600_000;

/**
 * Runs `body` while a file says which objects it needs: whoever collects meanwhile, on a machine that doesn't see our lock, leaves them
 * alone.
 */
export async function whilePending<T>(
  io: ShareIo,
  { places }: Publication,
  names: readonly string[],
  mode: number,
  body: () => Promise<T>,
): Promise<T> {
  const { fs, system } = io;
  await makeDirLike(io, places.pending, mode);
  const file = fs.path.join(places.pending, `${system.hostName}.${system.pid}.${randomTag(io)}`);
  await fs.writeAtomic(file, `${names.join("\n")}\n`);
  try {
    return await body();
  } finally {
    await fs.remove(file).catch(() => {});
  }
}

/** The objects that unfinished publishes need; what was left by killed ones is removed. For the holder of the publication's lock. */
export async function pendingObjects(io: ShareIo, { root, places }: Publication): Promise<ReadonlySet<string>> {
  const { fs, system } = io;
  const names = new Set<string>();
  const entries = (await fs.list(places.pending)) ?? [];
  if (entries.length === 0) return names;
  const nowMs = await shareNow(io, root);
  for (const { name } of entries) {
    const file = fs.path.join(places.pending, name);
    const made = /^(.+)\.(\d{1,10})\.[0-9a-f]+$/.exec(name);
    // Half-written: whoever was writing it has put nothing into the objects yet.
    if (made === null) continue;
    const isOurs = made[1] === system.hostName;
    if (isOurs && Number(made[2]) === system.pid) continue;
    const info = await fs.linkInfo(file);
    if (info === undefined) continue;
    // Whoever holds the lock knows that no other publisher of this machine lives; numbers of processes come again.
    if (isOurs || nowMs - info.modifiedMs > abandonedMs) await fs.remove(file);
    else for (const line of (await readIfThere(io, file)).split("\n")) if (line !== "") names.add(line);
  }
  return names;
}

async function readIfThere({ fs }: ShareIo, file: AbsPath): Promise<string> {
  return (await fs.info(file)) === undefined ? "" : fs.readText(file);
}
