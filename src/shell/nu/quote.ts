/** One word for nu: a double-quoted string, in which `\` begins an escape and `$` means nothing. */
export function quoteNu(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, "\\$&")
    .replace(/\p{Cc}/gu, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`);
  return `"${escaped}"`;
}
