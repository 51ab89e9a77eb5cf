import type { ScriptEditRequest } from "../../app/index.ts";
import { VenvoyError } from "../../base/index.ts";
import type { Outcome } from "../outcome.ts";
import { headerText } from "../render/files.ts";
import type { Session } from "../session.ts";
import type { CommonFlags, FlagSpec } from "../spec.ts";

/** `--script FILE`: the header of a script in place of an environment. */
export const scriptFlag = {
  script: { kind: "text", value: "FILE", summary: "edit what this script's header asks for, in the form that it uses" },
} as const satisfies Record<string, FlagSpec>;

interface HeaderEdit extends Pick<ScriptEditRequest, "script" | "add" | "files" | "remove"> {
  readonly name: string | undefined;
}

/** `add` and `remove` with `--script`. */
export async function editHeader(edit: HeaderEdit, common: CommonFlags, session: Session): Promise<Outcome> {
  const { name, script, add = [], files = [], remove = [] } = edit;
  if (name !== undefined) {
    throw new VenvoyError(
      "ARGUMENT_INVALID",
      "`--script` and `-n` don't go together: the header says its environment",
      {
        hint: `leave out \`-n ${name}\`, or write a line \`# venv: ${name}\` into the script`,
      },
    );
  }
  if (add.length + files.length + remove.length === 0) {
    throw new VenvoyError("ARGUMENT_INVALID", "`venvoy add` needs a package", {
      hint: `venvoy add numpy --script ${script}`,
    });
  }
  const report = await (await session.venvoy()).editScript({
    script,
    add,
    files,
    remove,
    dryRun: common.dryRun,
    signal: session.signal,
  });
  return { exit: 0, data: report, text: (style) => headerText(report, style) };
}
