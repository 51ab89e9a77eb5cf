import { findInterpreters, fits, type Interpreter, isSupported } from "../../python/index.ts";
import type { Context } from "../context.ts";
import { askOptions, interpreterFor } from "../solve.ts";
import type { CheckItem } from "./check-item.ts";

/** The Pythons that come into question for lanes. */
export interface PythonPool {
  /** Those that most scripts would take by themselves go first. */
  readonly pythons: readonly Interpreter[];
  /** The one that a run of each script would take. */
  readonly own: ReadonlyMap<CheckItem, Interpreter>;
}

/** Whether a script can run on a Python: its header's request, and the Python of its environment, when that exists. */
export function takes({ python, environment }: CheckItem, interpreter: Interpreter): boolean {
  if (environment.python !== undefined && environment.python.executable !== interpreter.executable) return false;
  if (python === undefined) return true;
  const { request } = python;
  if (request.kind === "path" || request.kind === "command") return false;
  return fits(request, interpreter);
}

/**
 * The Python of each script, and those that serve scripts together which want different ones: `>=3.10` and `<3.12` may
 * meet on 3.11, which neither would take alone. Throws nothing for a script that no Python serves: it has none.
 */
export async function pythonPool(
  context: Context,
  items: readonly CheckItem[],
  {
    python,
    signal,
    failed,
  }: {
    readonly python: string | undefined;
    readonly signal: AbortSignal | undefined;
    readonly failed: (item: CheckItem, error: unknown) => void;
  },
): Promise<PythonPool> {
  const own = new Map<CheckItem, Interpreter>();
  const byRequest = new Map<string, Promise<Interpreter>>();
  for (const item of items) {
    const request = python ?? item.python?.text;
    try {
      const found = byRequest.get(request ?? "") ?? interpreterFor(context, request, signal);
      byRequest.set(request ?? "", found);
      own.set(item, item.environment.python ?? (await found));
    } catch (error) {
      failed(item, error);
    }
  }
  // The same Python that was found twice is one.
  const taken = new Map<string, { readonly interpreter: Interpreter; count: number }>();
  for (const interpreter of own.values()) {
    const known = taken.get(interpreter.executable);
    if (known === undefined) taken.set(interpreter.executable, { interpreter, count: 1 });
    else known.count++;
  }
  for (const [item, interpreter] of own) own.set(item, taken.get(interpreter.executable)?.interpreter ?? interpreter);
  const pythons = [...taken.values()].sort((a, b) => b.count - a.count).map(({ interpreter }) => interpreter);
  if (pythons.length < 2) return { pythons, own };
  return { pythons: [...pythons, ...(await meetingPlaces(context, [...own.keys()], { pythons, signal }))], own };
}

/** Further Pythons that serve a set of scripts which none of those serves. */
async function meetingPlaces(
  context: Context,
  items: readonly CheckItem[],
  { pythons, signal }: { readonly pythons: readonly Interpreter[]; readonly signal: AbortSignal | undefined },
): Promise<readonly Interpreter[]> {
  const served = (interpreter: Interpreter): readonly number[] =>
    items.flatMap((item, index) => (takes(item, interpreter) ? [index] : []));
  const covered = pythons.map((one) => new Set(served(one)));
  const added: Interpreter[] = [];
  for (const report of await findInterpreters(context, askOptions(context, signal))) {
    if (!("ok" in report) || !isSupported(report.ok) || report.ok.freeThreaded || report.ok.debug) continue;
    const members = served(report.ok);
    if (members.length < 2 || covered.some((known) => members.every((one) => known.has(one)))) continue;
    covered.push(new Set(members));
    added.push(report.ok);
  }
  return added;
}
