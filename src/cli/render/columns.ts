import { withoutCodes } from "./without-codes.ts";

/** Left-aligned columns two blanks apart; the width counts what a person sees, not colour codes. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, visibleWidth(cell));
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, index) =>
          index === row.length - 1 ? cell : cell + " ".repeat((widths[index] ?? 0) - visibleWidth(cell)),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** How many columns of a terminal a text takes: none for colour codes and combining marks, two for wide characters. */
export function visibleWidth(text: string): number {
  let width = 0;
  for (const character of withoutCodes(text)) {
    if (wide.test(character)) width += 2;
    else if (!combining.test(character)) width += 1;
  }
  return width;
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const combining = /\p{Mn}|\p{Me}|\u200b|\u200c|\u200d|\ufe0f/u;
