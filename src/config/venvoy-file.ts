import { type AbsPath, hasCode, nearest, type PackageName, printable, VenvoyError } from "../base/index.ts";
import { parseToml, type TomlTable, type TomlValue } from "../codec/index.ts";
import { parsePackageName } from "../pep/index.ts";
import type { Fs } from "../ports/index.ts";
import { keyUnknown, valueInvalid } from "./errors.ts";
import type { Found } from "./lookup.ts";
import { settingsTable } from "./table.ts";

/** `[[index]]` of `config.toml`. */
export interface FileIndex {
  readonly url: string;
  readonly name: string | undefined;
  readonly explicit: boolean;
  /** Takes the place of `index-url`. */
  readonly isDefault: boolean;
  readonly from: string;
}

export interface VenvoyFile {
  readonly values: ReadonlyMap<string, Found>;
  readonly indexes: readonly FileIndex[];
  /** `[pins]`: package -> the index that may provide it. */
  readonly pins: ReadonlyMap<PackageName, string>;
}

const nothing: VenvoyFile = { values: new Map(), indexes: [], pins: new Map() };

/** Reads venvoy's own `config.toml`. Throws `CONFIG_INVALID` for what it doesn't know, with the nearest word. */
export async function readVenvoyFile(fs: Fs, file: AbsPath): Promise<VenvoyFile> {
  let text: string;
  try {
    text = await fs.readText(file);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return nothing;
    throw new VenvoyError("FILE_UNREADABLE", `\`${printable(file)}\` can't be read`, {
      hint: "Correct its owner and mode",
      data: { file },
      cause: error,
    });
  }
  return fromTable(parseToml(text, { label: file }), file);
}

function fromTable(table: TomlTable, file: AbsPath): VenvoyFile {
  const values = new Map<string, Found>();
  let indexes: readonly FileIndex[] = [];
  let pins: ReadonlyMap<PackageName, string> = new Map();
  const known: readonly string[] = [...settingsTable.map((row) => row.key), "index", "pins"];
  const from = `\`${printable(file)}\``;
  for (const [key, value] of Object.entries(table)) {
    if (key === "index") indexes = indexesOf(value, from);
    else if (key === "pins") pins = pinsOf(value, from);
    else if (known.includes(key)) values.set(key, foundOf(key, value, from));
    else throw keyUnknown(file, key, nearest(key, known));
  }
  return { values, indexes, pins };
}

function foundOf(key: string, value: TomlValue, from: string): Found {
  if (typeof value === "string") {
    return kindOf(key) === "urls" || kindOf(key) === "words"
      ? { text: value, items: [value], from }
      : { text: value, from };
  }
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") {
    return { text: String(value), from };
  }
  if (value instanceof Date) return { text: value.toISOString(), from };
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
    return { text: value.join(" "), items: value, from };
  }
  throw valueInvalid(key, { text: JSON.stringify(value) ?? "", from, wanted: "a text, a number or a list of texts" });
}

function kindOf(key: string): string | undefined {
  return settingsTable.find((row) => row.key === key)?.kind;
}

function indexesOf(value: TomlValue, from: string): readonly FileIndex[] {
  const wanted = "a list of tables with `url` (`[[index]]`)";
  if (!Array.isArray(value)) throw valueInvalid("index", { text: String(value), from, wanted });
  return value.map((entry) => {
    const table = asTable(entry);
    const { url, name, explicit, default: isDefault, ...rest } = table ?? {};
    const fits =
      typeof url === "string" &&
      (name === undefined || typeof name === "string") &&
      (explicit === undefined || typeof explicit === "boolean") &&
      (isDefault === undefined || typeof isDefault === "boolean") &&
      Object.keys(rest).length === 0;
    if (!fits) throw valueInvalid("index", { text: JSON.stringify(entry) ?? "", from, wanted });
    return { url, name, explicit: explicit === true, isDefault: isDefault === true, from };
  });
}

function pinsOf(value: TomlValue, from: string): ReadonlyMap<PackageName, string> {
  const pins = new Map<PackageName, string>();
  for (const [name, index] of Object.entries(asTable(value) ?? {})) {
    if (typeof index !== "string") {
      throw valueInvalid(`pins.${name}`, { text: JSON.stringify(index) ?? "", from, wanted: "the name of an index" });
    }
    pins.set(parsePackageName(name), index);
  }
  return pins;
}

function asTable(value: TomlValue | undefined): TomlTable | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Date) return undefined;
  return value;
}
