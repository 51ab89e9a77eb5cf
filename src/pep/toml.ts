import { parse, TomlDate, TomlError } from "smol-toml";

/** A table as the TOML library gives it; dates are `Date`. */
export type TomlTable = Readonly<Record<string, unknown>>;

/** Where and why a text is not TOML. Lines and columns count from 1. */
export interface TomlFault {
  readonly line: number;
  readonly column: number;
  readonly why: string;
  readonly cause: unknown;
}

export type TomlResult =
  | { readonly ok: true; readonly table: TomlTable }
  | { readonly ok: false; readonly fault: TomlFault };

/** Reads TOML 1.0; the caller words the error, since only it knows which file the text is from. */
export function readToml(text: string): TomlResult {
  try {
    return { ok: true, table: parse(text) };
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [first = ""] = cause.message.split("\n");
    const why = first.replace(/^Invalid TOML document: /, "");
    return { ok: false, fault: { line: cause.line, column: cause.column, why, cause } };
  }
}

/** True for a TOML date with a time of day, with or without an offset; false for a date or a time alone. */
export function isDateTime(value: unknown): value is Date {
  if (value instanceof TomlDate && !value.isDateTime()) return false;
  return value instanceof Date && !Number.isNaN(value.getTime());
}

/** One value in TOML's inline form. Keys of tables keep their order; keys without a value are left out. */
export function tomlInline(value: unknown): string {
  if (typeof value === "string") return tomlString(value);
  if (typeof value === "number" || typeof value === "bigint") return tomlNumber(value);
  if (typeof value === "boolean") return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[${value.map(tomlInline).join(", ")}]`;
  if (typeof value !== "object" || value === null) throw new TypeError(`not a TOML value: ${String(value)}`);
  const pairs = Object.entries(value).filter(([, part]) => part !== undefined);
  if (pairs.length === 0) return "{}";
  return `{ ${pairs.map(([key, part]) => `${tomlKey(key)} = ${tomlInline(part)}`).join(", ")} }`;
}

/** A key, bare where TOML allows it. */
export function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : tomlString(key);
}

/** A basic string; lone surrogates, which TOML can't hold, become U+FFFD. */
function tomlString(text: string): string {
  const wellFormed = text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
  return JSON.stringify(wellFormed).replaceAll("\x7f", "\\u007f");
}

function tomlNumber(value: number | bigint): string {
  if (typeof value === "bigint" || Number.isFinite(value)) return Object.is(value, -0) ? "-0.0" : String(value);
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}
