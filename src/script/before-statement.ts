/** A comment line that stands before the first statement. */
export interface HeaderComment {
  /** Index into the script's lines, from 0. */
  readonly index: number;
  /** `#` or `//`. */
  readonly leader: string;
  /** Offset of the leader in the line. */
  readonly leaderAt: number;
}

export const lineEnd = /\r\n|\n|\r/;

const docstringStart = /^[ \t]*(?:[rRuU]?)("""|'''|"|')/;

export interface BeforeStatement {
  readonly comments: readonly HeaderComment[];
  /** False when the lines ran out before a statement came. */
  readonly isComplete: boolean;
}

/**
 * The comment lines before the first statement; blank lines, a docstring and C# block comments are passed over. Linear:
 * stops at the first statement, and looks at every line once.
 */
export function commentsBeforeStatement(lines: readonly string[]): BeforeStatement {
  const comments: HeaderComment[] = [];
  let hadDocstring = false;
  let index = 0;
  while (index < lines.length) {
    const line = index === 0 ? (lines[0] ?? "").replace(/^\ufeff/, " ") : (lines[index] ?? "");
    const comment = /^[ \t\f]*(#|\/\/)/.exec(line);
    if (comment !== null) {
      const leader = comment[1] ?? "";
      comments.push({ index, leader, leaderAt: comment[0].length - leader.length });
      index++;
    } else if (/^[ \t\f]*$/.test(line)) index++;
    else if (/^[ \t]*\/\*/.test(line)) index = afterBlock(lines, index, "*/", line.indexOf("/*") + 2);
    else {
      const quote = hadDocstring ? null : docstringStart.exec(line);
      if (quote === null) return { comments, isComplete: true };
      hadDocstring = true;
      const next = afterDocstring(lines, index, quote);
      if (next === undefined) return { comments, isComplete: true };
      index = next;
    }
  }
  return { comments, isComplete: false };
}

/** The lines from the first to the one with the first statement, without splitting what comes after. */
export function headLines(text: string): string[] {
  for (let length = 8192; length < text.length; length *= 4) {
    // The last line may be cut off, so it does not count.
    const lines = text.slice(0, length).split(lineEnd).slice(0, -1);
    if (commentsBeforeStatement(lines).isComplete) return lines;
  }
  return text.split(lineEnd);
}

/** The line after a docstring, or undefined when something else than a comment follows on its last line. */
function afterDocstring(lines: readonly string[], index: number, start: RegExpExecArray): number | undefined {
  const quote = start[1] ?? "";
  const isRaw = /r/i.test(start[0].slice(0, -quote.length));
  let at = start[0].length;
  for (let row = index; row < lines.length; row++) {
    const line = lines[row] ?? "";
    for (; at < line.length; at++) {
      // A backslash keeps the next quote from closing, in raw strings too.
      if (line[at] === "\\") at++;
      else if (line.startsWith(quote, at)) {
        return /^[ \t]*;?[ \t]*(?:#.*)?$/.test(line.slice(at + quote.length)) ? row + 1 : undefined;
      }
    }
    if (quote.length === 1 && (isRaw || !line.endsWith("\\"))) return undefined;
    at = 0;
  }
  return lines.length;
}

function afterBlock(lines: readonly string[], index: number, mark: string, from: number): number {
  let at = from;
  for (let row = index; row < lines.length; row++) {
    if ((lines[row] ?? "").indexOf(mark, at) >= 0) return row + 1;
    at = 0;
  }
  return lines.length;
}
