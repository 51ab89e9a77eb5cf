import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { hasCode } from "../base/index.ts";

/** Which process, on which machine since which start: enough to tell whether it still lives. */
export interface ProcessIdentity {
  readonly host: string;
  /** Boot and process-number space of the machine; numbers mean something only where it is equal. Empty when unknown. */
  readonly space: string;
  readonly pid: number;
  /** Start of the process in ticks after boot; empty where the system doesn't tell. */
  readonly started: string;
}

let own: ProcessIdentity | undefined;

export function ownIdentity(): ProcessIdentity {
  own ??= { host: hostname(), space: ownSpace(), pid: process.pid, started: procState(process.pid)?.started ?? "" };
  return own;
}

/**
 * `gone` and `alive` are certain. `unknown` means that only its heart-beat can tell: another machine or container, an
 * earlier boot, or a system that doesn't say when a process started.
 */
export function stateOf(other: ProcessIdentity): "alive" | "gone" | "unknown" {
  const here = ownIdentity();
  // A boot has one number-space wherever it is known; a host may change its name while it runs.
  const isHere = other.space === here.space && (here.space !== "" || other.host === here.host);
  if (!isHere) return "unknown";
  if (!isAlive(other.pid)) return "gone";
  if (other.pid === here.pid && other.started === here.started) return "alive";
  if (here.started === "" || other.started === "") return "unknown";
  const state = procState(other.pid);
  if (state === undefined || state.isZombie || state.started !== other.started) return "gone";
  return "alive";
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}

function ownSpace(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    // Not Linux, or /proc is hidden: the host name must do, and heart-beats decide what it can't.
    return "";
  }
}

function procState(pid: number): { readonly started: string; readonly isZombie: boolean } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The second field is the program's name in brackets and may hold blanks and brackets itself.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { started: fields[19] ?? "", isZombie: fields[0] === "Z" || fields[0] === "X" };
}
