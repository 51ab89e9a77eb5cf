import type { BackendName } from "../../backend/index.ts";
import { VenvoyError } from "../../base/index.ts";
import type { Environment } from "../../env/index.ts";
import type { Target } from "../../pep/index.ts";
import { type Interpreter, interpreterName, parseTarget, targetOf } from "../../python/index.ts";
import { baseOfEnvironment } from "../bases.ts";
import type { Context } from "../context.ts";
import { interpreterFor } from "../solve.ts";

/** Something to lock or fetch for. */
export interface LockTarget {
  /** For a person, and for `--target` when no interpreter stands behind it. */
  readonly name: string;
  readonly target: Target;
  /** The Python of this machine that it is: then sources can be built, too. */
  readonly interpreter?: Interpreter;
  /** Builds for hardware to take. */
  readonly backend?: BackendName;
  /** The extra that chooses these builds at install, where the lock has others for the same target, too. */
  readonly choice?: string;
}

/** Where to look when no target is named. */
export interface HomeTarget {
  readonly python: string | undefined;
  readonly environment?: Environment | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The targets by their names, each once, sorted: the order in which they are typed changes nothing. Without names: the
 * Python that was asked for, else that of the environment, else the usual one here.
 */
export async function lockTargets(
  context: Context,
  names: readonly string[],
  { python, environment, signal }: HomeTarget,
): Promise<readonly LockTarget[]> {
  if (names.length > 0) {
    if (python !== undefined) {
      throw new VenvoyError("ARGUMENT_INVALID", `\`--python ${python}\` and \`--target\` name a Python both`, {
        hint: "leave out --python: each target says which Python it is",
      });
    }
    const named = new Map(names.map((text) => parseTarget(text)).map((one) => [one.name, one]));
    return [...named.keys()].sort().flatMap((name) => named.get(name) ?? []);
  }
  const interpreter =
    python === undefined && environment !== undefined
      ? (await baseOfEnvironment(context, environment, signal)).interpreter
      : await interpreterFor(context, python, signal);
  return [{ name: interpreterName(interpreter), target: targetOf(interpreter), interpreter }];
}
