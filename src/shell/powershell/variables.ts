import { quotePowershell } from "./quote.ts";

/** `variables.ps1`: sets an environment's variables and remembers what they were; `deactivate` calls `_venvoy_restore`. */
export function powershellVariables(variables: readonly (readonly [string, string])[]): string {
  const sets = variables.map(
    ([name, value]) => `$global:_OLD_VENVOY['${name}'] = $env:${name}\n$env:${name} = ${quotePowershell(value)}`,
  );
  return `$global:_OLD_VENVOY = @{}
${sets.join("\n")}
function global:_venvoy_restore {
    foreach ($name in $global:_OLD_VENVOY.Keys) { Set-Item -Path "Env:$name" -Value $global:_OLD_VENVOY[$name] }
    Remove-Variable -Name _OLD_VENVOY -Scope Global
    Remove-Item -Path Function:_venvoy_restore
}
`;
}
