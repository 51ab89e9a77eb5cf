import { VenvoyError } from "../base/index.ts";
import type { Span } from "./caret.ts";
import { isSpace } from "./characters.ts";
import { quoted, syntaxError } from "./errors.ts";
import { exceptionIds, licenseIds } from "./spdx-list.ts";

interface Token {
  /** Lower case; identifiers and operators have no case (PEP 639). */
  readonly lower: string;
  readonly text: string;
  readonly span: Span;
}

interface Fault {
  readonly span: Span;
  readonly why: string;
}

/**
 * The canonical form of a licence expression (PEP 639: SPDX identifiers, `AND`, `OR`, `WITH`, parentheses,
 * `LicenseRef-…`): `mit or apache-2.0` is `MIT OR Apache-2.0`. Throws `METADATA_INVALID` with `{source, span}`.
 */
export function canonicalLicense(text: string): string {
  const tokens = tokenize(text);
  const fault = grammarFault(text, tokens);
  if (fault !== undefined) throw invalid(text, fault);
  const references = new Map<string, string>();
  for (const token of tokens) {
    if (token.lower.startsWith(referencePrefix)) references.set(token.lower, token.text.slice(referencePrefix.length));
  }
  const words = tokens.map((token, i) => {
    if (isOperator(token.lower)) return token.lower.toUpperCase();
    const word = tokens[i - 1]?.lower === "with" ? exceptions().get(token.lower) : licenseWord(token.lower, references);
    if (word !== undefined) return word;
    const kind = tokens[i - 1]?.lower === "with" ? "a licence exception" : "a licence";
    throw invalid(text, { span: token.span, why: `${quoted(token.text)} is not ${kind} of the SPDX list` });
  });
  return words.join(" ").replaceAll("( ", "(").replaceAll(" )", ")");
}

/** Like `canonicalLicense`, but `undefined` for a text that is not a licence expression. */
export function tryCanonicalLicense(text: string): string | undefined {
  try {
    return canonicalLicense(text);
  } catch (error) {
    if (error instanceof VenvoyError) return undefined;
    throw error;
  }
}

function invalid(source: string, { span, why }: Fault): VenvoyError {
  return syntaxError({ code: "METADATA_INVALID", wanted: "a licence expression", source, span, why });
}

const referencePrefix = "licenseref-";

function licenseWord(lower: string, references: ReadonlyMap<string, string>): string | undefined {
  if (lower.startsWith(referencePrefix)) {
    const isLegal = /^[a-z0-9.-]+$/.test(lower.slice(referencePrefix.length));
    return isLegal ? `LicenseRef-${references.get(lower)}` : undefined;
  }
  const orLater = lower.endsWith("+");
  const id = licenses().get(orLater ? lower.slice(0, -1) : lower);
  return id === undefined ? undefined : id + (orLater ? "+" : "");
}

function isOperator(lower: string): boolean {
  return lower === "or" || lower === "and" || lower === "with" || lower === "(" || lower === ")";
}

/** Words between white space; parentheses stand for themselves. */
function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const isWordUnit = (at: number): boolean =>
    at < text.length && !isSpace(text.charCodeAt(at)) && text[at] !== "(" && text[at] !== ")";
  for (let at = 0; at < text.length; ) {
    if (isSpace(text.charCodeAt(at))) {
      at++;
      continue;
    }
    let end = at + 1;
    if (isWordUnit(at)) while (isWordUnit(end)) end++;
    const word = text.slice(at, end);
    tokens.push({ lower: word.toLowerCase(), text: word, span: [at, end] });
    at = end;
  }
  return tokens;
}

const maxDepth = 200;

/** Where the tokens stop being `licence [WITH exception] {AND|OR …}` with balanced parentheses. */
function grammarFault(source: string, tokens: readonly Token[]): Fault | undefined {
  const open: Token[] = [];
  /** What the tokens so far end in; `end` is a closed operand, `license` one that `WITH` may follow. */
  let state: "operand" | "exception" | "license" | "end" = "operand";
  for (const token of tokens) {
    const { lower, span } = token;
    if (state === "exception") {
      if (isOperator(lower)) return { span, why: "the name of an exception is missing after `WITH`" };
      state = "end";
    } else if (state === "operand") {
      if (lower === "(") open.push(token);
      else if (isOperator(lower)) return { span, why: `a licence is missing before ${quoted(token.text)}` };
      else state = "license";
      if (open.length > maxDepth) return { span, why: "its parentheses are nested too deeply" };
    } else if (lower === "or" || lower === "and") state = "operand";
    else if (lower === "with" && state === "license") state = "exception";
    else if (lower === ")" && open.pop() !== undefined) state = "end";
    else return { span, why: `${quoted(token.text)} can't stand here` };
  }
  const unclosed = open.pop();
  if (unclosed !== undefined) return { span: unclosed.span, why: "a parenthesis is never closed" };
  if (state === "license" || state === "end") return undefined;
  return {
    span: [source.length, source.length],
    why: tokens.length === 0 ? "it is empty" : "a licence is missing at its end",
  };
}

let licenseTable: ReadonlyMap<string, string> | undefined;
let exceptionTable: ReadonlyMap<string, string> | undefined;

function licenses(): ReadonlyMap<string, string> {
  licenseTable ??= tableOf(licenseIds);
  return licenseTable;
}

function exceptions(): ReadonlyMap<string, string> {
  exceptionTable ??= tableOf(exceptionIds);
  return exceptionTable;
}

function tableOf(ids: string): ReadonlyMap<string, string> {
  return new Map(
    ids
      .trim()
      .split(/\s+/)
      .map((id) => [id.toLowerCase(), id]),
  );
}
