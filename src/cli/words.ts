import { nearest, VenvoyError } from "../base/index.ts";
import type { Command } from "./spec.ts";

/** Words of other tools, answered with ours. */
export const foreignWords: Readonly<Record<string, string>> = {
  compare: "diff",
  compile: "lock",
  copy: "clone",
  cp: "clone",
  download: "fetch",
  env: "list",
  exec: "run",
  fix: "doctor",
  freeze: "export",
  gc: "clean",
  info: "show",
  init: "create",
  inspect: "show",
  install: "add",
  ls: "list",
  lsvenvs: "list",
  mkvenv: "create",
  mkvirtualenv: "create",
  mv: "rename",
  new: "create",
  prune: "clean",
  purge: "clean",
  repair: "doctor",
  rm: "delete",
  rmvenv: "delete",
  rmvirtualenv: "delete",
  revert: "undo",
  stopvenv: "deactivate",
  uninstall: "remove",
  update: "upgrade",
  usevenv: "activate",
  venv: "create",
  wheelhouse: "fetch",
  workon: "activate",
};

/** Two words of other tools. */
const foreignPairs: Readonly<Record<string, string>> = {
  "cache clean": "clean",
  "store clean": "clean",
  "store gc": "clean",
  "store prune": "clean",
  "cache prune": "clean",
  "cache purge": "clean",
  "env create": "create",
  "env remove": "delete",
  "env export": "export",
  "python install": "python list",
  "tool run": "run",
};

/** Words after `pip` that other tools have, and pip has not. */
export const foreignPip: Readonly<Record<string, string>> = {
  cache: "clean",
  compile: "lock",
  sync: "sync",
  tree: "tree",
  inspect: "show",
  lock: "lock",
};

/** Finds the command that the first words name, and what is left of the words. */
export function findCommand(
  commands: readonly Command[],
  words: readonly string[],
): { readonly command: Command; readonly rest: readonly string[] } {
  for (const length of [2, 1]) {
    const path = words.slice(0, length).join(" ");
    const command = commands.find((one) => one.spec.path === path);
    if (command !== undefined && words.length >= length) return { command, rest: words.slice(length) };
  }
  throw unknownWord(commands, words);
}

function unknownWord(commands: readonly Command[], words: readonly string[]): VenvoyError {
  const word = words[0] ?? "";
  const known = new Set(commands.map((one) => one.spec.path));
  const pair = words.slice(0, 2).join(" ");
  const [theirs, ours] = foreignPairs[pair] === undefined ? [word, foreignWords[word]] : [pair, foreignPairs[pair]];
  if (ours !== undefined && known.has(ours)) {
    const rest = words.slice(theirs === pair || word === "env" ? 2 : 1);
    return new VenvoyError("ARGUMENT_INVALID", `\`${theirs}\` is called \`${ours}\` here`, {
      hint: `venvoy ${[ours, ...rest].join(" ")}`,
      data: { word: theirs, ours },
    });
  }
  const children = [...known].filter((path) => path.startsWith(`${word} `));
  if (children.length > 0) {
    return new VenvoyError(
      "ARGUMENT_INVALID",
      `\`venvoy ${word}\` needs a second word: ${children.map((path) => path.slice(word.length + 1)).join(", ")}`,
      {
        hint: `venvoy ${children[0]}`,
      },
    );
  }
  const near = nearest(word, known, { limit: 1 })[0];
  return new VenvoyError("ARGUMENT_INVALID", `venvoy has no command \`${word}\``, {
    hint: near === undefined ? "venvoy help all" : `venvoy ${[near, ...words.slice(1)].join(" ")}`,
    data: { word },
  });
}
