import { onAbort } from "../base/index.ts";
import { aborted } from "./http/index.ts";

interface Running<V> {
  readonly promise: Promise<V>;
  readonly controller: AbortController;
  /** Callers that wait for the answer and can't cancel, or have not. */
  wanted: number;
}

/**
 * Work that several callers may want at once: equal keys share one run. It is cancelled when every caller has
 * cancelled. Answers are remembered, failures are not.
 */
export class SharedWork<K, V> {
  readonly #done = new Map<K, V>();
  readonly #running = new Map<K, Running<V>>();

  now(key: K): V | undefined {
    return this.#done.get(key);
  }

  remember(key: K, value: V): void {
    this.#done.set(key, value);
  }

  /** Starts the work for nobody in particular, unless it is done or on its way. */
  begin(key: K, work: (signal: AbortSignal) => Promise<V>): void {
    if (!this.#done.has(key) && !this.#running.has(key)) this.#start(key, work);
  }

  async get(key: K, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<V>): Promise<V> {
    const done = this.#done.get(key);
    if (done !== undefined || this.#done.has(key)) return done as V;
    if (signal?.aborted === true) throw aborted(signal);
    const running = this.#running.get(key) ?? this.#start(key, work);
    running.wanted++;
    if (signal === undefined) return running.promise;
    return this.#untilAborted(key, running, signal);
  }

  #start(key: K, work: (signal: AbortSignal) => Promise<V>): Running<V> {
    const controller = new AbortController();
    const promise = work(controller.signal).then(
      (value) => {
        this.#done.set(key, value);
        this.#forget(key, running);
        return value;
      },
      (error: unknown) => {
        this.#forget(key, running);
        throw error;
      },
    );
    const running: Running<V> = { promise, controller, wanted: 0 };
    // Background work may fail before anybody waits for it.
    promise.catch(() => {});
    this.#running.set(key, running);
    return running;
  }

  #forget(key: K, running: Running<V>): void {
    if (this.#running.get(key) === running) this.#running.delete(key);
  }

  #untilAborted(key: K, running: Running<V>, signal: AbortSignal): Promise<V> {
    return new Promise((resolve, reject) => {
      const stopListening = onAbort(signal, (reason) => {
        reject(aborted(signal));
        if (--running.wanted > 0) return;
        // Whoever asks from now on must not join work that is being cancelled.
        this.#forget(key, running);
        running.controller.abort(reason);
      });
      running.promise.then(resolve, reject).finally(stopListening);
    });
  }
}
