import { type ErrorCode, printable, VenvoyError } from "../base/index.ts";

export interface YamlOptions {
  /** What messages call the text: a path or file name. */
  readonly label: string;
  readonly code?: ErrorCode;
}

/** A value that was read, and where its parts stand. */
export interface YamlValue {
  readonly value: unknown;
  /** The line (from 1) on which the part at this path of keys and indexes begins; 1 when there is none. */
  readonly lineOf: (path: readonly (string | number)[]) => number;
}

/**
 * Reads one YAML 1.2 document. The library is loaded on the first call. Aliases may not multiply beyond what a person
 * writes. Throws `FILE_UNREADABLE` (or `code`) with `data` {file, line}.
 */
export async function parseYaml(text: string, { label, code = "FILE_UNREADABLE" }: YamlOptions): Promise<YamlValue> {
  const { LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ""), { lineCounter: lines, logLevel: "silent" });
  const invalid = (line: number, why: string, cause: unknown): VenvoyError =>
    new VenvoyError(code, `\`${printable(label)}\` line ${line} isn't YAML: ${printable(why, { newlines: false })}`, {
      data: { file: label, line },
      cause,
    });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const line = fault.linePos?.[0].line ?? 1;
    throw invalid(line, (fault.message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, ""), fault);
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return { value, lineOf: (path) => lines.linePos(startOf(document.getIn(path, true))).line };
  } catch (cause) {
    throw invalid(1, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function startOf(node: unknown): number {
  const range = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === "number" ? range[0] : 0;
}
