import { isVenvoyError } from "../base/index.ts";
import { parseRequirement, type Requirement, splitRequirements } from "../pep/index.ts";
import type { PipOption } from "./header.ts";

/** One member of a reference line; offsets are into the value of the line. */
export interface LineItem {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly requirement?: Requirement;
  readonly url?: string;
  readonly editable: boolean;
  /** Why it can't be read, and where in the value. */
  readonly fault?: { readonly message: string; readonly start: number; readonly end: number };
}

export interface RequirementLine {
  readonly items: readonly LineItem[];
  readonly options: readonly PipOption[];
}

/** Options of pip that take a value. */
const valued: ReadonlySet<string> = new Set(
  "index-url i extra-index-url find-links f editable e trusted-host constraint c target t platform python-version".split(
    " ",
  ),
);

/**
 * Reads what stands after `r:`: names with versions, addresses, and pip's options, joined by commas. A comma belongs to
 * a version when an operator follows it; only PEP 508 can tell, so its parser has the first word.
 */
export function parseRequirementLine(value: string): RequirementLine {
  const optionsAt = /(?:^|\s)-(?:-[a-z]|[a-z]\s)/.exec(value)?.index ?? value.length;
  const { options, editables } = parseOptions(value, optionsAt);
  return { items: [...parseItems(value.slice(0, optionsAt)), ...editables], options };
}

function parseItems(list: string): readonly LineItem[] {
  const strict = tryList(list);
  if (strict !== undefined) return strict;
  // A `#` after a blank begins a comment, unless the whole line could be read with it.
  const comment = /\s#/.exec(list)?.index;
  const plain = comment === undefined ? list : list.slice(0, comment);
  return (comment === undefined ? undefined : tryList(plain)) ?? looseMembers(plain).map(parseMember);
}

function tryList(list: string): LineItem[] | undefined {
  try {
    return splitRequirements(list).map(({ requirement, start, end }) => ({
      text: list.slice(start, end),
      start,
      end,
      requirement,
      editable: false,
    }));
  } catch (error) {
    if (isVenvoyError(error)) return undefined;
    throw error;
  }
}

interface Member {
  readonly text: string;
  readonly start: number;
}

/** Splits at commas outside brackets, quotes and addresses; a member that begins with an operator belongs to the one before. */
function looseMembers(list: string): Member[] {
  const members: Member[] = [];
  const member =
    /(?:"[^"]*"|'[^']*'|\[[^\]]*\]|\([^)]*\)|[a-z][a-z0-9.+-]*:\/\/\S*?(?=,?(?:\s|$))|,(?=\s*[<>=!~])|[^,])+/gi;
  for (const match of list.matchAll(member)) {
    const text = match[0].trim();
    if (text !== "") members.push({ text, start: match.index + match[0].indexOf(text) });
  }
  return members;
}

function parseMember({ text, start }: Member): LineItem {
  const item = { text, start, end: start + text.length, editable: false };
  if (isAddress(text)) return { ...item, url: text };
  try {
    return { ...item, requirement: parseRequirement(text) };
  } catch (error) {
    if (!isVenvoyError(error)) throw error;
    const [from = 0, to = text.length] = spanOf(error.data);
    return { ...item, fault: { message: error.message, start: start + from, end: start + Math.max(to, from + 1) } };
  }
}

/** The `[start, end]` that a syntax error of pep carries. */
export function spanOf(data: Readonly<Record<string, unknown>>): readonly number[] {
  const span = data["span"];
  return Array.isArray(span) && span.every((offset) => typeof offset === "number") ? span : [];
}

function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9.+-]*:\/\/\S/i.test(text) || /^(?:\.{1,2}[\\/]|[\\/]|[A-Za-z]:[\\/])\S/.test(text);
}

function parseOptions(value: string, from: number): { readonly options: PipOption[]; readonly editables: LineItem[] } {
  const options: PipOption[] = [];
  const editables: LineItem[] = [];
  const words = [...value.slice(from).matchAll(/"([^"]*)"|'([^']*)'|([^\s,]+)/g)].map((match) => ({
    text: match[1] ?? match[2] ?? match[3] ?? "",
    start: from + match.index,
    end: from + match.index + match[0].length,
  }));
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    const option = /^--?([a-z][a-z0-9-]*)(?:=(.*))?$/.exec(word?.text ?? "");
    if (word === undefined || option === null) continue;
    const [, name = "", inline] = option;
    const next = inline === undefined && valued.has(name) ? words[++at] : undefined;
    const given = inline ?? next?.text;
    if (name === "editable" || name === "e") {
      if (given !== undefined) {
        const place = next ?? word;
        editables.push({ text: given, start: place.start, end: place.end, url: given, editable: true });
      }
    } else options.push({ name, ...(given === undefined ? {} : { value: given }) });
  }
  return { options, editables };
}
