import { type ChildProcess, spawn } from "node:child_process";
import { isWindows } from "./platform.ts";

/**
 * Reads `+ PID` and `- PID`, one to a line. At the end of its input, which is the end of this program however that comes, it
 * kills the groups that are left: also what a program of ours has started and doesn't look after, because it is stopped or
 * busy where nothing reaches it.
 */
const script = `trap '' INT TERM HUP
all=
while read -r sign pid; do
  case $sign in
    +) all="$all $pid" ;;
    -) rest=
       for one in $all; do [ "$one" = "$pid" ] || rest="$rest $one"; done
       all=$rest ;;
  esac
done
for one in $all; do kill -9 "-$one"; done`;

/** Process groups that must not outlive this program: a small shell beside it ends them when it could not. */
export class GroupWatch {
  readonly #groups = new Set<number>();
  #child: ChildProcess | undefined;

  add(pid: number): void {
    if (isWindows) return;
    this.#groups.add(pid);
    if (this.#child === undefined) this.#start();
    else this.#child.stdin?.write(`+ ${pid}\n`);
  }

  /** Nothing of the group is left, and its number may be given to others. */
  remove(pid: number): void {
    if (this.#groups.delete(pid)) this.#child?.stdin?.write(`- ${pid}\n`);
  }

  #start(): void {
    // In a session of its own, so that a Ctrl-C, or whoever ends this program's group, leaves it its work.
    const child = spawn("/bin/sh", ["-c", script], {
      cwd: "/",
      env: {},
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
    this.#child = child;
    const forget = (): void => {
      if (this.#child === child) this.#child = undefined;
    };
    // Where there is no shell, the programs look after themselves as well as they can.
    child.on("error", forget);
    child.on("exit", forget);
    child.stdin.on("error", () => {});
    for (const pid of this.#groups) child.stdin.write(`+ ${pid}\n`);
    for (const held of [child, child.stdin] as readonly { unref?(): unknown }[]) held.unref?.();
  }
}
