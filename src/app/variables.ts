import { type AbsPath, printable, typedWord, VenvoyError } from "../base/index.ts";
import type { Environment } from "../env/index.ts";
import { variableRefusal, variableWarning } from "../shell/index.ts";
import type { Context } from "./context.ts";
import { lockOptions } from "./packages.ts";
import type { OperationOptions } from "./requests.ts";
import { targetEnvironment, targetPlace } from "./targets.ts";

export interface VariablesRequest extends OperationOptions {
  /** The environment; else the active one. */
  readonly name?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly unset?: readonly string[];
  readonly dryRun?: boolean;
}

export interface VariablesReport {
  readonly name: string;
  readonly path: AbsPath;
  /** All of them after the change, by name. */
  readonly variables: Readonly<Record<string, string>>;
  /** The names whose values differ from before. */
  readonly changed: readonly string[];
  /** Sentences that a person should read. */
  readonly notes: readonly string[];
}

/** Sets and unsets variables of an environment; with nothing to do, tells which there are. */
export async function variables(context: Context, request: VariablesRequest): Promise<VariablesReport> {
  const set = Object.entries(request.set ?? {});
  const unset = request.unset ?? [];
  if (set.length + unset.length === 0) return reportOf(await targetEnvironment(context, request.name), {});
  for (const [name, value] of set) checkVariable(name, value);
  const place = await targetPlace(context, request.name);
  const names = [...set.map(([name]) => name), ...unset].join(" ");
  return context.home.using(place, lockOptions(`set ${names}`, request.signal), async (held) => {
    const { environment } = held;
    if (environment.intent.protected) throw protectedAgainst(environment.label);
    const before = environment.intent.variables;
    for (const name of unset) if (!(name in before)) throw notSet(name, environment.label, Object.keys(before));
    const kept = Object.entries(before).filter(([name]) => !unset.includes(name));
    const after = Object.fromEntries([...kept, ...set]);
    if (request.dryRun !== true) await held.edit({ variables: after });
    return { ...reportOf(environment, before, after), notes: set.flatMap(([name]) => warningOf(name)) };
  });
}

function reportOf(
  environment: Environment,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>> = environment.intent.variables,
): VariablesReport {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const isList = before !== environment.intent.variables;
  return {
    name: environment.label,
    path: environment.root,
    variables: Object.fromEntries(names.flatMap((name) => (name in after ? [[name, after[name] ?? ""]] : []))),
    changed: isList ? [] : names.filter((name) => before[name] !== after[name]),
    notes: [],
  };
}

function checkVariable(name: string, value: string): void {
  const why = variableRefusal(name) ?? (value.includes("\0") ? "its value holds a NUL character" : undefined);
  if (why === undefined) return;
  throw new VenvoyError("ARGUMENT_INVALID", `\`${printable(name, { newlines: false })}\` can't be set: ${why}`, {
    hint: "venvoy set NAME=VALUE",
    data: { name, why },
  });
}

function warningOf(name: string): readonly string[] {
  const why = variableWarning(name);
  return why === undefined ? [] : [`${name}: ${why}`];
}

function notSet(name: string, label: string, known: readonly string[]): VenvoyError {
  return new VenvoyError("ARGUMENT_INVALID", `\`${printable(name, { newlines: false })}\` is not set in \`${label}\``, {
    hint: `venvoy set -n ${typedWord(label)} lists what is`,
    data: { name, environment: label, known },
  });
}

function protectedAgainst(label: string): VenvoyError {
  return new VenvoyError("ENV_PROTECTED", `The environment \`${label}\` is protected against changes`, {
    hint: `venvoy unprotect ${typedWord(label)}`,
    data: { name: label },
  });
}
