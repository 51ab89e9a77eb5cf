import type { SetupReport } from "../../app/index.ts";
import { VenvoyError } from "../../base/index.ts";
import { shellNames } from "../../shell/index.ts";
import { foreignText, setupDone, setupPlan } from "../render/setup.ts";
import { terminalStyle } from "../render/style.ts";
import type { Session } from "../session.ts";
import { type CommonFlags, command } from "../spec.ts";
import { shellNamed } from "./shells.ts";

export const setup = command(
  {
    path: "setup",
    group: "shell",
    summary: "put venvoy on PATH, and mkvenv, usevenv and TAB into your shell",
    everyday: true,
    changes: true,
    args: { shell: { kind: "maybe", summary: shellNames.join(", "), values: shellNames } },
    flags: {
      remove: { kind: "boolean", summary: "undo it: for that shell, or for all" },
      follow: { kind: "boolean", summary: "also activate by a .venvoy file when you change directory" },
      "no-follow": { kind: "boolean", summary: "don't, any more" },
    },
    examples: ["venvoy setup", "venvoy setup zsh", "venvoy setup --remove"],
  },
  async ({ args, flags, common, session }) => {
    const venvoy = await session.venvoy();
    const request = {
      ...(args.shell === undefined ? {} : { shell: shellNamed(args.shell) }),
      remove: flags.remove,
      ...(flags.follow ? { follows: true } : flags["no-follow"] ? { follows: false } : {}),
      signal: session.signal,
    };
    const plan = await venvoy.setup({ ...request, dryRun: true });
    const mayDo = plan.changed && !common.dryRun && (await agreed(plan, common, session));
    const report = mayDo ? await venvoy.setup({ ...request, dryRun: false }) : plan;
    return {
      exit: 0,
      data: report,
      notes: report.foreign.length === 0 || common.json ? [] : [foreignText(report)],
      text: (style) =>
        common.dryRun || (plan.changed && !mayDo)
          ? setupPlan(plan, style, { declined: !common.dryRun })
          : setupDone(report, style),
    };
  },
);

/** Shows what would be done, and asks. Without a terminal nothing is done that was not agreed to beforehand. */
async function agreed(plan: SetupReport, common: CommonFlags, session: Session): Promise<boolean> {
  if (common.yes) return true;
  const again = `venvoy setup${plan.shell === undefined ? "" : ` ${plan.shell}`}${plan.removed ? " --remove" : ""} --yes`;
  if (!session.terminal.interactive || common.json) {
    if (!common.json) session.say(setupPlan(plan, terminalStyle(session.terminal)));
    throw new VenvoyError("INPUT_NEEDED", "`venvoy setup` changes files of yours, and there is no terminal to ask on", {
      hint: again,
      data: { plan },
    });
  }
  session.say(setupPlan(plan, terminalStyle(session.terminal)));
  return /^y(es)?$/i.test((await session.terminal.ask("Do it? [y/N] ")).trim());
}
