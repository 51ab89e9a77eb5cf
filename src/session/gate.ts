/** Lets one in at a time, in the order of asking. */
export class Gate {
  readonly #waiting: ((isIn: boolean) => void)[] = [];
  #isTaken = false;
  #isClosed = false;

  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** True once it is the caller's turn; false when the gate was closed. Rejects with the signal's reason. */
  async enter(signal?: AbortSignal): Promise<boolean> {
    signal?.throwIfAborted();
    if (this.#isClosed) return false;
    if (!this.#isTaken) {
      this.#isTaken = true;
      return true;
    }
    return new Promise((resolve, reject) => {
      const turn = (isIn: boolean): void => {
        signal?.removeEventListener("abort", stop);
        resolve(isIn);
      };
      const stop = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(signal?.reason);
      };
      this.#waiting.push(turn);
      signal?.addEventListener("abort", stop, { once: true });
    });
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isTaken = false;
    else next(true);
  }

  /** Nobody gets in any more; whoever is in stays until `leave`. */
  close(): void {
    this.#isClosed = true;
    for (const turn of this.#waiting.splice(0)) turn(false);
  }
}
