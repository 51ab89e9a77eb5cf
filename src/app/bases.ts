import { isVenvoyError, printable, typedWord, VenvoyError } from "../base/index.ts";
import { type Environment, ownProgram, type VersionRecord } from "../env/index.ts";
import type { MarkerEnvironment } from "../pep/index.ts";
import { type Base, inspect, markersOfBase, parseBaseKey, targetOf } from "../python/index.ts";
import type { Context } from "./context.ts";
import { askOptions, baseOf } from "./solve.ts";

/** The base of that key, repaired when it can be; `undefined` when its Python is gone for good. */
export async function livingBase(context: Context, key: string, signal?: AbortSignal): Promise<Base | undefined> {
  try {
    return await baseOf(context, key, signal);
  } catch (error) {
    // Where nothing may be written, a link can't be led elsewhere.
    if (isVenvoyError(error, "PYTHON_GONE") || isVenvoyError(error, "DISK_READ_ONLY")) return undefined;
    throw error;
  }
}

/**
 * The Python of an environment: the base that it stands on, or the one in its own tree where it carries it. Its link is
 * that tree then. `undefined` when it is gone for good.
 */
export async function livingBaseOf(
  context: Context,
  { intent, current }: Pick<Environment, "intent" | "current">,
  signal?: AbortSignal,
): Promise<Base | undefined> {
  const key = intent.standing.base;
  if (intent.layout !== "standalone") return livingBase(context, key, signal);
  const program = await ownProgram(context, current.root);
  if (program === undefined) return undefined;
  const answer = await inspect(context, program, askOptions(context, signal));
  return "ok" in answer ? { key, link: current.root, interpreter: answer.ok } : undefined;
}

/**
 * The Python that a version is built on again: its base; or, where that is gone, the one that the environment carries, if the
 * version carried the same. Throws `PYTHON_GONE`.
 */
export async function baseOfRecord(
  context: Context,
  environment: Pick<Environment, "intent" | "current">,
  { base: key, wanted }: Pick<VersionRecord, "base" | "wanted">,
  signal?: AbortSignal,
): Promise<Base> {
  const base = await livingBase(context, key, signal);
  if (base !== undefined) return base;
  const isOwn = wanted.layout === "standalone" && environment.intent.standing.base === key;
  return (isOwn ? await livingBaseOf(context, environment, signal) : undefined) ?? baseOf(context, key, signal);
}

/** The Python of an environment, its base repaired when it can be. Throws `PYTHON_GONE`, with what to type. */
export async function baseOfEnvironment(
  context: Context,
  environment: Pick<Environment, "intent" | "label" | "current">,
  signal?: AbortSignal,
): Promise<Base> {
  const base = await livingBaseOf(context, environment, signal);
  if (base === undefined) throw pythonGone(environment);
  return base;
}

/** `onto`: the version of the Python that it would be rebuilt on, where that is known. */
export function pythonGone({ intent, label }: Pick<Environment, "intent" | "label">, onto?: string): VenvoyError {
  const key = intent.standing.base;
  const name = printable(label, { newlines: false });
  const other = onto === undefined ? "another" : `Python ${onto.split(".").slice(0, 2).join(".")}`;
  return new VenvoyError("PYTHON_GONE", `Python ${minorOfBase(key)} is gone, and \`${name}\` stands on it`, {
    hint: `venvoy doctor ${typedWord(name)} --fix rebuilds it on ${other}`,
    data: { environment: label, base: key, ...(onto === undefined ? {} : { successor: onto }) },
  });
}

/**
 * What the Python of an environment answers to markers. For one whose Python is gone they are put together from what was
 * written down of it, so that the environment can be read all the same.
 */
export async function markersFor(
  context: Context,
  { intent, label, current }: Pick<Environment, "intent" | "label" | "current">,
  signal?: AbortSignal,
): Promise<MarkerEnvironment> {
  const { base: key, pythonVersion } = intent.standing;
  const base = await livingBaseOf(context, { intent, current }, signal);
  if (base !== undefined) return targetOf(base.interpreter).markers;
  const facts = parseBaseKey(key);
  if (facts !== undefined) return markersOfBase(facts, pythonVersion);
  throw new VenvoyError("ENV_BROKEN", `\`${label}\` does not say which Python it stands on`, {
    hint: `venvoy doctor ${typedWord(label)}`,
  });
}

/** `3.12` of a base's key; how a person is told which Python is gone. */
export function minorOfBase(key: string): string {
  return parseBaseKey(key)?.version.join(".") ?? "?";
}
