import { type AbsPath, printable, typedWord, VenvoyError } from "../base/index.ts";
import type { Wanted } from "./intent.ts";

/** A name was refused; `why` is a clause that ends the sentence. */
export const nameInvalid = (text: string, why: string, hint?: string): VenvoyError =>
  new VenvoyError("ENV_NAME_INVALID", `\`${shown(text)}\` can't name an environment: ${why}`, {
    hint: hint ?? "Use letters, digits, `.`, `_` and `-`, and begin with a letter or a digit",
    data: { name: text.slice(0, 400), why },
  });

export const envExists = (name: string, existing: string): VenvoyError =>
  new VenvoyError(
    "ENV_EXISTS",
    name === existing
      ? `An environment is named \`${printable(name)}\` already`
      : `\`${printable(name)}\` is the same name as the environment \`${printable(existing)}\``,
    { hint: `venvoy show ${printable(existing)}`, data: { name, existing } },
  );

export const envUnknown = (name: string, near: readonly string[], { isDeleted = false } = {}): VenvoyError =>
  new VenvoyError("ENV_UNKNOWN", `No environment is named \`${shown(name)}\`${isDeleted ? " any more" : ""}`, {
    hint: isDeleted
      ? `venvoy restore ${typedWord(shown(name))}`
      : near.length > 0
        ? `Did you mean ${near.map((item) => `\`${printable(item)}\``).join(" or ")}? \`venvoy list\` shows all`
        : `venvoy create ${shown(name)}`,
    data: { name, near },
  });

export const envBroken = (name: string, why: string, options: { hint?: string; cause?: unknown } = {}): VenvoyError =>
  new VenvoyError("ENV_BROKEN", `The environment \`${printable(name)}\` can't be used: ${why}`, {
    hint: options.hint ?? `venvoy doctor ${typedWord(name)}`,
    data: { name, why },
    ...(options.cause === undefined ? {} : { cause: options.cause }),
  });

export const envProtected = (name: string): VenvoyError =>
  new VenvoyError("ENV_PROTECTED", `The environment \`${printable(name)}\` is protected against changes`, {
    hint: `venvoy unprotect ${typedWord(name)}`,
    data: { name },
  });

/** `why` is told before: what asks for something else than was published. */
export const envPublished = (
  { label, intent }: { readonly label: string; readonly intent: Wanted },
  why?: string,
): VenvoyError => {
  const name = printable(label, { newlines: false });
  const from = printable(intent.publication?.from ?? "", { newlines: false });
  const reason = why === undefined ? "" : `: ${printable(why, { newlines: false })}`;
  return new VenvoyError(
    "ENV_PUBLISHED",
    `\`${name}\` is a copy of what is published in \`${from}\`, and isn't changed here${reason}`,
    { hint: `venvoy clone ${name} NAME makes one of your own that can be changed`, data: { name: label, from } },
  );
};

export const envInUse = (
  name: string,
  users: readonly { readonly pid: number; readonly program: string }[],
): VenvoyError =>
  new VenvoyError(
    "ENV_BUSY",
    `The environment \`${printable(name)}\` is in use by ${users
      .slice(0, 3)
      .map((user) => `\`${printable(user.program, { newlines: false })}\` (process ${user.pid})`)
      .join(", ")}${users.length > 3 ? ` and ${users.length - 3} more` : ""}`,
    { hint: "End these programs first, or add --force", data: { name, users } },
  );

export const envActive = (name: string): VenvoyError =>
  new VenvoyError("ENV_BUSY", `The environment \`${printable(name)}\` is active in this shell`, {
    hint: "Leave it first with `deactivate`, or add --force",
    data: { name },
  });

export const historyEnd = (name: string, wanted: number | undefined, known: readonly number[]): VenvoyError =>
  new VenvoyError(
    "HISTORY_END",
    wanted === undefined
      ? `The environment \`${printable(name)}\` has no older version to go back to`
      : `The environment \`${printable(name)}\` has no version ${wanted}; it has ${spans(known)}`,
    { hint: `venvoy history -n ${typedWord(name)}`, data: { name, wanted, known } },
  );

export const nothingUndone = (name: string): VenvoyError =>
  new VenvoyError("HISTORY_END", `Nothing was undone in \`${printable(name)}\` since its last change`, {
    hint: `venvoy undo N -n ${typedWord(name)} goes to any version of venvoy history -n ${typedWord(name)}`,
    data: { name },
  });

export const fileBroken = (file: AbsPath, why: string, cause?: unknown): VenvoyError =>
  new VenvoyError("ENV_BROKEN", `\`${printable(file, { newlines: false })}\` can't be read: ${why}`, {
    hint: "Correct the file, or go back with `venvoy undo`",
    data: { file },
    ...(cause === undefined ? {} : { cause }),
  });

export const currentTaken = (path: AbsPath): VenvoyError =>
  new VenvoyError("ENV_BROKEN", `\`${printable(path, { newlines: false })}\` must be a link to a version, and is not`, {
    hint: "Move it away; the next command makes the link again",
    data: { path },
  });

export const directoryTaken = (directory: AbsPath): VenvoyError =>
  new VenvoyError(
    "ENV_EXISTS",
    `\`${printable(directory, { newlines: false })}\` exists and is not an environment of venvoy`,
    {
      hint: "Choose another directory, or take it over with `venvoy import`",
      data: { directory },
    },
  );

export const fileTaken = (directory: AbsPath, path: string): VenvoyError =>
  new VenvoyError(
    "ENV_EXISTS",
    `\`${printable(path, { newlines: false })}\` in \`${printable(directory, { newlines: false })}\` is not venvoy's, and a package would take its place`,
    { hint: "Move it away, or choose another directory", data: { directory, path } },
  );

export const directoryRename = (directory: AbsPath): VenvoyError =>
  new VenvoyError(
    "ARGUMENT_INVALID",
    `The environment \`${printable(directory, { newlines: false })}\` is named by its directory`,
    { hint: `mv ${printable(directory, { newlines: false })} NEW; venvoy finds it there`, data: { directory } },
  );

export const notRestorable = (name: string, deleted: readonly string[]): VenvoyError =>
  new VenvoyError("ENV_UNKNOWN", `No deleted environment is named \`${shown(name)}\``, {
    hint: "venvoy list --deleted",
    data: { name, deleted },
  });

function shown(text: string): string {
  const safe = printable(text, { newlines: false }).replaceAll("\t", "\\x09");
  return safe.length > 60 ? `${safe.slice(0, 57)}…` : safe;
}

/** `1–4, 7`: ascending numbers, with neighbours joined. */
function spans(numbers: readonly number[]): string {
  const found: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const open = found.at(-1);
    if (open !== undefined && number === open.last + 1) open.last = number;
    else found.push({ first: number, last: number });
  }
  return found.map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");
}
