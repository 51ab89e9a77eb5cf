import type { HookFacts, HookFile } from "../hook.ts";
import { quotePosix } from "./quote.ts";

/** What the shells of \`venvoy shell\` read in place of the person's file, which they read first. */
export function posixStart({ shellDir }: HookFacts): readonly HookFile[] {
  return [
    { path: "start.bash", text: `if [ -r ~/.bashrc ]; then . ~/.bashrc; fi\n${enter(shellDir, "bash")}` },
    { path: "start.ksh", text: `${userEnv}${enter(shellDir, "ksh")}` },
    { path: "start.sh", text: `${userEnv}${enter(shellDir, "sh")}` },
  ];
}

/** zsh has no option for another file, only for another directory of files. */
export function zshStart({ shellDir }: HookFacts): readonly HookFile[] {
  const ours = quotePosix(`${shellDir}/zsh`);
  return [
    {
      path: "zsh/.zshenv",
      text: `if [[ -n "\${_VENVOY_ZDOTDIR+set}" ]]; then ZDOTDIR="$_VENVOY_ZDOTDIR"; else unset ZDOTDIR; fi
if [[ -r "\${ZDOTDIR-$HOME}/.zshenv" ]]; then . "\${ZDOTDIR-$HOME}/.zshenv"; fi
if [[ -n "\${ZDOTDIR+set}" ]]; then _VENVOY_ZDOTDIR="$ZDOTDIR"; fi
ZDOTDIR=${ours}
`,
    },
    {
      path: "zsh/.zshrc",
      text: `if [[ -n "\${_VENVOY_ZDOTDIR+set}" ]]; then ZDOTDIR="$_VENVOY_ZDOTDIR"; else unset ZDOTDIR; fi
unset _VENVOY_ZDOTDIR
if [[ -r "\${ZDOTDIR-$HOME}/.zshrc" ]]; then . "\${ZDOTDIR-$HOME}/.zshrc"; fi
${enter(shellDir, "zsh")}`,
    },
  ];
}

const userEnv = `ENV="\${_VENVOY_ENV-}"
unset _VENVOY_ENV
if [ -n "$ENV" ]; then
    export ENV
    if [ -r "$ENV" ]; then . "$ENV"; fi
else
    unset ENV
fi
`;

function enter(shellDir: string, ending: string): string {
  return `. ${quotePosix(`${shellDir}/venvoy.${ending}`)}
unset VIRTUAL_ENV
venvoy activate "$_VENVOY_ENTER"
unset _VENVOY_ENTER
`;
}
