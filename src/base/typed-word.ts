import { printable } from "./printable.ts";

/** A word in a command that a person is told to type: as it is where every shell takes it so, else in quotes. */
export function typedWord(text: string): string {
  const shown = printable(text, { newlines: false });
  if (/^[\w./@=,:+%~\\-]+$/.test(shown)) return shown;
  // A path of Windows: no shell there takes single quotes and all take these.
  return shown.includes("\\") ? `"${shown}"` : `'${shown.replaceAll("'", "'\\''")}'`;
}
