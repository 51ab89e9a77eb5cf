import type { FoundRecord } from "./lock-record.ts";
import { ownIdentity, stateOf } from "./process-identity.ts";

/** A holder that can't be asked is given up when its heart was still for this long. */
const stillHeartMs = 60_000;
/** Clocks of two machines differ; a record this old is dead by anybody's clock. */
const longDeadMs = 3_600_000;
/** A record that can't be read is being written; older than this, its writer was killed. */
const unreadableMs = 5_000;

/** Decides whether holders are dead; remembers the heart-beats that it saw while somebody waits. */
export class HolderWatch {
  readonly #seen = new Map<string, { readonly nonce: string; readonly beatMs: number; readonly sinceMs: number }>();

  isGone(path: string, record: FoundRecord): boolean {
    const ageMs = Date.now() - record.beatMs;
    if (!record.isReadable) return this.#isStill(path, record, unreadableMs) || ageMs > longDeadMs;
    const state = stateOf(record);
    if (state !== "unknown") return state === "gone";
    // This machine before its last start wrote by the same clock.
    if (record.host === ownIdentity().host && ageMs > stillHeartMs) return true;
    return ageMs > longDeadMs || this.#isStill(path, record, stillHeartMs);
  }

  #isStill(path: string, { nonce, beatMs }: FoundRecord, limitMs: number): boolean {
    const nowMs = performance.now();
    const seen = this.#seen.get(path);
    if (seen?.nonce === nonce && seen.beatMs === beatMs) return nowMs - seen.sinceMs > limitMs;
    this.#seen.set(path, { nonce, beatMs, sinceMs: nowMs });
    return false;
  }
}
