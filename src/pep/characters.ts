/**
 * Character classes of the packaging standards, whose reference texts are Python regular expressions: "white space"
 * means Python's, which differs from JavaScript's `\s` in a few control characters.
 */

/** True for a UTF-16 unit that Python's `\s` matches. */
export function isSpace(unit: number): boolean {
  if (unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || (unit >= 0x1c && unit <= 0x1f)) return true;
  if (unit < 0x85) return false;
  return (
    unit === 0x85 ||
    unit === 0xa0 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  );
}

export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** True for an ASCII letter or digit. */
export function isAlphanumeric(unit: number): boolean {
  return isDigit(unit) || (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a);
}

/** The index of the first unit at or after `from` that is not white space. */
export function skipSpace(text: string, from = 0): number {
  let at = from;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** The index after the last unit that is not white space, never below `from`. */
export function skipSpaceBack(text: string, from = 0): number {
  let end = text.length;
  while (end > from && isSpace(text.charCodeAt(end - 1))) end--;
  return end;
}

/** Python's `str.strip()`. */
export function strip(text: string): string {
  const start = skipSpace(text);
  return text.slice(start, skipSpaceBack(text, start));
}
