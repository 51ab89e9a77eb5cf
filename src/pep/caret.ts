import { printable } from "../base/index.ts";

/** Half-open range of UTF-16 units in a source text. */
export type Span = readonly [start: number, end: number];

const widest = 100;

/**
 * Draws the two-line picture of an error: the line of `source` that `span` starts on, and carets under the faulty part.
 * Text from outside is made printable, and a long line is cut around the fault.
 */
export function caret(source: string, span: Span): string {
  const start = Math.max(0, Math.min(span[0], source.length));
  const lineStart = start === 0 ? 0 : source.lastIndexOf("\n", start - 1) + 1;
  const newline = source.indexOf("\n", start);
  const lineEnd = newline === -1 ? source.length : newline;
  const end = Math.max(start, Math.min(span[1], lineEnd));
  const from = Math.max(lineStart, start - 60);
  const to = Math.min(lineEnd, Math.max(end, from + widest), start + widest);
  const before = (from > lineStart ? "…" : "") + shown(source.slice(from, start));
  const fault = shown(source.slice(start, Math.min(end, to)));
  const after = shown(source.slice(Math.min(end, to), to)) + (to < lineEnd ? "…" : "");
  return `${before}${fault}${after}\n${" ".repeat([...before].length)}${"^".repeat(Math.max(1, [...fault].length))}`;
}

function shown(text: string): string {
  return printable(text, { newlines: false }).replaceAll("\t", " ");
}
