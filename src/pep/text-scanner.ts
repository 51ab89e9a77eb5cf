import type { VenvoyError } from "../base/index.ts";
import type { Span } from "./caret.ts";
import { isAlphanumeric } from "./characters.ts";
import { foundAt, wordEnd } from "./errors.ts";

/** Makes the error that a scanner throws. */
export type FaultFactory = (source: string, span: Span, why: string) => VenvoyError;

/** A cursor over the text of a dependency specifier. White space between tokens is blanks and tabs only (PEP 508). */
export class TextScanner {
  readonly source: string;
  at: number;
  readonly #fault: FaultFactory;

  constructor(source: string, fault: FaultFactory, at = 0) {
    this.source = source;
    this.at = at;
    this.#fault = fault;
  }

  get atEnd(): boolean {
    return this.at >= this.source.length;
  }

  /** The unit at the cursor, or NaN at the end. */
  get unit(): number {
    return this.source.charCodeAt(this.at);
  }

  /** Moves past blanks and tabs; true when there were any. */
  blanks(): boolean {
    const from = this.at;
    while (this.unit === 0x20 || this.unit === 0x09) this.at++;
    return this.at > from;
  }

  /** Moves past `text` when it stands here. */
  take(text: string): boolean {
    if (!this.source.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** Moves past what a sticky pattern matches here and returns it. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  /** A project or extra name; throws when none stands here. */
  identifier(wanted: string): string {
    const start = this.at;
    if (!isAlphanumeric(this.unit)) throw this.expected(wanted);
    while (isNameUnit(this.unit)) this.at++;
    const last = this.source.charCodeAt(this.at - 1);
    if (last === 0x2e || last === 0x2d) {
      throw this.fault([start, this.at], `${wanted} can't end with \`${String.fromCharCode(last)}\``);
    }
    return this.source.slice(start, this.at);
  }

  /** "X is expected, but …" at the cursor. */
  expected(wanted: string): VenvoyError {
    return this.fault(this.word, `${wanted} is expected, but ${foundAt(this.source, this.at)}`);
  }

  /** Where the word at the cursor stands. */
  get word(): Span {
    return [this.at, wordEnd(this.source, this.at)];
  }

  fault(span: Span, why: string): VenvoyError {
    return this.#fault(this.source, span, why);
  }
}

function isNameUnit(unit: number): boolean {
  return isAlphanumeric(unit) || unit === 0x2e || unit === 0x5f || unit === 0x2d;
}
