/** One word for fish: between single quotes only `\` and `'` mean something. */
export function quoteFish(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
