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
    (format: keyof typeof codes) =>
    (text: string): string =>
      colour && text !== "" ? `\u001b[${codes[format][0]}m${text}\u001b[${codes[format][1]}m` : text;
  const good = look("green");
  const bad = look("red");
  return { bold: look("bold"), dim: look("dim"), good, bad, warn: look("yellow"), tick: good("✓"), cross: bad("✗") };
}

/** Select Graphic Rendition (ECMA-48): what begins a look and what ends it. The runtime's own way loads its inspector. */
const codes = { bold: [1, 22], dim: [2, 22], green: [32, 39], red: [31, 39], yellow: [33, 39] } as const;

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
