import { quoteCmd } from "./quote.ts";

/** `variables.bat`: sets an environment's variables and remembers what they were; called with `off` it restores them. */
export function cmdVariables(variables: readonly (readonly [string, string])[]): string {
  const quoted = variables.flatMap(([name, value]) => {
    const text = quoteCmd(value);
    return text === undefined ? [] : [[name, text] as const];
  });
  const sets = quoted.map(([name, value]) => `set "_OLD_VENVOY_${name}=%${name}%"\nset "${name}=${value}"`);
  const restores = quoted.map(([name]) => `set "${name}=%_OLD_VENVOY_${name}%"\nset "_OLD_VENVOY_${name}="`);
  const text = `@echo off\nif "%~1"=="off" goto off\n${sets.join("\n")}\ngoto :eof\n:off\n${restores.join("\n")}\n`;
  return text.replaceAll("\n", "\r\n");
}
