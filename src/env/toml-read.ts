/** Reads single values out of parsed TOML; a value of another type counts as absent unless it is required. */
export type TomlObject = Readonly<Record<string, unknown>>;

export function tableOf(value: unknown): TomlObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
    ? (value as TomlObject)
    : {};
}

export function rowsOf(value: unknown): readonly TomlObject[] {
  return Array.isArray(value) ? value.map(tableOf) : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A date of TOML, or text that a person wrote as one. */
export function timeOf(value: unknown): number | undefined {
  const ms = value instanceof Date ? value.getTime() : typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(ms) ? ms : undefined;
}

export function textsOf(value: unknown): Readonly<Record<string, string>> {
  const texts = Object.entries(tableOf(value)).flatMap(([key, item]) =>
    typeof item === "string" || typeof item === "number" || typeof item === "boolean"
      ? [[key, String(item)] as const]
      : [],
  );
  // Not by assignment: `__proto__` is a name like any other.
  return Object.fromEntries(texts);
}
