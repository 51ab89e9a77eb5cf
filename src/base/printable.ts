/**
 * Makes text from outside safe for a terminal: control characters, escape sequences, bidirectional overrides and
 * lone surrogates become visible `\xNN` or `\u{…}`; newlines and tabs stay.
 */
export function printable(text: string, { newlines = true }: { readonly newlines?: boolean } = {}): string {
  let out = "";
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (char === "\t" || (newlines && char === "\n")) out += char;
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0)) out += `\\x${code.toString(16).padStart(2, "0")}`;
    else if (
      (code >= 0x200b && code <= 0x200f) ||
      (code >= 0x2028 && code <= 0x202e) ||
      (code >= 0x2060 && code <= 0x206f) ||
      (code >= 0xd800 && code <= 0xdfff) ||
      code === 0xfeff
    ) {
      out += `\\u{${code.toString(16)}}`;
    } else out += char;
  }
  return out;
}
