import type { RunPlan, Venvoy } from "../app/index.ts";
import type { Clock, Terminal, TypedLines, TypedLinesOptions } from "../ports/index.ts";

/** What a command's function may reach: the library and the person. */
export interface Session {
  /** The library, loaded on first use, so that help stays instant. */
  venvoy(): Promise<Venvoy>;
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** What was typed, for the history. */
  readonly typed: string;
  /** Aborted by an interrupt. */
  readonly signal: AbortSignal;
  /** Reads all of standard input. */
  readStdin(): Promise<string>;
  /** A line editor on the terminal. */
  typedLines(options: TypedLinesOptions): Promise<TypedLines>;
  /** A line for standard error that belongs between progress and answer. */
  say(line: string): void;
  /** Takes away progress that is drawn, before something else is written. */
  clearProgress(): void;
  /** Ends progress drawing and gives the terminal to the program; answers its exit status. */
  start(plan: RunPlan): Promise<number>;
}
