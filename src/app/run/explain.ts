import { printable } from "../../base/index.ts";
import { findBase } from "../../python/index.ts";
import { type Context, pathFrom } from "../context.ts";
import type { RunExplanation } from "../outcomes.ts";
import type { RunRequest } from "../requests.ts";
import { type Choice, choose } from "./choose.ts";
import { type HeaderAsks, headerAsks } from "./header-asks.ts";
import { isServed } from "./named.ts";
import { checkIsProgram } from "./not-programs.ts";
import { recallOwn } from "./own.ts";
import { ownRunOf } from "./run.ts";
import { type Runnable, runnableOf } from "./runnable.ts";

/** Says which environment a run means, and why, and whether it is ready. Makes and changes nothing. */
export async function explain(context: Context, request: RunRequest): Promise<RunExplanation> {
  if (request.target.kind === "file")
    checkIsProgram(context.fs.path.name(pathFrom(context, request.target.path)), request.target.path);
  const runnable = await runnableOf(context, request);
  const choice = await choose(context, runnable, request);
  const asks = headerAsks(runnable);
  const found = await situation(context, choice, { runnable, asks, request });
  const asked = asks.lines.map(({ text, line }) => `${runnable.label} line ${line} asks for ${text}`);
  return {
    environment: found.name,
    version: found.version,
    ready: found.ready,
    reasons: [choice.reason, ...asked, ...found.reasons].map((one) => printable(one)),
    starts: [...(runnable.starts === "python" ? ["python"] : []), ...runnable.words],
  };
}

interface Situation {
  readonly name: string;
  readonly version: number | undefined;
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

async function situation(
  context: Context,
  choice: Choice,
  facts: { readonly runnable: Runnable; readonly asks: HeaderAsks; readonly request: RunRequest },
): Promise<Situation> {
  const { runnable } = facts;
  const nowhere = { version: undefined, reasons: [] };
  switch (choice.kind) {
    case "own":
      return {
        ...nowhere,
        name: `${runnable.label} (its own)`,
        ready: (await recallOwn(context, ownRunOf(facts))) !== undefined,
      };
    case "project":
      return { ...nowhere, name: choice.project.shown, ready: false };
    case "foreign":
      return { ...nowhere, name: choice.active.root, ready: true };
    case "named": {
      const environment = await context.home.find(choice.name);
      if (environment === undefined) {
        if (!choice.mayCreate) await context.home.locate(choice.name);
        const reasons = [`\`${choice.name}\` does not exist yet: the run makes it`];
        return { name: choice.name, version: undefined, ready: false, reasons };
      }
      const version = environment.current.number;
      const ready = await isServed(context, { ...facts, choice }, environment);
      const { layout, standing } = environment.intent;
      const { base: key, pythonVersion } = standing;
      const isGone = layout !== "standalone" && (await findBase(context, context.layout, key))?.isAlive !== true;
      const then = isGone
        ? `, and its Python ${pythonVersion} is gone`
        : ", which the run changes to serve this script";
      const reasons = [`\`${environment.label}\` is at version ${version}${ready ? "" : then}`];
      return { name: environment.label, version, ready, reasons };
    }
  }
}
