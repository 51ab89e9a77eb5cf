import type { Option } from "commander";
import { printable, VenvoyError } from "../base/index.ts";
import { type Command, type CommandSpec, type CommonFlags, changeFlags, commonFlags, type FlagSpec } from "./spec.ts";

export interface ParsedCommand {
  readonly command: Command;
  readonly args: Readonly<Record<string, string | undefined | readonly string[]>>;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly common: CommonFlags;
}

/** All flags that a command takes, its own first. */
export function flagsOf(spec: CommandSpec): Readonly<Record<string, FlagSpec>> {
  return { ...spec.flags, ...(spec.changes ? changeFlags : {}), ...commonFlags };
}

/**
 * Parses the words of one command with commander, which is loaded here and not before. Words after the first positional
 * of a passthrough command are never looked at.
 */
export async function parseCommand(command: Command, words: readonly string[]): Promise<ParsedCommand> {
  const commander = await import("commander");
  const { spec } = command;
  const { own, rest } = spec.passthrough ? splitPassthrough(spec, words) : { own: words, rest: undefined };
  const flags = flagsOf(spec);
  // Commander compares every flag with all others before it. It needs those that are typed, and all to say what is wrong.
  const all = Object.entries(flags);
  const typed = all.filter(([name, flag]) => own.some((word) => mayMean(word, name, flag)));
  let parser = parserFor(commander, command, typed);
  try {
    if (!takes(commander, parser, own)) {
      parser = parserFor(commander, command, all);
      parser.parse([...own], { from: "user" });
    }
  } catch (error) {
    if (!(error instanceof commander.CommanderError)) throw error;
    if (error.code === "commander.excessArguments") throw tooManyWords(spec, parser.args);
    throw usageError(spec, error.message);
  }
  const options = parser.opts<Record<string, unknown>>();
  // Commander reads --no-x as the absence of --x, and keeps there what values it is given.
  const read = (name: string): unknown => {
    if (!name.startsWith("no-")) return options[camel(name)];
    const kept = options[camel(name.slice(3))];
    return typeof kept === "boolean" ? (flags[name]?.kind === "boolean" ? !kept : undefined) : kept;
  };
  return {
    command,
    args: rest === undefined ? namedArgs(spec, parser.processedArgs) : { words: rest },
    flags: Object.fromEntries(
      Object.entries(flags).map(([name, flag]) => [
        name,
        read(name) ?? (flag.kind === "boolean" ? false : flag.kind === "list" ? [] : undefined),
      ]),
    ),
    common: {
      json: read("json") === true,
      offline: read("offline") === true,
      quiet: read("quiet") === true,
      yes: read("yes") === true,
      dryRun: read("dry-run") === true,
    },
  };
}

type Commander = typeof import("commander");
type Parser = InstanceType<Commander["Command"]>;

function parserFor(
  { Command: Parser, Option: ParserOption }: Commander,
  { spec }: Command,
  flags: readonly (readonly [string, FlagSpec])[],
): Parser {
  const parser = new Parser(spec.path)
    .exitOverride()
    .helpOption(false)
    .allowExcessArguments(spec.passthrough === true);
  parser.configureOutput({ writeErr: () => {}, writeOut: () => {} });
  for (const [name, flag] of flags)
    parser.addOption(repeatable(flag, new ParserOption(flagForm(name, flag), flag.summary)));
  if (spec.passthrough !== true) {
    for (const [name, arg] of Object.entries(spec.args)) parser.argument(argumentWord(name, arg.kind), arg.summary);
  }
  return parser;
}

/** False for words that mean nothing to it. */
function takes({ CommanderError }: Commander, parser: Parser, words: readonly string[]): boolean {
  try {
    parser.parse([...words], { from: "user" });
    return true;
  } catch (error) {
    if (error instanceof CommanderError) return false;
    throw error;
  }
}

/**
 * Cuts the words of `run` where the program's own begin: after the first positional, or after the value of `-m` or `-c`.
 * Exported for its test.
 */
