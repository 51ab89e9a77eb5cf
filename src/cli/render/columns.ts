import { stripVTControlCharacters } from "node:util";

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

function visibleWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
