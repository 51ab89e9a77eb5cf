/** What a person did at a prompt. `interrupted`: Ctrl-C; `end`: Ctrl-D, or the input is over. */
export type Typed =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "interrupted" }
  | { readonly kind: "end" };

export interface TypedLinesOptions {
  /** Earlier lines, the oldest first; each new one comes behind. */
  readonly history: readonly string[];
  /** What may stand at the end of `before`; `start` is where the words begin that they replace. */
  complete(before: string): Promise<{ readonly start: number; readonly words: readonly string[] }>;
  /** Ctrl-C while nobody waits for a line. */
  onInterrupt(): void;
}

/** A line editor on the terminal; without one, the lines of standard input. */
export interface TypedLines {
  next(prompt: string): Promise<Typed>;
  /** Gives the terminal back. */
  close(): void;
}
