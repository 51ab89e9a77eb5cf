/**
 * shell: what shells are told, as text. In: where venvoy and its environments are. Out: the scripts that activate a tree
 * (`bin/activate*`), the hook that a shell loads once, the files that carry an environment's variables.
 * Invariants: pure; every word from outside is quoted by the rules of its shell; what the hook does often starts no program.
 * One folder per shell; bash, zsh, ksh and dash share `posix/`.
 */
export type { ActivationScript } from "./activation-scripts.ts";
export { activationScripts } from "./activation-scripts.ts";
export { completionScripts } from "./completion.ts";
export type { HookFacts, HookFile } from "./hook.ts";
export { hookFileName, hookFiles, hookText } from "./hook.ts";
export { hookWords } from "./hook-words.ts";
export type { ProgramStart } from "./program-lines.ts";
export { programLines } from "./program-lines.ts";
export { quoteFor } from "./quote.ts";
export type { ShellName } from "./shell-name.ts";
export { shellNames, shellOf } from "./shell-name.ts";
export type { SubshellFacts, SubshellStart } from "./subshell.ts";
export { subshellStart } from "./subshell.ts";
export { variableRefusal, variableWarning } from "./variable-name.ts";
export { variableFiles, variableWriters } from "./variables.ts";
