import { paramsInvalid } from "./errors.ts";

type Known = Readonly<Record<string, unknown>>;

/** Reads what a request gives, by name. Whatever is not as it should be is thrown as an answer that says so. */
export class Params {
  readonly #given: Known;

  /** `names` are all that the method knows: a name that is mistyped is told, not passed over. */
  constructor(given: unknown, names: readonly string[]) {
    const found = given === undefined || given === null ? {} : given;
    if (typeof found !== "object" || Array.isArray(found)) throw paramsInvalid("`params` must be an object");
    const unknown = Object.keys(found).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      const known = names.length === 0 ? "none" : names.map((name) => `\`${name}\``).join(", ");
      throw paramsInvalid(`\`${unknown.slice(0, 100)}\` is not known here; known: ${known}`);
    }
    this.#given = found as Known;
  }

  text(name: string): string {
    const found = this.optionalText(name);
    if (found === undefined) throw paramsInvalid(`\`${name}\` is missing`);
    return found;
  }

  optionalText(name: string): string | undefined {
    return this.#optional(name, "text", (value) => (typeof value === "string" ? value : undefined));
  }

  texts(name: string): readonly string[] {
    const found = this.#optional(name, "a list of texts", (value) =>
      Array.isArray(value) && value.every((one) => typeof one === "string") ? (value as readonly string[]) : undefined,
    );
    return found ?? [];
  }

  number(name: string): number {
    const found = this.optionalNumber(name);
    if (found === undefined) throw paramsInvalid(`\`${name}\` is missing`);
    return found;
  }

  /** Whole and not below nought. */
  optionalNumber(name: string): number | undefined {
    return this.#optional(name, "a whole number", (value) =>
      Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined,
    );
  }

  optionalTruth(name: string): boolean | undefined {
    return this.#optional(name, "true or false", (value) => (typeof value === "boolean" ? value : undefined));
  }

  list(name: string): readonly unknown[] {
    return this.#optional(name, "a list", (value) => (Array.isArray(value) ? value : undefined)) ?? [];
  }

  map(name: string): Known {
    return (
      this.#optional(name, "an object", (value) =>
        typeof value === "object" && !Array.isArray(value) ? (value as Known) : undefined,
      ) ?? {}
    );
  }

  any(name: string): unknown {
    return this.#given[name];
  }

  #optional<T>(name: string, kind: string, read: (value: unknown) => T | undefined): T | undefined {
    const value = this.#given[name];
    if (value === undefined || value === null) return undefined;
    const found = read(value);
    if (found === undefined) throw paramsInvalid(`\`${name}\` must be ${kind}`);
    return found;
  }
}
