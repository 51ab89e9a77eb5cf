import type { Environment, GoToRequest, HeldEnvironment } from "../env/index.ts";
import { createIndexClient } from "../pypi/index.ts";
import { baseOfRecord } from "./bases.ts";
import { withBuilds } from "./building/source.ts";
import { settingsFor } from "./choices.ts";
import type { Context } from "./context.ts";
import { extraFiles, placeOf } from "./extra-files.ts";
import { obtain } from "./obtain.ts";
import type { OperationOptions, ResolveChoices } from "./requests.ts";

/** How the tree of a version is built again from its lock: from the store, and from the index what is missing there. */
export function buildAgain(
  context: Context,
  request: OperationOptions & ResolveChoices,
  environment: Environment,
): GoToRequest["build"] {
  return async ({ record, lock }) => {
    if (record.wanted.publication !== undefined) {
      const { releaseAgain } = await import("./pull/bring.ts");
      return releaseAgain(context, environment, record, request.signal);
    }
    const settings = await settingsFor(context, request);
    const base = await baseOfRecord(context, environment, record, request.signal);
    const source = withBuilds(context, createIndexClient(context, settings.index), {
      interpreter: base.interpreter,
      choices: request,
      within: [],
    });
    return {
      ...(await obtain(context, lock, source, request.signal === undefined ? {} : { signal: request.signal })),
      base,
      extraFiles: extraFiles(context, placeOf(environment)),
    };
  };
}

/**
 * Makes sure that the current version has its tree. Done before anything is compared with it: a tree that is gone would
 * read as if everything in it had been removed by hand.
 */
export async function materialiseCurrent(
  context: Context,
  held: HeldEnvironment,
  request: OperationOptions & ResolveChoices,
): Promise<void> {
  await held.materialise(buildAgain(context, request, held.environment));
}
