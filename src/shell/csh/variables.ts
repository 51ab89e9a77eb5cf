import { quoteCsh } from "./quote.ts";

/** `variables.csh`: sets an environment's variables and remembers what they were; `deactivate` uses `_venvoy_restore`. */
export function cshVariables(variables: readonly (readonly [string, string])[]): string {
  const sets = variables.map(
    ([name, value]) =>
      `if ($?${name}) then\n    set _OLD_VENVOY_${name} = "$${name}"\nendif\nsetenv ${name} ${quoteCsh(value)}`,
  );
  // An alias is one line, and `if` with a variable that isn't set must not see it: `test` does, in a chain.
  const restores = variables.map(
    ([name]) =>
      `unsetenv ${name}; test $?_OLD_VENVOY_${name} != 0 && setenv ${name} "$_OLD_VENVOY_${name}" && unset _OLD_VENVOY_${name}`,
  );
  return `${sets.join("\n")}\nalias _venvoy_restore '${restores.join("; ")}; alias _venvoy_restore true'\n`;
}
