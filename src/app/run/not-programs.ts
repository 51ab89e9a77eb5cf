import { printable, typedWord, VenvoyError } from "../../base/index.ts";

const fill = (path: string): string => `venvoy create NAME -f ${typedWord(path)}`;

/** Files that say what to install are handed to `run` by mistake; Python would only find a syntax error in them. */
const lists: readonly { readonly name: RegExp; readonly what: string; readonly hint: (path: string) => string }[] = [
  { name: /requirements.*\.(?:txt|in)$/i, what: "a list of requirements", hint: fill },
  { name: /^(?:pyproject|pylock(?:\..+)?)\.toml$|^environment\.ya?ml$/i, what: "a project's file", hint: fill },
  { name: /\.(?:whl|tar\.gz)$/i, what: "a package", hint: (path) => `venvoy add ${typedWord(path)}` },
];

/** Throws `SCRIPT_NOT_FOUND` for a file that says what to install, with what to do with it. `check` reads such files all the same. */
export function checkIsProgram(name: string, path: string): void {
  const found = lists.find((one) => one.name.test(name));
  if (found === undefined) return;
  const label = printable(path, { newlines: false });
  throw new VenvoyError("SCRIPT_NOT_FOUND", `\`${label}\` can't be run: it is ${found.what}, not a program`, {
    hint: found.hint(path),
    data: { script: label },
  });
}
