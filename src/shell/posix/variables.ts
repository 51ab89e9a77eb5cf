import { quotePosix } from "./quote.ts";

/**
 * `variables.sh`: sets an environment's variables and remembers what they were; `deactivate` calls `_venvoy_restore`.
 * No loop and no eval: shells differ in both.
 */
export function posixVariables(variables: readonly (readonly [string, string])[]): string {
  const restores = variables.map(
    ([name]) =>
      `    if [ -n "\${_OLD_VENVOY_${name}+set}" ]; then ${name}="$_OLD_VENVOY_${name}"; export ${name}; unset _OLD_VENVOY_${name}; else unset ${name}; fi`,
  );
  const sets = variables.map(
    ([name, value]) =>
      `if [ -n "\${${name}+set}" ]; then _OLD_VENVOY_${name}="$${name}"; fi\n${name}=${quotePosix(value)}\nexport ${name}`,
  );
  return `_venvoy_restore () {\n${restores.join("\n")}\n    unset -f _venvoy_restore\n}\n${sets.join("\n")}\n`;
}
