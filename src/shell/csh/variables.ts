import { quoteCsh } from "./quote.ts";

/** `variables.csh`: sets an environment's variables and remembers what they were; `deactivate` uses `_venvoy_restore`. */
export function cshVariables(variables: readonly (readonly [string, string])[]): string {
  // `if` would see a variable that isn't set in an alias, so each variable has one of two aliases.
  const sets = variables.map(
    ([name, value]) => `if ($?${name}) then
    set _OLD_VENVOY_${name} = "$${name}"
    alias _venvoy_restore_${name} 'setenv ${name} "$_OLD_VENVOY_${name}"; unset _OLD_VENVOY_${name}'
else
    alias _venvoy_restore_${name} 'unsetenv ${name}'
endif
setenv ${name} ${quoteCsh(value)}`,
  );
  const restores = variables.map(([name]) => `_venvoy_restore_${name}; unalias _venvoy_restore_${name}`);
  return `${sets.join("\n")}\nalias _venvoy_restore '${restores.join("; ")}; alias _venvoy_restore :'\n`;
}
