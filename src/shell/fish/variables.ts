import { quoteFish } from "./quote.ts";

/** `variables.fish`: sets an environment's variables and remembers what they were; `deactivate` calls `_venvoy_restore`. */
export function fishVariables(variables: readonly (readonly [string, string])[]): string {
  const restores = variables.map(([name]) =>
    [
      `    if set -q _OLD_VENVOY_${name}`,
      `        set -gx ${name} $_OLD_VENVOY_${name}`,
      `        set -e _OLD_VENVOY_${name}`,
      "    else",
      `        set -e ${name}`,
      "    end",
    ].join("\n"),
  );
  const sets = variables.map(
    ([name, value]) => `set -q ${name}; and set -g _OLD_VENVOY_${name} $${name}\nset -gx ${name} ${quoteFish(value)}`,
  );
  return `function _venvoy_restore\n${restores.join("\n")}\n    functions -e _venvoy_restore\nend\n${sets.join("\n")}\n`;
}
