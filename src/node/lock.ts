import { renameSync } from "node:fs";
import { type AbsPath, printable } from "../base/index.ts";
import type { FsLock, LockRequest } from "../ports/index.ts";
import { sleep } from "./clock.ts";
import { HolderWatch } from "./holder-watch.ts";
import { sweepClaims } from "./lock-litter.ts";
import { beat, createRecord, dropRecord, type FoundRecord, type LockRecord, readRecord } from "./lock-record.ts";
import { randomName } from "./platform.ts";
import { ownIdentity } from "./process-identity.ts";

const beatEveryMs = 10_000;
const shortestWaitMs = 4;
const longestWaitMs = 200;

/**
 * Locks `path` by a file that says who holds it: Node has no flock, and Node and Bun must exclude each other. Makes the
 * directories that are missing. A process that replaces itself (`Proc.start`) keeps its number, so it must let go of its
 * locks before.
 *
 * A dead holder is replaced without a race. Its record has a nonce N, and whoever first makes `path.N` (exclusively) is
 * the only one who may rename that file over `path`. Should the taker die in between, its claim has a nonce in turn,
 * which the next one claims: a chain that is read again from `path` on before the rename.
 */
export async function lockFile(path: AbsPath, request: LockRequest): Promise<FsLock> {
  const record: LockRecord = { ...ownIdentity(), nonce: randomName(16), purpose: printable(request.purpose) };
  const watch = new HolderWatch();
  let told = false;
  let waitMs = shortestWaitMs;
  for (;;) {
    request.signal?.throwIfAborted();
    if (createRecord(path, record)) return new HeldLock(path, record.nonce);
    const holder = readRecord(path);
    if (holder === undefined) continue;
    if (watch.isGone(path, holder)) {
      if (takeOver(path, holder, record, watch)) return new HeldLock(path, record.nonce);
    } else if (!told && holder.isReadable) {
      told = true;
      request.onWait?.({ pid: holder.pid, host: printable(holder.host), purpose: printable(holder.purpose) });
    }
    // Waiters that were woken together drift apart.
    await sleep(waitMs * (0.5 + Math.random() / 2), request.signal);
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  }
}

/** True when the lock is ours now; false when somebody else was first. */
function takeOver(path: string, holder: FoundRecord, record: LockRecord, watch: HolderWatch): boolean {
  const dead: { readonly at: string; readonly nonce: string }[] = [{ at: path, nonce: holder.nonce }];
  for (let last = holder; ; ) {
    const claim = `${path}.${last.nonce}`;
    if (createRecord(claim, record)) {
      const stands = dead.every(({ at, nonce }) => readRecord(at)?.nonce === nonce);
      if (!stands) {
        dropRecord(claim, record.nonce);
        return false;
      }
      renameSync(claim, path);
      for (const { at, nonce } of dead.slice(1)) dropRecord(at, nonce);
      sweepClaims(path);
      return true;
    }
    const claimant = readRecord(claim);
    if (claimant === undefined || !watch.isGone(claim, claimant)) return false;
    dead.push({ at: claim, nonce: claimant.nonce });
    last = claimant;
  }
}

class HeldLock implements FsLock {
  readonly path: AbsPath;
  readonly #nonce: string;
  readonly #heart: NodeJS.Timeout;

  constructor(path: AbsPath, nonce: string) {
    this.path = path;
    this.#nonce = nonce;
    this.#heart = setInterval(() => beat(path), beatEveryMs);
    this.#heart.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#heart);
    dropRecord(this.path, this.#nonce);
  }
}
