import { applyEdits, type SourceLine, splitLines, type TextEdit } from "../../codec/index.ts";
import { parseRequirement } from "../../pep/index.ts";
import {
  type ListChange,
  type ListedRequirement,
  lineEndNear,
  sortChange,
  sortedPlace,
  tryRequirement,
} from "./change.ts";

interface LineItem extends ListedRequirement {
  /** The physical lines that it takes: `[from, to)`. */
  readonly from: number;
  readonly to: number;
}

export interface RequirementsText {
  readonly items: readonly ListedRequirement[];
  /** Some line has a `--hash`: then every package must have one. */
  readonly hasHashes: boolean;
}

/** The requirements that stand in a requirements file itself, not in files that it includes. */
export function listRequirements(text: string): RequirementsText {
  return { items: itemsOf(splitLines(text)), hasHashes: /^[^#\n]*\s--hash[=\s]/m.test(text.replace(/\\\r?\n/g, " ")) };
}

/** Edits a requirements file: comments, order, options, line ends and all other lines stay as they are. */
export function editRequirements(text: string, change: ListChange): string {
  const lines = splitLines(text);
  const items = itemsOf(lines);
  const { replaced, gone, added } = sortChange(items, change);
  const edits: TextEdit[] = [...replaced].map(([{ start, end }, put]) => ({ start, end, text: put }));
  for (const { from, to } of gone) edits.push({ start: startOf(lines, from), end: startOf(lines, to), text: "" });
  return applyEdits(text, [...edits, ...additions(lines, items, added)]);
}

/** Joined by place, so that several lines at one place keep their order. */
function additions(lines: readonly SourceLine[], items: readonly LineItem[], added: readonly string[]): TextEdit[] {
  const byPlace = new Map<number, string[]>();
  for (const text of added) {
    const before = sortedPlace(items, parseRequirement(text));
    const index = before?.from ?? items.at(-1)?.to ?? lines.length;
    byPlace.set(index, [...(byPlace.get(index) ?? []), text]);
  }
  return [...byPlace].map(([index, texts]) => {
    const at = startOf(lines, index);
    const lineEnd = lineEndNear(lines, index - 1);
    const isOpen = index > 0 && lines[index - 1]?.lineEnd === "";
    return { start: at, end: at, text: `${isOpen ? lineEnd : ""}${texts.map((one) => one + lineEnd).join("")}` };
  });
}

function startOf(lines: readonly SourceLine[], index: number): number {
  const line = lines[index];
  if (line !== undefined) return line.start;
  const last = lines.at(-1);
  return last === undefined ? 0 : last.start + last.text.length + last.lineEnd.length;
}

function itemsOf(lines: readonly SourceLine[]): readonly LineItem[] {
  const items: LineItem[] = [];
  for (let from = 0; from < lines.length; ) {
    let to = from + 1;
    while (to < lines.length && goesOn(lines[to - 1]?.text ?? "")) to++;
    const item = itemOf(lines, from, to);
    if (item !== undefined) items.push(item);
    from = to;
  }
  return items;
}

/** A backslash at the end joins the next line, but not behind a comment. */
function goesOn(line: string): boolean {
  return line.endsWith("\\") && !/^\s*#/.test(line);
}

function itemOf(lines: readonly SourceLine[], from: number, to: number): LineItem | undefined {
  const first = lines[from];
  if (first === undefined) return undefined;
  const lead = /^\ufeff?\s*/.exec(first.text)?.[0].length ?? 0;
  const rest = first.text.slice(lead);
  if (rest === "" || rest.startsWith("#") || rest.startsWith("-")) return undefined;
  const options = /\s+--?[a-z].*$/;
  const plain = rest
    .replace(/\s+#.*$/, "")
    .replace(/\s*\\$/, "")
    .replace(options, "")
    .trimEnd();
  const spread = lines.slice(from, to).map(({ text }) => text.replace(/\\$/, " "));
  const whole = spread
    .join("")
    .slice(lead)
    .replace(/\s+#.*$/, "")
    .replace(options, "")
    .trim();
  const requirement = tryRequirement(whole);
  if (requirement === undefined) return undefined;
  const last = lines[to - 1] ?? first;
  const start = first.start + lead;
  // One that is itself spread over lines is replaced with all of them.
  const end = whole === plain ? start + plain.length : last.start + last.text.length;
  return { text: whole, requirement, line: from + 1, start, end, from, to };
}
