import { cmdHook } from "./cmd/hook.ts";
import { completionScripts } from "./completion.ts";
import { cshCommands, cshHook } from "./csh/hook.ts";
import { fishHook } from "./fish/hook.ts";
import { nuHook } from "./nu/hook.ts";
import { onPath } from "./path.ts";
import { bashHook, kshHook, shHook, zshHook } from "./posix/hook.ts";
import { posixStart, zshStart } from "./posix/start.ts";
import { powershellHook } from "./powershell/hook.ts";
import type { ShellName } from "./shell-name.ts";

/** What a hook knows when it is written. */
export interface HookFacts {
  /** How venvoy is started: the binary, or Node and a file. */
  readonly self: readonly [string, ...string[]];
  /** Where named environments are reached by their names. */
  readonly envs: string;
  /** Where the hooks lie, and what was answered about `.venvoy` files. */
  readonly shellDir: string;
  /** Put on PATH where it isn't yet: the directory that holds the program. */
  readonly binDir?: string;
  /** Changing into a directory with a `.venvoy` file activates what it names. */
  readonly follows: boolean;
}

export interface HookFile {
  /** Relative to `shellDir`, with `/`. */
  readonly path: string;
  readonly text: string;
}

const hooks: Readonly<Record<ShellName, (facts: HookFacts) => string>> = {
  bash: bashHook,
  zsh: zshHook,
  ksh: kshHook,
  sh: shHook,
  fish: fishHook,
  csh: cshHook,
  powershell: powershellHook,
  cmd: cmdHook,
  nu: nuHook,
};

const endings: Readonly<Record<ShellName, string>> = {
  bash: "bash",
  zsh: "zsh",
  ksh: "ksh",
  sh: "sh",
  fish: "fish",
  csh: "csh",
  powershell: "ps1",
  cmd: "cmd",
  nu: "nu",
};

/** What a shell loads once: the function `venvoy`, the commands of MultiVenv and virtualenvwrapper, and completion. */
export function hookText(shell: ShellName, facts: HookFacts): string {
  const path = facts.binDir === undefined ? "" : onPath(shell, facts.binDir);
  return [hooks[shell](facts), path, completions[shell] ?? ""].filter((part) => part !== "").join("\n");
}

/** csh itself completes nothing, but tcsh reads the same files. */
const completions: Readonly<Partial<Record<ShellName, string>>> = {
  ...completionScripts,
  csh: `if ($?tcsh) then\n${completionScripts["tcsh"] ?? ""}endif\n`,
};

/** The hook's file in `shellDir`: `venvoy.bash`. */
export function hookFileName(shell: ShellName): string {
  return `venvoy.${endings[shell]}`;
}

/** All files of `shellDir`: the hooks, and what they need beside them. */
export function hookFiles(facts: HookFacts): readonly HookFile[] {
  const names = Object.keys(hooks) as ShellName[];
  return [
    ...names.map((shell) => ({ path: hookFileName(shell), text: hookText(shell, facts) })),
    { path: "commands.csh", text: cshCommands(facts) },
    ...posixStart(facts),
    ...zshStart(facts),
  ];
}
