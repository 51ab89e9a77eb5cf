import type { Target } from "../pep/index.ts";
import { environmentMarker, type Lock, lockToPylock } from "../resolve/index.ts";

/**
 * A `pylock.toml` (PEP 751) that installs the same files elsewhere. It says what it was resolved for: dependencies and
 * wheels of another platform or Python may be others.
 */
export function writeLock(lock: Lock, target: Target): string {
  return lockToPylock(lock, { environments: [environmentMarker(target)] });
}
