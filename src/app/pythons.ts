import { isVenvoyError } from "../base/index.ts";
import { chooseInterpreter, findInterpreters, isSupported } from "../python/index.ts";
import type { Context } from "./context.ts";
import type { InterpreterSummary } from "./outcomes.ts";
import { askOptions } from "./solve.ts";

/** Every Python on this machine, the broken ones with their reason; the default is what `create` takes here. */
export async function pythons(context: Context, signal?: AbortSignal): Promise<readonly InterpreterSummary[]> {
  const options = askOptions(context, signal);
  const reports = await findInterpreters(context, options);
  const here = { ...options, versionFileFrom: context.system.cwd };
  const chosen = await chooseInterpreter(context, undefined, here).catch((error: unknown) => {
    // A list is for finding out what is wrong, too.
    if (isVenvoyError(error) && error.code !== "ABORTED") return undefined;
    throw error;
  });
  return reports.map((one) =>
    "ok" in one
      ? {
          path: one.path,
          version: one.ok.version,
          implementation: one.ok.markers.platform_python_implementation,
          source: one.source,
          isDefault: one.ok.executable === chosen?.executable,
          supported: isSupported(one.ok),
        }
      : {
          path: one.path,
          version: undefined,
          implementation: undefined,
          source: one.source,
          isDefault: false,
          supported: false,
          problem: one.reason,
        },
  );
}
