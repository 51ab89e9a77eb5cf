/**
 * The text of `set "NAME=…"` in a batch file. Percent signs are doubled; what can't stand in one line (newlines) or would
 * end the quotes is `undefined`: cmd has no way to write it.
 */
export function quoteCmd(text: string): string | undefined {
  return /[\r\n"]/.test(text) ? undefined : text.replaceAll("%", "%%");
}
