import { paramsInvalid } from "../../rpc/index.ts";
import type { SharedArray, Value } from "../../session/index.ts";

/** The arrays that a client was handed, by their files; only these are taken back. */
export class HeldArrays {
  readonly #arrays = new Map<string, SharedArray>();

  /** Throws an answer for an array that the client doesn't hold. */
  find(file: string): SharedArray {
    const held = this.#arrays.get(file);
    if (held === undefined) throw paramsInvalid("there is no such array; it was released, or is of another session");
    return held;
  }

  /** Keeps every array in a value that goes to the client. */
  keep(value: Value): void {
    if (value === null || typeof value !== "object" || value instanceof Uint8Array) return;
    if (isArray(value)) {
      const before = this.#arrays.get(value.place.file);
      this.#arrays.set(value.place.file, value);
      // One hold for each file is enough.
      if (before !== undefined) void before.release().catch(() => {});
      return;
    }
    for (const one of Object.values(value)) this.keep(one as Value);
  }

  async release(file: string): Promise<void> {
    await this.find(file).release();
    this.#arrays.delete(file);
  }

  /** The session that made them is gone, and they with it. */
  forget(): void {
    this.#arrays.clear();
  }
}

function isArray(value: object): value is SharedArray {
  return "place" in value && "writable" in value && typeof value.writable === "function";
}
