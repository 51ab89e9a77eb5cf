import { sweepStages } from "../disk/index.ts";
import type { EnvContext } from "./change.ts";
import { register } from "./create.ts";
import { linkDirectoryTree } from "./directory-tree.ts";
import type { EnvIo } from "./env-io.ts";
import { type Environment, readCurrent, readEnvironment, readIntentFile, settleCurrent } from "./environment.ts";
import { livingNames, settleNames } from "./former-names.ts";
import { healTrees } from "./heal.ts";
import { formatIntent } from "./intent-file.ts";
import { isMaterialised } from "./materialised.ts";
import {
  generationsDir,
  historyDir,
  historyFile,
  intentFile,
  isInPlace,
  materialisedVersions,
  type Place,
  releaseListFile,
  usesDir,
  versionNumbers,
} from "./place.ts";
import { deploy, settleInPlace } from "./plain-swap.ts";
import { linkText } from "./read-files.ts";
import { linkToCurrent, removeRetired, removeTree } from "./retire.ts";
import { rewriteScripts } from "./rewrite-scripts.ts";

/**
 * Cleans up what a kill left, while the environment's lock is held: stages of processes that are gone, a version that
 * was built but never became current, an intent that lags behind the pointer, a missing link. Nothing that ever was
 * current is touched.
 */
export async function recover(io: EnvIo, context: EnvContext, place: Place): Promise<Environment> {
  const { fs } = io;
  await sweepStages(io, context.layout.stage);
  if (place.kind === "directory") await sweepStages(io, generationsDir(fs, place));
  const inPlace = isInPlace(place, await readIntentFile(fs, place));
  if (inPlace) await settlePlain(io, place);
  const environment = await readEnvironment(fs, place);
  await removeUnfinished(io, environment);
  await removeRetired(io, place);
  await removeDeadUses(io, place);
  await removeTemporary(io, place);
  const written = await readIntentFile(fs, place);
  if (
    written.standing.generation !== environment.current.number ||
    written.standing.latest !== environment.intent.standing.latest
  ) {
    await fs.writeAtomic(intentFile(fs, place), formatIntent(environment.intent));
  }
  if (!inPlace) await settleCurrent(fs, place, environment.current.number);
  await restoreLinks(io, context, environment);
  await healTrees(io, context, environment);
  return environment;
}

/**
 * A kill may also fall after a version has left the directory and before its environment has followed, at a deletion; or
 * at the way back, before the version is in again. What is here is not deleted: it gets its packages.
 */
async function settlePlain(io: EnvIo, place: Place): Promise<void> {
  await settleInPlace(io, place);
  if ((await readCurrent(io.fs, place)) !== undefined) return;
  const { generation } = (await readIntentFile(io.fs, place)).standing;
  if (await isMaterialised(io, place, generation)) await deploy(io, place, generation);
}

/**
 * Versions beyond the last one that was current: a kill came between the build and the flip. And the links that stand
 * for collected trees, should a kill have come between the two steps of that.
 */
async function removeUnfinished(io: EnvIo, environment: Environment): Promise<void> {
  const { fs } = io;
  const { latest } = environment.intent.standing;
  const recorded = versionNumbers(await fs.list(historyDir(fs, environment)), ".toml");
  // Only the next number can be unfinished. An intent that somebody edited must not make versions look unfinished.
  const unfinished = latest + 1;
  for (const number of await materialisedVersions(fs, environment)) {
    const isOrphan = !recorded.includes(number) && number !== environment.current.number;
    if (isOrphan || number === unfinished) await removeTree(io, environment, number);
  }
  if (recorded.includes(unfinished)) await fs.remove(historyFile(fs, environment, unfinished));
  await fs.remove(releaseListFile(fs, environment, unfinished));
  const there = versionNumbers(await fs.list(generationsDir(fs, environment)));
  for (const number of recorded) {
    const isPast = number !== unfinished && number !== environment.current.number;
    if (isPast && !there.includes(number) && !isInPlace(environment, environment.intent))
      await linkToCurrent(io, environment, number);
  }
}

async function removeDeadUses(io: EnvIo, place: Place): Promise<void> {
  const { fs } = io;
  for (const { name } of (await fs.list(usesDir(fs, place))) ?? []) {
    const pid = Number(/^\d+\.(\d+)$/.exec(name)?.[1]);
    if (Number.isSafeInteger(pid) && !io.proc.isAlive(pid)) await fs.remove(fs.path.join(usesDir(fs, place), name));
  }
}

/** What an atomic write leaves when it is killed between the write and the rename. */
async function removeTemporary(io: EnvIo, place: Place): Promise<void> {
  const { fs } = io;
  for (const directory of [place.dir, historyDir(fs, place)]) {
    for (const { name } of (await fs.list(directory)) ?? []) {
      if (/^\.tmp-[0-9a-z]+$/.test(name)) await fs.remove(fs.path.join(directory, name));
    }
  }
}

async function restoreLinks(io: EnvIo, context: EnvContext, { intent, current, ...place }: Environment): Promise<void> {
  const { fs } = io;
  if (place.kind === "directory") {
    const link = fs.path.join(context.layout.envs, `${place.name}-${place.id}`);
    if ((await linkText(fs, link)) === undefined) await register(io, context, place);
    if (!isInPlace(place, intent)) await linkDirectoryTree(io, place.root, current.root);
    return;
  }
  const former = livingNames(io, place, intent);
  await settleNames(io, context, place, former);
  await rewriteScripts(io, context, place, former);
}
