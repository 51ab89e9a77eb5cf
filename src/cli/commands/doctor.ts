import type { UsableReport } from "../../app/index.ts";
import { readyText } from "../render/change.ts";
import { doctorText } from "../render/doctor.ts";
import { confirmRebuild } from "../render/rebuild.ts";
import { terminalStyle } from "../render/style.ts";
import { command, resolveFlags } from "../spec.ts";
import { given, resolveChoices } from "./choices.ts";

export const doctor = command(
  {
    path: "doctor",
    group: "health",
    summary: "find what is wrong with the environments, and mend it with --fix",
    everyday: true,
    changes: true,
    args: { name: { kind: "maybe", summary: "the environment (else all of them)" } },
    flags: {
      fix: { kind: "boolean", summary: "mend what can be mended" },
      quick: { kind: "boolean", summary: "only make sure that its Python can be started; what an activation calls" },
      ...resolveFlags,
    },
    examples: ["venvoy doctor", "venvoy doctor demo", "venvoy doctor --fix", "venvoy doctor demo --fix --python 3.13"],
  },
  async ({ args, flags, common, session }) => {
    const venvoy = await session.venvoy();
    const request = {
      ...given("name", args.name),
      ...resolveChoices(flags),
      signal: session.signal,
      command: session.typed,
      dryRun: common.dryRun,
    };
    if (flags.quick) {
      const usable = await venvoy.makeUsable({
        ...request,
        ...given("confirmRebuild", confirmRebuild(session, common)),
      });
      if (usable.change !== undefined && !common.quiet)
        session.say(readyText(usable.change, terminalStyle(session.terminal)));
      return { exit: exitOf(usable), data: usable, text: () => "" };
    }
    const report = await venvoy.doctor({ ...request, fix: flags.fix });
    const notes = report.changes.flatMap((change) => change.notes);
    return {
      exit: report.findings.length === 0 ? 0 : 3,
      data: report,
      notes,
      text: (style) => doctorText(report, style, { fixed: flags.fix && !common.dryRun }),
    };
  },
);

function exitOf({ state }: UsableReport): number {
  return state === "declined" ? 3 : 0;
}
