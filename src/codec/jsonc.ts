import { applyEdits, type Edit, modify, type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { printable, VenvoyError } from "../base/index.ts";

/** Settings of one level: what an editor's file holds. */
export type JsoncObject = Readonly<Record<string, unknown>>;

const options = { allowTrailingComma: true };

/** Reads JSON with comments and trailing commas; an empty text is an empty object. Throws `FILE_UNREADABLE` with the line. */
export function parseJsonc(text: string, label: string): JsoncObject {
  const errors: ParseError[] = [];
  const plain = text.replace(/^\uFEFF/, "");
  if (plain.trim() === "") return {};
  const value: unknown = parse(plain, errors, options);
  const [first] = errors;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (first === undefined && isObject) return value as JsoncObject;
  const line = plain.slice(0, first?.offset ?? 0).split("\n").length;
  const problem = first === undefined ? "it is not an object" : words(printParseErrorCode(first.error));
  throw new VenvoyError("FILE_UNREADABLE", `\`${printable(label)}\` line ${line} isn't JSON: ${problem}`, {
    hint: "mend the line, then try again",
    data: { file: label, line },
  });
}

/** Sets keys of the outermost object; comments, order and indentation of the rest stay as they are. */
export function editJsonc(text: string, values: JsoncObject): string {
  const indented = /^([ \t]+)"/m.exec(text)?.[1] ?? "  ";
  const formattingOptions = {
    insertSpaces: !indented.startsWith("\t"),
    tabSize: indented.startsWith("\t") ? 1 : indented.length,
    eol: text.includes("\r\n") ? "\r\n" : "\n",
  };
  let edited = text.trim() === "" ? "{}\n" : text;
  for (const [key, value] of Object.entries(values)) {
    const edits: Edit[] = modify(edited, [key], value, { formattingOptions });
    edited = applyEdits(edited, edits);
  }
  return edited;
}

/** `PropertyNameExpected` -> `property name expected`. */
function words(code: string): string {
  return code.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
