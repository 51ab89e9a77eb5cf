import type { PackageName } from "../base/index.ts";
import { isAlphanumeric } from "./characters.ts";
import { nameInvalid } from "./errors.ts";

const legal = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i;
const normal = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
// Name validation is case-insensitive without Unicode folding: the long s and the Kelvin sign are not letters here.
const beyondAscii = /[^\x20-\x7e]/;

/**
 * The form under which two spellings of a project name are one (PEP 503): lower case, runs of `-`, `_`, `.` as one `-`.
 * Does not check that the name is legal; see `parsePackageName`.
 */
export function normalizeName(text: string): PackageName {
  if (normal.test(text)) return text as PackageName;
  return text.toLowerCase().replace(/[-_.]+/g, "-") as PackageName;
}

/** True for a name that PEP 508 allows: ASCII letters, digits, `.`, `_`, `-`, starting and ending with a letter or digit. */
export function isValidName(text: string): boolean {
  return legal.test(text) && !beyondAscii.test(text);
}

/** True for a legal name that is in normalised form already. */
export function isNormalizedName(text: string): boolean {
  return normal.test(text);
}

/** Parses a project name and normalises it; throws `REQUIREMENT_INVALID` for an illegal one. */
export function parsePackageName(text: string): PackageName {
  if (isValidName(text)) return normalizeName(text);
  const at = text.search(/[^A-Za-z0-9._-]/);
  if (at !== -1) {
    const end = at + String.fromCodePoint(text.codePointAt(at) ?? 0).length;
    throw nameInvalid(text, [at, end], "only ASCII letters, digits, `.`, `_` and `-` may stand in it");
  }
  const isStart = !isAlphanumeric(text.charCodeAt(0));
  const span = isStart ? ([0, Math.min(1, text.length)] as const) : ([text.length - 1, text.length] as const);
  throw nameInvalid(text, span, "it must start and end with a letter or digit");
}
