import type { UsableReport } from "../../app/index.ts";
import { VenvoyError } from "../../base/index.ts";
import { readyText } from "../render/change.ts";
import { doctorText } from "../render/doctor.ts";
import { confirmRebuild } from "../render/rebuild.ts";
import { terminalStyle } from "../render/style.ts";
import { confirmFix, treeText } from "../render/tree-doctor.ts";
import { command, resolveFlags } from "../spec.ts";
import { given, resolveChoices } from "./choices.ts";

export const doctor = command(
  {
    path: "doctor",
    group: "health",
    summary: "find what is wrong with the environments, or with a tree of another tool, and mend it with --fix",
    everyday: true,
    changes: true,
    args: {
      name: { kind: "maybe", summary: "the environment, or a directory (else all environments)", values: "place" },
    },
    flags: {
      fix: { kind: "boolean", summary: "mend what can be mended" },
      from: { kind: "text", value: "PATH", summary: "of a directory: where it was (else what it says itself)" },
      to: { kind: "text", value: "PATH", summary: "of a directory: the place it is made for (else where it is)" },
      all: { kind: "boolean", summary: "of a directory: name every path instead of a summary" },
      quick: { kind: "boolean", summary: "only make sure that its Python can be started; what an activation calls" },
      ...resolveFlags,
    },
    examples: [
      "venvoy doctor",
      "venvoy doctor demo",
      "venvoy doctor --fix",
      "venvoy doctor demo --fix --python 3.13",
      "venvoy doctor /mnt/tools/env",
      "venvoy doctor /mnt/tools/env --fix --from /home/me/env",
    ],
  },
  async ({ args, flags, common, session }) => {
    const venvoy = await session.venvoy();
    const directory = args.name === undefined ? undefined : await venvoy.treeNamed(args.name);
    if (directory !== undefined && args.name !== undefined) {
      const report = await venvoy.doctorTree({
        directory: args.name,
        fix: flags.fix,
        ...given("from", flags.from),
        ...given("to", flags.to),
        dryRun: common.dryRun,
        signal: session.signal,
        confirm: confirmFix(session, common),
      });
      const isBroken = report.paths.some(({ harm }) => harm === "now") || report.unfinished !== undefined;
      return { exit: isBroken ? 3 : 0, data: report, text: (style) => treeText(report, style, { all: flags.all }) };
    }
    for (const flag of ["from", "to", "all"] as const) {
      if (flags[flag] !== undefined && flags[flag] !== false) throw onlyTrees(flag);
    }
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

function onlyTrees(flag: string): VenvoyError {
  return new VenvoyError("ARGUMENT_INVALID", `\`--${flag}\` is for a directory that is no environment of venvoy`, {
    hint: "name that directory: venvoy doctor ./DIR",
  });
}
