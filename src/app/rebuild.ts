import { isVenvoyError, type VenvoyError } from "../base/index.ts";
import type { Environment, Place } from "../env/index.ts";
import { rebuildElsewhere } from "./another-python.ts";
import { applyCommand } from "./change.ts";
import type { Context } from "./context.ts";
import type { ChangeReport } from "./outcomes.ts";
import { lockOptions } from "./packages.ts";
import type { ChangeOptions } from "./requests.ts";
import { targetPlace } from "./targets.ts";

export interface RebuildRequest extends ChangeOptions {
  /** The environment; else the active one. */
  readonly name?: string;
  /** Every environment, in place of a name. One that fails doesn't keep the others from it. */
  readonly all?: boolean;
  /** Newest versions of what is asked for, in place of those of the lock. */
  readonly latest?: boolean;
}

/** One environment of a rebuild. */
export type RebuildOutcome =
  | { readonly name: string; readonly report: ChangeReport }
  | { readonly name: string; readonly error: VenvoyError };

/**
 * Builds the next version of environments from their locks, so that the network isn't needed; from what is asked for with
 * `latest`, on another Python, or when somebody edited `intent.toml`. The version before stays, as with every change.
 */
export async function rebuild(context: Context, request: RebuildRequest): Promise<readonly RebuildOutcome[]> {
  if (request.all !== true) {
    const place = await targetPlace(context, request.name);
    const report = await rebuildOne(context, place, request);
    return [{ name: report.environment.name, report }];
  }
  const outcomes: RebuildOutcome[] = [];
  for (const one of await context.home.list()) {
    try {
      outcomes.push({ name: one.label, report: await rebuildOne(context, one, request) });
    } catch (error) {
      if (!isVenvoyError(error) || request.signal?.aborted === true) throw error;
      outcomes.push({ name: one.label, error });
    }
  }
  return outcomes;
}

async function rebuildOne(context: Context, place: Place, request: RebuildRequest): Promise<ChangeReport> {
  const { name: _name, all: _all, latest = false, ...options } = request;
  const purpose = lockOptions(`rebuild ${place.name}`, request.signal);
  const refresh = latest ? { refresh: true, ...options } : options;
  try {
    return await context.home.using(place, purpose, (held) =>
      applyCommand(
        context,
        held,
        ({ intent }) => ({
          wanted: { ...intent, python: request.python ?? intent.python, linkMode: request.linkMode ?? intent.linkMode },
          rebuild: true,
          ...(latest ? { keep: { upgrade: "all" } as const } : { asLocked: true }),
        }),
        refresh,
      ),
    );
  } catch (error) {
    // Whoever types it wants it to work again: on the nearest Python that there is.
    if (!isVenvoyError(error, "PYTHON_GONE") || request.python !== undefined) throw error;
    return rebuildElsewhere(context, await readableOrThrow(context, place, error), withQuestion(options));
  }
}

async function readableOrThrow(context: Context, place: Place, error: VenvoyError): Promise<Environment> {
  const environment = await context.home.find(place.root);
  if (environment === undefined) throw error;
  return environment;
}

function withQuestion({ confirm, ...options }: ChangeOptions): Parameters<typeof rebuildElsewhere>[2] {
  return { ...options, ...(confirm === undefined ? {} : { confirmRebuild: confirm }) };
}
