/** `variables.json`: nu reads its source before it runs, so an environment's variables come to it as data. */
export function nuVariables(variables: readonly (readonly [string, string])[]): string {
  return `${JSON.stringify(Object.fromEntries(variables))}\n`;
}
