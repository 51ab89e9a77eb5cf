import type { SourceLine, TextEdit } from "../codec/index.ts";
import { type InlineBlock, readInlineBlocks } from "../pep/index.ts";
import { commentsBeforeStatement } from "./before-statement.ts";
import type { HeaderRequirement, ScriptHeader } from "./header.ts";
import { readRhinoTags } from "./rhino-tags.ts";

/** The script's metadata block, when it has one. */
export function firstInlineBlock(lines: readonly SourceLine[]): InlineBlock | undefined {
  return readInlineBlocks(lines.map((line) => line.text)).blocks.find((block) => block.type === "script");
}

/** `\r\n` in a file that uses it; what the neighbouring line ends with. */
export function lineEndOf(lines: readonly SourceLine[], index: number): string {
  const own = lines[index]?.lineEnd ?? "";
  return own === "" ? lines.find((line) => line.lineEnd !== "")?.lineEnd || "\n" : own;
}

/** Adds a reference to a script without a metadata block. */
export function addReference(lines: readonly SourceLine[], header: ScriptHeader, text: string): TextEdit[] {
  const references = header.requirements.filter((item) => item.form === "rhino" && item.provider === "pip");
  const last = references.at(-1);
  if (last !== undefined) return [beside(lines, references, last, text)];
  const tags = readRhinoTags(
    lines.map((line) => line.text),
    header.language,
  ).lines;
  const tag = lastInHeader(lines, tags);
  if (tag === undefined) return [newBlock(lines, text)];
  const leader = /^\ufeff?[ \t]*(#|\/\/)/.exec(lines[tag]?.text ?? "")?.[1] ?? "#";
  return [lineAfter(lines, tag, `${leader} r: ${text}`)];
}

/** On the last reference line when it is a list, else on a line of its own below, written like it. */
function beside(
  lines: readonly SourceLine[],
  references: readonly HeaderRequirement[],
  last: HeaderRequirement,
  text: string,
): TextEdit {
  const line = lines[last.line - 1];
  const onLine = references.filter((item) => item.line === last.line);
  const prefix = /^[^:]*:[ \t]*/.exec(line?.text ?? "")?.[0] ?? "# r: ";
  const isQuoted = /["]/.test(prefix);
  if (line !== undefined && onLine.length > 1 && last.options.length === 0 && !isQuoted) {
    const at = line.start + last.endColumn - 1;
    return { start: at, end: at, text: `, ${text}` };
  }
  const plain = isQuoted ? prefix.replace(/^([ \t]*(?:#|\/\/)[ \t]*r).*$/s, "$1: ") : prefix;
  return lineAfter(lines, last.line - 1, `${plain.replace(/^\ufeff/, "")}${text}`);
}

/** The last directive line that stands before the first statement (the language line may stand anywhere). */
function lastInHeader(lines: readonly SourceLine[], tags: readonly number[]): number | undefined {
  const { comments } = commentsBeforeStatement(lines.map((line) => line.text));
  const indexes = new Set(comments.map(({ index }) => index));
  return tags.map((line) => line - 1).findLast((index) => indexes.has(index));
}

function lineAfter(lines: readonly SourceLine[], index: number, text: string): TextEdit {
  const line = lines[index];
  const at = line === undefined ? 0 : line.start + line.text.length + line.lineEnd.length;
  const lineEnd = lineEndOf(lines, index);
  return { start: at, end: at, text: line?.lineEnd === "" ? `${lineEnd}${text}` : `${text}${lineEnd}` };
}

/** A `venv:` line before the first directive, save the language line; in a script without any, at the top. */
export function environmentLine(lines: readonly SourceLine[], header: ScriptHeader, name: string): TextEdit {
  const texts = lines.map((line) => line.text);
  const comments = new Set(commentsBeforeStatement(texts).comments.map(({ index }) => index));
  const first = readRhinoTags(texts, header.language)
    .lines.map((line) => line - 1)
    .find((index) => comments.has(index) && index + 1 !== header.language?.line);
  if (first === undefined) return atTop(lines, [`# venv: ${name}`]);
  const line = lines[first];
  const [, mark = "", indent = "", leader = "#"] = /^(\ufeff?)([ \t]*)(#|\/\/)/.exec(line?.text ?? "") ?? [];
  const at = (line?.start ?? 0) + mark.length;
  return { start: at, end: at, text: `${indent}${leader} venv: ${name}${lineEndOf(lines, first)}` };
}

/** A metadata block at the top. */
function newBlock(lines: readonly SourceLine[], text: string): TextEdit {
  return atTop(lines, ["# /// script", `# dependencies = [${JSON.stringify(text)}]`, "# ///"]);
}

/** Lines below the `#!` line and the coding line. */
function atTop(lines: readonly SourceLine[], texts: readonly string[]): TextEdit {
  let index = 0;
  const isPreamble = (line: string): boolean =>
    /^\ufeff?#!/.test(line) || /^[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+/.test(line);
  while (index < Math.min(2, lines.length) && isPreamble(lines[index]?.text ?? "")) index++;
  // A byte order mark belongs to the file, not to its first line.
  const hasMark = index === 0 && (lines[0]?.text.startsWith("\ufeff") ?? false);
  const lineEnd = lineEndOf(lines, 0);
  const before = lines[index - 1];
  const at = before === undefined ? (hasMark ? 1 : 0) : before.start + before.text.length + before.lineEnd.length;
  const lead = before?.lineEnd === "" || hasMark ? lineEnd : "";
  return { start: at, end: at, text: `${lead}${texts.join(lineEnd)}${lineEnd}` };
}

/** Takes references off their lines; a line that is left with nothing goes whole. */
export function removeReferences(
  lines: readonly SourceLine[],
  header: ScriptHeader,
  gone: ReadonlySet<HeaderRequirement>,
): TextEdit[] {
  const edits: TextEdit[] = [];
  const rhino = header.requirements.filter((item) => item.form === "rhino");
  for (const number of new Set([...gone].filter((item) => item.form === "rhino").map((item) => item.line))) {
    const line = lines[number - 1];
    if (line === undefined) continue;
    const onLine = rhino.filter((item) => item.line === number);
    const kept = onLine.filter((item) => !gone.has(item));
    if (kept.length === 0) {
      // A byte order mark stays where it is.
      const start = line.start + (line.text.startsWith("\ufeff") ? 1 : 0);
      edits.push({ start, end: line.start + line.text.length + line.lineEnd.length, text: "" });
      continue;
    }
    edits.push(...removeFromList(line, onLine, gone));
  }
  return edits;
}

/** Each removed member takes the comma before it along, or the one after it when it is the first. */
function removeFromList(
  line: SourceLine,
  onLine: readonly HeaderRequirement[],
  gone: ReadonlySet<HeaderRequirement>,
): TextEdit[] {
  const firstKept = onLine.findIndex((item) => !gone.has(item));
  const edits: TextEdit[] = [];
  for (const [index, item] of onLine.entries()) {
    if (!gone.has(item)) continue;
    const start = index < firstKept ? item.column : (onLine[index - 1]?.endColumn ?? item.column);
    const end = index < firstKept ? (onLine[index + 1]?.column ?? item.endColumn) : item.endColumn;
    edits.push({ start: line.start + start - 1, end: line.start + end - 1, text: "" });
  }
  return edits;
}
