import type { AbsPath } from "../../src/base/index.ts";
import type { FsLock, LockRequest } from "../../src/ports/index.ts";

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly purpose: string;
}

/** Locks among the operations of one test, and of processes that the test only claims to exist. */
export class MemoryLocks {
  readonly #holders = new Map<string, Holder>();
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #self: Omit<Holder, "purpose">;

  constructor(self: Omit<Holder, "purpose">) {
    this.#self = self;
  }

  /** Another process takes the lock; the answer lets it go. */
  heldElsewhere(path: AbsPath, holder: Holder): () => void {
    this.#holders.set(path, holder);
    return () => this.#release(path);
  }

  isHeld(path: AbsPath): boolean {
    return this.#holders.has(path);
  }

  async lock(path: AbsPath, request: LockRequest): Promise<FsLock> {
    let told = false;
    for (;;) {
      request.signal?.throwIfAborted();
      const holder = this.#holders.get(path);
      if (holder === undefined) break;
      if (!told) request.onWait?.(holder);
      told = true;
      await this.#released(path, request.signal);
    }
    this.#holders.set(path, { ...this.#self, purpose: request.purpose });
    let isHeld = true;
    return {
      path,
      [Symbol.asyncDispose]: async () => {
        if (isHeld) this.#release(path);
        isHeld = false;
      },
    };
  }

  #released(path: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      this.#waiting.set(path, [...(this.#waiting.get(path) ?? []), resolve]);
    });
  }

  #release(path: string): void {
    this.#holders.delete(path);
    const waiting = this.#waiting.get(path) ?? [];
    this.#waiting.delete(path);
    for (const wake of waiting) wake();
  }
}
