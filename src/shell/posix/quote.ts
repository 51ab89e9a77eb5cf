/** One word for bash, zsh, ksh and dash: everything between single quotes is literal there. */
export function quotePosix(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
