/** The shells that venvoy has a hook for; `sh` stands for dash and its kin. */
export const shellNames = ["bash", "zsh", "fish", "ksh", "sh", "csh", "powershell", "cmd", "nu"] as const;

export type ShellName = (typeof shellNames)[number];

const otherNames: Readonly<Record<string, ShellName>> = {
  ash: "sh",
  busybox: "sh",
  dash: "sh",
  ksh93: "ksh",
  mksh: "ksh",
  nushell: "nu",
  ps1: "powershell",
  pwsh: "powershell",
  tcsh: "csh",
};

/** The shell of a program or of a word: `/usr/bin/zsh`, `-bash`, `pwsh.exe`, `tcsh`; `undefined` for others. */
export function shellOf(text: string): ShellName | undefined {
  const name = (text.split(/[\\/]/).at(-1) ?? "")
    .toLowerCase()
    .replace(/^-/, "")
    .replace(/\.exe$/, "");
  return shellNames.find((one) => one === name) ?? otherNames[name];
}
