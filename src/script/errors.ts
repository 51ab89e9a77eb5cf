import { printable, VenvoyError } from "../base/index.ts";
import { caret } from "../pep/index.ts";
import type { HeaderProblem } from "./header.ts";

/** A header that can't be taken as written; `data` draws the picture: {file, line, column, endColumn, source, caret}. */
export function headerInvalid(file: string, problem: HeaderProblem, issues: readonly HeaderProblem[]): VenvoyError {
  const { line, column, endColumn, source, message } = problem;
  const drawn = caret(source, [column - 1, endColumn - 1]);
  return new VenvoyError("HEADER_INVALID", `\`${printable(file)}\` line ${line}: ${message}`, {
    hint: `Correct line ${line} of \`${printable(file)}\`, then run it again`,
    data: { file, line, column, endColumn, source: printable(source, { newlines: false }), caret: drawn, issues },
  });
}

export function headerNotEditable(reason: string): VenvoyError {
  return new VenvoyError("HEADER_INVALID", `The script's header can't be changed: ${reason}`, {
    hint: "Edit the script by hand",
  });
}