export function splitPassthrough(
  spec: CommandSpec,
  words: readonly string[],
): { readonly own: readonly string[]; readonly rest: readonly string[] } {
  const flags = flagsOf(spec);
  const byShort = new Map(
    Object.entries(flags).flatMap(([name, flag]) => (flag.short ? [[flag.short, name] as const] : [])),
  );
  let index = 0;
  while (index < words.length) {
    const word = words[index] ?? "";
    if (word === "--") return { own: words.slice(0, index), rest: words.slice(index + 1) };
    if (!word.startsWith("-") || word === "-") return { own: words.slice(0, index), rest: words.slice(index) };
    const long = word.startsWith("--");
    const name = long ? (word.slice(2).split("=")[0] ?? "") : (byShort.get(word.charAt(1)) ?? "");
    const flag = flags[name];
    const takesNext = flag !== undefined && flag.kind !== "boolean" && !(long ? word.includes("=") : word.length > 2);
    index += takesNext ? 2 : 1;
    if (name === "module" || name === "code") return { own: words.slice(0, index), rest: words.slice(index) };
  }
  return { own: words, rest: [] };
}

/** True for `--name`, `--name=value`, and every letter that may be a short one. */
function mayMean(word: string, name: string, { short }: FlagSpec): boolean {
  if (word.startsWith("--")) return word === `--${name}` || word.startsWith(`--${name}=`);
  return short !== undefined && word.startsWith("-") && word.includes(short);
}

function flagForm(name: string, flag: FlagSpec): string {
  return `${flag.short ? `-${flag.short}, ` : ""}--${name}${flag.kind === "boolean" ? "" : ` <${flag.value}>`}`;
}

/** A list flag may be given several times. */
function repeatable(flag: FlagSpec, option: Option): Option {
  return flag.kind === "list"
    ? option.argParser((value: string, before: unknown) => [...(Array.isArray(before) ? before : []), value])
    : option;
}

function argumentWord(name: string, kind: "one" | "maybe" | "many" | "any"): string {
  switch (kind) {
    case "one":
      return `<${name}>`;
    case "maybe":
      return `[${name}]`;
    case "many":
      return `<${name}...>`;
    case "any":
      return `[${name}...]`;
  }
}

function namedArgs(
  spec: CommandSpec,
  values: readonly unknown[],
): Record<string, string | undefined | readonly string[]> {
  return Object.fromEntries(
    Object.entries(spec.args).map(([name, arg], index) => {
      const value = values[index];
      if (arg.kind === "many" || arg.kind === "any") return [name, Array.isArray(value) ? (value as string[]) : []];
      return [name, typeof value === "string" ? value : undefined];
    }),
  );
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function usageError(spec: CommandSpec, text: string): VenvoyError {
  const sentence = text
    .replace(/^error: /, "")
    .replace(/'([^']*)'/g, "`$1`")
    .replace(/\.$/, "")
    .replace(/\. (\w)/g, (_, letter: string) => `: ${letter.toLowerCase()}`);
  return new VenvoyError("ARGUMENT_INVALID", `\`venvoy ${spec.path}\`: ${sentence}`, {
    hint: `venvoy help ${spec.path}`,
  });
}

/** Mostly somebody names the environment in place, where it stands behind `-n`. */
function tooManyWords(spec: CommandSpec, words: readonly string[]): VenvoyError {
  const taken = Object.keys(spec.args).length;
  const extra = words.slice(taken);
  const isName = extra.length === 1 && spec.flags["name"] !== undefined && words.every(isPlain);
  return new VenvoyError(
    "ARGUMENT_INVALID",
    `\`venvoy ${spec.path}\` doesn't take ${extra.map((word) => `\`${printable(word, { newlines: false })}\``).join(", ")}`,
    {
      hint: isName
        ? `if it is an environment: ${["venvoy", spec.path, ...words.slice(0, taken), "-n", ...extra].join(" ")}`
        : `venvoy help ${spec.path}`,
    },
  );
}

/** Every shell takes it as it stands. */
function isPlain(word: string): boolean {
  return /^[\w./@=-]+$/.test(word);
}
