import { nearest, VenvoyError } from "../base/index.ts";
import type { Command } from "./spec.ts";

/** Words of other tools, answered with ours. */
export const foreignWords: Readonly<Record<string, string>> = {
  activate: "setup",
  deactivate: "setup",
  env: "list",
  exec: "run",
  freeze: "show",
  gc: "clean",
  info: "show",
  init: "create",
  inspect: "show",
  install: "add",
  ls: "list",
  lsvenvs: "list",
  mkvenv: "create",
  mkvirtualenv: "create",
  new: "create",
  prune: "clean",
  purge: "clean",
  rm: "delete",
  rmvenv: "delete",
  rmvirtualenv: "delete",
  rollback: "undo",
  revert: "undo",
  uninstall: "remove",
  update: "upgrade",
  venv: "create",
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
  const ours = foreignWords[word];
  if (ours !== undefined && known.has(ours)) {
    return new VenvoyError("ARGUMENT_INVALID", `\`${word}\` is called \`${ours}\` here`, {
      hint: `venvoy ${[ours, ...words.slice(word === "env" ? 2 : 1)].join(" ")}`,
      data: { word, ours },
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
