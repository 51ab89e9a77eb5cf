import { VenvoyError } from "../../base/index.ts";
import { completionScripts } from "../../shell/index.ts";
import { command } from "../spec.ts";

const shells = Object.keys(completionScripts);

export const completion = command(
  {
    path: "completion",
    group: "shell",
    summary: "print what makes a shell complete venvoy's words; venvoy setup does it for you",
    args: { shell: { kind: "one", summary: shells.join(", "), values: shells } },
    flags: {},
    examples: ['eval "$(venvoy completion bash)"', "venvoy completion fish | source"],
  },
  async ({ args }) => {
    const script = completionScripts[args.shell];
    if (script === undefined) throw unknownShell(args.shell);
    return { exit: 0, data: { shell: args.shell, script }, text: () => script.trimEnd() };
  },
);

const withoutCompletion = ["cmd", "dash", "ksh", "mksh", "sh"];

function unknownShell(shell: string): VenvoyError {
  return withoutCompletion.includes(shell)
    ? new VenvoyError("ARGUMENT_INVALID", `\`${shell}\` can't be taught to complete a program's words`, {
        hint: "venvoy help all",
      })
    : new VenvoyError("ARGUMENT_INVALID", `\`venvoy completion\` knows ${shells.join(", ")}, not \`${shell}\``, {
        hint: "venvoy completion bash",
      });
}
