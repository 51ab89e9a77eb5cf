import type { AbsPath } from "../base/index.ts";
import { isVenvoyError } from "../base/index.ts";
import { faultOfTree } from "../env/index.ts";
import { type PythonOptions, withLivingPython } from "./another-python.ts";
import type { Context } from "./context.ts";
import { materialiseCurrent } from "./materialise.ts";
import type { ChangeReport } from "./outcomes.ts";
import { lockOptions } from "./packages.ts";
import { targetPlace } from "./targets.ts";

export interface MakeUsableRequest extends PythonOptions {
  /** The environment; else the active one. */
  readonly name?: string;
}

export interface UsableReport {
  readonly environment: { readonly name: string; readonly path: AbsPath };
  /** `ready`: it was usable. `mended`: without a new version. `declined`: whoever was asked said no. */
  readonly state: "ready" | "mended" | "rebuilt" | "declined";
  readonly change?: ChangeReport;
}

/**
 * Makes sure that an environment's Python can be started: what an activation asks for when it can't. Only that is looked
 * at, and only that is mended. Throws `PYTHON_GONE`.
 */
export async function makeUsable(context: Context, request: MakeUsableRequest): Promise<UsableReport> {
  const place = await targetPlace(context, request.name);
  const found = await context.home.open(place.root);
  const named = { name: found.label, path: found.root };
  const { name: _name, ...options } = request;
  try {
    const { environment, mended, change } = await withLivingPython(context, found, options);
    if (change !== undefined) return { environment: named, state: "rebuilt", change };
    const isThere = (await faultOfTree(context, environment.current.root)) === undefined;
    if (isThere) return { environment: named, state: mended ? "mended" : "ready" };
    await context.home.using(place, lockOptions(`build ${found.label} again`, request.signal), (held) =>
      materialiseCurrent(context, held, request.signal === undefined ? {} : { signal: request.signal }),
    );
    return { environment: named, state: "mended" };
  } catch (error) {
    if (isVenvoyError(error, "ABORTED") && request.signal?.aborted !== true)
      return { environment: named, state: "declined" };
    throw error;
  }
}
