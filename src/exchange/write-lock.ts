import type { Target } from "../pep/index.ts";
import { type Lock, lockToPylock } from "../resolve/index.ts";
import { minorOf } from "./contents.ts";

/**
 * A `pylock.toml` (PEP 751) that installs the same files elsewhere. It says what it was resolved for: dependencies and
 * wheels of another platform or Python may be others.
 */
export function writeLock(lock: Lock, target: Target): string {
  return lockToPylock(lock, { environments: [environmentMarker(target)] });
}

/** The marker that is true where a lock for this target may be used. */
function environmentMarker(target: Target): string {
  const { implementation_name, platform_machine, sys_platform } = target.markers;
  const terms = [
    ["implementation_name", implementation_name],
    ["python_version", minorOf(target)],
    ["platform_machine", platform_machine],
    ["sys_platform", sys_platform],
  ].filter(([, value]) => value !== "");
  return terms.map(([name, value]) => `${name} == ${JSON.stringify(value)}`).join(" and ");
}
