import type { Context } from "../context.ts";
import type { RunPlan } from "../outcomes.ts";
import type { ChangeOptions, ResolveChoices } from "../requests.ts";
import { run } from "../run/run.ts";
import { laneProgram } from "./open.ts";

export interface WorkerRequest extends ResolveChoices {
  /** An environment; else `script`'s header decides, else as with `venvoy run`. */
  readonly name?: string;
  readonly script?: string;
  readonly confirm?: ChangeOptions["confirm"];
  readonly signal?: AbortSignal;
}

/** How a worker is started that speaks Appose's messages on its standard streams. Starting is the caller's. */
export async function apposeWorker(context: Context, request: WorkerRequest): Promise<RunPlan> {
  const { script, ...options } = request;
  const target =
    script === undefined ? ({ kind: "code", code: "" } as const) : ({ kind: "file", path: script } as const);
  const plan = await run(context, { ...options, target });
  const program = context.fs.path.join(await laneProgram(context), "venvoy_lane", "appose_worker.py");
  return { ...plan, argv: [plan.argv[0], program] };
}
