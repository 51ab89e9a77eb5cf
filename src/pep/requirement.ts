import { byCodePoint, type PackageName, type VenvoyError } from "../base/index.ts";
import type { Span } from "./caret.ts";
import { isAlphanumeric, isDigit, isSpace, skipSpace } from "./characters.ts";
import { quoted, syntaxError, withoutCredentials } from "./errors.ts";
import { type Marker, scanMarker } from "./marker.ts";
import { normalizeName } from "./name.ts";
import { anyVersion, SpecifierSet } from "./specifier.ts";
import { readSpecifierSet } from "./specifier-syntax.ts";
import { TextScanner } from "./text-scanner.ts";

const none: readonly string[] = [];

interface RequirementFields {
  readonly displayName: string;
  readonly displayExtras: readonly string[];
  readonly specifier: SpecifierSet;
  readonly url: string | undefined;
  readonly marker: Marker | undefined;
}

/** A dependency specifier of PEP 508, `jax[cpu]>=0.4; python_version >= "3.10"`; immutable. */
export class Requirement {
  readonly name: PackageName;
  /** The name as it was written. */
  readonly displayName: string;
  /** Normalised, sorted, without repetitions. */
  readonly extras: readonly string[];
  readonly displayExtras: readonly string[];
  /** Admits everything when there is a URL. */
  readonly specifier: SpecifierSet;
  readonly url: string | undefined;
  readonly marker: Marker | undefined;

  constructor(fields: RequirementFields) {
    this.name = normalizeName(fields.displayName);
    this.displayName = fields.displayName;
    const hasExtras = fields.displayExtras.length > 0;
    this.displayExtras = hasExtras ? [...new Set(fields.displayExtras)].sort(byCodePoint) : none;
    this.extras = hasExtras ? [...new Set<string>(this.displayExtras.map(normalizeName))].sort(byCodePoint) : none;
    this.specifier = fields.specifier;
    this.url = fields.url;
    this.marker = fields.marker;
  }

  /** The same requirement with other version clauses. */
  withSpecifier(specifier: SpecifierSet): Requirement {
    return new Requirement({ ...this, specifier });
  }

  /** For people and logs: the canonical text with stars for a user name and password in the URL. */
  get shown(): string {
    return withoutCredentials(this.toString());
  }

  toJSON(): string {
    return this.shown;
  }

  /** The canonical text; parsing it gives the same requirement. May hold a URL with credentials: see `shown`. */
  toString(): string {
    const extras = this.displayExtras.length === 0 ? "" : `[${this.displayExtras.join(",")}]`;
    const url = this.url === undefined ? "" : ` @ ${this.url}${this.marker === undefined ? "" : " "}`;
    const marker = this.marker === undefined ? "" : `; ${this.marker}`;
    return `${this.displayName}${extras}${this.specifier}${url}${marker}`;
  }
}

function requirementInvalid(source: string, span: Span, why: string): VenvoyError {
  return syntaxError({
    code: "REQUIREMENT_INVALID",
    wanted: "a requirement",
    source,
    span,
    why,
    hint: "write a name and what you want of it, for example `numpy>=1.26,<2`",
  });
}

/** Parses one requirement; throws `REQUIREMENT_INVALID` with `{source, span}`. */
export function parseRequirement(text: string): Requirement {
  const scanner = new TextScanner(text, requirementInvalid);
  const requirement = scanRequirement(scanner, false);
  if (!scanner.atEnd) throw scanner.expected("the end");
  return requirement;
}

/** One member of a comma-joined list, and where it stands in the text. */
export interface SplitRequirement {
  readonly requirement: Requirement;
  readonly start: number;
  readonly end: number;
}

/**
 * Parses a list in which commas separate requirements and also join version clauses: `numpy>=1.2,<2, scipy, jax[cpu]`
 * is three. A comma that an operator follows joins; a URL ends before a comma that white space follows. Empty members
 * are passed over. Throws `REQUIREMENT_INVALID` with `{source, span}`.
 */
export function splitRequirements(text: string): SplitRequirement[] {
  const scanner = new TextScanner(text, requirementInvalid);
  const found: SplitRequirement[] = [];
  for (;;) {
    scanner.at = skipSpace(text, scanner.at);
    if (scanner.atEnd) return found;
    if (scanner.take(",")) continue;
    const start = scanner.at;
    const requirement = scanRequirement(scanner, true);
    let end = scanner.at;
    while (isSpace(text.charCodeAt(end - 1))) end--;
    found.push({ requirement, start, end });
    scanner.at = skipSpace(text, scanner.at);
    if (!scanner.atEnd && !scanner.take(",")) throw scanner.expected("a comma or the end");
  }
}

/** Reads a requirement and the blanks after it. In a list a comma may end it. */
function scanRequirement(scanner: TextScanner, inList: boolean): Requirement {
  scanner.blanks();
  if (/[./\\~-]/.test(scanner.source.charAt(scanner.at))) throw pathFault(scanner);
  const displayName = scanner.identifier("a package name");
  scanner.blanks();
  const displayExtras = scanExtras(scanner);
  scanner.blanks();
  if (scanner.take("@")) {
    scanner.blanks();
    const url = scanUrl(scanner, inList);
    const hasBlanks = scanner.blanks();
    const ends = scanner.atEnd || (inList && scanner.unit === comma);
    const marker = ends || !hasBlanks ? undefined : scanRequirementMarker(scanner);
    return new Requirement({ displayName, displayExtras, specifier: anyVersion, url, marker });
  }
  const specifier = scanSpecifiers(scanner, inList);
  scanner.blanks();
  const ends = scanner.atEnd || (inList && (scanner.unit === comma || isSpace(scanner.unit)));
  if (!ends && scanner.unit !== semicolon) throw endFault(scanner, specifier);
  const marker = ends ? undefined : scanRequirementMarker(scanner);
  return new Requirement({ displayName, displayExtras, specifier, url: undefined, marker });
}

