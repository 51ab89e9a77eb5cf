/** One word for csh and tcsh, where history is looked for between single quotes, too, and a newline needs a backslash. */
export function quoteCsh(text: string): string {
  return `'${text.replaceAll("'", "'\\''").replaceAll("!", "\\!").replaceAll("\n", "\\\n")}'`;
}
