import { applyEdits, findInTable, parseToml, type TextEdit, type TomlPlace } from "../../codec/index.ts";
import { parseRequirement } from "../../pep/index.ts";
import { type ListChange, type ListedRequirement, sortChange, sortedPlace, tryRequirement } from "./change.ts";

/** The `[project]` dependencies of a `pyproject.toml`. */
export interface ProjectText {
  readonly items: readonly ListedRequirement[];
  /** Why they can't be edited; a clause. */
  readonly refusal?: string;
}

/** Throws `FILE_UNREADABLE` for what is not TOML. */
export function listProject(text: string, label: string): ProjectText {
  const project = parseToml(text, { label, code: "FILE_UNREADABLE" })["project"];
  if (typeof project !== "object" || project === null || Array.isArray(project))
    return { items: [], refusal: "it has no `[project]` table" };
  const { dynamic, dependencies } = project as Record<string, unknown>;
  if (Array.isArray(dynamic) && dynamic.includes("dependencies"))
    return { items: [], refusal: "its `dependencies` are made by the build (`dynamic`)" };
  const { place, after } = findInTable(text, "project", "dependencies");
  if (dependencies !== undefined && place?.items === undefined)
    return { items: [], refusal: "its `dependencies` don't stand in a `[project]` table" };
  if (place === undefined && after === undefined) return { items: [], refusal: "its `[project]` has no heading" };
  return { items: itemsOf(text, place) };
}

/** Edits the dependencies: comments, layout, quotes, line ends and everything else in the file stay as they are. */
export function editProject(text: string, change: ListChange): string {
  const { place, after } = findInTable(text, "project", "dependencies");
  const items = itemsOf(text, place);
  const { replaced, gone, added } = sortChange(items, change);
  if (place === undefined) {
    if (added.length === 0 || after === undefined) return text;
    return applyEdits(text, [newKey(text, after, added)]);
  }
  const edits = [...replaced].map(([item, put]) => ({
    start: item.start,
    end: item.end,
    text: quoted(text, item, put),
  }));
  const kept = items.filter((item) => !gone.has(item));
  return addAll(applyEdits(text, [...edits, ...removals(text, place, items, gone)]), added, kept.length > 0);
}

function itemsOf(text: string, place: TomlPlace | undefined): readonly ListedRequirement[] {
  return (place?.items ?? []).flatMap(({ start, end }) => {
    const value = unquoted(text.slice(start, end));
    const requirement = value === undefined ? undefined : tryRequirement(value);
    if (value === undefined || requirement === undefined) return [];
    return [{ text: value, requirement, line: text.slice(0, start).split("\n").length, start, end }];
  });
}

function unquoted(source: string): string | undefined {
  const value = parseToml(`v = ${source}`, { label: "a dependency" })["v"];
  return typeof value === "string" ? value : undefined;
}

/** In the quotes that stand there. */
function quoted(text: string, { start }: Pick<ListedRequirement, "start">, put: string): string {
  return text[start] === "'" && !put.includes("'") ? `'${put}'` : JSON.stringify(put);
}

/** Each goes with its comma; a line that held nothing else goes whole, with its comment. */
function removals(
  text: string,
  place: TomlPlace,
  items: readonly ListedRequirement[],
  gone: ReadonlySet<ListedRequirement>,
): TextEdit[] {
  return [...gone].map((item) => {
    const lineStart = text.lastIndexOf("\n", item.start - 1) + 1;
    const newline = text.indexOf("\n", item.end);
    const lineEnd = newline === -1 ? text.length : newline + 1;
    const isAlone =
      lineStart > place.start &&
      text.slice(lineStart, item.start).trim() === "" &&
      /^[ \t]*,?[ \t]*(?:#[^\n]*)?\r?\n$/.test(text.slice(item.end, lineEnd));
    if (isAlone) return { start: lineStart, end: lineEnd, text: "" };
    const comma = /^\s*,[ \t]*/.exec(text.slice(item.end, place.end))?.[0].length;
    if (comma !== undefined) return { start: item.start, end: item.end + comma, text: "" };
    const before = items.findLast((other) => other.end <= item.start && !gone.has(other));
    return { start: before?.end ?? item.start, end: item.end, text: "" };
  });
}

function addAll(text: string, added: readonly string[], hasItems: boolean): string {
  let edited = text;
  let filled = hasItems;
  for (const one of added) {
    const { place } = findInTable(edited, "project", "dependencies");
    if (place === undefined) return edited;
    edited = applyEdits(edited, addition(edited, place, one, filled));
    filled = true;
  }
  return edited;
}

/** On a line of its own where the list is spread over lines, laid out as its neighbour. */
function addition(text: string, place: TomlPlace, put: string, hasItems: boolean): TextEdit[] {
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const items = itemsOf(text, place);
  const all = place.items ?? [];
  const last = all.at(-1);
  if (!hasItems || last === undefined) {
    // An empty list may hold comments, which stay.
    const inner = text.slice(place.start + 1, place.end - 1);
    if (inner.trim() === "")
      return [{ start: place.start, end: place.end, text: `[${lineEnd}    ${JSON.stringify(put)},${lineEnd}]` }];
    const at = place.end - 1;
    return [{ start: at, end: at, text: `    ${JSON.stringify(put)},${lineEnd}` }];
  }
  const before = sortedPlace(items, parseRequirement(put));
  const isSpread = text.slice(place.start, place.end).includes("\n");
  if (before !== undefined) {
    const indent = isSpread ? indentOf(text, before.start) : undefined;
    const value = quoted(text, before, put);
    return [
      {
        start: before.start,
        end: before.start,
        text: indent === undefined ? `${value}, ` : `${value},${lineEnd}${indent}`,
      },
    ];
  }
  const comma = /^(?:[ \t\r\n]+|#[^\n]*)*,/.exec(text.slice(last.end, place.end))?.[0].length;
  const value = quoted(text, last, put);
  const indent = isSpread ? indentOf(text, last.start) : undefined;
  if (indent === undefined) return [{ start: last.end, end: last.end, text: `, ${value}` }];
  const newline = text.indexOf("\n", last.end + (comma ?? 0));
  const closes = newline === -1 || newline >= place.end;
  const commaEdit = comma === undefined ? [{ start: last.end, end: last.end, text: "," }] : [];
  if (closes)
    return [
      {
        start: last.end + (comma ?? 0),
        end: last.end + (comma ?? 0),
        text: `${comma === undefined ? "," : ""} ${value}`,
      },
    ];
  return [...commaEdit, { start: newline + 1, end: newline + 1, text: `${indent}${value},${lineEnd}` }];
}

/** The blanks before an item that begins its line; `undefined` for one that doesn't. */
function indentOf(text: string, start: number): string | undefined {
  const line = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  return line.trim() === "" ? line : undefined;
}

/** The key itself: below what tells name, version and Python, else below the heading. */
function newKey(text: string, after: number, added: readonly string[]): TextEdit {
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const ends = ["name", "version", "description", "readme", "requires-python"].flatMap((key) => {
    const end = findInTable(text, "project", key).place?.end;
    return end === undefined ? [] : [end];
  });
  const last = Math.max(after - 1, ...ends);
  const newline = text.indexOf("\n", last);
  const at = newline === -1 ? text.length : newline + 1;
  const lead = newline === -1 ? lineEnd : "";
  const rows = added.map((one) => `    ${JSON.stringify(one)},${lineEnd}`).join("");
  return { start: at, end: at, text: `${lead}dependencies = [${lineEnd}${rows}]${lineEnd}` };
}
