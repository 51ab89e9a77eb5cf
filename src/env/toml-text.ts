/**
 * Writes the few TOML forms of venvoy's own files: in a fixed order, so that a diff of two versions shows what changed
 * and nothing else. Reading is `codec/`'s.
 */
export type TomlScalar = string | number | boolean | Date;

export interface TomlTable {
  readonly [key: string]: TomlScalar | undefined | readonly TomlRow[] | readonly string[];
}

/** One inline table of an array: `{ text = "numpy<2", line = 3 }`. */
export interface TomlRow {
  readonly [key: string]: TomlScalar | undefined;
}

/** A basic string; valid for every text, also one with control characters or half surrogate pairs. */
function tomlString(text: string): string {
  return JSON.stringify(text)
    .replace(/\\ud[89a-f][0-9a-f]{2}/gi, "\\ufffd")
    .replaceAll("\u007f", "\\u007f");
}

export function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : tomlString(key);
}

/** The lines of one table without its heading; keys that are `undefined` are left out. */
export function tomlLines(table: TomlTable): string[] {
  const lines: string[] = [];
  for (const [key, value] of Object.entries(table)) {
    if (value === undefined) continue;
    lines.push(`${tomlKey(key)} = ${Array.isArray(value) ? listText(value) : scalarText(value as TomlScalar)}`);
  }
  return lines;
}

function listText(items: readonly (TomlRow | string)[]): string {
  if (items.length === 0) return "[]";
  const rows = items.map((item) => `  ${typeof item === "string" ? tomlString(item) : rowText(item)},`);
  return `[\n${rows.join("\n")}\n]`;
}

function rowText(row: TomlRow): string {
  const parts = Object.entries(row).flatMap(([key, value]) =>
    value === undefined ? [] : [`${tomlKey(key)} = ${scalarText(value)}`],
  );
  return `{ ${parts.join(", ")} }`;
}

function scalarText(value: TomlScalar): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" ? tomlString(value) : String(value);
}
