import { spawnSync } from "node:child_process";

/** True when a program is on PATH. What needs one that is not there is counted as skipped, never as passed. */
export function isInstalled(...programs: readonly string[]): boolean {
  return programs.every((program) => spawnSync("sh", ["-c", 'command -v "$0"', program]).status === 0);
}
