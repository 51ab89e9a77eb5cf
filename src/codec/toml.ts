import { parse, TomlError, type TomlTable } from "smol-toml";
import { type ErrorCode, printable, VenvoyError } from "../base/index.ts";

export type { TomlPrimitive as TomlValue, TomlTable } from "smol-toml";

export interface TomlOptions {
  /** What messages call the text: a path or file name. */
  readonly label: string;
  readonly code?: ErrorCode;
}

/** Reads TOML 1.0. Throws `CONFIG_INVALID` (or `code`) with `data` {file, line, column, source}. */
export function parseToml(text: string, { label, code = "CONFIG_INVALID" }: TomlOptions): TomlTable {
  try {
    return parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const { line, column } = cause;
    const source = text.split("\n")[line - 1]?.trimEnd() ?? "";
    const problem = printable(reasonOf(cause), { newlines: false });
    throw new VenvoyError(code, `\`${printable(label)}\` line ${line} isn't TOML: ${problem}`, {
      data: { file: label, line, column, source },
      cause,
    });
  }
}

/** The library's message is "Invalid TOML document: reason", followed by a drawing of the place. */
function reasonOf(error: TomlError): string {
  const first = error.message.split("\n")[0] ?? "";
  return first.replace(/^Invalid TOML document: /, "");
}
