import type { Target } from "../pep/index.ts";
import { environmentMarker, type Lock, lockToPylock, type PlaceOf } from "../resolve/index.ts";

/**
 * A `pylock.toml` (PEP 751) that installs the same files elsewhere. It says what it was resolved for: dependencies and
 * wheels of another platform or Python may be others. `placeOf` names directories of this machine.
 */
export function writeLock(lock: Lock, target: Target, placeOf: PlaceOf): string {
  return lockToPylock(lock, { environments: [environmentMarker(target)], placeOf });
}
