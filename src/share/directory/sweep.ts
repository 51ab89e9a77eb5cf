import type { AbsPath } from "../../base/index.ts";
import { sweepStages } from "../../disk/index.ts";
import { parseFileList } from "../file-list.ts";
import { type Publication, type PublicationPlaces, recordFile } from "../publication.ts";
import type { ReleaseRecord } from "../records.ts";
import { type ShareIo, shareNow } from "../share-io.ts";
import { objectName } from "./objects.ts";
import { pendingObjects } from "./pending.ts";
import { readList } from "./read-list.ts";
import { removeTree } from "./tree.ts";

/** Half-written files are their writer's for this long, by the share's clock. */
const stagedMs = 3_600_000;

/**
 * Mark and sweep: objects that no remaining release and no unfinished publish lists, trees without a record, and what killed publishes
 * left. A list that can't be read stops it before anything is removed. Tells the bytes that it gave back.
 */
export async function sweep(
  io: ShareIo,
  publication: Publication,
  remaining: readonly ReleaseRecord[],
): Promise<number> {
  const { fs } = io;
  const { places, root } = publication;
  const needed = new Set(await pendingObjects(io, publication));
  for (const record of remaining) {
    needed.add(record.digest);
    const list = await readList(io, publication, record);
    for (const file of parseFileList(list, places.objects).files) needed.add(objectName(file));
  }
  await removeOrphans(io, publication);
  for (const directory of [places.releases, places.objects]) await sweepStages(io, directory);
  const nowMs = await shareNow(io, root);
  for (const directory of [root, places.releases, places.programs, places.pending])
    await removeStaged(io, places, directory, nowMs);
  let freed = 0;
  for (const directory of (await fs.list(places.objects)) ?? []) {
    if (!/^[0-9a-f]{2}$/.test(directory.name)) continue;
    const at = fs.path.join(places.objects, directory.name);
    const entries = ((await fs.list(at)) ?? []).filter(({ name }) => !needed.has(name));
    const infos = await fs.linkInfos(entries.map(({ name }) => fs.path.join(at, name)));
    for (const [index, { name }] of entries.entries()) {
      const info = infos[index];
      if (info === undefined || (!isObject(name) && nowMs - info.modifiedMs < stagedMs)) continue;
      await fs.remove(fs.path.join(at, name));
      freed += info.sizeBytes;
    }
  }
  return freed;
}

const isObject = (name: string): boolean => /^[0-9a-f]{64}(?:\.x)?$/.test(name);

/** Trees without a record, and those that somebody was about to remove. */
async function removeOrphans(io: ShareIo, publication: Publication): Promise<void> {
  const { fs } = io;
  const { places } = publication;
  for (const { name, kind } of (await fs.list(places.releases)) ?? []) {
    if (kind !== "directory") continue;
    if (/^\.gone-/.test(name)) await fs.remove(fs.path.join(places.releases, name));
    const number = /^[1-9]\d{0,8}$/.test(name) ? Number(name) : undefined;
    if (number === undefined || (await fs.info(recordFile(fs, places, number))) !== undefined) continue;
    await removeTree(io, publication, number);
  }
}

/** Half-written files and trees of killed publishers; the process of a number may be another one by now, so age counts, too. */
async function removeStaged(
  { fs }: ShareIo,
  { releases }: PublicationPlaces,
  directory: AbsPath,
  nowMs: number,
): Promise<void> {
  for (const { name, kind } of (await fs.list(directory)) ?? []) {
    const isStaged =
      kind === "directory" ? directory === releases && /^\.new\./.test(name) : /^\.tmp-[0-9a-z]+$/.test(name);
    if (!isStaged) continue;
    const file = fs.path.join(directory, name);
    const info = await fs.linkInfo(file);
    if (info !== undefined && nowMs - info.modifiedMs > stagedMs) await fs.remove(file);
  }
}
