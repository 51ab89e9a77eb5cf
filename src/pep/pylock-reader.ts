import { printable, VenvoyError } from "../base/index.ts";
import { isDateTime, type TomlTable } from "./toml.ts";

/** A failure in a lock file. `at` names the key, `packages[0].wheels[1]`; "" is the whole file. */
export function lockInvalid(
  why: string,
  at: string,
  cause?: unknown,
  data: Readonly<Record<string, unknown>> = {},
): VenvoyError {
  const place = at === "" ? "The lock file" : `The lock file's \`${printable(at, { newlines: false })}\``;
  return new VenvoyError("LOCK_INVALID", `${place} can't be used: ${printable(why, { newlines: false })}`, {
    data: { at, why, ...data },
    cause,
  });
}

/** Reads typed values from a table of a lock file, and knows the table's place for the errors. */
export class TableReader {
  readonly table: TomlTable;
  readonly #at: string;

  constructor(table: TomlTable, at: string) {
    this.table = table;
    this.#at = at;
  }

  fault(key: string, why: string, cause?: unknown): VenvoyError {
    return lockInvalid(why, [this.#at, key].filter((part) => part !== "").join("."), cause);
  }

  #value(key: string): unknown {
    return Object.hasOwn(this.table, key) ? (this.table[key] ?? undefined) : undefined;
  }

  #typed<T>(key: string, wanted: string, isOne: (value: unknown) => value is T): T | undefined {
    const value = this.#value(key);
    if (value === undefined || isOne(value)) return value;
    throw this.fault(key, `it is not ${wanted}`);
  }

  required<T>(key: string, value: T | undefined): T {
    if (value === undefined) throw this.fault(key, "it is missing");
    return value;
  }

  text(key: string): string | undefined {
    return this.#typed(key, "a text", isText);
  }

  flag(key: string): boolean | undefined {
    return this.#typed(key, "true or false", isFlag);
  }

  integer(key: string): number | undefined {
    return this.#typed(key, "a whole number", isInteger);
  }

  time(key: string): Date | undefined {
    return this.#typed(key, "a date with a time", isDateTime);
  }

  tableAt(key: string): TomlTable | undefined {
    return this.#typed(key, "a table", isTable);
  }

  /** The text under a key, parsed; what the parser throws becomes a fault of this key. */
  parsed<T>(key: string, parse: (text: string) => T): T | undefined {
    const text = this.text(key);
    return text === undefined ? undefined : this.attempt(key, () => parse(text));
  }

  /** The texts in the list under a key, each parsed. */
  parsedTexts<T>(key: string, parse: (text: string) => T): T[] | undefined {
    return this.#typed(key, "a list", Array.isArray)?.map((text: unknown, i) => {
      if (typeof text !== "string") throw this.fault(`${key}[${i}]`, "it is not a text");
      return this.attempt(`${key}[${i}]`, () => parse(text));
    });
  }

  /** The tables in the list under a key. */
  tables(key: string): TableReader[] | undefined {
    return this.#typed(key, "a list", Array.isArray)?.map((table: unknown, i) => {
      if (!isTable(table)) throw this.fault(`${key}[${i}]`, "it is not a table");
      return new TableReader(table, this.#place(`${key}[${i}]`));
    });
  }

  /** The table under a key, read. */
  part<T>(key: string, read: (part: TableReader) => T): T | undefined {
    const table = this.tableAt(key);
    return table === undefined ? undefined : read(new TableReader(table, this.#place(key)));
  }

  attempt<T>(key: string, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw this.fault(key, cause instanceof Error ? cause.message : String(cause), cause);
    }
  }

  #place(key: string): string {
    return this.#at === "" ? key : `${this.#at}.${key}`;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isFlag(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
