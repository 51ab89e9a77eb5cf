import { type ErrorCode, isVenvoyError } from "../base/index.ts";
import { readLock } from "../env/index.ts";
import type { Requirement } from "../pep/index.ts";
import { askedOf } from "./asked.ts";
import { baseOfEnvironment } from "./bases.ts";
import type { Context } from "./context.ts";
import { diffLocks } from "./diff.ts";
import type { OtherVersion } from "./outcomes.ts";
import { preferencesOf, solve } from "./solve.ts";
import { targetEnvironment } from "./targets.ts";

const refusals: ReadonlySet<ErrorCode> = new Set([
  "BUILD_FAILED",
  "PACKAGE_BLOCKED",
  "PACKAGE_UNKNOWN",
  "RESOLUTION_IMPOSSIBLE",
  "WHEEL_UNFIT",
]);

/**
 * Whether another version would fit into an environment, beside everything that is asked of it; with the reason when it
 * would not. Resolves, and changes nothing.
 */
export async function whyVersion(
  context: Context,
  requirement: Requirement,
  { name, signal }: { readonly name?: string | undefined; readonly signal?: AbortSignal | undefined },
): Promise<Omit<OtherVersion, "excludedBy"> & { readonly version: string | undefined }> {
  const environment = await targetEnvironment(context, name);
  const lock = await readLock(context.fs, environment, environment.current.number);
  const base = await baseOfEnvironment(context, environment, signal);
  const wanted = requirement.toString();
  const typed = { requirement, origin: { kind: "typed", text: wanted } } as const;
  try {
    const solved = await solve(context, base.interpreter, {
      asked: [...askedOf(context, environment.intent), typed],
      choices: {},
      keep: { preferences: preferencesOf(lock) },
      ...(signal === undefined ? {} : { signal }),
    });
    const changes = diffLocks(lock, solved.lock).filter(
      ({ name: one, from, to }) => from !== to && one !== requirement.name,
    );
    const version = solved.lock.packages.find((one) => one.name === requirement.name)?.version;
    return { wanted, fits: true, changes, version };
  } catch (error) {
    if (!isVenvoyError(error) || !refusals.has(error.code)) throw error;
    return { wanted, fits: false, changes: [], reason: error.message, version: undefined };
  }
}
