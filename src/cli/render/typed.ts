import { printable } from "../../base/index.ts";

/** As a word of a command line that can be typed in a POSIX shell. */
export function typed(text: string): string {
  const plain = printable(text, { newlines: false });
  return /^[\w@%+=:,./~-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", "'\\''")}'`;
}
