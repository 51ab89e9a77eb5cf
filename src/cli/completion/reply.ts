import { commands } from "../commands/index.ts";
import { completionAnswer, type FindNames } from "./answer.ts";
import { readLine, writeAnswer } from "./dialect.ts";

/** What the process entry gives: how names and paths are found, and variables. */
export interface CompletionHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly names: FindNames;
  /** Paths that begin with what was typed, directories with a final `/`; for shells that can't be asked for files. */
  paths(typed: string, kind: "file" | "directory"): Promise<readonly string[]>;
}

/** Answers a shell that asks at a key press: `given` are the words of the line, or none when a variable holds them. */
export async function completionReply(shell: string, given: readonly string[], host: CompletionHost): Promise<string> {
  const handed = host.env["VENVOY_COMPLETE"];
  const words = shell === "powershell" && handed !== undefined ? wordsOf(handed) : given;
  const line = readLine(shell, words, host.env["COMMAND_LINE"]);
  const answer = await completionAnswer(commands, line.words, host.names);
  if (shell !== "tcsh" || answer.files === undefined) return writeAnswer(shell, answer, line);
  const typed = line.words.at(-1) ?? "";
  const prefix = /^--[a-z][a-z-]*=/.exec(typed)?.[0] ?? "";
  const paths = await host.paths(typed.slice(prefix.length), answer.files);
  const all = [...answer.candidates, ...paths.map((path) => ({ word: `${prefix}${path}` }))];
  return writeAnswer(shell, { candidates: all }, line);
}

function wordsOf(json: string): readonly string[] {
  const words: unknown = JSON.parse(json);
  return Array.isArray(words) ? words.filter((word) => typeof word === "string") : [];
}
