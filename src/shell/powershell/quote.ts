/** One word for PowerShell, which takes typographic quotes for quotes, too. */
export function quotePowershell(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, "$&$&")}'`;
}
