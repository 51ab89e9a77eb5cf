import type { ChangeOptions, ResolveChoices } from "../../app/index.ts";
import { VenvoyError } from "../../base/index.ts";
import { confirmOnTerminal } from "../render/confirm.ts";
import type { Session } from "../session.ts";
import { type CommonFlags, resolveFlags } from "../spec.ts";

type Flags = {
  readonly [K in keyof typeof resolveFlags]: (typeof resolveFlags)[K]["kind"] extends "boolean"
    ? boolean
    : (typeof resolveFlags)[K]["kind"] extends "list"
      ? readonly string[]
      : string | undefined;
};

/** Turns the flags of `resolveFlags` into the library's choices; a flag that was not given is left out. */
export function resolveChoices(flags: Flags): ResolveChoices {
  return {
    ...given("python", flags.python),
    ...given("indexUrl", flags["index-url"]),
    ...given("extraIndexUrls", some(flags["extra-index-url"])),
    ...given("findLinks", some(flags["find-links"])),
    ...(flags["no-index"] ? { noIndex: true } : {}),
    ...given("indexStrategy", oneOf("index-strategy", flags)),
    ...given("prerelease", oneOf("prerelease", flags)),
    ...given("resolution", oneOf("resolution", flags)),
    ...given("excludeNewer", flags["exclude-newer"]),
    ...given("constraintFiles", some(flags.constraint)),
    ...given("overrideFiles", some(flags.override)),
    ...(flags.refresh ? { refresh: true } : {}),
    ...given("linkMode", oneOf("link-mode", flags)),
    ...given("compile", oneOf("compile", flags)),
  };
}

/** The library's options of a changing command: choices, dry run, the question on a terminal, and what was typed. */
export function changeOptions(flags: Flags, common: CommonFlags, session: Session): ChangeOptions {
  return {
    ...resolveChoices(flags),
    signal: session.signal,
    dryRun: common.dryRun,
    command: session.typed,
    confirm: confirmOnTerminal(session, common),
  };
}

/** A field that is left out when there is nothing to say. */
export function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

function some(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : values;
}

/** Flags whose spec lists all the words that they take. */
type ListedFlag = {
  [K in keyof typeof resolveFlags]: (typeof resolveFlags)[K] extends { readonly values: readonly string[] } ? K : never;
}[keyof typeof resolveFlags];

function oneOf<const K extends ListedFlag>(
  flag: K,
  flags: Readonly<Record<ListedFlag, string | undefined>>,
): (typeof resolveFlags)[K]["values"][number] | undefined {
  const value = flags[flag];
  if (value === undefined) return undefined;
  const allowed: readonly (typeof resolveFlags)[K]["values"][number][] = resolveFlags[flag].values;
  const found = allowed.find((one) => one === value);
  if (found === undefined) {
    throw new VenvoyError("ARGUMENT_INVALID", `\`--${flag}\` takes ${allowed.join(", ")}, not \`${value}\``);
  }
  return found;
}
