import type { ChangeReport } from "../../app/index.ts";
import { printable } from "../../base/index.ts";
import type { Session } from "../session.ts";
import type { CommonFlags } from "../spec.ts";
import { count } from "./quantity.ts";

/**
 * Asks whether an environment whose Python is gone is rebuilt on another one; Enter means yes. `undefined` where nobody
 * can be asked: then nothing is rebuilt, and the failure says what to type.
 */
export function confirmRebuild(
  session: Session,
  common: CommonFlags,
): ((plan: ChangeReport) => Promise<boolean>) | undefined {
  const { terminal } = session;
  if (common.yes) return async () => true;
  if (common.json || !terminal.interactive) return undefined;
  return async (plan) => {
    const answer = await terminal.ask(`${rebuildQuestion(plan)} [Y/n] `);
    return /^(y(es)?)?$/i.test(answer.trim());
  };
}

/** `Python 3.12 is gone. Rebuild relephant on 3.13 (41 packages, 2 change)?` */
export function rebuildQuestion(plan: ChangeReport): string {
  const minor = plan.python.split(".").slice(0, 2).join(".");
  // Another file of the same version is no change to a person.
  const changing = plan.changes.filter(({ from, to }) => from !== to).length;
  const changes = changing === 0 ? "none changes" : `${changing} ${changing === 1 ? "changes" : "change"}`;
  const packages = plan.packageCount === 0 ? "no packages" : `${count(plan.packageCount, "package")}, ${changes}`;
  const name = printable(plan.environment.name, { newlines: false });
  return `Python ${plan.gonePython ?? ""} is gone. Rebuild ${name} on ${minor} (${packages})?`;
}
