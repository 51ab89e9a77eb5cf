import { applyEdits, decodeSource, encodeSource, splitLines, type TextEdit } from "../codec/index.ts";
import { parseRequirement, type Requirement } from "../pep/index.ts";
import { addDependency, removeDependencies } from "./edit-inline.ts";
import { addReference, environmentLine, firstInlineBlock, removeReferences } from "./edit-rhino.ts";
import { headerNotEditable } from "./errors.ts";
import type { HeaderRequirement, ScriptHeader } from "./header.ts";
import { readHeader } from "./read-header.ts";

/**
 * The script with `requirement` in its header, in the notation that the script uses already: a PEP 723 block, else
 * Rhino's `# r:` lines, else a new PEP 723 block (or a new `# r:` line, where other directives of Rhino stand). What the
 * header asks of the same package is replaced where it stands. Only the bytes of the change differ; line ends, encoding,
 * comments and layout stay. Throws `REQUIREMENT_INVALID`, and `HEADER_INVALID` for a header that can't be understood.
 */
export function addRequirement<T extends string | Uint8Array>(source: T, requirement: string | Requirement): T {
  const asked = typeof requirement === "string" ? parseRequirement(requirement.trim()) : requirement;
  const text = typeof requirement === "string" ? requirement.trim() : requirement.toString();
  return edit(source, (script, header) => {
    const same = pipReferences(header).filter((item) => item.requirement?.name === asked.name);
    const [first, ...others] = same;
    const lines = splitLines(script);
    if (first !== undefined) {
      const rest = removal(script, header, new Set(others));
      return [replacement(lines, first, text), ...rest];
    }
    const block = firstInlineBlock(lines);
    if (block !== undefined) return addDependency(lines, block, text);
    return addReference(lines, header, text);
  });
}

/** The script without any requirement of that package; the very same value when there is none. Errors as `addRequirement`. */
export function removeRequirement<T extends string | Uint8Array>(source: T, name: string): T {
  const { name: wanted } = parseRequirement(name);
  return edit(source, (script, header) => {
    const gone = pipReferences(header).filter((item) => item.requirement?.name === wanted);
    return removal(script, header, new Set(gone));
  });
}

/**
 * The script with a `# venv: NAME` line: what an earlier one names is replaced, else the line goes before the other
 * directives. Only the bytes of the change differ. Throws `HEADER_INVALID` for a header that can't be understood.
 */
export function setEnvironment<T extends string | Uint8Array>(source: T, name: string): T {
  return edit(source, (script, header) => {
    const lines = splitLines(script);
    const { venv } = header;
    if (venv?.isName !== true) return [environmentLine(lines, header, name)];
    const start = (lines[venv.line - 1]?.start ?? 0) + venv.column - 1;
    return [{ start, end: start + venv.text.length, text: name }];
  });
}

function pipReferences(header: ScriptHeader): readonly HeaderRequirement[] {
  return header.requirements.filter((item) => item.provider === "pip");
}

function removal(script: string, header: ScriptHeader, gone: ReadonlySet<HeaderRequirement>): TextEdit[] {
  if (gone.size === 0) return [];
  const lines = splitLines(script);
  const inline = [...gone].filter((item) => item.form === "pep723");
  const block = firstInlineBlock(lines);
  const removed = block === undefined ? [] : removeDependencies(lines, block, inline);
  return [...removed, ...removeReferences(lines, header, gone)];
}

/** Puts `text` where the item stands; the quotes of a TOML string are kept. */
function replacement(lines: ReturnType<typeof splitLines>, item: HeaderRequirement, text: string): TextEdit {
  const start = (lines[item.line - 1]?.start ?? 0) + item.column - 1;
  const end = (lines[item.line - 1]?.start ?? 0) + item.endColumn - 1;
  return { start, end, text: item.form === "pep723" ? JSON.stringify(text) : text };
}

function edit<T extends string | Uint8Array>(
  source: T,
  change: (script: string, header: ScriptHeader) => readonly TextEdit[],
): T {
  const { text, encoding } = decodeSource(source);
  const header = readHeader(source);
  const fault = header.problems.find((problem) => problem.severity === "error");
  if (fault !== undefined) throw headerNotEditable(`line ${fault.line}: ${fault.message}`);
  const edits = change(text, header);
  if (edits.length === 0) return source;
  const changed = applyEdits(text, edits);
  if (typeof source === "string") return changed as T;
  const bytes = encodeSource(changed, encoding);
  if (bytes === undefined) throw headerNotEditable("its encoding lacks a character of the requirement");
  return bytes as T;
}
