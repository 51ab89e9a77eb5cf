import { explainingDisk, withLock } from "../disk/index.ts";
import type { EnvContext } from "./change.ts";
import { writeIntent } from "./change.ts";
import type { EnvIo } from "./env-io.ts";
import { intentAt, readCurrent } from "./environment.ts";
import { readHistory, type VersionRecord } from "./history.ts";
import type { Intent } from "./intent.ts";
import { nothingWanted } from "./intent.ts";
import { intentFile, lockFile, type Place } from "./place.ts";
import { writeVariables } from "./variables.ts";

/** The version whose record says what the environment is asked for when its intent can't; `undefined` without any. */
export async function knownVersion(io: Pick<EnvIo, "fs">, place: Place): Promise<VersionRecord | undefined> {
  const records = await readHistory(io.fs, place);
  const current = await readCurrent(io.fs, place);
  return records.find((record) => record.number === current) ?? records.at(-1);
}

/**
 * Writes the intent of an environment anew from its history. What no version keeps (purpose, variables, protection) is
 * lost; a file that could not be read stays beside it, as `intent.toml.broken`. False when there is no history.
 */
export async function restoreIntent(
  io: EnvIo,
  context: EnvContext,
  place: Place,
  signal?: AbortSignal,
): Promise<boolean> {
  const { fs } = io;
  const options = { purpose: `restore the intent of ${place.name}`, ...(signal === undefined ? {} : { signal }) };
  return withLock(io, lockFile(fs, context.layout, place.id), options, async () => {
    const record = await knownVersion(io, place);
    if (record === undefined) return false;
    const records = await readHistory(fs, place);
    const file = intentFile(fs, place);
    if ((await fs.info(file)) !== undefined)
      await explainingDisk(file, () => fs.rename(file, fs.path.join(place.dir, "intent.toml.broken")));
    const latest = Math.max(...records.map(({ number }) => number));
    const empty: Intent = {
      ...nothingWanted,
      id: place.id,
      createdMs: records[0]?.madeMs ?? Math.round(io.clock.now()),
      owner: io.system.user,
      purpose: undefined,
      variables: {},
      protected: false,
      temporary: false,
      tracked: [],
      former: [],
      standing: { generation: record.number, latest, base: "", pythonVersion: "", packages: 0 },
    };
    await writeIntent(io, place, intentAt(empty, record));
    await writeVariables(io, place, empty.variables);
    return true;
  });
}
