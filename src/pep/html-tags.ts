/** Told the start tags of a page; offsets are into the page's text, so that nothing is copied that nobody wants. */
export interface TagHandler {
  /** Asks whether the attributes of a start tag (lower-case name) are wanted. */
  wants(tagName: string): boolean;
  /** One attribute of a wanted tag. Without a value (`data-yanked`) the value's offsets are -1. */
  attribute(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void;
  /** The wanted tag has ended. */
  tagEnd(tagName: string): void;
}

const tab = 9;
const newline = 10;
const formFeed = 12;
const carriageReturn = 13;
const space = 32;
const doubleQuote = 34;
const singleQuote = 39;
const slash = 47;
const equals = 61;
const greater = 62;

/** Elements whose content is text even where it looks like tags. */
const textElements: ReadonlySet<string> = new Set(
  "script style textarea title xmp iframe noembed noframes plaintext".split(" "),
);

/**
 * Walks the start tags of an HTML page by the tokeniser rules that matter to links (comments, quoted `>`, text
 * elements, end of file anywhere), in one pass, without building a tree. Every character is looked at a bounded number
 * of times, whatever the page holds.
 */
export function scanTags(text: string, handler: TagHandler): void {
  let at = text.indexOf("<");
  while (at >= 0) {
    at = scanTag(text, at + 1, handler);
    at = text.indexOf("<", at);
  }
}

/** Reads what follows a `<`; returns where to go on. */
function scanTag(text: string, start: number, handler: TagHandler): number {
  const first = text.charCodeAt(start);
  if (!isLetter(first)) {
    if (text.startsWith("!--", start)) return after(text, "-->", start + 1);
    // An end tag, a declaration or a processing instruction ends at the first `>`; a lone `<` is text.
    const isTag = first === slash || first === 33 || first === 63;
    return isTag ? after(text, ">", start) : start;
  }
  let end = start + 1;
  while (end < text.length && !endsName(text.charCodeAt(end))) end++;
  // Nearly every tag of an index page is an anchor.
  const isAnchor = end === start + 1 && (first | 32) === 97;
  const name = isAnchor ? "a" : text.slice(start, end).toLowerCase();
  const isWanted = handler.wants(name);
  end = scanAttributes(text, end, isWanted ? handler : undefined);
  if (isWanted) handler.tagEnd(name);
  return !isAnchor && textElements.has(name) ? endOfTextElement(text, end, name) : end;
}

/** Reads attributes up to and including `>`; returns the place after it. An unfinished tag reaches to the end. */
function scanAttributes(text: string, start: number, handler: TagHandler | undefined): number {
  const { length } = text;
  let at = start;
  while (at < length) {
    let code = text.charCodeAt(at);
    if (code === greater) return at + 1;
    if (isSpace(code) || code === slash) {
      at++;
      continue;
    }
    const nameStart = at;
    // A name may begin with `=`; it ends before the next one.
    at++;
    while (at < length && !endsAttributeName(text.charCodeAt(at))) at++;
    const nameEnd = at;
    while (at < length && isSpace(text.charCodeAt(at))) at++;
    if (text.charCodeAt(at) !== equals) {
      handler?.attribute(nameStart, nameEnd, -1, -1);
      continue;
    }
    at++;
    while (at < length && isSpace(text.charCodeAt(at))) at++;
    code = text.charCodeAt(at);
    if (code === doubleQuote || code === singleQuote) {
      const end = text.indexOf(code === doubleQuote ? '"' : "'", at + 1);
      if (end < 0) return length;
      handler?.attribute(nameStart, nameEnd, at + 1, end);
      at = end + 1;
    } else {
      const valueStart = at;
      while (at < length && text.charCodeAt(at) !== greater && !isSpace(text.charCodeAt(at))) at++;
      handler?.attribute(nameStart, nameEnd, valueStart, at);
    }
  }
  return length;
}

/** The place after the `</name` that closes a text element, or the end of the page. */
function endOfTextElement(text: string, start: number, name: string): number {
  let at = text.indexOf("</", start);
  while (at >= 0) {
    const end = at + 2 + name.length;
    if (endsName(text.charCodeAt(end)) && text.slice(at + 2, end).toLowerCase() === name) return after(text, ">", end);
    at = text.indexOf("</", at + 2);
  }
  return text.length;
}

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

function isLetter(code: number): boolean {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
}

function isSpace(code: number): boolean {
  return code === space || code === newline || code === tab || code === carriageReturn || code === formFeed;
}

function endsName(code: number): boolean {
  return isSpace(code) || code === slash || code === greater || Number.isNaN(code);
}

function endsAttributeName(code: number): boolean {
  return endsName(code) || code === equals;
}

const namedCharacters: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
  num: "#",
  percnt: "%",
  plus: "+",
  comma: ",",
  period: ".",
  sol: "/",
  bsol: "\\",
  colon: ":",
  semi: ";",
  equals: "=",
  excl: "!",
  quest: "?",
  commat: "@",
  lowbar: "_",
  lpar: "(",
  rpar: ")",
  lsqb: "[",
  rsqb: "]",
  lbrack: "[",
  rbrack: "]",
  ast: "*",
  dollar: "$",
  Hat: "^",
  vert: "|",
  verbar: "|",
  Tab: "\t",
  NewLine: "\n",
};

/** Characters that HTML also takes without the semicolon; not before `=` or a letter, where a query may go on. */
const bareNames: ReadonlySet<string> = new Set(["amp", "lt", "gt", "quot", "nbsp", "AMP", "LT", "GT", "QUOT"]);

/** Replaces character references in an attribute value. Unknown names stay as they are. */
export function decodeReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+))(;?)|([A-Za-z]{2,9})(;?))(?=(=|[A-Za-z0-9])?)/g,
    (whole: string, hex?: string, decimal?: string, _semi?: string, name?: string, semi?: string, next?: string) => {
      if (hex !== undefined) return fromCodePoint(Number.parseInt(hex, 16));
      if (decimal !== undefined) return fromCodePoint(Number.parseInt(decimal, 10));
      if (name === undefined) return whole;
      if (semi !== ";" && (next !== undefined || !bareNames.has(name))) return whole;
      return named(name) ?? whole;
    },
  );
}

function named(name: string): string | undefined {
  const lower = bareNames.has(name) ? name.toLowerCase() : name;
  return Object.hasOwn(namedCharacters, lower) ? namedCharacters[lower] : undefined;
}

function fromCodePoint(code: number): string {
  const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : "\ufffd";
}
