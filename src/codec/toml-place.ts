/** Where the value of a top-level key stands in a TOML text; offsets are half-open. */
export interface TomlPlace {
  readonly keyStart: number;
  readonly start: number;
  readonly end: number;
  /** The elements, when the value is an array. */
  readonly items: readonly { readonly start: number; readonly end: number }[] | undefined;
}

/**
 * Finds a top-level key in a TOML text that is known to be valid. The library gives values without places, and an edit
 * must keep comments and layout. One pass; strings, comments and nested brackets are passed over as units.
 */
export function findTopLevel(toml: string, key: string): TomlPlace | undefined {
  return findKey(new TomlScan(toml), [key]);
}

/**
 * Finds a key of a table that has a heading of its own (`[project]`), or stands at the top level with points
 * (`project.dependencies`). `after` is where the line below the heading begins; it is there when the heading is.
 */
export function findInTable(
  toml: string,
  table: string,
  key: string,
): { readonly place: TomlPlace | undefined; readonly after: number | undefined } {
  const scan = new TomlScan(toml);
  const dotted = findKey(scan, [table, key]);
  if (dotted !== undefined) return { place: dotted, after: undefined };
  while (scan.at < toml.length) {
    const heading = scan.heading();
    const after = scan.at;
    const place = findKey(scan, heading.length === 1 && heading[0] === table ? [key] : []);
    if (heading.length === 1 && heading[0] === table) return { place, after };
  }
  return { place: undefined, after: undefined };
}

/** Scans keys up to the next heading; stops behind the one that is looked for. */
function findKey(scan: TomlScan, path: readonly string[]): TomlPlace | undefined {
  const { toml } = scan;
  for (;;) {
    scan.blanksAndComments();
    // Behind a heading, keys are another table's.
    if (scan.at >= toml.length || toml[scan.at] === "[") return undefined;
    const keyStart = scan.at;
    scan.upTo("=");
    const name = keyParts(toml.slice(keyStart, scan.at));
    scan.at++;
    scan.blanks();
    const start = scan.at;
    const items = toml[start] === "[" ? scan.array() : scan.plainValue();
    if (name.length === path.length && name.every((part, index) => part === path[index]))
      return { keyStart, start, end: scan.at, items };
  }
}

/** `a."b.c"` has two parts. */
function keyParts(text: string): readonly string[] {
  const parts = text.match(/"(?:[^"\\]|\\.)*"|'[^']*'|[^.\s]+/g) ?? [];
  return parts.map((part) => (/^["']/.test(part) ? part.slice(1, -1) : part));
}

class TomlScan {
  at = 0;
  readonly toml: string;

  constructor(toml: string) {
    this.toml = toml;
  }

  blanks(): void {
    this.pass(/[ \t]*/y);
  }

  blanksAndComments(): void {
    this.pass(/(?:[ \t\r\n]+|#[^\n]*)*/y);
  }

  /** Passes a `[heading]` or `[[heading]]` and the rest of its line; gives the parts of its name. */
  heading(): readonly string[] {
    const start = this.at;
    while (this.at < this.toml.length && this.toml[this.at] !== "\n") this.unit();
    const line = this.toml.slice(start, this.at).replace(/\r$/, "");
    this.at++;
    // An element of a list of tables is no table of that name.
    const name = /^\[[ \t]*([^[\]]*(?:"[^"]*"|'[^']*')?[^[\]]*)\]/.exec(line)?.[1];
    return name === undefined ? [] : keyParts(name);
  }

  upTo(mark: string): void {
    while (this.at < this.toml.length && this.toml[this.at] !== mark) this.unit();
  }

  /** A value that is no array: up to the end of its line, whatever brackets it holds. */
  plainValue(): undefined {
    let depth = 0;
    while (this.at < this.toml.length) {
      const char = this.toml[this.at];
      if (depth === 0 && (char === "\n" || char === "#")) break;
      if (char === "{" || char === "[") depth++;
      if (char === "}" || char === "]") depth--;
      this.unit();
    }
    while (/[ \t\r]/.test(this.toml[this.at - 1] ?? "")) this.at--;
    return undefined;
  }

  array(): { start: number; end: number }[] {
    const items: { start: number; end: number }[] = [];
    this.at++;
    for (;;) {
      this.blanksAndComments();
      const char = this.toml[this.at];
      if (char === undefined) return items;
      if (char === "]") {
        this.at++;
        return items;
      }
      if (char === ",") {
        this.at++;
        continue;
      }
      const start = this.at;
      this.element();
      items.push({ start, end: this.at });
    }
  }

  /** One element of an array, with what is nested in it. */
  private element(): void {
    let depth = 0;
    const start = this.at;
    while (this.at < this.toml.length) {
      const char = this.toml[this.at] ?? "";
      if (depth === 0 && /[,\]#\n]/.test(char)) break;
      if (char === "{" || char === "[") depth++;
      if (char === "}" || char === "]") depth--;
      this.unit();
    }
    while (this.at > start + 1 && /[ \t\r]/.test(this.toml[this.at - 1] ?? "")) this.at--;
    if (this.at === start) this.at++;
  }

  /** Passes one character, or a whole string or comment. */
  private unit(): void {
    const from = this.at;
    const char = this.toml[from];
    if (char === "#") this.pass(/#[^\n]*/y);
    else if (char === '"') this.pass(/"""(?:[^\\"]|\\.|"(?!""))*"{3,5}|"(?:[^"\\\n]|\\.)*"/sy);
    else if (char === "'") this.pass(/'''(?:[^']|'(?!''))*'{3,5}|'[^'\n]*'/y);
    if (this.at === from) this.at++;
  }

  private pass(pattern: RegExp): void {
    pattern.lastIndex = this.at;
    if (pattern.exec(this.toml) !== null) this.at = pattern.lastIndex;
  }
}
