import { quoteFish } from "./fish/quote.ts";
import { quoteNu } from "./nu/quote.ts";
import { quotePowershell } from "./powershell/quote.ts";
import type { ShellName } from "./shell-name.ts";

/** How an interactive shell is started so that it is in an environment once the person's own files have been read. */
export interface SubshellStart {
  readonly args: readonly string[];
  readonly set: Readonly<Record<string, string>>;
  /** False for shells that take no further file: they are told by variables alone, and their prompt stays. */
  readonly enters: boolean;
}

export interface SubshellFacts {
  readonly shellDir: string;
  /** The environment's directory. */
  readonly root: string;
  /** The variables that the shell would inherit. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function subshellStart(shell: ShellName | undefined, { shellDir, root, env }: SubshellFacts): SubshellStart {
  const set = { _VENVOY_ENTER: root };
  const kept = (from: string, to: string): Record<string, string> =>
    env[from] === undefined ? {} : { [to]: env[from] };
  const hook = (ending: string): string => `${shellDir}/venvoy.${ending}`;
  switch (shell) {
    case "bash":
      return { args: ["--rcfile", `${shellDir}/start.bash`], set, enters: true };
    case "zsh":
      return {
        args: [],
        set: { ...set, ...kept("ZDOTDIR", "_VENVOY_ZDOTDIR"), ZDOTDIR: `${shellDir}/zsh` },
        enters: true,
      };
    case "ksh":
    case "sh":
      return {
        args: [],
        set: { ...set, ...kept("ENV", "_VENVOY_ENV"), ENV: `${shellDir}/start.${shell}` },
        enters: true,
      };
    case "fish":
      return {
        args: ["-C", `source ${quoteFish(hook("fish"))}; venvoy activate ${quoteFish(root)}`],
        set: {},
        enters: true,
      };
    case "powershell":
      return {
        args: ["-NoExit", "-Command", `. ${quotePowershell(hook("ps1"))}; venvoy activate ${quotePowershell(root)}`],
        set: {},
        enters: true,
      };
    case "nu":
      return {
        args: ["--execute", `source ${quoteNu(hook("nu"))}; venvoy activate ${quoteNu(root)}`],
        set: {},
        enters: true,
      };
    default:
      return { args: [], set: {}, enters: false };
  }
}
