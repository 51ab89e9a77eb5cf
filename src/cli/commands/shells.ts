import { VenvoyError } from "../../base/index.ts";
import { type ShellName, shellNames, shellOf } from "../../shell/index.ts";
import { command } from "../spec.ts";

export const hook = command(
  {
    path: "hook",
    group: "shell",
    summary: "print what a shell loads to activate environments; venvoy setup does it for you",
    args: { shell: { kind: "one", summary: shellNames.join(", "), values: shellNames } },
    flags: {},
    examples: ['eval "$(venvoy hook bash)"', "venvoy hook fish | source"],
  },
  async ({ args, session }) => {
    const shell = shellNamed(args.shell);
    const script = await (await session.venvoy()).hook(shell);
    return { exit: 0, data: { shell, script }, text: () => script.trimEnd() };
  },
);

/** The shell that a person names; throws with the known ones. */
export function shellNamed(text: string): ShellName {
  const shell = shellOf(text);
  if (shell !== undefined) return shell;
  throw new VenvoyError("ARGUMENT_INVALID", `venvoy has no hook for the shell \`${text}\``, {
    hint: `it knows ${shellNames.join(", ")}`,
    data: { shell: text },
  });
}
