import { VenvoyError } from "../../base/index.ts";
import { confirmOnTerminal } from "../render/confirm.ts";
import { editorText, kernelTable, kernelText } from "../render/editors.ts";
import { command, nameFlag } from "../spec.ts";

export const kernel = command(
  {
    path: "kernel",
    group: "environments",
    summary: "make an environment a kernel of Jupyter, for all its versions to come",
    changes: true,
    args: { name: { kind: "maybe", summary: "the environment (else the active one)" } },
    flags: {
      "display-name": { kind: "text", value: "TEXT", summary: "what notebooks show" },
      list: { kind: "boolean", summary: "list the kernels that venvoy made" },
      remove: { kind: "boolean", summary: "take the kernel away again" },
    },
    examples: ["venvoy kernel demo", "venvoy kernel demo --display-name 'Demo'", "venvoy kernel demo --remove"],
  },
  async ({ args, flags, common, session }) => {
    const venvoy = await session.venvoy();
    if (flags.list && (flags.remove || args.name !== undefined || flags["display-name"] !== undefined)) {
      throw new VenvoyError("ARGUMENT_INVALID", "`venvoy kernel --list` takes nothing else", {
        hint: "venvoy kernel --list",
      });
    }
    if (flags.list) {
      const found = await venvoy.kernels({ signal: session.signal });
      return { exit: 0, data: found, text: (style) => kernelTable(found, style) };
    }
    const named = args.name === undefined ? {} : { name: args.name };
    if (flags.remove) {
      const gone = await venvoy.removeKernel({ ...named, dryRun: common.dryRun });
      const verb = common.dryRun ? "would remove" : "removed";
      return {
        exit: 0,
        data: gone,
        text: (style) => `${style.tick} ${verb} the kernel ${gone.map((one) => `\`${one.kernel}\``).join(", ")}`,
      };
    }
    const mayAsk = session.terminal.interactive && !common.json;
    const report = await venvoy.kernel({
      ...named,
      ...(flags["display-name"] === undefined ? {} : { displayName: flags["display-name"] }),
      signal: session.signal,
      dryRun: common.dryRun,
      command: session.typed,
      confirm: confirmOnTerminal(session, common),
      mayAdd: async (environment) => {
        if (common.yes || !mayAsk) return common.yes;
        const answer = await session.terminal.ask(`Jupyter needs ipykernel in ${environment}. Add it? [Y/n] `);
        return /^(y(es)?)?$/i.test(answer.trim());
      },
    });
    return { exit: 0, data: report, text: (style) => kernelText(report, style) };
  },
);

export const editorVscode = editorCommand("vscode", "Visual Studio Code", ".vscode/settings.json");
export const editorPyright = editorCommand("pyright", "Pyright", "pyrightconfig.json");

function editorCommand(editor: "vscode" | "pyright", title: string, file: string) {
  return command(
    {
      path: `editor ${editor}`,
      group: "environments",
      summary: `print the settings that lead ${title} to an environment`,
      args: {},
      flags: { ...nameFlag, write: { kind: "boolean", summary: `write them into ${file} here` } },
      examples: [`venvoy editor ${editor} -n demo`, `venvoy editor ${editor} -n demo --write`],
    },
    async ({ flags, session }) => {
      const report = await (await session.venvoy()).editor({
        editor,
        ...(flags.name === undefined ? {} : { name: flags.name }),
        write: flags.write,
        signal: session.signal,
      });
      return {
        exit: 0,
        data: report,
        notes: report.notes,
        text: (style) => editorText(report, { file, write: flags.write }, style),
      };
    },
  );
}
