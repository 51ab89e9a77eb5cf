import type { AbsPath } from "../base/index.ts";
import type { Fs, Ports } from "../ports/index.ts";
import { explainingDisk } from "./errors.ts";

/** Longest life of a stage whose maker can't be asked, because it runs on another machine. */
const longestLifeMs = 7 * 24 * 3_600_000;

/**
 * Runs `body` with a fresh directory in `parent`, named after `label`, this machine and this process. What `body` has
 * not renamed away is removed, whether it succeeded or not; what a kill leaves is found by `sweepStages`.
 */
export async function withStage<T>(
  io: Pick<Ports, "fs" | "system">,
  parent: AbsPath,
  label: string,
  body: (stage: AbsPath) => Promise<T>,
): Promise<T> {
  const prefix = `${label}.${machineTag(io.system.hostName)}.${io.system.pid}`;
  const stage = await explainingDisk(parent, () => io.fs.makeStage(parent, prefix));
  try {
    return await body(stage);
  } finally {
    await io.fs.remove(stage);
  }
}

/** Removes stages in `parent` whose makers are gone, and returns how many there were. */
export async function sweepStages(
  io: Pick<Ports, "fs" | "system" | "proc" | "clock">,
  parent: AbsPath,
): Promise<number> {
  let swept = 0;
  for (const { name } of (await io.fs.list(parent)) ?? []) {
    const made = /^.+\.([0-9a-f]{8})\.(\d{1,10})-[0-9a-z]{8}$/.exec(name);
    if (made === null) continue;
    const stage = io.fs.path.join(parent, name);
    const isOurs = made[1] === machineTag(io.system.hostName);
    const isGone = isOurs && !io.proc.isAlive(Number(made[2]));
    if (!isGone && !(await isOlderThan(io, stage, longestLifeMs))) continue;
    await io.fs.remove(stage);
    swept++;
  }
  return swept;
}

async function isOlderThan(
  io: { readonly fs: Fs; readonly clock: Ports["clock"] },
  path: AbsPath,
  limitMs: number,
): Promise<boolean> {
  const info = await io.fs.linkInfo(path);
  return info !== undefined && io.clock.now() - info.modifiedMs > limitMs;
}

/** Eight hexadecimal digits for a host name (FNV-1a): enough to tell the machines that share a directory. */
function machineTag(hostName: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(hostName)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
