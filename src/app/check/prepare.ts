import { isVenvoyError } from "../../base/index.ts";
import type { Context } from "../context.ts";
import { run } from "../run/run.ts";
import { type CheckItem, problemOf } from "./check-item.ts";
import type { CheckRequest, PreparedScript } from "./check-types.ts";

/**
 * Makes every script's environment by the operation that a run begins with, one after the other. A script that wants a
 * certain Python goes first: a new environment that it shares then stands on one that suits all.
 */
export async function prepare(
  context: Context,
  {
    files: _files,
    prepare: _prepare,
    write: _write,
    dryRun: _dryRun,
    confirmWrite: _confirmWrite,
    ...choices
  }: CheckRequest,
  items: readonly CheckItem[],
): Promise<readonly PreparedScript[]> {
  const prepared: PreparedScript[] = [];
  const ordered = [...items].sort((a, b) => Number(a.python === undefined) - Number(b.python === undefined));
  for (const { label, path } of ordered) {
    try {
      const { environment, change } = await run(context, { ...choices, target: { kind: "file", path } });
      prepared.push({ script: label, environment: environment.name, changed: change?.changed ?? false });
    } catch (error) {
      if (!isVenvoyError(error) || choices.signal?.aborted === true) throw error;
      prepared.push({ script: label, changed: false, problem: problemOf(error) });
    }
  }
  return prepared;
}
