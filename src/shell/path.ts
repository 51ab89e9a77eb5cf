import { quoteCsh } from "./csh/quote.ts";
import { quoteFish } from "./fish/quote.ts";
import { quoteNu } from "./nu/quote.ts";
import { quotePosix } from "./posix/quote.ts";
import { quotePowershell } from "./powershell/quote.ts";
import type { ShellName } from "./shell-name.ts";

const posix = (dir: string): string =>
  `case ":$PATH:" in *:${quotePosix(dir)}:*) ;; *) PATH=${quotePosix(dir)}":$PATH"; export PATH ;; esac\n`;

const lines: Readonly<Record<ShellName, (dir: string) => string>> = {
  bash: posix,
  zsh: posix,
  ksh: posix,
  sh: posix,
  fish: (dir) => `contains -- ${quoteFish(dir)} $PATH; or set -gx PATH ${quoteFish(dir)} $PATH\n`,
  // A pattern is none the less one between quotes, so the entries are compared one by one.
  csh: (dir) => `foreach _venvoy_entry ($path:q)
    if ($_venvoy_entry:q == ${quoteCsh(dir)}) set _venvoy_there
end
if (! $?_venvoy_there) setenv PATH ${quoteCsh(dir)}":\${PATH}"
unset _venvoy_there _venvoy_entry
`,
  powershell: (dir) =>
    `if (($env:PATH -split [System.IO.Path]::PathSeparator) -notcontains ${quotePowershell(dir)}) { $env:PATH = ${quotePowershell(dir)} + [System.IO.Path]::PathSeparator + $env:PATH }\n`,
  nu: (dir) => `if ${quoteNu(dir)} not-in $env.PATH { $env.PATH = ($env.PATH | prepend ${quoteNu(dir)}) }\n`,
  // Its macros name the program by its whole path.
  cmd: () => "",
};

/** Puts a directory on PATH where it isn't yet. */
export function onPath(shell: ShellName, dir: string): string {
  return lines[shell](dir);
}
