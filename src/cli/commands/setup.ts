import type { SetupReport } from "../../app/index.ts";
import { isVenvoyError, VenvoyError } from "../../base/index.ts";
import { shellNames } from "../../shell/index.ts";
import { failureText } from "../render/failure.ts";
import { importText } from "../render/files.ts";
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
    const isDone = mayDo || (!plan.changed && !common.dryRun);
    const offers = isDone && report.foreign.length > 0 && !common.json;
    const asks = offers && session.terminal.interactive && !common.yes;
    if (asks) {
      // What is done is said before the next question, not after it.
      session.say(setupDone(report, terminalStyle(session.terminal)));
      await offerForeign(report, session);
    }
    return {
      exit: 0,
      data: report,
      notes: offers && !asks ? [foreignText(report)] : [],
      text: (style) => {
        if (asks) return "";
        return isDone ? setupDone(report, style) : setupPlan(plan, style, { declined: !common.dryRun });
      },
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

/** Names what other tools keep, and takes it over when the person says so. One that can't come doesn't stop the others. */
async function offerForeign(report: SetupReport, session: Session): Promise<void> {
  const style = terminalStyle(session.terminal);
  for (const home of report.foreign) {
    const wanted = home.environments.filter(({ taken }) => !taken);
    session.say(foreignText({ ...report, foreign: [home] }));
    const what = wanted.length === 1 ? "it" : `these ${wanted.length}`;
    const answer = await session.terminal.ask(`Take ${what} over, with the same versions? ${home.tool}'s stay. [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) continue;
    for (const { path } of wanted) {
      const venvoy = await session.venvoy();
      try {
        const options = { command: `venvoy import ${path}`, signal: session.signal };
        session.say(importText(await venvoy.import({ path, ...options }), style));
      } catch (error) {
        if (!isVenvoyError(error) || isVenvoyError(error, "ABORTED")) throw error;
        session.say(failureText(error, style));
      }
    }
  }
}
