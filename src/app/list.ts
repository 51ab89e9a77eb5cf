import type { EnvironmentSummary as Listed } from "../env/index.ts";
import { livingBase } from "./bases.ts";
import type { Context } from "./context.ts";
import type { DeletedSummary, EnvironmentSummary } from "./outcomes.ts";

/**
 * All environments, by name; one that can't be used is listed with its problem. A Python that is gone is looked for
 * elsewhere first, and one that was upgraded in place is shown as what it is now.
 */
export async function list(context: Context, signal?: AbortSignal): Promise<readonly EnvironmentSummary[]> {
  const found = await context.home.list();
  const versions = new Map<string, string>();
  for (const key of new Set(found.map((one) => one.base))) {
    if (key === undefined || key === "") continue;
    const base = await livingBase(context, key, signal);
    if (base !== undefined) versions.set(key, base.interpreter.version);
  }
  return found.map((one) => {
    const version = one.base === undefined ? undefined : versions.get(one.base);
    return version === undefined ? summaryOf(one) : summaryOf({ ...one, pythonVersion: version, problem: undefined });
  });
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
