/*
 * Fields of our cache lines: printable ASCII, so that a file is decoded byte by byte and cut anywhere. Everything else,
 * and the backslash, is written as `\uXXXX`.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: tab and newline separate fields and lines
const special = /[\u0000-\u001f\\\u007f-\uffff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const allSpecial = /[\u0000-\u001f\\\u007f-\uffff]/g;

/** True when `escapeField` would change the text. */
export function needsEscape(text: string): boolean {
  return special.test(text);
}

export function escapeField(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(allSpecial, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export function unescapeField(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\u([0-9a-f]{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
