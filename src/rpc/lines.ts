/** What came: a whole line without its end, or word that a line is longer than it may be. */
export type Line = { readonly bytes: Uint8Array } | { readonly tooLong: true };

const newline = 0x0a;

/** Puts lines together from the pieces that arrive. A line that grows too long is told once and thrown away to its end. */
export class LineReader {
  readonly #longest: number;
  #pieces: Uint8Array[] = [];
  #size = 0;
  #skipping = false;

  constructor(longest: number) {
    this.#longest = longest;
  }

  push(piece: Uint8Array): readonly Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (;;) {
      const end = piece.indexOf(newline, start);
      const part = piece.subarray(start, end === -1 ? piece.byteLength : end);
      if (!this.#skipping) this.#take(part, lines);
      if (end === -1) return lines;
      if (!this.#skipping && this.#size > 0) lines.push({ bytes: joined(this.#pieces) });
      this.#drop();
      this.#skipping = false;
      start = end + 1;
    }
  }

  #take(part: Uint8Array, lines: Line[]): void {
    this.#size += part.byteLength;
    if (this.#size > this.#longest) {
      lines.push({ tooLong: true });
      this.#drop();
      this.#skipping = true;
    } else if (part.byteLength > 0) this.#pieces.push(part);
  }

  #drop(): void {
    this.#pieces = [];
    this.#size = 0;
  }
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  if (pieces.length === 1 && first !== undefined) return first;
  const bytes = new Uint8Array(pieces.reduce((size, piece) => size + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}
