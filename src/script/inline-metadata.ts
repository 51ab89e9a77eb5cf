import { isVenvoyError } from "../base/index.ts";
import { findTopLevel, parseToml, type TomlTable } from "../codec/index.ts";
import {
  type InlineBlock,
  parseRequirement,
  type Requirement,
  readInlineBlocks,
  tryParseSpecifierSet,
} from "../pep/index.ts";
import type { HeaderItem, HeaderProblem, HeaderRequirement, Place } from "./header.ts";
import { asTable } from "./inline-settings.ts";
import { spanOf } from "./requirement-line.ts";

/** What the `script` block of PEP 723 says. */
export interface InlineMetadata {
  readonly block?: InlineBlock;
  readonly table?: TomlTable;
  readonly dependencies?: readonly string[];
  readonly requirements: readonly HeaderRequirement[];
  readonly requiresPython?: HeaderItem;
  readonly problems: readonly HeaderProblem[];
}

/** Reads the `script` block, wherever it stands in the file (PEP 723). Faults become problems with their places. */
export function readInlineMetadata(lines: readonly string[]): InlineMetadata {
  const { blocks, unclosed } = readInlineBlocks(lines);
  const problems: HeaderProblem[] = [];
  const report = (severity: HeaderProblem["severity"], place: Place, message: string): void => {
    const { line, column, endColumn } = place;
    problems.push({ severity, message, line, column, endColumn, source: lines[line - 1] ?? "" });
  };
  const atLine = (line: number): Place => ({ line, column: 1, endColumn: (lines[line - 1] ?? "").length + 1 });
  for (const { type, line } of unclosed) {
    if (type === "script")
      report("error", atLine(line), "the block is not closed by a line `# ///` of the same comment");
  }
  const scripts = blocks.filter((block) => block.type === "script");
  const [block, second] = scripts;
  for (const { type, line } of [...blocks, ...unclosed]) {
    if (type !== "pyproject" || block !== undefined) continue;
    report("warning", atLine(line), "this is the form of an old draft, which no tool reads; write `# /// script`");
  }
  if (block === undefined) {
    if (/^\ufeff# \/\/\/ script$/.test(lines[0] ?? "")) {
      report("warning", atLine(1), "a byte order mark hides this block from every tool; save the file without it");
    }
    return { requirements: [], problems };
  }
  if (second !== undefined) {
    report("error", atLine(second.line), `there is a second block of metadata; the first begins in line ${block.line}`);
    return { requirements: [], problems };
  }
  return new BlockReader(block, lines, report).read(problems);
}

class BlockReader {
  private readonly block: InlineBlock;
  private readonly lines: readonly string[];
  private readonly report: (severity: HeaderProblem["severity"], place: Place, message: string) => void;

  constructor(
    block: InlineBlock,
    lines: readonly string[],
    report: (severity: HeaderProblem["severity"], place: Place, message: string) => void,
  ) {
    this.block = block;
    this.lines = lines;
    this.report = report;
  }

  read(problems: readonly HeaderProblem[]): InlineMetadata {
    const { block } = this;
    const table = this.parse();
    if (table === undefined) return { block, requirements: [], problems };
    const dependencies = this.dependencies(table);
    const requiresPython = this.requiresPython(table);
    if (table["tool"] !== undefined && asTable(table["tool"]) === undefined) {
      this.report("error", this.placeOf("tool"), "`tool` must be a table");
    }
    return {
      block,
      table,
      requirements: dependencies ?? [],
      ...(dependencies === undefined ? {} : { dependencies: dependencies.map(({ text }) => text) }),
      ...(requiresPython === undefined ? {} : { requiresPython }),
      problems,
    };
  }

  private parse(): TomlTable | undefined {
    try {
      return parseToml(this.block.content, { label: "the script's metadata", code: "HEADER_INVALID" });
    } catch (error) {
      if (!isVenvoyError(error, "HEADER_INVALID")) throw error;
      const line = typeof error.data["line"] === "number" ? error.data["line"] : 1;
      const column = typeof error.data["column"] === "number" ? error.data["column"] : 1;
      const reason = error.message.replace(/^.*? isn't TOML: /, "");
      this.report("error", this.placeAt(line - 1, column - 1, 1), `the block is not valid TOML: ${reason}`);
      return undefined;
    }
  }

  private dependencies(table: TomlTable): HeaderRequirement[] | undefined {
    const value = table["dependencies"];
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) {
      this.report("error", this.placeOf("dependencies"), "`dependencies` must be a list of strings");
      return [];
    }
    const items = findTopLevel(this.block.content, "dependencies")?.items ?? [];
    return (value as string[]).map((text, index) => {
      const item = items[index];
      const place = item === undefined ? this.placeOf("dependencies") : this.place(item.start, item.end);
      const requirement = this.requirement(text, place);
      return {
        text,
        ...place,
        ...(requirement === undefined ? {} : { requirement }),
        provider: "pip",
        editable: false,
        options: [],
        form: "pep723",
      };
    });
  }

  private requirement(text: string, place: Place): Requirement | undefined {
    try {
      return parseRequirement(text);
    } catch (error) {
      if (!isVenvoyError(error)) throw error;
      const [from, to] = spanOf(error.data);
      // The caret can point into the string only where it holds no escapes: quote, text, quote.
      const isPlain = place.endColumn - place.column === text.length + 2;
      const column = isPlain && from !== undefined ? place.column + 1 + from : place.column;
      const endColumn = isPlain && to !== undefined ? Math.max(place.column + 1 + to, column + 1) : place.endColumn;
      this.report("error", { line: place.line, column, endColumn }, error.message);
      return undefined;
    }
  }

  private requiresPython(table: TomlTable): HeaderItem | undefined {
    const value = table["requires-python"];
    if (value === undefined) return undefined;
    const place = this.placeOf("requires-python");
    if (typeof value === "string" && tryParseSpecifierSet(value) !== undefined) return { text: value, ...place };
    this.report("error", place, "`requires-python` must be a version specifier such as `>=3.11`");
    return undefined;
  }

  private placeOf(key: string): Place {
    const found = findTopLevel(this.block.content, key);
    return found === undefined ? this.placeAt(0, 0, 1) : this.place(found.start, found.end);
  }

  /** The place in the script of a range of the block's content. */
  private place(start: number, end: number): Place {
    const before = this.block.content.slice(0, start);
    const row = before.split("\n").length - 1;
    const within = this.block.content.slice(start, end).split("\n")[0] ?? "";
    return this.placeAt(row, start - (before.lastIndexOf("\n") + 1), within.length);
  }

  private placeAt(row: number, offset: number, length: number): Place {
    const line = Math.min(this.block.line + 1 + row, this.block.endLine);
    const source = this.lines[line - 1] ?? "";
    const column = offset + (source.startsWith("# ") ? 3 : 2);
    return { line, column, endColumn: column + Math.max(length, 1) };
  }
}
