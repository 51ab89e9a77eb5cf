import type { AbsPath } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";
import { quoteFor, type ShellName } from "../shell/index.ts";
import { marker } from "./edit.ts";

/** Characters that mean nothing to any shell. */
const plain = /^[A-Za-z0-9._/+-]+$/;

/**
 * What a shell reads at its start to load the hook. It does nothing when the hook is gone, says nothing to a script, and
 * names the home directory by `~`, so that a file that travels between machines keeps working.
 */
export function hookLine(io: Pick<Ports, "fs" | "system">, shell: ShellName, hook: AbsPath): string {
  return `${bare(shell, wordFor(io, shell, hook))}  ${marker}`;
}

/** The same in a file that other shells read as well. */
export function guardedLine(io: Pick<Ports, "fs" | "system">, hook: AbsPath): string {
  const file = wordFor(io, "bash", hook);
  return `[ -z "\${BASH_VERSION-}" ] || [ ! -r ${file} ] || . ${file}  ${marker}`;
}

function bare(shell: ShellName, file: string): string {
  switch (shell) {
    case "bash":
    case "zsh":
    case "ksh":
    case "sh":
      return `[ ! -r ${file} ] || . ${file}`;
    case "fish":
      return `status is-interactive; and test -r ${file}; and source ${file}`;
    case "csh":
      return `if ($?prompt && -r ${file}) source ${file}`;
    case "powershell":
      return `if (Test-Path -LiteralPath ${file}) { . ${file} }`;
    case "nu":
      return `source ${file}`;
    case "cmd":
      return file;
  }
}

function wordFor({ fs, system }: Pick<Ports, "fs" | "system">, shell: ShellName, hook: AbsPath): string {
  const hasTilde = shell !== "powershell" && shell !== "cmd" && shell !== "nu";
  if (hasTilde && hook !== system.home && fs.path.isInside(system.home, hook)) {
    const rest = fs.path.relative(system.home, hook);
    if (plain.test(rest)) return `~/${rest}`;
  }
  return plain.test(hook) && hasTilde ? hook : quoteFor(shell)(hook);
}
