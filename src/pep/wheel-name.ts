import type { PackageName } from "../base/index.ts";
import { wheelNameInvalid } from "./artifact-errors.ts";
import { normalizeName } from "./name.ts";
import { checkTag } from "./tags.ts";
import { parseVersion, type Version } from "./version.ts";

/** PEP 427: among equal tags the higher build wins; first by number, then by the rest of the text. */
export interface BuildTag {
  /** A `bigint` only where a `number` would lose digits. */
  readonly number: number | bigint;
  readonly suffix: string;
}

/** What a wheel's file name says. */
export interface WheelName {
  readonly name: PackageName;
  readonly version: Version;
  readonly build: BuildTag | undefined;
  /** The compressed tag set as written: `TagRank.ofSet` ranks it, `parseTag` expands it. */
  readonly tagText: string;
}

/** PEP 427 escapes names to word characters; `_` and `.` of any script's names are let through as `packaging` does. */
const escapedName = /^[\p{L}\p{N}_.]+$/u;

/** Parses `name-version[-build]-python-abi-platform.whl` (PEP 427, 425); throws `WHEEL_INVALID`. */
export function parseWheelName(filename: string): WheelName {
  if (!filename.endsWith(".whl")) throw wheelNameInvalid(filename, "it must end in .whl");
  const parts = filename.slice(0, -4).split("-");
  if (parts.length !== 5 && parts.length !== 6) throw wheelNameInvalid(filename, "it must have five or six parts");
  const [nameText = "", versionText = ""] = parts;
  if (nameText.includes("__") || !escapedName.test(nameText)) {
    throw wheelNameInvalid(filename, "the package's name is not written as wheels write it");
  }
  const tagText = parts.slice(-3).join("-");
  attempt(filename, "the tags are not tags", () => checkTag(tagText));
  return {
    name: normalizeName(nameText),
    version: attempt(filename, "the version is not one", () => parseVersion(versionText)),
    build: parts.length === 6 ? parseBuild(filename, parts[2] ?? "") : undefined,
    tagText,
  };
}

/** The order of PEP 427: no build tag is below every build tag. */
export function compareBuilds(a: BuildTag | undefined, b: BuildTag | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  if (a.number !== b.number) return a.number < b.number ? -1 : 1;
  return a.suffix === b.suffix ? 0 : a.suffix < b.suffix ? -1 : 1;
}

function parseBuild(filename: string, text: string): BuildTag {
  const match = /^([0-9]+)([^\n]*)/.exec(text);
  if (match === null) throw wheelNameInvalid(filename, "the build number must begin with a digit");
  const [, digits = "", suffix = ""] = match;
  const number = Number(digits);
  return { number: Number.isSafeInteger(number) ? number : BigInt(digits), suffix };
}

function attempt<T>(filename: string, reason: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw wheelNameInvalid(filename, reason, cause);
  }
}
