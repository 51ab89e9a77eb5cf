import { withoutCodes } from "../render/without-codes.ts";
import type { CompletionAnswer } from "./answer.ts";

/** The words of a command line as one shell hands them over, and whether an answer replaces all of the last word. */
export interface ReadLine {
  readonly words: readonly string[];
  /** The shell replaces only what follows the last `=`. */
  readonly tailOnly: boolean;
}

/**
 * bash cuts words at `=` and `:` and leaves quotes in them; the C shell gives the whole line. All others give words.
 */
export function readLine(shell: string, given: readonly string[], commandLine: string | undefined): ReadLine {
  if (shell === "tcsh") return { words: splitLine(commandLine ?? ""), tailOnly: false };
  if (shell !== "bash") return { words: given, tailOnly: false };
  const words: string[] = [];
  let glued = false;
  for (const word of given) {
    const isBreak = words.length > 0 && /^[=:]+$/.test(word);
    if (isBreak || glued) words.push(`${words.pop() ?? ""}${word}`);
    else words.push(word);
    glued = isBreak;
  }
  const last = given.at(-1) ?? "";
  return { words: words.map(unquoted), tailOnly: (words.at(-1) ?? "") !== last || /^[=:]+$/.test(last) };
}

function splitLine(line: string): readonly string[] {
  return line
    .split(/(?<!\\)\s+/)
    .filter((word, index, all) => word !== "" || index === all.length - 1)
    .map(unquoted);
}

function unquoted(word: string): string {
  return word.replace(/\\(.)/gs, "$1").replace(/["']/g, "");
}

/**
 * One candidate a line, a tab, and its summary; `:file` or `:directory` asks the shell for its own. bash and the C shell
 * know no summaries.
 */
export function writeAnswer(shell: string, answer: CompletionAnswer, { tailOnly }: ReadLine): string {
  const isPlain = shell === "bash" || shell === "tcsh";
  const lines = answer.candidates.map(({ word, summary = "" }) => {
    const shown = tailOnly ? word.slice(word.lastIndexOf("=") + 1) : word;
    return isPlain ? shown : `${shown}\t${withoutCodes(summary).replaceAll(/\s+/g, " ")}`;
  });
  if (answer.files !== undefined) lines.push(`:${answer.files}`);
  return lines.map((line) => `${line}\n`).join("");
}
