import { type ErrorCode, printable, VenvoyError } from "../base/index.ts";

export interface IniOptions {
  /** What messages call the text: a path or file name. */
  readonly label: string;
  /** Default `=` and `:`. */
  readonly delimiters?: readonly ("=" | ":")[];
  /** Python folds option names to lower case unless told otherwise. */
  readonly keepCase?: boolean;
  /** Takes the last of two equal options or sections instead of refusing them. */
  readonly allowDuplicates?: boolean;
  readonly code?: ErrorCode;
}

/** Section -> option -> value. Every section also has the options of `[DEFAULT]`, which isn't listed itself. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, string>>;

type Lines = Map<string, string[]>;

/**
 * Reads the dialect of Python's `RawConfigParser` (pip.conf, entry_points.txt): `#` and `;` begin a comment only at the
 * start of a line, an indented line continues the value above it, empty lines inside a value stay, `%` means nothing.
 * Throws `CONFIG_INVALID` (or `code`) with `data` {file, line, source}.
 */
export function parseIni(text: string, options: IniOptions): IniSections {
  const reader = new IniReader(options);
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  for (const [index, line] of lines.entries()) reader.take(line, index + 1);
  return reader.end();
}

class IniReader {
  readonly #options: IniOptions;
  readonly #option: RegExp;
  readonly #sections = new Map<string, Lines>();
  readonly #defaults: Lines = new Map();
  #section: Lines | undefined;
  #value: string[] | undefined;
  #indent = 0;

  constructor(options: IniOptions) {
    this.#options = options;
    this.#option = new RegExp(`^(.*?)\\s*[${(options.delimiters ?? ["=", ":"]).join("")}]\\s*(.*)$`);
  }

  take(line: string, number: number): void {
    const value = line.trim();
    const isComment = value.startsWith("#") || value.startsWith(";");
    if (value === "" || isComment) {
      if (!isComment) this.#value?.push("");
      return;
    }
    const indent = line.length - line.trimStart().length;
    if (this.#value !== undefined && indent > this.#indent) {
      this.#value.push(value);
      return;
    }
    this.#indent = indent;
    const header = /^\[(.+)\]/.exec(value)?.[1];
    if (header === undefined) this.#takeOption(value, number);
    else this.#open(header, value, number);
  }

  end(): IniSections {
    const joined = new Map<string, ReadonlyMap<string, string>>();
    for (const [name, own] of this.#sections) {
      const values = new Map<string, string>();
      for (const [option, lines] of [...this.#defaults, ...own]) values.set(option, lines.join("\n").trimEnd());
      joined.set(name, values);
    }
    return joined;
  }

  #open(name: string, source: string, number: number): void {
    this.#value = undefined;
    if (name === "DEFAULT") {
      this.#section = this.#defaults;
      return;
    }
    const known = this.#sections.get(name);
    if (known !== undefined && this.#options.allowDuplicates !== true) {
      throw this.#error(`has the section \`[${printable(name)}]\` twice`, source, number);
    }
    this.#section = known ?? new Map();
    this.#sections.set(name, this.#section);
  }

  #takeOption(value: string, number: number): void {
    const section = this.#section;
    if (section === undefined) throw this.#error("has no section header before its first option", value, number);
    const match = this.#option.exec(value);
    const written = match?.[1] ?? "";
    if (match === null || written === "") throw this.#error("has a line that isn't `name = value`", value, number);
    const name = this.#options.keepCase === true ? written : written.toLowerCase();
    if (section.has(name) && this.#options.allowDuplicates !== true) {
      throw this.#error(`has the option \`${printable(name)}\` twice in one section`, value, number);
    }
    this.#value = [(match[2] ?? "").trim()];
    section.set(name, this.#value);
  }

  #error(problem: string, source: string, line: number): VenvoyError {
    const { label, code = "CONFIG_INVALID" } = this.#options;
    return new VenvoyError(code, `\`${printable(label)}\` line ${line} ${problem}`, {
      data: { file: label, line, source },
    });
  }
}
