import type { Clock } from "../ports/index.ts";

export function nodeClock(): Clock {
  return { now: () => Date.now(), elapsed: () => performance.now(), sleep };
}

/** A timer that is to wait for longer is due at once. */
const longestMs = 2 ** 31 - 1;

/** Rejects with the signal's reason when it is, or becomes, aborted. */
export function sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener("abort", stop);
        resolve();
      },
      Math.min(durationMs, longestMs),
    );
    signal?.addEventListener("abort", stop, { once: true });
  });
}
