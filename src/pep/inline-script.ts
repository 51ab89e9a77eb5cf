/** One `# /// TYPE` block of PEP 723, found by the PEP's own rule. */
export interface InlineBlock {
  /** `script`, or the name of another block (`pyproject` in old drafts). */
  readonly type: string;
  /** The text between the two marks without the leading `# `, lines ended by `\n`; TOML for `script`. */
  readonly content: string;
  /** Line of the opening mark, counted from 1. */
  readonly line: number;
  /** Line of the closing mark; content line `n` (from 0) is source line `line + 1 + n`. */
  readonly endLine: number;
}

/** An opening mark without the closing one: PEP 723 says it is no block; a person surely meant one. */
export interface UnclosedBlock {
  readonly type: string;
  readonly line: number;
}

export interface InlineBlocks {
  readonly blocks: readonly InlineBlock[];
  readonly unclosed: readonly UnclosedBlock[];
}

const opening = /^# \/\/\/ ([a-zA-Z0-9-]+)$/;

/**
 * Finds the metadata blocks of a script, wherever they stand (PEP 723). Takes the script's lines without line ends.
 * A block runs to the last `# ///` of its run of comment lines, as the PEP's expression does; each line is read once.
 */
export function readInlineBlocks(lines: readonly string[]): InlineBlocks {
  const blocks: InlineBlock[] = [];
  const unclosed: UnclosedBlock[] = [];
  for (let at = 0; at < lines.length; at++) {
    const type = opening.exec(lines[at] ?? "")?.[1];
    if (type === undefined) continue;
    const { end, closing } = runAfter(lines, at + 1);
    // The mark must enclose at least one line.
    if (closing === undefined || closing < at + 2) {
      unclosed.push({ type, line: at + 1 });
      // Openings further down in the same run have no closing mark either, save one that lies within reach.
      if (closing === undefined) at = end - 1;
      continue;
    }
    const content = lines.slice(at + 1, closing).map((line) => `${line.slice(line.startsWith("# ") ? 2 : 1)}\n`);
    blocks.push({ type, content: content.join(""), line: at + 1, endLine: closing + 1 });
    at = closing;
  }
  return { blocks, unclosed };
}

/** The run of lines that are `#` or begin with `# `: where it ends, and its last closing mark. */
function runAfter(
  lines: readonly string[],
  from: number,
): { readonly end: number; readonly closing: number | undefined } {
  let closing: number | undefined;
  let end = from;
  while (end < lines.length) {
    const line = lines[end] ?? "";
    if (line !== "#" && !line.startsWith("# ")) break;
    if (line === "# ///") closing = end;
    end++;
  }
  return { end, closing };
}
