import { isVenvoyError, VenvoyError } from "../base/index.ts";
import type { Environment } from "../env/index.ts";
import type { MarkerEnvironment } from "../pep/index.ts";
import { type Base, markersOfBase, parseBaseKey, targetOf } from "../python/index.ts";
import type { Context } from "./context.ts";
import { baseOf } from "./solve.ts";

/** The base of that key, repaired when it can be; `undefined` when its Python is gone for good. */
export async function livingBase(context: Context, key: string, signal?: AbortSignal): Promise<Base | undefined> {
  try {
    return await baseOf(context, key, signal);
  } catch (error) {
    if (isVenvoyError(error, "PYTHON_GONE")) return undefined;
    throw error;
  }
}

/**
 * What the Python of an environment answers to markers. For one whose Python is gone they are put together from what was
 * written down of it, so that the environment can be read all the same.
 */
export async function markersFor(
  context: Context,
  { intent, label }: Pick<Environment, "intent" | "label">,
  signal?: AbortSignal,
): Promise<MarkerEnvironment> {
  const { base: key, pythonVersion } = intent.standing;
  const base = await livingBase(context, key, signal);
  if (base !== undefined) return targetOf(base.interpreter).markers;
  const facts = parseBaseKey(key);
  if (facts !== undefined) return markersOfBase(facts, pythonVersion);
  throw new VenvoyError("ENV_BROKEN", `\`${label}\` does not say which Python it stands on`, {
    hint: `venvoy doctor ${label}`,
  });
}

/** `3.12` of a base's key; how a person is told which Python is gone. */
export function minorOfBase(key: string): string {
  return parseBaseKey(key)?.version.join(".") ?? "?";
}
