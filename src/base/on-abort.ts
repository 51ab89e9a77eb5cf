const watched = new WeakMap<AbortSignal, Set<(reason: unknown) => void>>();

/**
 * Calls `listener` once when the signal is aborted; at once when it is already. Returns how to stop listening. Hundreds of
 * pieces of work may wait for one signal: it carries a single listener for all of them, where the runtime would warn
 * from the eleventh on.
 */
export function onAbort(signal: AbortSignal | undefined, listener: (reason: unknown) => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) {
    listener(signal.reason);
    return () => {};
  }
  const listeners = watched.get(signal) ?? watch(signal);
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function watch(signal: AbortSignal): Set<(reason: unknown) => void> {
  const listeners = new Set<(reason: unknown) => void>();
  watched.set(signal, listeners);
  signal.addEventListener(
    "abort",
    () => {
      const called = [...listeners];
      listeners.clear();
      for (const listener of called) listener(signal.reason);
    },
    { once: true },
  );
  return listeners;
}