const comma = 0x2c;
const semicolon = 0x3b;
const closing = 0x29;

/** What is wrong when something stands after the specifiers that can't. */
function endFault(scanner: TextScanner, specifier: SpecifierSet): VenvoyError {
  const word = quoted(scanner.source.slice(...scanner.word));
  if (scanner.source.startsWith("://", scanner.at)) {
    return scanner.fault([0, scanner.source.length], "a URL needs the package's name before it, `name @ URL`");
  }
  if (scanner.unit === comma) return scanner.fault(scanner.word, "one requirement may stand here, not a list");
  if (isDigit(scanner.unit)) return scanner.fault(scanner.word, `an operator such as \`>=\` is missing before ${word}`);
  if (isAlphanumeric(scanner.unit)) return scanner.fault(scanner.word, `a comma is missing before ${word}`);
  return scanner.expected(specifier.isEmpty ? "an operator, `;` or the end" : "`,`, `;` or the end");
}

function scanRequirementMarker(scanner: TextScanner): Marker {
  if (!scanner.take(";")) throw scanner.expected("`;` or the end");
  return scanMarker(scanner);
}

/** People paste paths and pip's options where a requirement belongs. */
function pathFault(scanner: TextScanner): VenvoyError {
  const isOption = scanner.source.startsWith("-", scanner.at);
  const why = isOption ? "options can't stand here" : "a path needs the package's name before it, `name @ file:///…`";
  return scanner.fault(scanner.word, why);
}

function scanExtras(scanner: TextScanner): string[] {
  const open = scanner.at;
  if (!scanner.take("[")) return [];
  const extras: string[] = [];
  scanner.blanks();
  while (isAlphanumeric(scanner.unit) || extras.length > 0) {
    extras.push(scanner.identifier("the name of an extra"));
    scanner.blanks();
    if (!scanner.take(",")) break;
    scanner.blanks();
  }
  if (scanner.take("]")) return extras;
  if (scanner.atEnd) throw scanner.fault([open, scanner.at], "the bracket of its extras is never closed");
  throw scanner.expected(extras.length === 0 ? "the name of an extra or `]`" : "`,` or `]`");
}

function scanUrl(scanner: TextScanner, inList: boolean): string {
  const start = scanner.at;
  const url = scanner.match(/[^ \t]+/y);
  if (url === undefined) throw scanner.expected("a URL after `@`");
  if (!inList || !url.endsWith(",")) return url;
  const plain = url.replace(/,+$/, "");
  if (plain === "") throw scanner.fault([start, scanner.at], "a URL is expected after `@`");
  scanner.at = start + plain.length;
  return plain;
}

function scanSpecifiers(scanner: TextScanner, inList: boolean): SpecifierSet {
  const open = scanner.at;
  const inParentheses = scanner.take("(");
  scanner.blanks();
  const start = scanner.at;
  scanClauses(scanner, inList && !inParentheses);
  const result = readSpecifierSet(scanner.source, start, scanner.at);
  if (!(result instanceof SpecifierSet)) throw scanner.fault([result.start, result.end], result.why);
  scanner.blanks();
  if (!inParentheses || scanner.take(")")) return result;
  if (scanner.atEnd) throw scanner.fault([open, scanner.at], "its parenthesis is never closed");
  throw scanner.expected("`,` or `)`");
}

const operatorHere = /===|[~=!<>]=?/y;
const versionHere = /[A-Za-z0-9.!+_*-]*/y;

/** Moves past `>=1, <2`: clauses joined by commas, and a comma after the last one. */
function scanClauses(scanner: TextScanner, inList: boolean): void {
  while (!scanner.atEnd) {
    const operator = scanner.match(operatorHere);
    if (operator === undefined) return;
    scanner.at = skipSpace(scanner.source, scanner.at);
    // After `===` anything goes, a comma too; a version has no commas.
    if (operator === "===") skipArbitrary(scanner, inList);
    else scanner.match(versionHere);
    const end = scanner.at;
    scanner.blanks();
    const atComma = scanner.at;
    if (!scanner.take(",")) {
      scanner.at = end;
      return;
    }
    scanner.blanks();
    // In a list a comma belongs to this requirement only when another clause follows it.
    if (inList && !/[~=!<>]/.test(scanner.source.charAt(scanner.at))) {
      scanner.at = atComma;
      return;
    }
  }
}

/** After `===` any text may stand, up to white space, `;` or `)`; in a list a comma ends it too. */
function skipArbitrary(scanner: TextScanner, inList: boolean): void {
  while (!scanner.atEnd && !isSpace(scanner.unit) && scanner.unit !== semicolon && scanner.unit !== closing) {
    if (inList && scanner.unit === comma) return;
    scanner.at++;
  }
}
