import type { Style } from "./render/style.ts";

/** What a command answers. `--json` prints `data`; else `text` is worded for a person. */
export interface Outcome {
  readonly exit: number;
  readonly data: unknown;
  readonly text: (style: Style) => string;
  /** Sentences for standard error, printed with either form. */
  readonly notes?: readonly string[];
}
