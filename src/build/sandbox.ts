import type { AbsPath } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";

export type SandboxIo = Pick<Ports, "fs" | "proc" | "system">;

/** What a build may see and touch. Everything else is read-only, or out of sight. */
export interface Confinement {
  /** Directories that it may write: its sources, its stage. */
  readonly writable: readonly AbsPath[];
  /** Directories that it needs to read: its interpreter, the store, its environment. */
  readonly readable: readonly AbsPath[];
  readonly network: boolean;
}

/** Places of everybody that a build gets empty ones of its own in place of, besides the home. */
const shared = ["/tmp", "/var/tmp", "/dev/shm"].map((path) => path as AbsPath);

/**
 * The words that start a program in namespaces of its own (Linux user namespaces): no network, an empty home, temporary
 * places of its own, and no file that it could write but in the directories named. `undefined` where the system doesn't
 * allow it.
 */
export async function confined(
  io: SandboxIo,
  argv: readonly [string, ...string[]],
  confinement: Confinement,
): Promise<readonly [string, ...string[]] | undefined> {
  const unshare = await unshareOf(io);
  if (unshare === undefined) return undefined;
  const flags = ["--user", "--map-root-user", "--mount", ...(confinement.network ? [] : ["--net"])];
  const { writable } = confinement;
  const hidden = await hiddenPlaces(io, confinement);
  const steps = [
    ...hidden.flatMap((one) => hiding(io, one, confinement)),
    ...writable.flatMap((path) => ["open", path]),
    "lock",
    String(hidden.length + writable.length),
    ...hidden,
    ...writable,
  ];
  // Once more, so that the program can't undo what was done to its mounts; and without a sight of other processes.
  const inner = [
    unshare.program,
    "--user",
    "--map-root-user",
    "--mount",
    ...(unshare.hidesProcesses ? apart : []),
    "--",
  ];
  const program = [...steps, "--", ...inner, ...argv];
  return [unshare.program, ...flags, "--", "/bin/sh", "-c", prepare, "sh", ...program];
}

const apart = ["--pid", "--fork", "--kill-child", "--mount-proc"];

/** Those that are there and that the build doesn't need as a whole; what lies in another of them is hidden with it. */
async function hiddenPlaces(
  { fs, system }: SandboxIo,
  { writable, readable }: Confinement,
): Promise<readonly AbsPath[]> {
  const { path } = fs;
  const needed = [...writable, ...readable];
  const there: AbsPath[] = [];
  for (const place of [system.home, ...shared]) {
    const isNeeded = needed.some((one) => one === place || path.isInside(one, place));
    if (!isNeeded && (await fs.info(place).catch(() => undefined))?.kind === "directory") there.push(place);
  }
  return there.filter((one) => !there.some((other) => other !== one && path.isInside(other, one)));
}

/** An empty place over the real one, with what the build needs of it; a parent carries its children. */
function hiding({ fs, system }: SandboxIo, place: AbsPath, { writable, readable }: Confinement): readonly string[] {
  const { path } = fs;
  const below = [...new Set([...writable, ...readable])].filter((one) => path.isInside(place, one));
  const kept = below.filter((one) => !below.some((other) => other !== one && path.isInside(other, one)));
  const home =
    system.home !== place && path.isInside(place, system.home) ? ["make", path.relative(place, system.home)] : [];
  return ["hide", ...kept.flatMap((one) => ["keep", one, path.relative(place, one)]), ...home, "over", place];
}

/**
 * Follows the steps, then starts the program. `lock` makes every mount read-only that is not in a directory that is
 * named; a remount must repeat what the mount forbids already.
 */
const prepare = `set -e
while [ "$1" != -- ]; do
  case "$1" in
    hide) aside=$(mktemp -d); mount -t tmpfs -o mode=700 tmpfs "$aside"; shift;;
    keep) mkdir -p "$aside/$3"; mount --rbind "$2" "$aside/$3"; shift 3;;
    make) mkdir -p "$aside/$2"; shift 2;;
    over) mount --rbind "$aside" "$2"; shift 2;;
    open) mount --rbind "$2" "$2"; shift 2;;
    lock)
      count=$2; shift 2; open=
      while [ "$count" -gt 0 ]; do open="$open$1
"; shift; count=$((count-1)); done
      while read -r _ _ _ _ mounted options rest; do
        case " $rest" in *" - proc "*|*" - sysfs "*|*" - dev"*|*" - cgroup"*|*" - mqueue "*) continue;; esac
        case ",$options," in *,ro,*) continue;; esac
        where=$(printf '%b' "$mounted"); isOpen=
        IFS='
'
        for one in $open; do case "$where" in "$one") isOpen=1;; esac; done
        unset IFS
        [ -z "$isOpen" ] || continue
        flags=remount,bind,ro
        for flag in nosuid nodev noexec noatime nodiratime relatime; do
          case ",$options," in *,$flag,*) flags=$flags,$flag;; esac
        done
        mount -o "$flags" "$where" 2>/dev/null || true
      done < /proc/self/mountinfo;;
  esac
done
shift
cd "$PWD"
exec "$@"`;

/** Whether builds can be confined on this machine. */
export async function canConfine(io: SandboxIo): Promise<boolean> {
  return (await unshareOf(io)) !== undefined;
}

interface Unshare {
  readonly program: string;
  /** The system allows a view of processes of its own, too; containers may not. */
  readonly hidesProcesses: boolean;
}

const places = ["/usr/bin/unshare", "/bin/unshare"];
const known = new WeakMap<SandboxIo["proc"], Promise<Unshare | undefined>>();

/** The program, tried once: a system may have it and refuse what it does. */
function unshareOf(io: SandboxIo): Promise<Unshare | undefined> {
  let found = known.get(io.proc);
  if (found === undefined) {
    found = tryUnshare(io);
    known.set(io.proc, found);
  }
  return found;
}

async function tryUnshare({ fs, proc, system }: SandboxIo): Promise<Unshare | undefined> {
  if (system.os !== "linux") return undefined;
  for (const place of places) {
    if ((await fs.info(place as AbsPath)) === undefined) continue;
    const runs = async (...inner: readonly string[]): Promise<boolean> => {
      const script = 'd=$(mktemp -d) && mount -t tmpfs tmpfs "$d" && umount "$d" && rmdir "$d" && exec "$@"';
      const outer = [
        place,
        "--user",
        "--map-root-user",
        "--mount",
        "--net",
        "--",
        "/bin/sh",
        "-c",
        script,
        "sh",
      ] as const;
      const argv = [
        ...outer,
        place,
        "--user",
        "--map-root-user",
        "--mount",
        ...inner,
        "--",
        "/bin/sh",
        "-c",
        ":",
      ] as const;
      const env = { PATH: system.env["PATH"] };
      const result = await proc.run({ argv: [...argv], env, timeoutMs: 5_000 }).catch(() => undefined);
      return result?.exit === 0;
    };
    if (await runs(...apart)) return { program: place, hidesProcesses: true };
    if (await runs()) return { program: place, hidesProcesses: false };
  }
  return undefined;
}
