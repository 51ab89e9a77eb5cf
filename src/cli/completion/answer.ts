import type { NameKind } from "../../app/index.ts";
import type { Command } from "../spec.ts";
import { type Candidate, type CompletionRequest, completionRequest } from "./request.ts";

/** Looks names up; `environment` as in `-n`. */
export type FindNames = (kind: NameKind, environment: string | undefined) => Promise<readonly string[]>;

export interface CompletionAnswer {
  readonly candidates: readonly Candidate[];
  /** The shell adds files or directories in its own way. */
  readonly files?: "file" | "directory";
}

/** What the last of `words` could become; see {@link completionRequest}. */
export async function completionAnswer(
  commands: readonly Command[],
  words: readonly string[],
  find: FindNames,
): Promise<CompletionAnswer> {
  const request = completionRequest(commands, words);
  const { candidates, files } = await valuesFor(request, find);
  const fitting = [...request.words, ...candidates].filter(({ word }) => word.startsWith(request.typed));
  const whole = fitting.map((one) => ({ ...one, word: `${request.prefix}${one.word}` }));
  return { candidates: whole, ...(files === undefined ? {} : { files }) };
}

async function valuesFor(
  { values, typed, environment, given }: CompletionRequest,
  find: FindNames,
): Promise<CompletionAnswer> {
  if (typeof values !== "string") return { candidates: values.map((word) => ({ word })) };
  const looksLikePath = /^[.~]|[/\\]/.test(typed);
  switch (values) {
    case "nothing":
      return { candidates: [] };
    case "file":
    case "directory":
      return { candidates: [], files: values };
    case "program":
      return { candidates: looksLikePath ? [] : await named("program"), files: "file" };
    case "environment":
      return looksLikePath ? { candidates: [], files: "directory" } : { candidates: await named("environment") };
    case "place":
      return { candidates: looksLikePath ? [] : await named("environment"), files: "directory" };
    case "python":
      return looksLikePath ? { candidates: [], files: "file" } : { candidates: await named("python") };
    default:
      return { candidates: await named(values) };
  }

  async function named(kind: NameKind): Promise<readonly Candidate[]> {
    const names = await find(kind, environment);
    return names.filter((name) => !given.includes(name)).map((word) => ({ word }));
  }
}
