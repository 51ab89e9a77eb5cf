import { hasCode, isVenvoyError, printable } from "../../base/index.ts";
import { systemError } from "../../disk/index.ts";
import { caret } from "../../pep/index.ts";
import type { Style } from "./style.ts";

/** A failure as a person reads it: what happened, the pictures that belong to it, and what to type next. */
export function failureText(thrown: unknown, style: Style): string {
  const error = systemError(thrown);
  if (!isVenvoyError(error)) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${style.bad("venvoy: this is a bug in venvoy")}\n${printable(detail)}\nplease report it with the command that you typed`;
  }
  const lines = [`${style.bad("error:")} ${printable(error.message)}`];
  const picture = pictureOf(error.data);
  if (picture !== undefined) lines.push(picture);
  lines.push(...issueLines(error.data));
  lines.push(...proposalLines(error.data, style));
  // Who cancelled knows why.
  const because = error.code === "ABORTED" ? undefined : causeText(error.cause);
  if (because !== undefined && !lines[0]?.includes(because)) lines.push(style.dim(`  because: ${because}`));
  if (error.hint !== undefined) lines.push(`${style.bold("hint:")} ${printable(error.hint)}`);
  return lines.join("\n");
}

/** The same for `--json`; bugs get a code of their own. */
export function failureData(thrown: unknown): unknown {
  const error = systemError(thrown);
  if (isVenvoyError(error)) return { error };
  return { error: { code: "BUG", message: error instanceof Error ? error.message : String(error) } };
}

export function failureExit(thrown: unknown): number {
  const error = systemError(thrown);
  return isVenvoyError(error) ? error.exit : 70;
}

/** The faulty text with carets below it, where an error says which part of it is meant. */
function pictureOf(data: Readonly<Record<string, unknown>>): string | undefined {
  const source = data["source"];
  const span = data["span"];
  const column = data["column"];
  const endColumn = data["endColumn"];
  if (typeof source !== "string" || source === "") return undefined;
  if (Array.isArray(span) && typeof span[0] === "number" && typeof span[1] === "number")
    return caret(source, [span[0], span[1]]);
  if (typeof column !== "number") return undefined;
  return caret(source, [column - 1, (typeof endColumn === "number" ? endColumn : column + 1) - 1]);
}

/** Reasons of the system that our own sentence gives in plain words already. */
const wordedAlready = [
  "EACCES",
  "ECONNREFUSED",
  "EDQUOT",
  "EISDIR",
  "ENOENT",
  "ENOSPC",
  "ENOTDIR",
  "ENOTFOUND",
  "EPERM",
  "EROFS",
];

/** Several faults in one file: each on a line of its own. */
function issueLines(data: Readonly<Record<string, unknown>>): readonly string[] {
  const issues: readonly unknown[] = Array.isArray(data["issues"]) ? data["issues"] : [];
  if (issues.length < 2) return [];
  return issues.slice(0, shownIssues).flatMap((issue) => {
    const { file, line, why } = issue as { readonly file?: unknown; readonly line?: unknown; readonly why?: unknown };
    return typeof why === "string"
      ? [`  ${printable(`${String(file)} line ${String(line)}: ${why}`, { newlines: false })}`]
      : [];
  });
}

const shownIssues = 20;

/** Ways out of a conflict, the best first. */
function proposalLines(data: Readonly<Record<string, unknown>>, style: Style): readonly string[] {
  const proposals: readonly unknown[] = Array.isArray(data["proposals"]) ? data["proposals"] : [];
  if (proposals.length === 0) return [];
  const sentences = proposals.map((one) => printable(String((one as { readonly sentence?: unknown }).sentence)));
  const [only, ...others] = sentences;
  if (others.length === 0) return [`${style.bold("this would do:")} ${only}`];
  return [style.bold("any of these would do:"), ...sentences.map((sentence, at) => `  ${at + 1}. ${sentence}`)];
}

function causeText(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || cause.message === "") return undefined;
  // The system's own errors end with the call and its arguments, which can be long and are no news to a person.
  if (hasCode(cause, ...wordedAlready)) return undefined;
  const isOfSystem = typeof (cause as { readonly code?: unknown }).code === "string" && !isVenvoyError(cause);
  const text = isOfSystem ? cause.message.replace(/^([A-Z][A-Z0-9]+: [^,]+), \w+( .*)?$/s, "$1") : cause.message;
  return printable(text, { newlines: false }).slice(0, 300);
}
