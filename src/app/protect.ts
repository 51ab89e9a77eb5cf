import type { AbsPath } from "../base/index.ts";
import type { Context } from "./context.ts";
import { lockOptions } from "./packages.ts";
import type { OperationOptions } from "./requests.ts";
import { targetPlace } from "./targets.ts";

export interface ProtectRequest extends OperationOptions {
  /** The environment; else the active one. */
  readonly name?: string;
  readonly protected: boolean;
}

export interface ProtectReport {
  readonly name: string;
  readonly path: AbsPath;
  readonly protected: boolean;
  /** False when it was so already. */
  readonly changed: boolean;
}

/** Guards an environment against every change by venvoy, or lifts that. */
export async function protect(context: Context, request: ProtectRequest): Promise<ProtectReport> {
  const place = await targetPlace(context, request.name);
  const purpose = request.protected ? "protect" : "unprotect";
  return context.home.using(place, lockOptions(purpose, request.signal), async (held) => {
    const { environment } = held;
    const changed = environment.intent.protected !== request.protected;
    if (changed) await held.edit({ protected: request.protected });
    return { name: environment.label, path: environment.root, protected: request.protected, changed };
  });
}
