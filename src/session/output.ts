/** One output of a lane: text of the run that goes on, up to the marker that the lane writes behind it. */
export class OutputReader {
  readonly #tell: (text: string, late: boolean) => void;
  #decoder = decoder();
  #marker: Uint8Array | undefined;
  #held: Uint8Array = new Uint8Array(0);
  #whole: (() => void) | undefined;

  /** `tell` hears of text as it comes; `late` when no run goes on, so that the last one left something behind that writes. */
  constructor(tell: (text: string, late: boolean) => void) {
    this.#tell = tell;
  }

  /** From now on, text belongs to a run; settles at its marker. */
  begin(marker: string): Promise<void> {
    this.#flush();
    this.#marker = new TextEncoder().encode(marker);
    return new Promise((resolve) => {
      this.#whole = resolve;
    });
  }

  /** The run is over without a marker: its lane refused it, or is gone. */
  end(): void {
    this.#emit(this.#held);
    this.#held = new Uint8Array(0);
    this.#flush();
    this.#marker = undefined;
    this.#whole?.();
    this.#whole = undefined;
  }

  push(bytes: Uint8Array): void {
    const marker = this.#marker;
    if (marker === undefined) {
      this.#emit(bytes);
      return;
    }
    const all = this.#held.byteLength === 0 ? bytes : joined(this.#held, bytes);
    const at = indexOf(all, marker);
    if (at === -1) {
      const keep = overlap(all, marker);
      this.#emit(all.subarray(0, all.byteLength - keep));
      this.#held = new Uint8Array(all.subarray(all.byteLength - keep));
      return;
    }
    this.#held = all.subarray(0, at);
    this.end();
    if (at + marker.byteLength < all.byteLength) this.#emit(all.subarray(at + marker.byteLength));
  }

  #emit(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    if (text !== "") this.#tell(text, this.#marker === undefined);
  }

  /** A character that was cut in two belongs to the run that wrote its first half. */
  #flush(): void {
    const rest = this.#decoder.decode();
    if (rest !== "") this.#tell(rest, this.#marker === undefined);
    this.#decoder = decoder();
  }
}

/** A mark of the byte order is text of whoever wrote it. */
function decoder(): InstanceType<typeof TextDecoder> {
  return new TextDecoder("utf-8", { ignoreBOM: true });
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.byteLength + second.byteLength);
  all.set(first);
  all.set(second, first.byteLength);
  return all;
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  const [first = 0] = part;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (at + part.byteLength > bytes.byteLength) return -1;
    if (part.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

/** How many bytes at the end may be the marker's beginning. */
function overlap(bytes: Uint8Array, marker: Uint8Array): number {
  for (let size = Math.min(bytes.byteLength, marker.byteLength - 1); size > 0; size--) {
    const start = bytes.byteLength - size;
    let same = true;
    for (let index = 0; same && index < size; index++) same = bytes[start + index] === marker[index];
    if (same) return size;
  }
  return 0;
}
