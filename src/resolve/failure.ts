import { VenvoyError } from "../base/index.ts";
import type { Derivation } from "../solver/index.ts";
import type { Pack } from "./pypi-provider.ts";
import type { Reason } from "./reasons.ts";
import type { ResolveRequest } from "./request.ts";

/** The error for a request that can't be satisfied. */
export async function failureOf(_derivation: Derivation<Pack, Reason>, _request: ResolveRequest): Promise<VenvoyError> {
  return new VenvoyError("RESOLUTION_IMPOSSIBLE", "No set of versions satisfies everything that is asked for");
}
