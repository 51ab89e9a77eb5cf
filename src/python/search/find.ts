import { type AbsPath, mapLimit } from "../../base/index.ts";
import { type Answer, type AskOptions, ask, type PythonIo } from "../ask/ask.ts";
import type { Candidate, InterpreterReport } from "../interpreter.ts";
import { candidates } from "./candidates.ts";
import { refusesToAnswer, seeThrough } from "./see-through.ts";

/** How many interpreters are asked at once. */
const askLimit = 4;

interface Group {
  readonly candidate: Candidate;
  /** The program to ask, or why it can't be asked. */
  readonly behind: { readonly program: AbsPath } | { readonly reason: string };
  readonly aliases: AbsPath[];
}

/**
 * Every Python on this machine, each program once, in the order of preference; broken ones with the reason. Each is
 * asked once and remembered. One that can't be used never stops the search.
 */
export async function findInterpreters(io: PythonIo, options: AskOptions): Promise<readonly InterpreterReport[]> {
  const groups = new Map<string, Group>();
  for await (const candidate of candidates(io, { kind: "any", text: "any" }, { thorough: true })) {
    options.signal?.throwIfAborted();
    const behind = await behindOf(io, candidate.path);
    const key = "program" in behind ? behind.program : candidate.path;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { candidate, behind, aliases: [] });
    else if (known.candidate.path !== candidate.path && !known.aliases.includes(candidate.path)) {
      known.aliases.push(candidate.path);
    }
  }
  const reports = await mapLimit([...groups.values()], askLimit, async (group) => report(io, group, options));
  return merged(reports);
}

/** The program to ask for what lies at `path`, or why it can't be asked. Nothing is run. */
export async function behindOf(io: PythonIo, path: AbsPath): Promise<Group["behind"]> {
  const refusal = await refusesToAnswer(io, path);
  return refusal === undefined ? seeThrough(io, path) : { reason: refusal };
}

async function report(
  io: PythonIo,
  { candidate, behind, aliases }: Group,
  options: AskOptions,
): Promise<InterpreterReport> {
  const answer = "reason" in behind ? behind : await ask(io, behind.program, options);
  if ("reason" in answer) return { ...candidate, reason: answer.reason };
  return { ...candidate, ok: answer.ok, aliases };
}

/** Wrapper scripts that lead to one program are one Python. */
function merged(reports: readonly InterpreterReport[]): readonly InterpreterReport[] {
  const byProgram = new Map<string, InterpreterReport>();
  for (const one of reports) {
    const key = "ok" in one ? one.ok.executable : one.path;
    const known = byProgram.get(key);
    if (known === undefined) byProgram.set(key, one);
    else if ("ok" in known && "ok" in one) {
      byProgram.set(key, { ...known, aliases: [...known.aliases, one.path, ...one.aliases] });
    }
  }
  return [...byProgram.values()];
}

/** What the program at `path` is, through links and environments. */
export async function inspect(io: PythonIo, path: AbsPath, options: AskOptions): Promise<Answer> {
  const behind = await behindOf(io, path);
  return "reason" in behind ? behind : ask(io, behind.program, options);
}
