import type { EnvironmentSummary as Listed } from "../env/index.ts";
import type { Context } from "./context.ts";
import type { DeletedSummary, EnvironmentSummary } from "./outcomes.ts";

/** All environments, by name; one that can't be used is listed with its problem. */
export async function list(context: Context): Promise<readonly EnvironmentSummary[]> {
  return (await context.home.list()).map(summaryOf);
}

/** What was deleted in the last 30 days, the latest first. */
export async function listDeleted(context: Context): Promise<readonly DeletedSummary[]> {
  const found = await context.home.deleted();
  return found.map(({ name, id, deletedMs, directory }) => ({ name: directory ?? name, id, deletedMs }));
}

export function summaryOf(one: Listed): EnvironmentSummary {
  return {
    name: one.label,
    id: one.id,
    path: one.root,
    python: one.pythonVersion,
    packages: one.packages,
    version: one.version,
    createdMs: one.createdMs,
    usedMs: one.usedMs,
    ...(one.purpose === undefined ? {} : { purpose: one.purpose }),
    ...(one.protected ? { protected: true } : {}),
    ...(one.problem === undefined ? {} : { problem: one.problem }),
  };
}
