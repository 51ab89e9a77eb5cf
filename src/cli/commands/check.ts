import type { CheckReport, WrittenLine } from "../../app/index.ts";
import { checkText } from "../render/check.ts";
import { confirmOnTerminal } from "../render/confirm.ts";
import { terminalStyle } from "../render/style.ts";
import type { Session } from "../session.ts";
import { type CommonFlags, command, resolveFlags } from "../spec.ts";
import { resolveChoices } from "./choices.ts";

export const check = command(
  {
    path: "check",
    group: "scripts",
    summary: "say whether scripts can live together, before any of them runs",
    everyday: true,
    changes: true,
    args: { files: { kind: "many", summary: "scripts, directories with scripts, patterns", values: "file" } },
    flags: {
      prepare: { kind: "boolean", summary: "make every script's environment" },
      write: { kind: "boolean", summary: "write the `# venv:` lines that put clashing scripts apart" },
      ...resolveFlags,
    },
    examples: ["venvoy check scripts/", "venvoy check a.py b.py --json", "venvoy check scripts/ --write --dry-run"],
  },
  async ({ args, flags, common, session }) => {
    const venvoy = await session.venvoy();
    const report = await venvoy.check({
      files: args.files,
      ...resolveChoices(flags),
      prepare: flags.prepare,
      write: flags.write,
      dryRun: common.dryRun,
      confirm: confirmOnTerminal(session, common),
      confirmWrite: confirmReplace(session, common),
      signal: session.signal,
    });
    return {
      exit: exitOf(report),
      data: report,
      notes: report.notes,
      text: (style) => {
        const { drawsAnswers = false, columns } = session.terminal;
        if (!drawsAnswers) return checkText(report, terminalStyle({ colour: false }), { columns: undefined });
        return checkText(report, style, { columns });
      },
    };
  },
);

/** A line that a person wrote is replaced only when that person says so, now or with `--yes`. */
function confirmReplace(session: Session, common: CommonFlags): (line: WrittenLine) => Promise<boolean> {
  return async (line) => {
    if (common.yes) return true;
    if (common.json || !session.terminal.interactive) return false;
    session.say(line.diff);
    return /^y(es)?$/i.test((await session.terminal.ask(`Replace this line of ${line.script}? [y/N] `)).trim());
  };
}

function exitOf({ scripts, prepared, together }: CheckReport): number {
  if ([...scripts, ...prepared].some(({ problem }) => problem !== undefined)) return 1;
  return together ? 0 : 3;
}
