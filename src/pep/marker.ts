import type { VenvoyError } from "../base/index.ts";
import { quoted, syntaxError } from "./errors.ts";
import { normalizeName } from "./name.ts";
import { pythonLiteral, unescapePython } from "./python-string.ts";
import type { Specifier } from "./specifier.ts";
import { tryParseSpecifier } from "./specifier-syntax.ts";
import type { MarkerEnvironment } from "./target.ts";
import { TextScanner } from "./text-scanner.ts";

export type MarkerOperator = "===" | "==" | "~=" | "!=" | "<=" | ">=" | "<" | ">" | "in" | "not in";

/** What a marker may ask for: PEP 508's variables, `extra`, and the sets of PEP 751's lock files. */
export type MarkerVariable = keyof MarkerEnvironment | "extra" | "extras" | "dependency_groups";

export interface MarkerOperand {
  readonly kind: "variable" | "value";
  /** The name of the variable, or the text of the value. */
  readonly text: string;
}

export interface MarkerComparison {
  readonly kind: "comparison";
  readonly left: MarkerOperand;
  readonly operator: MarkerOperator;
  readonly right: MarkerOperand;
  /** What a version variable on the left is held against, when the right side can be read so. */
  readonly specifier: Specifier | undefined;
}

/** Terms joined by `and` and `or`, as they were written: `joins[i]` stands before `terms[i + 1]`; `and` binds tighter. */
export interface MarkerGroup {
  readonly kind: "group";
  readonly terms: readonly (MarkerComparison | MarkerGroup)[];
  readonly joins: readonly ("and" | "or")[];
}

/** An environment marker of PEP 508; immutable. */
export class Marker {
  readonly root: MarkerGroup;

  constructor(root: MarkerGroup) {
    this.root = root;
  }

  /** True when the marker asks for this variable anywhere. */
  mentions(variable: MarkerVariable): boolean {
    return mentions(this.root, variable);
  }

  toString(): string {
    return groupText(this.root, true);
  }

  toJSON(): string {
    return this.toString();
  }
}

/** The canonical text of a marker; parsing it gives the same marker. */
export function markerText(marker: Marker): string {
  return marker.toString();
}

/** Parses a marker; throws `MARKER_INVALID` with `{source, span}`. */
export function parseMarker(text: string): Marker {
  const scanner = new TextScanner(text, (source, span, why) =>
    syntaxError({ code: "MARKER_INVALID", wanted: "an environment marker", source, span, why, hint: markerHint }),
  );
  const marker = scanMarker(scanner);
  if (!scanner.atEnd) throw scanner.expected("`and`, `or` or the end");
  return marker;
}

const markerHint = "write a comparison such as `python_version >= \"3.9\"` or `sys_platform == 'win32'`";

/** Reads a marker and the blanks after it; stops where it ends. */
export function scanMarker(scanner: TextScanner): Marker {
  return new Marker(scanGroup(scanner, 0));
}

// Python's own parser gives up somewhere below this.
const maxDepth = 200;

function scanGroup(scanner: TextScanner, depth: number): MarkerGroup {
  if (depth > maxDepth) throw scanner.fault([scanner.at, scanner.at + 1], "its parentheses are nested too deeply");
  const terms = [scanTerm(scanner, depth)];
  const joins: ("and" | "or")[] = [];
  for (;;) {
    const join = scanner.match(/\b(?:or|and)\b/y);
    if (join !== "and" && join !== "or") return { kind: "group", terms, joins };
    joins.push(join);
    terms.push(scanTerm(scanner, depth));
  }
}

function scanTerm(scanner: TextScanner, depth: number): MarkerComparison | MarkerGroup {
  scanner.blanks();
  const open = scanner.at;
  if (!scanner.take("(")) return scanComparison(scanner);
  const group = scanGroup(scanner, depth + 1);
  if (!scanner.take(")")) throw scanner.fault([open, scanner.at], "its parenthesis is never closed");
  scanner.blanks();
  return group;
}

function scanComparison(scanner: TextScanner): MarkerComparison {
  const left = scanOperand(scanner);
  scanner.blanks();
  const operator = scanOperator(scanner);
  scanner.blanks();
  const right = scanOperand(scanner);
  scanner.blanks();
  return comparison(left, operator, right);
}

