/** The lines around what is ours in a file of somebody else; the label says which environment it is for. */
interface Marks {
  /** How a comment begins there: `#`, `--`, `//`. */
  readonly comment: string;
  readonly label: string;
}

const begin = ({ comment, label }: Marks): string => `${comment} >>> venvoy: ${oneLine(label)} >>>`;
const end = ({ comment, label }: Marks): string => `${comment} <<< venvoy: ${oneLine(label)} <<<`;
const how = "Written by venvoy host snippet, and taken out by the same command with --remove.";

/** ASCII on one line, so that a mark is found again whatever the file is encoded in. */
function oneLine(label: string): string {
  return label.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The block as it stands in a file. */
export function blockOf(lines: string, marks: Marks): string {
  return `${begin(marks)}\n${marks.comment} ${how}\n${lines}${end(marks)}\n`;
}

const byteOrderMark = "\u00ef\u00bb\u00bf";

/**
 * A file with the block for this environment: in place of the one that is there, else before everything that might use the
 * packages. The file's own line ends are kept. Text is one character a byte here, so that no byte of the file changes whatever
 * its encoding is.
 */
export function withBlock(text: string, block: string, marks: Marks): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const own = block.replaceAll("\n", eol);
  const range = rangeOf(text, marks);
  if (range !== undefined) return text.slice(0, range[0]) + own + text.slice(range[1]);
  const at = insertionPoint(text, marks.comment);
  const before = text.slice(0, at);
  const gap = before === "" || before === byteOrderMark || before.endsWith("\n") ? "" : eol;
  return `${before}${gap}${own}${text.slice(at)}`;
}

/** The same file without that block; the text itself when there is none. */
export function withoutBlock(text: string, marks: Marks): string {
  const range = rangeOf(text, marks);
  return range === undefined ? text : text.slice(0, range[0]) + text.slice(range[1]);
}

/** A mark that somebody cut off has no partner; then it is left to them. */
function rangeOf(text: string, marks: Marks): readonly [number, number] | undefined {
  const from = lineAt(text, begin(marks), 0);
  if (from === undefined) return undefined;
  const last = lineAt(text, end(marks), from[1]);
  return last === undefined ? undefined : [from[0], last[1]];
}

function lineAt(text: string, line: string, from: number): readonly [number, number] | undefined {
  for (let at = text.indexOf(line, from); at >= 0; at = text.indexOf(line, at + 1)) {
    const next = at + line.length;
    const rest = /^\r?\n|^$/.exec(text.slice(next, next + 2));
    const isLineStart = at === 0 || text[at - 1] === "\n" || (at === 3 && text.startsWith(byteOrderMark));
    if (isLineStart && rest !== null) return [at, next + rest[0].length];
  }
  return undefined;
}

/**
 * Behind the comments that a file begins with (a coding line has to stay in the first two), and in Python behind the last
 * `from __future__`, which must come first: where that can't be told from the lines, at the end.
 */
function insertionPoint(text: string, comment: string): number {
  let at = text.startsWith(byteOrderMark) ? byteOrderMark.length : 0;
  const mark = comment.replace(/[/]/g, "\\/");
  const line = new RegExp(`(?:[ \\t]*${mark}[^\\n]*|[ \\t\\r]*)(?:\\n|$)`, "y");
  for (line.lastIndex = at; at < text.length; at = line.lastIndex) {
    if (line.exec(text) === null) break;
  }
  if (comment !== "#") return at;
  const future = [...text.matchAll(/^from[ \t]+__future__[ \t]+import[^\n]*(?:\n|$)/gm)].at(-1);
  if (future === undefined) return at;
  return /[(\\]/.test(future[0]) ? text.length : future.index + future[0].length;
}
