import { flagsOf } from "../parse.ts";
import { type ArgSpec, type Command, type CommandSpec, type FlagSpec, type Values, valuesByWord } from "../spec.ts";
import { shellWords } from "./shell-words.ts";

/** One thing that the word under the cursor could become. */
export interface Candidate {
  readonly word: string;
  readonly summary?: string;
}

/** What could stand where the cursor is. */
export interface CompletionRequest {
  /** What has been typed of it. */
  readonly typed: string;
  /** Goes before every answer: `--name=` when its value is being typed. */
  readonly prefix: string;
  readonly words: readonly Candidate[];
  /** Names that have to be looked up. */
  readonly values: Values;
  /** The environment that was named by `-n`. */
  readonly environment?: string;
  /** Values that stand there already. */
  readonly given: readonly string[];
}

const nothing: Omit<CompletionRequest, "typed"> = { prefix: "", words: [], values: "nothing", given: [] };

/**
 * Reads a command line as far as the cursor: `words` begins with the program and ends with the word that is being typed,
 * empty when none has been begun.
 */
export function completionRequest(commands: readonly Command[], words: readonly string[]): CompletionRequest {
  const typed = words.at(-1) ?? "";
  const [program = "", ...before] = words.slice(0, -1);
  const shellWord = shellWords[programName(program)];
  if (shellWord !== undefined) return inCommand(shellWord, shellWord.flags, before, typed);
  const found = findSpec(commands, before);
  if (found !== undefined) return inCommand(found.spec, flagsOf(found.spec), found.rest, typed);
  return { ...nothing, typed, words: commandWords(commands, before) };
}

function programName(program: string): string {
  return (program.split(/[\\/]/).at(-1) ?? "").replace(/\.exe$/i, "");
}

function findSpec(
  commands: readonly Command[],
  before: readonly string[],
): { readonly spec: CommandSpec; readonly rest: readonly string[] } | undefined {
  for (const length of [2, 1]) {
    const path = before.slice(0, length).join(" ");
    const found = commands.find(({ spec }) => spec.path === path);
    if (found !== undefined && before.length >= length) return { spec: found.spec, rest: before.slice(length) };
  }
  return undefined;
}

/** The next word of a command's name. */
function commandWords(commands: readonly Command[], before: readonly string[]): readonly Candidate[] {
  const path = before[0] === "help" ? before.slice(1) : before;
  const lead = path.map((word) => `${word} `).join("");
  const found = new Map<string, string>();
  for (const { spec } of commands) {
    if (!spec.path.startsWith(lead)) continue;
    const [word = "", more] = spec.path.slice(lead.length).split(" ");
    if (!found.has(word) || more === undefined) found.set(word, more === undefined ? spec.summary : `${word} …`);
  }
  if (before.length === 0) {
    found.set("help", "explain a command");
    found.set("--version", "print the version");
    found.set("--help", "print the most used commands");
  }
  if (path.length === 0 && before.length === 1) found.set("all", "every command");
  return [...found].map(([word, summary]) => ({ word, summary }));
}

/** What the words between a command and the cursor have settled. */
interface Read {
  readonly positionals: readonly string[];
  readonly flags: ReadonlyMap<string, string>;
  /** The flag whose value is being typed. */
  readonly pending: FlagSpec | undefined;
  /** After `--`, or past the program of a passthrough command: no flags any more. */
  readonly ended: boolean;
}

function inCommand(
  spec: CommandSpec,
  flags: Readonly<Record<string, FlagSpec>>,
  before: readonly string[],
  typed: string,
): CompletionRequest {
  const read = readWords(spec, flags, before);
  const environment = read.flags.get("name");
  const common = { typed, given: read.positionals, ...(environment === undefined ? {} : { environment }) };
  if (read.pending !== undefined) return { ...nothing, ...common, values: valuesOfFlag(read.pending) };
  if (!read.ended) {
    const inline = inlineValue(flags, typed);
    if (inline !== undefined) return { ...nothing, ...common, ...inline };
    if (typed.startsWith("-")) return { ...nothing, ...common, words: flagWords(flags, read.flags) };
  }
  const args = Object.entries(spec.args);
  const index = Math.min(read.positionals.length, args.length - 1);
  const arg = args[index];
  if (arg === undefined || (index < read.positionals.length && isSingle(arg[1]))) return { ...nothing, ...common };
  return { ...nothing, ...common, values: valuesOfArg(...arg) };
}

function readWords(spec: CommandSpec, flags: Readonly<Record<string, FlagSpec>>, before: readonly string[]): Read {
  const byShort = new Map(
    Object.entries(flags).flatMap(([name, { short }]) => (short === undefined ? [] : [[short, name] as const])),
  );
  const seen = new Map<string, string>();
  const positionals: string[] = [];
  let pending: string | undefined;
  let ended = false;
  for (const word of before) {
    if (pending !== undefined) {
      seen.set(pending, word);
      // What follows belongs to the module or the code.
      if (spec.passthrough === true && (pending === "module" || pending === "code")) {
        positionals.push(word);
        ended = true;
      }
      pending = undefined;
    } else if (ended || !word.startsWith("-") || word === "-") {
      positionals.push(word);
      ended ||= spec.passthrough === true;
    } else if (word === "--") ended = true;
    else {
      const [long = "", value] = word.startsWith("--") ? split(word.slice(2)) : [byShort.get(word.charAt(1)) ?? ""];
      const attached = value ?? (word.startsWith("--") || word.length === 2 ? undefined : word.slice(2));
      const flag = flags[long];
      if (flag === undefined) continue;
      if (flag.kind === "boolean" || attached !== undefined) seen.set(long, attached ?? "");
      else pending = long;
    }
  }
  return { positionals, flags: seen, pending: pending === undefined ? undefined : flags[pending], ended };
}

function split(word: string): readonly [string, string?] {
  const equals = word.indexOf("=");
  return equals === -1 ? [word] : [word.slice(0, equals), word.slice(equals + 1)];
}

/** `--name=de`: the value is part of the word. */
function inlineValue(
  flags: Readonly<Record<string, FlagSpec>>,
  typed: string,
): Pick<CompletionRequest, "typed" | "prefix" | "values"> | undefined {
  const match = /^--([a-z][a-z-]*)=(.*)$/s.exec(typed);
  const flag = flags[match?.[1] ?? ""];
  if (match === null || flag === undefined) return undefined;
  return { typed: match[2] ?? "", prefix: `--${match[1]}=`, values: valuesOfFlag(flag) };
}

/** Flags that have not been given yet; a list may be given again. */
function flagWords(
  flags: Readonly<Record<string, FlagSpec>>,
  given: ReadonlyMap<string, string>,
): readonly Candidate[] {
  const left = Object.entries(flags).filter(([name, { kind }]) => kind === "list" || !given.has(name));
  return [
    ...left.map(([name, { summary }]) => ({ word: `--${name}`, summary })),
    ...left.flatMap(([, { short, summary }]) => (short === undefined ? [] : [{ word: `-${short}`, summary }])),
    { word: "--help", summary: "explain the command" },
  ];
}

function isSingle({ kind }: ArgSpec): boolean {
  return kind === "one" || kind === "maybe";
}

function valuesOfFlag(flag: FlagSpec): Values {
  if (flag.kind === "boolean") return "nothing";
  return flag.values ?? valuesByWord[flag.value] ?? "nothing";
}

function valuesOfArg(name: string, arg: ArgSpec): Values {
  return arg.values ?? valuesByWord[name.toUpperCase()] ?? "nothing";
}
