import type { AbsPath } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";

export type SandboxIo = Pick<Ports, "fs" | "proc" | "system">;

/** What a build may see and touch. */
export interface Confinement {
  /** Directories that it may write: its sources, its stage. */
  readonly writable: readonly AbsPath[];
  /** Directories below the user's home that it needs to read: its interpreter, the store, its environment. */
  readonly readable: readonly AbsPath[];
  readonly network: boolean;
}

/**
 * The words that start a program in namespaces of its own (Linux user namespaces): no network, an empty home, no other
 * file of the user's home than those named. `undefined` where the system doesn't allow it.
 */
export async function confined(
  io: SandboxIo,
  argv: readonly [string, ...string[]],
  confinement: Confinement,
): Promise<readonly [string, ...string[]] | undefined> {
  const unshare = await unshareOf(io);
  if (unshare === undefined) return undefined;
  const flags = ["--user", "--map-root-user", "--mount", ...(confinement.network ? [] : ["--net"])];
  const home = io.system.home;
  const { path } = io.fs;
  const seen = [...new Set([...confinement.writable, ...confinement.readable])];
  // What lies outside the home needs no carrying over; a parent carries its children.
  const below = seen.filter((directory) => path.isInside(home, directory) && directory !== home);
  const kept = below.filter((one) => !below.some((other) => other !== one && path.isInside(other, one)));
  if (seen.includes(home)) return [unshare, ...flags, "--", ...argv];
  const pairs = kept.flatMap((directory) => [directory, path.relative(home, directory)]);
  return [unshare, ...flags, "--", "/bin/sh", "-c", hideHome, "sh", home, String(kept.length), ...pairs, ...argv];
}

/** Makes an empty home beside, binds what is kept into it, and puts the whole over the real one in one step. */
const hideHome = `set -e
home=$1; count=$2; shift 2
aside=$(mktemp -d); mount -t tmpfs -o mode=700 tmpfs "$aside"
while [ "$count" -gt 0 ]; do
  mkdir -p "$aside/$2"; mount --rbind "$1" "$aside/$2"; shift 2; count=$((count-1))
done
mount --rbind "$aside" "$home"
cd "$PWD"
exec "$@"`;

/** Whether builds can be confined on this machine. */
export async function canConfine(io: SandboxIo): Promise<boolean> {
  return (await unshareOf(io)) !== undefined;
}

const places = ["/usr/bin/unshare", "/bin/unshare"];
const known = new WeakMap<SandboxIo["proc"], Promise<string | undefined>>();

/** The program, tried once: a system may have it and refuse what it does. */
function unshareOf(io: SandboxIo): Promise<string | undefined> {
  let found = known.get(io.proc);
  if (found === undefined) {
    found = tryUnshare(io);
    known.set(io.proc, found);
  }
  return found;
}

async function tryUnshare({ fs, proc, system }: SandboxIo): Promise<string | undefined> {
  if (system.os !== "linux") return undefined;
  for (const place of places) {
    if ((await fs.info(place as AbsPath)) === undefined) continue;
    const script = 'd=$(mktemp -d) && mount -t tmpfs tmpfs "$d" && umount "$d" && rmdir "$d"';
    const argv = [place, "--user", "--map-root-user", "--mount", "--net", "--", "/bin/sh", "-c", script] as const;
    const result = await proc.run({ argv, env: { PATH: system.env["PATH"] }, timeoutMs: 5_000 }).catch(() => undefined);
    if (result?.exit === 0) return place;
  }
  return undefined;
}
