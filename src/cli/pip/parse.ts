import { nearest, VenvoyError } from "../../base/index.ts";
import { foreignPip } from "../words.ts";
import { type PipOption, pipCommands } from "./options.ts";

/** One command line of pip. */
export interface PipWords {
  /** `install`, `index versions`. */
  readonly command: string;
  readonly args: readonly string[];
  /** How often a flag stands there. */
  count(key: string): number;
  has(key: string): boolean;
  /** The values of an option, in the order written. */
  all(key: string): readonly string[];
  last(key: string): string | undefined;
}

/** Reads words as pip does: long options may be shortened, short ones joined. Throws `ARGUMENT_INVALID`. */
export function parsePip(words: readonly string[]): PipWords {
  const { command, rest } = commandOf(words);
  const options = pipCommands[command] ?? {};
  const values = new Map<string, string[]>();
  const args: string[] = [];
  const take = (option: PipOption, written: string, value: string): void => {
    if ("why" in option) {
      throw new VenvoyError("ARGUMENT_INVALID", `\`pip ${command} ${written}\` can't be done here: ${option.why}`, {
        hint: option.hint,
        data: { option: written },
      });
    }
    if (!("idle" in option)) values.set(option.key, [...(values.get(option.key) ?? []), value]);
  };
  const queue = [...rest];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--") args.push(...queue.splice(0));
    else if (word === "-" || !word.startsWith("-")) args.push(word);
    else if (word.startsWith("--")) takeLong(word, { command, options, queue, take });
    else takeShort(word, { command, options, queue, take });
  }
  return {
    command,
    args,
    count: (key) => values.get(key)?.length ?? 0,
    has: (key) => values.has(key),
    all: (key) => values.get(key) ?? [],
    last: (key) => values.get(key)?.at(-1),
  };
}

interface Reading {
  readonly command: string;
  readonly options: Readonly<Record<string, PipOption>>;
  readonly queue: string[];
  readonly take: (option: PipOption, written: string, value: string) => void;
}

function takeLong(word: string, { command, options, queue, take }: Reading): void {
  const [, name = word, value] = /^(--[^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const full = longName(name, command, options);
  const option = options[full] as PipOption;
  if (!option.value && value !== undefined)
    throw new VenvoyError("ARGUMENT_INVALID", `\`pip ${command}\`: \`${full}\` takes no value`);
  take(option, full, option.value ? (value ?? nextValue(full, command, queue)) : "");
}

/** As in `-Ur requirements.txt`: the first that takes a value ends the word. */
function takeShort(word: string, { command, options, queue, take }: Reading): void {
  for (let at = 1; at < word.length; at++) {
    const name = `-${word[at]}`;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) throw unknownOption(name, command, options);
    const rest = word.slice(at + 1);
    take(option, name, option.value ? (rest === "" ? nextValue(name, command, queue) : rest) : "");
    if (option.value) return;
  }
}

function longName(name: string, command: string, options: Readonly<Record<string, PipOption>>): string {
  if (Object.hasOwn(options, name)) return name;
  const begun = Object.keys(options).filter((one) => name.length > 3 && one.startsWith(name));
  const [only, ...others] = begun;
  if (only === undefined) throw unknownOption(name, command, options);
  if (others.length === 0) return only;
  throw new VenvoyError("ARGUMENT_INVALID", `\`pip ${command}\`: \`${name}\` could be ${begun.join(", ")}`);
}

function unknownOption(name: string, command: string, options: Readonly<Record<string, PipOption>>): VenvoyError {
  const near = nearest(name, Object.keys(options), { limit: 1 })[0];
  return new VenvoyError("ARGUMENT_INVALID", `\`pip ${command}\` has no option \`${name}\``, {
    hint: near === undefined ? "venvoy help pip" : `did you mean \`${near}\`?`,
  });
}

function nextValue(name: string, command: string, queue: string[]): string {
  const next = queue.shift();
  if (next !== undefined) return next;
  throw new VenvoyError("ARGUMENT_INVALID", `\`pip ${command}\`: \`${name}\` needs a value`, {
    hint: "venvoy help pip",
  });
}

/** pip's own options may stand before its command; those with a value are not looked for there. */
function commandOf(words: readonly string[]): { readonly command: string; readonly rest: readonly string[] } {
  const [first, second] = words;
  if (first === "index" && second === "versions") return { command: "index versions", rest: words.slice(2) };
  if (first !== undefined && Object.hasOwn(pipCommands, first)) return { command: first, rest: words.slice(1) };
  const known = Object.keys(pipCommands);
  if (first === undefined || first === "help")
    throw new VenvoyError("ARGUMENT_INVALID", `\`venvoy pip\` needs a second word: ${known.join(", ")}`, {
      hint: "venvoy help pip",
    });
  const ours = foreignPip[first];
  const near = nearest(first, known, { limit: 1 })[0];
  throw new VenvoyError(
    "ARGUMENT_INVALID",
    ours === undefined ? `\`venvoy pip\` has no command \`${first}\`` : `\`pip ${first}\` is called \`${ours}\` here`,
    {
      hint:
        ours === undefined
          ? near === undefined
            ? `venvoy run pip ${first} … starts the environment's own pip`
            : `venvoy pip ${[near, ...words.slice(1)].join(" ")}`
          : `venvoy ${[ours, ...words.slice(1)].join(" ")}`,
    },
  );
}
