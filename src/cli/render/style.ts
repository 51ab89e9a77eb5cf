import { styleText } from "node:util";

/** The few looks that venvoy uses; plain text when the terminal has no colour. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  readonly tick: string;
  readonly cross: string;
}

export function terminalStyle({ colour }: { readonly colour: boolean }): Style {
  const look =
    (format: "bold" | "dim" | "green" | "red" | "yellow") =>
    (text: string): string =>
      colour && text !== "" ? styleText(format, text, { validateStream: false }) : text;
  const good = look("green");
  const bad = look("red");
  return { bold: look("bold"), dim: look("dim"), good, bad, warn: look("yellow"), tick: good("✓"), cross: bad("✗") };
}

/** The looks of what goes to standard output. */
export function answerStyle({
  colour,
  coloursAnswers = colour,
}: {
  readonly colour: boolean;
  readonly coloursAnswers?: boolean;
}): Style {
  return terminalStyle({ colour: coloursAnswers });
}
