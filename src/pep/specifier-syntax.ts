import { isSpace, skipSpace, strip } from "./characters.ts";
import { foundAt, specifierInvalid } from "./errors.ts";
import { anyVersion, Specifier, SpecifierSet } from "./specifier.ts";
import type { OrderedOperator } from "./version-range.ts";

/** What is wrong in a text of specifiers, and where. */
export interface SpecifierFault {
  readonly start: number;
  readonly end: number;
  readonly why: string;
}

/** Parses `>=1.2, !=1.5.*, <2`; an empty text admits everything. Throws `SPECIFIER_INVALID` with `{source, span}`. */
export function parseSpecifierSet(text: string): SpecifierSet {
  const result = readSpecifierSet(text);
  if (result instanceof SpecifierSet) return result;
  throw specifierInvalid(text, [result.start, result.end], result.why);
}

/** Like `parseSpecifierSet`, but `undefined` for a text that is not a list of specifiers. */
export function tryParseSpecifierSet(text: string): SpecifierSet | undefined {
  const result = readSpecifierSet(text);
  return result instanceof SpecifierSet ? result : undefined;
}

/** Parses one clause; throws `SPECIFIER_INVALID` with `{source, span}`. */
export function parseSpecifier(text: string): Specifier {
  const result = scanClause(text, 0, text.length);
  if (result instanceof Specifier) return result;
  throw specifierInvalid(text, [result.start, result.end], result.why);
}

/** Like `parseSpecifier`, but `undefined` for a text that is not one clause. */
export function tryParseSpecifier(text: string): Specifier | undefined {
  const result = scanClause(text, 0, text.length);
  return result instanceof Specifier ? result : undefined;
}

/** Reads the specifiers that are all of `source` between two indexes, or says what is wrong there. */
export function readSpecifierSet(source: string, from = 0, to = source.length): SpecifierSet | SpecifierFault {
  if (from >= to) return anyVersion;
  const specifiers: Specifier[] = [];
  for (let start = from; start <= to; ) {
    const comma = source.indexOf(",", start);
    const end = comma === -1 || comma > to ? to : comma;
    if (skipSpace(source, start) < end) {
      const clause = scanClause(source, start, end);
      if (!(clause instanceof Specifier)) return clause;
      specifiers.push(clause);
    }
    start = end + 1;
  }
  return specifiers.length === 0 ? anyVersion : new SpecifierSet(specifiers);
}

/** Those that begin like another before it; the most frequent first. */
const operators = [">=", "===", "==", "!=", "<=", "~=", "<", ">"] as const;

/** One clause between two indexes, white space around it and after the operator allowed. */
function scanClause(source: string, from: number, to: number): Specifier | SpecifierFault {
  const start = skipSpace(source, from);
  let end = to;
  while (end > start && isSpace(source.charCodeAt(end - 1))) end--;
  const operator = operators.find((candidate) => source.startsWith(candidate, start));
  if (operator === undefined || start + operator.length > end) {
    return { start, end: Math.max(end, start), why: noOperator(source, start, end) };
  }
  const at = Math.min(skipSpace(source, start + operator.length), end);
  const specifier = new Specifier(operator, source.slice(at, end));
  const why = operator === "===" ? arbitraryFault(specifier.versionText) : versionFault(operator, specifier);
  return why === undefined ? specifier : { start: at, end: Math.max(end, at), why };
}

function noOperator(source: string, start: number, end: number): string {
  const text = source.slice(start, end);
  if (text.startsWith("=>") || text.startsWith("=<"))
    return `write \`${text[1]}=\` in place of \`${text.slice(0, 2)}\``;
  if (text.startsWith("=")) return "write `==` in place of `=`";
  if (text.startsWith("^")) return "`^` is not an operator here; write a range such as `>=1.2,<2`";
  if (/^v?[0-9]/.test(text)) return "an operator such as `==` or `>=` is missing before the version";
  return `it must begin with an operator such as \`>=\`, but ${foundAt(source, start)}`;
}

function arbitraryFault(versionText: string): string | undefined {
  for (let i = 0; i < versionText.length; i++) {
    const unit = versionText.charCodeAt(i);
    if (isSpace(unit) || unit === 0x3b || unit === 0x29)
      return "white space, `;` or `)` stands in the text after `===`";
  }
  return undefined;
}

function versionFault(
  operator: OrderedOperator,
  { versionText, version: parsed }: Pick<Specifier, "versionText" | "version">,
): string | undefined {
  if (versionText === "") return `a version is missing after \`${operator}\``;
  if (versionText.endsWith(".*")) {
    if (operator !== "==" && operator !== "!=") return `\`.*\` can't follow \`${operator}\`, only \`==\` and \`!=\``;
    const prefix = versionText.slice(0, -2);
    if (!/^v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*$/i.test(prefix))
      return "before `.*` only a release such as `1.2` may stand";
    return undefined;
  }
  const version = strip(versionText) === versionText ? parsed : undefined;
  if (version === undefined) {
    if (/\s[~=!<>]/.test(versionText)) return "a comma is missing between two clauses";
    return versionText.includes("*")
      ? "`*` may only stand at the end, as `.*`"
      : "the version is not written as PEP 440 says";
  }
  if (operator === "==" || operator === "!=") return undefined;
  if (version.local !== undefined) return `a local version (\`+${version.local}\`) can't follow \`${operator}\``;
  if (operator === "~=" && version.release.length < 2) {
    return `\`~=\` needs two numbers at least, for example \`~=${version.release[0]}.0\``;
  }
  return undefined;
}
