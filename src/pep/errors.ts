import { type ErrorCode, printable, VenvoyError } from "../base/index.ts";
import type { Span } from "./caret.ts";
import { strip } from "./characters.ts";

/** What a syntax error carries besides its sentence: `caret(source, span)` draws it. */
interface SyntaxErrorData {
  readonly source: string;
  readonly span: Span;
}

interface Fault {
  readonly code: ErrorCode;
  /** What the text should have been: "a version", "a requirement". */
  readonly wanted: string;
  readonly source: string;
  readonly span: Span;
  /** What is wrong, as a clause. */
  readonly why: string;
  readonly hint?: string;
}

/** The one place that words a text which doesn't follow its standard. Passwords in URLs are starred out. */
export function syntaxError({ code, wanted, source, span, why, hint }: Fault): VenvoyError {
  const shown = withoutCredentials(source);
  const data: SyntaxErrorData = { source: shown, span };
  const message = strip(source) === "" ? `An empty text is not ${wanted}` : `${quoted(shown)} is not ${wanted}: ${why}`;
  return new VenvoyError(code, message, { data: { ...data }, ...(hint === undefined ? {} : { hint }) });
}

/** Stars in place of a URL's user name and password, as many as there were characters, so that spans still fit. */
export function withoutCredentials(text: string): string {
  return text.replace(/:\/\/([^\s/?#]*)@/g, (_, secret: string) => `://${"*".repeat(secret.length)}@`);
}

export function versionInvalid(source: string, span: Span, why: string): VenvoyError {
  return syntaxError({
    code: "VERSION_INVALID",
    wanted: "a version",
    source,
    span,
    why,
    hint: "write it as PEP 440 says, for example `1.2.3`, `2.0rc1` or `1.0.post1`",
  });
}

export function specifierInvalid(source: string, span: Span, why: string): VenvoyError {
  return syntaxError({
    code: "SPECIFIER_INVALID",
    wanted: "a version specifier",
    source,
    span,
    why,
    hint: "write an operator and a version, for example `>=1.2,<2`",
  });
}

export function nameInvalid(source: string, span: Span, why: string): VenvoyError {
  return syntaxError({ code: "REQUIREMENT_INVALID", wanted: "a package name", source, span, why });
}

/** Text from outside in backticks, safe for a terminal and cut to a readable length. */
export function quoted(text: string): string {
  const cut = text.length > 120 ? `${text.slice(0, 120)}…` : text;
  return `\`${printable(cut, { newlines: false })}\``;
}

/** Names what stands at `at`, for "X is expected, but …" sentences. */
export function foundAt(source: string, at: number): string {
  if (at >= source.length) return "the text ends";
  const unit = source.charCodeAt(at);
  if (unit === 0x0a || unit === 0x0d) return "a line break stands there";
  return `${quoted(source.slice(at, wordEnd(source, at)))} stands there`;
}

/** Where the word at `at` ends: a run of letters, digits, `.`, `_`, `-`, or one other character. */
export function wordEnd(source: string, at: number): number {
  const word = /[\w.-]+/y;
  word.lastIndex = at;
  const found = word.exec(source)?.[0] ?? String.fromCodePoint(source.codePointAt(at) ?? 0x20);
  return Math.min(source.length, at + found.length);
}
