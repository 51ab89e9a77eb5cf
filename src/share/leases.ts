import { type AbsPath, hasCode } from "../base/index.ts";
import { makeDirLike, modeOf } from "./access.ts";
import type { Publication } from "./publication.ts";
import { randomTag, type ShareIo } from "./share-io.ts";

/** How long a lease counts whose process can't be asked, because it runs on another machine. */
export const leaseMs = 7 * 24 * 3_600_000;
/** How long after a switch readers may still be starting what they saw before: caches of network file systems hold a minute. */
export const followMs = 10 * 60_000;

/** Who uses a release, or did. */
export interface Lease {
  readonly release: number;
  readonly host: string;
  /** 0 where the launcher can't know it (Windows). */
  readonly pid: number;
  /** `running`: its process lives on this machine; `recent`: elsewhere, and not long ago; `over`: it can go. */
  readonly state: "running" | "recent" | "over";
  readonly file: AbsPath;
}

/** Which machine since which start, and which space of process numbers in it; empty where that can't be told. */
async function ownPlace(io: Pick<ShareIo, "fs" | "system">): Promise<string> {
  const init = await startOf(io, 1);
  return io.system.os === "linux" && init !== "" ? `${io.system.boot} ${init}` : "";
}

/** When a process of this machine started, in ticks after boot; empty when there is none, or it is hidden. */
async function startOf({ fs }: Pick<ShareIo, "fs">, pid: number): Promise<string> {
  try {
    const text = await fs.readText(`/proc/${pid}/stat` as AbsPath);
    // The second field is the program's name in brackets and may hold blanks and brackets itself.
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

/** All leases of all releases. `nowMs` is the share's time (`shareNow`). */
export async function readLeases(io: ShareIo, { places }: Publication, nowMs: number): Promise<readonly Lease[]> {
  const { fs } = io;
  const here = await ownPlace(io);
  const found: Lease[] = [];
  for (const directory of (await fs.list(places.leases)) ?? []) {
    if (!/^[1-9]\d{0,8}$/.test(directory.name)) continue;
    const at = fs.path.join(places.leases, directory.name);
    for (const { name, kind } of (await fs.list(at)) ?? []) {
      const made = /^([^/]{1,255})\.(\d{1,10})\.(\w{1,40})$/.exec(name);
      if (made === null || kind !== "file") continue;
      const file = fs.path.join(at, name);
      const [pid, started] = [Number(made[2]), made[3] as string];
      const state = await stateOf(io, { file, pid, started, here, nowMs });
      if (state !== undefined)
        found.push({ release: Number(directory.name), host: made[1] as string, pid, state, file });
    }
  }
  return found;
}

async function stateOf(
  io: ShareIo,
  lease: {
    readonly file: AbsPath;
    readonly pid: number;
    readonly started: string;
    readonly here: string;
    readonly nowMs: number;
  },
): Promise<Lease["state"] | undefined> {
  const info = await io.fs.linkInfo(lease.file);
  if (info === undefined) return undefined;
  const isHere = lease.here !== "" && lease.pid !== 0 && (await placeIn(io, lease.file, info.sizeBytes)) === lease.here;
  if (!isHere) return lease.nowMs - info.modifiedMs > leaseMs ? "over" : "recent";
  if (!io.proc.isAlive(lease.pid)) return "over";
  const start = await startOf(io, lease.pid);
  return start === "" || lease.started === "0" || start === lease.started ? "running" : "over";
}

async function placeIn({ fs }: ShareIo, file: AbsPath, sizeBytes: number): Promise<string> {
  if (sizeBytes > 1_000) return "";
  try {
    return (await fs.readText(file)).trim();
  } catch (error) {
    // Somebody else's, and private.
    if (hasCode(error, "EACCES", "EPERM", "ENOENT", "ESTALE")) return "";
    throw error;
  }
}

const leftName = ".left";

/** Makes the place for leases of a release. Readers leave them there: everybody may write, nobody may remove another's. */
export async function openForLeases(
  { fs }: Pick<ShareIo, "fs">,
  { places, root }: Publication,
  release: number,
): Promise<void> {
  const directory = fs.path.join(places.leases, String(release));
  await makeDirLike({ fs }, places.leases, await modeOf({ fs }, root));
  await fs.makeDir(directory);
  try {
    await fs.setMode(directory, 0o1777);
  } catch (error) {
    // Another publisher's, or a share without modes: readers who can't write go on without.
    if (!hasCode(error, "EPERM", "EACCES", "ENOTSUP", "EOPNOTSUPP", "EINVAL", "ENOSYS", "EROFS")) throw error;
  }
}

/** Notes that a release is current no more; the time is the share's. */
export async function markLeft({ fs }: Pick<ShareIo, "fs">, { places }: Publication, release: number): Promise<void> {
  const directory = fs.path.join(places.leases, String(release));
  await fs.makeDir(directory);
  await fs.write(fs.path.join(directory, leftName), "left\n");
}

/** Whether readers may still be on their way to a release that is current no more. */
export async function wasJustLeft(
  { fs }: Pick<ShareIo, "fs">,
  { places }: Publication,
  release: number,
  nowMs: number,
): Promise<boolean> {
  const left = await fs.linkInfo(fs.path.join(places.leases, String(release), leftName));
  return left !== undefined && nowMs - left.modifiedMs < followMs;
}

/** Removes leases that are over. What belongs to another publisher stays. */
export async function sweepLeases({ fs }: Pick<ShareIo, "fs">, leases: readonly Lease[]): Promise<void> {
  for (const { state, file } of leases) if (state === "over") await removeIfMay(fs, file);
}

/** Removes the place for leases of a release that is gone. */
export async function closeLeases(
  { fs }: Pick<ShareIo, "fs">,
  { places }: Publication,
  release: number,
): Promise<void> {
  await removeIfMay(fs, fs.path.join(places.leases, String(release)));
}

async function removeIfMay(fs: ShareIo["fs"], path: AbsPath): Promise<void> {
  try {
    await fs.remove(path);
  } catch (error) {
    if (!hasCode(error, "EPERM", "EACCES", "ENOTEMPTY", "ENOENT")) throw error;
  }
}

/**
 * Says that this process uses a release, until it is disposed; `undefined` where nobody may say so. What launchers do for programs,
 * for those who read a release file by file.
 */
export async function takeLease(
  io: Pick<ShareIo, "fs" | "system">,
  { places }: Publication,
  release: number,
): Promise<AsyncDisposable | undefined> {
  const { fs, system } = io;
  const directory = fs.path.join(places.leases, String(release));
  if ((await fs.info(directory)) === undefined) return undefined;
  const started = (await startOf(io, system.pid)) || randomTag(io);
  const file = fs.path.join(directory, `${system.hostName}.${system.pid}.${started}`);
  try {
    await fs.writeAtomic(file, `${await ownPlace(io)}\n`);
  } catch (error) {
    if (hasCode(error, "EPERM", "EACCES", "EROFS", "ENOENT", "ENOSPC", "EDQUOT")) return undefined;
    throw error;
  }
  return { [Symbol.asyncDispose]: () => removeIfMay(fs, file) };
}
