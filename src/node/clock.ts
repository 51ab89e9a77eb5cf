import type { Clock } from "../ports/index.ts";

export function nodeClock(): Clock {
  return { now: () => Date.now(), elapsed: () => performance.now(), sleep };
}

/** Rejects with the signal's reason when it is, or becomes, aborted. */
export function sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, durationMs);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
