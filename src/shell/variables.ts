import { cmdVariables } from "./cmd/variables.ts";
import { cshVariables } from "./csh/variables.ts";
import { fishVariables } from "./fish/variables.ts";
import { nuVariables } from "./nu/variables.ts";
import { posixVariables } from "./posix/variables.ts";
import { powershellVariables } from "./powershell/variables.ts";

/** The files beside an environment's versions that carry its variables to each shell; `bin/activate*` reads them. */
export const variableWriters: Readonly<Record<string, (variables: readonly (readonly [string, string])[]) => string>> =
  {
    "variables.sh": posixVariables,
    "variables.fish": fishVariables,
    "variables.csh": cshVariables,
    "variables.ps1": powershellVariables,
    "variables.bat": cmdVariables,
    "variables.json": nuVariables,
  };

/** The text of each file, sorted by name; nothing when there are no variables. */
export function variableFiles(variables: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const sorted = Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1));
  if (sorted.length === 0) return new Map();
  return new Map(Object.entries(variableWriters).map(([name, write]) => [name, write(sorted)]));
}
