import type { System } from "../ports/index.ts";
import { valueInvalid } from "./errors.ts";
import type { PipOption } from "./pip-files.ts";
import { ownVariable, pipVariables, type SettingKey, type SettingRow, settingsTable } from "./table.ts";

/** A value as it was written, and where. */
export interface Found {
  readonly text: string;
  /** The items, where the place writes lists its own way (TOML, commas). */
  readonly items?: readonly string[];
  /** `PIP_INDEX_URL`, or a file with its section; for messages and `explainSettings`. */
  readonly from: string;
}

export interface Sources {
  readonly env: System["env"];
  /** Keys of `config.toml`. */
  readonly file: ReadonlyMap<string, Found>;
  readonly pip: ReadonlyMap<string, PipOption>;
}

/** Finds what is written for each setting, by the order that the table explains. */
export function lookups(sources: Sources): (key: SettingKey) => Found | undefined {
  const rows = new Map<string, SettingRow>(settingsTable.map((row) => [row.key, row]));
  const variable = (name: string): Found | undefined => {
    const text = sources.env[name];
    // An empty variable is how a shell unsets one for a single command.
    if (text === undefined || text === "") return undefined;
    return { text, from: `\`${name}\``, ...(name === "UV_FIND_LINKS" ? { items: split(text, /,/) } : {}) };
  };
  const first = (names: readonly string[]): Found | undefined => {
    for (const name of names) {
      const found = variable(name);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return (key) => {
    const row = rows.get(key);
    if (row === undefined) throw new Error(`no setting ${key}`);
    return (
      variable(ownVariable(key)) ??
      sources.file.get(key) ??
      first([...row.variables, ...pipVariables(row)]) ??
      fromPip(row, sources.pip)
    );
  };
}

function fromPip(row: SettingRow, pip: Sources["pip"]): Found | undefined {
  for (const option of row.pip ?? []) {
    const found = pip.get(option);
    if (found !== undefined && found.value !== "") return { text: found.value, from: found.from };
  }
  return undefined;
}

function split(text: string, separator: RegExp): string[] {
  return text
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** The items of a list: lines or words in pip's files and in variables. */
export function itemsOf(found: Found | undefined): readonly string[] {
  return found === undefined ? [] : (found.items ?? split(found.text, /\s+/));
}

const yes: ReadonlySet<string> = new Set(["1", "true", "yes", "on", "y", "t"]);
const no: ReadonlySet<string> = new Set(["0", "false", "no", "off", "n", "f"]);

export function switchOf(key: SettingKey, found: Found | undefined): boolean {
  if (found === undefined) return false;
  const text = found.text.trim().toLowerCase();
  // The other tools' form of this one setting names the way in which they ask.
  if (key === "keyring" && (text === "subprocess" || text === "import" || text === "auto")) return true;
  if (key === "keyring" && text === "disabled") return false;
  if (yes.has(text)) return true;
  if (no.has(text)) return false;
  throw valueInvalid(key, { text: found.text, from: found.from, wanted: "`true` or `false`" });
}

export function numberOf(key: SettingKey, found: Found | undefined, limits: { min: number }): number | undefined {
  if (found === undefined) return undefined;
  const number = Number(found.text.trim());
  if (found.text.trim() !== "" && Number.isFinite(number) && number >= limits.min) return number;
  throw valueInvalid(key, { text: found.text, from: found.from, wanted: `a number of ${limits.min} or more` });
}

/** One of the row's words. Another tool's word for something that this one doesn't have is passed over. */
export function choiceOf<T extends string>(
  key: SettingKey,
  found: Found | undefined,
  choices: readonly T[],
): T | undefined {
  if (found === undefined) return undefined;
  const text = found.text.trim().toLowerCase();
  const choice = choices.find((one) => one === text);
  if (choice !== undefined) return choice;
  if (/^`(?:UV|PIP)_/.test(found.from)) return undefined;
  throw valueInvalid(key, { text: found.text, from: found.from, wanted: `one of ${choices.join(", ")}` });
}
