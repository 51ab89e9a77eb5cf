import { decodeSource, type TomlTable } from "../codec/index.ts";
import { headLines, lineEnd } from "./before-statement.ts";
import { headerInvalid } from "./errors.ts";
import type { HeaderProblem, ScriptHeader } from "./header.ts";
import { readInlineMetadata } from "./inline-metadata.ts";
import { asTable, readInlineSettings } from "./inline-settings.ts";
import { findLanguage } from "./language.ts";
import { readRhinoTags } from "./rhino-tags.ts";

const emptyTable: TomlTable = {};

/**
 * Reads what a script says about what it needs: Rhino's directives and PEP 723, each with its place. Never throws for
 * what the script holds: faults are `problems`, and `requireSound` turns errors among them into a failure.
 *
 * Where a directive may stand: Rhino's directives count on comment lines before the first statement (a docstring is
 * passed over), because that is where people and the host look, and a scan of the whole file takes commented-out code
 * for requests. The `#!` language line counts anywhere. A PEP 723 block counts anywhere, as its standard says.
 */
export function readHeader(source: string | Uint8Array): ScriptHeader {
  const { text, encoding } = decodeSource(source);
  // A block of PEP 723 may stand anywhere; without one only the head of the file is of interest.
  const lines = text.includes("# /// ") ? text.split(lineEnd) : headLines(text);
  const rhino = readRhinoTags(lines, findLanguage(text));
  const inline = readInlineMetadata(lines);
  const tool = asTable(inline.table?.["tool"]);
  const venvoy = asTable(tool?.["venvoy"]) ?? emptyTable;
  const uv = asTable(tool?.["uv"]) ?? emptyTable;
  const problems: HeaderProblem[] = [...rhino.problems, ...inline.problems];
  const settings = readInlineSettings([venvoy, uv], (message) => {
    const line = inline.block?.line ?? 1;
    problems.push({ severity: "error", message, line, column: 1, endColumn: 2, source: lines[line - 1] ?? "" });
  });
  if (encoding === "utf-16") problems.unshift(wideText(lines[0] ?? ""));
  const isInline = inline.block !== undefined;
  const kind = rhino.lines.length > 0 ? (isInline ? "both" : "rhino") : isInline ? "pep723" : "none";
  return {
    kind,
    ...(rhino.language === undefined ? {} : { language: rhino.language }),
    ...(rhino.venv === undefined ? {} : { venv: rhino.venv }),
    requirements: [...rhino.requirements, ...inline.requirements].sort(
      (a, b) => a.line - b.line || a.column - b.column,
    ),
    pipOptions: rhino.pipOptions,
    envPaths: rhino.envPaths,
    ...(rhino.async === undefined ? {} : { async: rhino.async }),
    flags: rhino.flags,
    ...(rhino.platform === undefined ? {} : { platform: rhino.platform }),
    ...(inline.requiresPython === undefined ? {} : { requiresPython: inline.requiresPython }),
    ...(inline.table === undefined ? {} : { metadata: inline.table }),
    ...(inline.dependencies === undefined ? {} : { dependencies: inline.dependencies }),
    tool: { venvoy, uv },
    settings,
    problems: problems.sort((a, b) => a.line - b.line || a.column - b.column),
  };
}

function wideText(source: string): HeaderProblem {
  const message = "the file is UTF-16, which Python can't read; save it as UTF-8";
  return { severity: "error", message, line: 1, column: 1, endColumn: 2, source };
}

/**
 * Throws `HEADER_INVALID` for the first error of a header, with all problems as `data.issues`; `file` is what the
 * message calls the script.
 */
export function requireSound(header: ScriptHeader, file: string): void {
  const first = header.problems.find((problem) => problem.severity === "error");
  if (first !== undefined) throw headerInvalid(file, first, header.problems.slice(0, 100));
}
