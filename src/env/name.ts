import type { EnvName } from "../base/index.ts";
import { isWindowsDevice } from "../disk/index.ts";
import { nameInvalid } from "./errors.ts";
import { foreignScripts, looksLike } from "./name-script.ts";

/** Leaves room for `-<id>` and for the suffixes of file systems that count 255 bytes. */
const longestBytes = 150;
const longestCharacters = 100;

const allowed = /^[\p{L}\p{N}\p{M}._+-]$/u;

/**
 * Parses the name of an environment; throws `ENV_NAME_INVALID` with the reason. A name is one path component that every
 * file system of the three platforms can hold, and that a person can tell from every other by looking at it.
 */
export function parseEnvName(text: string): EnvName {
  if (text === "") throw nameInvalid(text, "it is empty");
  const name = text.normalize("NFC");
  checkForm(text, name);
  checkCharacters(text, name);
  checkLooks(text, name);
  return name as EnvName;
}

/**
 * The name of an environment that is called `text` elsewhere, where more may be a name: as it is if it can be, else with
 * `-` for blanks and without what names don't hold. Throws as {@link parseEnvName} when nothing is left of it.
 */
export function adaptEnvName(text: string): EnvName {
  const name = text.normalize("NFKC").replace(/\s+/gu, "-");
  const kept = [...name].filter((one) => allowed.test(one)).join("");
  const adapted = kept.replace(/^[^\p{L}\p{N}_]+|[-.]+$/gu, "");
  return parseEnvName(isEnvName(text.normalize("NFC")) || adapted === "" ? text : adapted);
}

/** Like {@link parseEnvName}, for directory entries that may be anything. */
export function isEnvName(text: string): text is EnvName {
  // Nearly every name; a list of environments asks for each of them.
  if (/^[A-Za-z0-9_][A-Za-z0-9_+-]{0,99}$/.test(text)) return !isWindowsDevice(text);
  try {
    return parseEnvName(text) === text;
  } catch {
    return false;
  }
}

/**
 * Two names with one key are one name: case and Unicode forms don't tell environments apart, so that a home can move
 * between file systems that fold them and ones that don't.
 */
export function nameKey(name: string): string {
  return name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFC");
}

export function sameName(a: string, b: string): boolean {
  return a === b || nameKey(a) === nameKey(b);
}

/**
 * Refuses a new name that a person can't tell from an existing one (`сора` in Cyrillic beside `copa`).
 * Names that are equal but for case are the business of {@link sameName}.
 */
export function checkDistinct(name: EnvName, existing: Iterable<string>): void {
  const isPlain = isAscii(name);
  for (const other of existing) {
    // Within ASCII only case makes letters look alike here, and that is one name.
    if (isPlain && isAscii(other)) continue;
    if (!sameName(name, other) && looksLike(name, other)) {
      throw nameInvalid(name, `it looks like the environment \`${other}\` but is written with other letters`);
    }
  }
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what is meant
  return /^[\x00-\x7f]*$/.test(text);
}

/** True when the text that a person typed for NAME means a directory: `.`, `./env`, `../x`, `/abs`, `C:\x`, `~/x`, `a/b`. */
export function isDirectoryName(text: string): boolean {
  return text === "." || text === ".." || /[/\\]/.test(text) || /^[A-Za-z]:/.test(text) || text === "~";
}

function checkForm(text: string, name: string): void {
  if (isDirectoryName(name)) {
    const bare = /^[\p{L}\p{N}]/u.test(name) && !/^[A-Za-z]:/.test(name);
    throw nameInvalid(
      text,
      "it is a path, and a name is one word",
      bare ? `To make an environment in that directory write \`./${name.slice(0, 60)}\`` : undefined,
    );
  }
  if ([...name].length > longestCharacters || new TextEncoder().encode(name).length > longestBytes) {
    throw nameInvalid(text, `it is longer than ${longestCharacters} characters`, "Choose a shorter name");
  }
  if (name.startsWith("-")) throw nameInvalid(text, "it begins with `-` and would be read as an option");
  if (name.startsWith(".")) throw nameInvalid(text, "it begins with `.` and would be hidden");
  if (/^\s|\s$/u.test(name)) throw nameInvalid(text, "it begins or ends with a blank");
  if (name.endsWith(".")) throw nameInvalid(text, "it ends with `.`, which Windows drops");
  if (isWindowsDevice(name)) throw nameInvalid(text, "it names a device on Windows", "Choose another name");
}

function checkCharacters(text: string, name: string): void {
  for (const char of name) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) throw nameInvalid(text, "it holds a control character");
    if (/\p{Cf}|\p{Cs}|\p{Co}|\p{Cn}/u.test(char)) {
      throw nameInvalid(text, `it holds the invisible character U+${code.toString(16).toUpperCase().padStart(4, "0")}`);
    }
    if (/\s/u.test(char)) {
      const better = [...name.replace(/\s+/gu, "-")].filter((one) => allowed.test(one)).join("");
      throw nameInvalid(text, "it holds a blank", `Write \`${better}\``);
    }
    if (!allowed.test(char)) throw nameInvalid(text, `it holds \`${char}\``);
  }
  if (!/^[\p{L}\p{N}_]/u.test(name)) throw nameInvalid(text, "it doesn't begin with a letter or a digit");
}

function checkLooks(text: string, name: string): void {
  const plain = name.normalize("NFKC");
  if (plain !== name) {
    throw nameInvalid(text, `its letters look like \`${plain}\` but are other characters`, `Write \`${plain}\``);
  }
  const mixed = foreignScripts(name);
  if (mixed !== undefined) {
    throw nameInvalid(
      text,
      `it mixes ${mixed[0]} and ${mixed[1]} letters, which can't be told apart by eye`,
      "Write it in one alphabet",
    );
  }
}
