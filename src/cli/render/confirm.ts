import type { ChangeReport } from "../../app/index.ts";
import type { Session } from "../session.ts";
import type { CommonFlags } from "../spec.ts";
import { planText } from "./change.ts";
import { bytes, count } from "./quantity.ts";
import { terminalStyle } from "./style.ts";

const largeDownloadBytes = 1_000_000_000;

/**
 * Shows what will be done, and asks only when something is removed, downgraded, or larger than 1 GB, and only on a
 * terminal. Without a terminal, or with `--yes`, nothing is asked.
 */
export function confirmOnTerminal(session: Session, common: CommonFlags): (plan: ChangeReport) => Promise<boolean> {
  return async (plan) => {
    const { terminal } = session;
    if (!common.quiet && !common.json && terminal.draws) session.say(planText(plan, terminalStyle(terminal)));
    const why = reasonToAsk(plan);
    if (why === undefined || common.yes || common.json || !terminal.interactive) return true;
    const answer = await terminal.ask(`${why} Do it? [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  };
}

function reasonToAsk(plan: ChangeReport): string | undefined {
  if (plan.cost.downloadBytes > largeDownloadBytes) return `This downloads ${bytes(plan.cost.downloadBytes)}.`;
  const removed = plan.changes.filter((change) => change.to === undefined).length;
  if (removed > 0) return `This removes ${count(removed, "package")}.`;
  const downgraded = plan.changes.filter((change) => change.downgrade === true).length;
  if (downgraded > 0) return `This takes ${count(downgraded, "package")} back to an older version.`;
  return undefined;
}
