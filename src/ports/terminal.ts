export interface Terminal {
  /** True when a person can be asked: standard input and error are terminals. */
  readonly interactive: boolean;
  /** Standard error is a terminal: progress may be drawn. */
  readonly draws: boolean;
  /** Standard output is a terminal, too: an answer may be a picture. Left out, it isn't. */
  readonly drawsAnswers?: boolean;
  readonly columns: number;
  /** Standard error may be coloured. */
  readonly colour: boolean;
  /** Standard output may be, which often goes into a file while a person sees the rest. Left out, as `colour` says. */
  readonly coloursAnswers?: boolean;
  /** Asks and reads one line; throws `INPUT_NEEDED` without a terminal. */
  ask(question: string): Promise<string>;
  writeOut(text: string): void;
  writeErr(text: string): void;
}
