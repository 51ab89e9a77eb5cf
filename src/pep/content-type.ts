export interface ContentType {
  /** Lower-case `type/subtype`. */
  readonly type: string;
  /** By lower-case name. */
  readonly parameters: ReadonlyMap<string, string>;
}

// RFC 2045 tokens; parameter names may not hold the marks of RFC 2231.
const token = /[^\s()<>@,:;\\"/[\]?=]+/y;
const attribute = /[^\s()<>@,:;\\"/[\]?=*'%]+/y;
const quotedText = /"((?:[^"\\]|\\.)*)"/sy;

/**
 * Parses a `Content-Type` value by RFC 2045, with comments and blanks where they are allowed. Undefined for anything that
 * deviates, where mail readers would guess: metadata says exactly what it is.
 */
export function parseContentType(value: string): ContentType | undefined {
  // A control character or a line break has no place in it.
  if (/\p{Cc}/u.test(value.replaceAll("\t", " "))) return undefined;
  const reader = new HeaderReader(value);
  reader.comments();
  const main = reader.take(token);
  reader.comments();
  if (main === undefined || !reader.is("/")) return undefined;
  reader.comments();
  const sub = reader.take(token);
  reader.comments();
  if (sub === undefined || reader.isBroken) return undefined;
  const parameters = new Map<string, string>();
  while (reader.is(";")) {
    reader.comments();
    if (reader.atEnd) break;
    const name = reader.take(attribute)?.toLowerCase();
    reader.comments();
    if (name === undefined || parameters.has(name) || !reader.is("=")) return undefined;
    reader.comments();
    const text = reader.take(quotedText)?.slice(1, -1).replace(/\\(.)/gs, "$1") ?? reader.take(attribute);
    if (text === undefined) return undefined;
    reader.comments();
    parameters.set(name, text);
  }
  if (!reader.atEnd || reader.isBroken) return undefined;
  return { type: `${main}/${sub}`.toLowerCase(), parameters };
}

class HeaderReader {
  isBroken = false;
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  is(mark: string): boolean {
    if (this.text[this.at] !== mark) return false;
    this.at++;
    return true;
  }

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  /** Passes blanks and nested comments. */
  comments(): void {
    let depth = 0;
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at];
      if (char === "(") depth++;
      else if (char === ")" && depth > 0) depth--;
      else if (char === "\\" && depth > 0) this.at++;
      else if (depth === 0 && char !== " " && char !== "\t") return;
    }
    this.isBroken ||= depth > 0;
  }
}
