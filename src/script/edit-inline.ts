import { findTopLevel, type SourceLine, type TextEdit, type TomlPlace } from "../codec/index.ts";
import type { InlineBlock } from "../pep/index.ts";
import { lineEndOf } from "./edit-rhino.ts";
import type { HeaderRequirement } from "./header.ts";

type Items = readonly { readonly start: number; readonly end: number }[];

/** Adds a dependency to a metadata block, laid out as its list is already. */
export function addDependency(lines: readonly SourceLine[], block: InlineBlock, requirement: string): TextEdit[] {
  const text = JSON.stringify(requirement);
  const place = findTopLevel(block.content, "dependencies");
  const offset = offsetIn(lines, block);
  if (place?.items === undefined) return [newKey(lines, block, text)];
  const last = place.items.at(-1);
  const isSpread = block.content.slice(place.start, place.end).includes("\n");
  if (last === undefined) return [{ start: offset(place.start), end: offset(place.end), text: `[${text}]` }];
  const hasComma = commaAfter(block.content, last.end, place.end) !== undefined;
  if (!isSpread) {
    const at = offset(last.end);
    return [{ start: at, end: at, text: `, ${text}` }];
  }
  return addLine({ lines, block, place, last }, text, hasComma);
}

interface Spread {
  readonly lines: readonly SourceLine[];
  readonly block: InlineBlock;
  readonly place: TomlPlace;
  readonly last: { readonly start: number; readonly end: number };
}

/** A line of its own below the last item, indented like it; the last item gets its comma where it had none. */
function addLine({ lines, block, last }: Spread, text: string, hasComma: boolean): TextEdit[] {
  const offset = offsetIn(lines, block);
  const row = block.content.slice(0, last.end).split("\n").length - 1;
  const index = block.line + row;
  const line = lines[index];
  const lineStart = block.content.lastIndexOf("\n", last.start - 1) + 1;
  const indent = /^[ \t]*/.exec(block.content.slice(lineStart))?.[0] ?? "";
  const startsLine = block.content.slice(lineStart, last.start).trim() === "";
  const at = (line?.start ?? 0) + (line?.text.length ?? 0) + (line?.lineEnd.length ?? 0);
  const closesHere = (block.content.slice(last.end).split("\n")[0] ?? "").replace(/#.*/, "").includes("]");
  const comma = { start: offset(last.end), end: offset(last.end), text: "," };
  if (closesHere) return [{ ...comma, text: `, ${text}` }];
  const inner = startsLine && indent !== "" ? indent : "    ";
  const added = { start: at, end: at, text: `# ${inner}${text},${lineEndOf(lines, index)}` };
  return hasComma ? [added] : [comma, added];
}

/** The key itself, where the block has none: before the first table, after the last top-level line. */
function newKey(lines: readonly SourceLine[], block: InlineBlock, text: string): TextEdit {
  const rows = block.content.split("\n");
  const python = findTopLevel(block.content, "requires-python");
  const row = python === undefined ? 0 : block.content.slice(0, python.end).split("\n").length;
  const index = block.line + Math.min(row, rows.length - 1);
  const line = lines[index];
  const at = line?.start ?? 0;
  return { start: at, end: at, text: `# dependencies = [${text}]${lineEndOf(lines, index)}` };
}

/** Takes dependencies out of the list, each with its comma; a line that held nothing else goes whole. */
export function removeDependencies(
  lines: readonly SourceLine[],
  block: InlineBlock,
  gone: readonly HeaderRequirement[],
): TextEdit[] {
  const place = findTopLevel(block.content, "dependencies");
  const items = place?.items;
  if (place === undefined || items === undefined || gone.length === 0) return [];
  const offset = offsetIn(lines, block);
  const starts = new Set(gone.map((item) => (lines[item.line - 1]?.start ?? 0) + item.column - 1));
  const removed = new Set(items.filter((item) => starts.has(offset(item.start))));
  const edits: TextEdit[] = [];
  for (const [index, item] of items.entries()) {
    if (!removed.has(item)) continue;
    const own = ownLine(lines, block, place, { items, index });
    if (own !== undefined)
      edits.push({ start: own.start, end: own.start + own.text.length + own.lineEnd.length, text: "" });
    else edits.push(inRow(block, place, { items, index, removed }, offset));
  }
  return edits;
}

/** The line of the script that holds this item and nothing else (a comment goes with it). */
function ownLine(
  lines: readonly SourceLine[],
  block: InlineBlock,
  place: TomlPlace,
  { items, index }: { readonly items: Items; readonly index: number },
): SourceLine | undefined {
  const item = items[index];
  if (item === undefined) return undefined;
  const from = block.content.lastIndexOf("\n", item.start - 1) + 1;
  const newline = block.content.indexOf("\n", item.end);
  const to = newline < 0 ? block.content.length : newline;
  const before = block.content.slice(from, item.start);
  const after = block.content.slice(item.end, to);
  if (from <= place.start || to > place.end || before.trim() !== "" || !/^[ \t]*,?[ \t\r]*(?:#.*)?$/.test(after)) {
    return undefined;
  }
  return lines[block.line + block.content.slice(0, from).split("\n").length - 1];
}

function inRow(
  block: InlineBlock,
  place: TomlPlace,
  {
    items,
    index,
    removed,
  }: { readonly items: Items; readonly index: number; readonly removed: ReadonlySet<Items[number]> },
  offset: (at: number) => number,
): TextEdit {
  const item = items[index] ?? { start: place.start, end: place.start };
  const hasKeptBefore = items.slice(0, index).some((other) => !removed.has(other));
  const previous = items[index - 1];
  if (hasKeptBefore && previous !== undefined) return { start: offset(previous.end), end: offset(item.end), text: "" };
  const next = items[index + 1];
  const comma = commaAfter(block.content, item.end, place.end);
  const end = next?.start ?? (comma === undefined ? item.end : comma + 1);
  return { start: offset(item.start), end: offset(end), text: "" };
}

/** The comma that follows an item, over blanks and comments. */
function commaAfter(content: string, from: number, to: number): number | undefined {
  const match = /^(?:[ \t\r\n]+|#[^\n]*)*,/.exec(content.slice(from, to));
  return match === null ? undefined : from + match[0].length - 1;
}

/** Maps an offset of the block's content to one of the script. */
function offsetIn(lines: readonly SourceLine[], block: InlineBlock): (at: number) => number {
  const starts = [0];
  for (let at = block.content.indexOf("\n"); at >= 0; at = block.content.indexOf("\n", at + 1)) starts.push(at + 1);
  return (at) => {
    let row = starts.length - 1;
    while (row > 0 && (starts[row] ?? 0) > at) row--;
    const line = lines[block.line + row];
    const prefix = line?.text.startsWith("# ") ? 2 : 1;
    return (line?.start ?? 0) + prefix + at - (starts[row] ?? 0);
  };
}
