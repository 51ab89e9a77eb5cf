import {
  type AddRequest,
  type ChangeOptions,
  packageNames,
  type ResolveChoices,
  readSettings,
} from "../../app/index.ts";
import { printable, VenvoyError } from "../../base/index.ts";
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
    ...given("advisories", flags.advisories),
    ...given("constraintFiles", some(flags.constraint)),
    ...given("overrideFiles", some(flags.override)),
    ...given(
      "noBuild",
      flags["no-build"] ? "all" : packageNames([...flags["no-build-package"], ...flags["only-binary"]]),
    ),
    ...given("noBinary", packageNames(flags["no-binary"])),
    ...given(
      "noBuildIsolation",
      flags["no-build-isolation"] ? "all" : packageNames(flags["no-build-isolation-package"]),
    ),
    ...given("configSettings", configSettings(flags["config-settings"])),
    ...given("buildConstraintFiles", some(flags["build-constraint"])),
    ...(flags["build-network"] ? { buildNetwork: true } : {}),
    ...(flags["require-hashes"] ? { requireHashes: true } : {}),
    ...given("backend", flags.backend),
    ...given("forHost", flags["for-host"]),
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

/** Extras and groups of the files that are read; the flags of `wishFlags`. */
export function wishOf(flags: {
  readonly extra: readonly string[];
  readonly "all-extras": boolean;
  readonly group: readonly string[];
  readonly "all-groups": boolean;
  readonly "no-default-groups": boolean;
}): Pick<AddRequest, "extras" | "groups" | "defaultGroups"> {
  return {
    ...given("extras", flags["all-extras"] ? ("all" as const) : some(flags.extra)),
    ...(flags["no-default-groups"] ? { defaultGroups: false } : {}),
    ...given("groups", flags["all-groups"] ? ("all" as const) : some(flags.group)),
  };
}

/** Projects to be installed as editable, as requirements. */
export function editables({ editable }: { readonly editable: readonly string[] }): readonly string[] {
  return editable.map((place) => `-e ${place}`);
}

function some(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : values;
}

/** `KEY=VALUE`; a key that comes twice has a list of values (PEP 517 leaves that to backends, pip does it). */
export function configSettings(values: readonly string[]): ResolveChoices["configSettings"] {
  if (values.length === 0) return undefined;
  const settings = readSettings(values);
  if (typeof settings !== "string") return settings;
  throw new VenvoyError("ARGUMENT_INVALID", `\`--config-settings\` takes KEY=VALUE, not \`${settings}\``);
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

export const layoutFlag = {
  layout: {
    kind: "text",
    value: "LAYOUT",
    summary: "venv; standalone: carries its Python, can be moved; plain: packages alone",
    values: ["venv", "standalone", "plain"],
  },
} as const;

export function layoutOf(text: string | undefined): "venv" | "plain" | "standalone" | undefined {
  if (text === undefined || text === "venv" || text === "plain" || text === "standalone") return text;
  throw new VenvoyError("ARGUMENT_INVALID", `\`${printable(text)}\` is no layout`, {
    hint: "venv, standalone or plain",
  });
}
