import { type AbsPath, hasCode, printable, VenvoyError } from "../base/index.ts";
import type { Fs } from "../ports/index.ts";

/** Sources that can't be built as they are. `problem` completes the sentence "`demo-1.0.tar.gz` …". */
export function sourceInvalid(
  label: string,
  problem: string,
  { hint = "choose another version of it, or tell the people who publish it" }: { readonly hint?: string } = {},
): VenvoyError {
  return new VenvoyError("SOURCE_INVALID", `\`${printable(label, { newlines: false })}\` ${printable(problem)}`, {
    hint,
    data: { source: label, problem },
  });
}

export interface BuildFailure {
  /** The step of PEP 517 that failed: "building a wheel". */
  readonly step: string;
  /** The lines of the log that tell most. */
  readonly lines: readonly string[];
  readonly log: AbsPath;
  /** What is missing on this machine, when the log shows it, and what to do. */
  readonly advice: string | undefined;
}

export function buildFailed(label: string, { step, lines, log, advice }: BuildFailure): VenvoyError {
  const shown = lines.map((line) => `\n  ${printable(line, { newlines: false })}`).join("");
  return new VenvoyError("BUILD_FAILED", `\`${printable(label, { newlines: false })}\`: ${step} failed${shown}`, {
    hint: advice ?? `the whole log is in ${log}`,
    data: { source: label, step, log, lines },
  });
}

/** The text of a file; `undefined` when there is none. */
export async function readIfThere(fs: Fs, file: AbsPath): Promise<string | undefined> {
  try {
    return await fs.readText(file);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}
