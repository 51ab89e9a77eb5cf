/**
 * String literals of Python's language, which markers use for their values: text between quotes with Python's escapes.
 */

const simpleEscapes: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

const widths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** The value of the text between two quotes, or `undefined` when Python would refuse it. */
export function unescapePython(body: string): string | undefined {
  if (/[\n\r\0]/.test(body.replace(/\\\r?\n|\\\r/g, ""))) return undefined;
  if (!body.includes("\\")) return body;
  let value = "";
  let at = 0;
  for (;;) {
    const slash = body.indexOf("\\", at);
    if (slash === -1) return value + body.slice(at);
    value += body.slice(at, slash);
    const unescaped = readEscape(body, slash + 1);
    if (unescaped === undefined) return undefined;
    value += unescaped.value;
    at = unescaped.end;
  }
}

interface Escape {
  readonly value: string;
  readonly end: number;
}

/** The escape whose backslash stands just before `at`. */
function readEscape(body: string, at: number): Escape | undefined {
  const char = body[at];
  if (char === undefined) return undefined;
  if (char === "\r") return { value: "", end: body[at + 1] === "\n" ? at + 2 : at + 1 };
  const simple = Object.hasOwn(simpleEscapes, char) ? simpleEscapes[char] : undefined;
  if (simple !== undefined) return { value: simple, end: at + 1 };
  const octal = /[0-7]{1,3}/y;
  octal.lastIndex = at;
  const digits = octal.exec(body)?.[0];
  if (digits !== undefined) {
    return { value: String.fromCharCode(Number.parseInt(digits, 8)), end: at + digits.length };
  }
  const width = widths[char];
  if (width !== undefined) return readHex(body, at + 1, width);
  // Names of characters (`\N{DASH}`) would need Unicode's table of names; nobody writes them in a marker.
  if (char === "N") return undefined;
  return { value: `\\${char}`, end: at + 1 };
}

function readHex(body: string, at: number, width: number): Escape | undefined {
  const digits = body.slice(at, at + width);
  if (digits.length !== width || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
  const code = Number.parseInt(digits, 16);
  return code > 0x10ffff ? undefined : { value: String.fromCodePoint(code), end: at + width };
}

/** A literal with this value: plain text in double quotes, single quotes if it holds a double one, escapes if need be. */
export function pythonLiteral(value: string): string {
  const quote = value.includes('"') ? "'" : '"';
  if (!value.includes(quote) && unescapePython(value) === value) return quote + value + quote;
  let body = "";
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    const char = value.charAt(i);
    if (char === "\\") body += "\\\\";
    else if (char === '"' || char === "'" || unit < 0x20) body += `\\x${unit.toString(16).padStart(2, "0")}`;
    else body += char;
  }
  return `"${body}"`;
}