const variablePattern =
  /\b(?:python_version|python_full_version|os[._]name|sys[._]platform|platform_(?:release|system)|platform[._](?:version|machine|python_implementation)|python_implementation|implementation_(?:name|version)|extras?|dependency_groups)\b/y;

function scanOperand(scanner: TextScanner): MarkerOperand {
  const name = scanner.match(variablePattern)?.replace(".", "_");
  if (name !== undefined) {
    return { kind: "variable", text: name === "python_implementation" ? "platform_python_implementation" : name };
  }
  const start = scanner.at;
  const literal = scanner.match(/'[^']*'|"[^"]*"/y);
  if (literal === undefined) throw operandFault(scanner);
  const value = unescapePython(literal.slice(1, -1));
  if (value === undefined) throw scanner.fault([start, scanner.at], "the quoted text is not a Python string");
  return { kind: "value", text: value };
}

function operandFault(scanner: TextScanner): VenvoyError {
  const word = scanner.source.slice(...scanner.word);
  if (word === "'" || word === '"')
    return scanner.fault([scanner.at, scanner.source.length], "a quote is never closed");
  if (/^[\d.]+$/.test(word)) return scanner.fault(scanner.word, `quotes are missing around ${quoted(word)}`);
  if (!/^\w/.test(word)) return scanner.expected("a marker variable or a quoted text");
  return scanner.fault(scanner.word, `${quoted(word)} is not a marker variable, or quotes are missing around it`);
}

function scanOperator(scanner: TextScanner): MarkerOperator {
  const symbol = scanner.match(/===|==|~=|!=|<=|>=|<|>|\bin\b/y);
  if (symbol !== undefined) return symbol as MarkerOperator;
  if (scanner.match(/\bnot\b/y) !== undefined) {
    if (scanner.blanks() && scanner.match(/\bin\b/y) !== undefined) return "not in";
    throw scanner.expected("`in` after `not`");
  }
  throw scanner.expected("an operator such as `==`, `>=` or `in`");
}

/** Variables whose values are versions and compare as such. */
export const versionVariables: ReadonlySet<string> = new Set([
  "implementation_version",
  "platform_release",
  "python_full_version",
  "python_version",
]);

function comparison(left: MarkerOperand, operator: MarkerOperator, right: MarkerOperand): MarkerComparison {
  // Names of extras and groups are the same in any spelling (PEP 685, PEP 735).
  const isName = (name: MarkerOperand, other: MarkerOperand, ...variables: readonly string[]): boolean =>
    name.kind === "value" && other.kind === "variable" && variables.includes(other.text);
  const normal = (value: MarkerOperand): MarkerOperand => ({ kind: "value", text: normalizeName(value.text) });
  const rhs = isName(right, left, "extra") ? normal(right) : right;
  const lhs = isName(left, right, "extra", "extras", "dependency_groups") ? normal(left) : left;
  const specifier =
    left.kind === "variable" && versionVariables.has(left.text) ? tryParseSpecifier(operator + right.text) : undefined;
  return { kind: "comparison", left: lhs, operator, right: rhs, specifier };
}

function mentions(node: MarkerComparison | MarkerGroup, variable: MarkerVariable): boolean {
  if (node.kind === "group") return node.terms.some((term) => mentions(term, variable));
  return [node.left, node.right].some((operand) => operand.kind === "variable" && operand.text === variable);
}

function groupText(group: MarkerGroup, outermost: boolean): string {
  const [only, ...others] = group.terms;
  // Parentheses around a single term say nothing.
  if (only !== undefined && others.length === 0) return termText(only, outermost);
  const text = group.terms
    .map((term, i) => (i === 0 ? "" : ` ${group.joins[i - 1]} `) + termText(term, false))
    .join("");
  return outermost ? text : `(${text})`;
}

function termText(term: MarkerComparison | MarkerGroup, outermost: boolean): string {
  if (term.kind === "group") return groupText(term, outermost);
  return `${operandText(term.left)} ${term.operator} ${operandText(term.right)}`;
}

function operandText({ kind, text }: MarkerOperand): string {
  return kind === "variable" ? text : pythonLiteral(text);
}
