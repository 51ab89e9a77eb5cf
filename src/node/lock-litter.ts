import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { dropRecord, readRecord } from "./lock-record.ts";
import { stateOf } from "./process-identity.ts";

/**
 * Removes claims on `path` whose makers were killed. Called by the holder of the lock, while no chain of claims can lead
 * to it: what lies there names records that will never come back.
 */
export function sweepClaims(path: string): void {
  const directory = dirname(path);
  const prefix = `${basename(path)}.`;
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(prefix) || !/^[0-9a-v]{16}$/.test(name.slice(prefix.length))) continue;
    const claim = join(directory, name);
    const record = readRecord(claim);
    if (record?.isReadable === true && stateOf(record) === "gone") dropRecord(claim, record.nonce);
  }
}
