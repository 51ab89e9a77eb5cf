import { type ErrorCode, printable, VenvoyError } from "../base/index.ts";
import type { Span } from "./caret.ts";

/** What a syntax error carries besides its sentence: `caret(source, span)` draws it. */
export interface SyntaxErrorData {
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

/** The one place that words a text which doesn't follow its standard. */
export function syntaxError({ code, wanted, source, span, why, hint }: Fault): VenvoyError {
  const data: SyntaxErrorData = { source, span };
  return new VenvoyError(code, `${quoted(source)} is not ${wanted}: ${why}`, {
    data: { ...data },
    ...(hint === undefined ? {} : { hint }),
  });
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

/** Names what stands at `at`, for "expected X, found Y" sentences. */
export function foundAt(source: string, at: number): string {
  if (at >= source.length) return "the text ends";
  const char = String.fromCodePoint(source.codePointAt(at) ?? 0);
  if (char === "\n" || char === "\r") return "a line break stands there";
  return `${quoted(char)} stands there`;
}
