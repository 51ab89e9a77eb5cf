import { launchEnvironment } from "./environment.ts";
import { type FileCheck, memoName, parseMemo } from "./memo.ts";

export interface Launch {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The use mark is older than an hour: touch it. */
  readonly stale: string | undefined;
}

/** The few facts that a warm start needs; synchronous, because nothing else waits. */
export interface WarmFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: number;
  readonly memoDir: string;
  readonly pathSeparator: ":" | ";";
  resolve(path: string): string;
  /** Follows links; `undefined` when absent. */
  stat(path: string): Omit<FileCheck, "path"> | undefined;
  readText(path: string): string | undefined;
  readLink(path: string): string | undefined;
}

const useMarkLifetimeMs = 3_600_000;

/**
 * `words` are those after `run`. Answers only for the plain form, `run FILE ARGS…`, with a memo that still holds; all
 * other forms, and anything in doubt, take the full way.
 */
export function warmLaunch(words: readonly string[], facts: WarmFacts): Launch | undefined {
  const [first, ...args] = words;
  if (first === undefined || first.startsWith("-") || first.includes("://")) return undefined;
  // Entries of PYTHONPATH may hide the environment's packages: the full way looks and warns.
  if (facts.env["PYTHONPATH"]) return undefined;
  const script = facts.resolve(first);
  const text = facts.readText(`${facts.memoDir}/${memoName(script)}`);
  const memo = text === undefined ? undefined : parseMemo(text);
  if (memo === undefined || memo.script.path !== script) return undefined;
  for (const check of [memo.script, ...memo.files]) if (!holds(check, facts)) return undefined;
  for (const { path, target } of memo.links) if (facts.readLink(path) !== target) return undefined;
  for (const [name, value] of Object.entries(memo.variables)) if ((facts.env[name] ?? null) !== value) return undefined;
  const used = facts.stat(memo.useMark);
  return {
    argv: [memo.python, first, ...args],
    env: launchEnvironment(facts.env, { ...memo, pathSeparator: facts.pathSeparator }),
    stale: used === undefined || facts.nowMs - used.modifiedMs > useMarkLifetimeMs ? memo.useMark : undefined,
  };
}

function holds(check: FileCheck, facts: WarmFacts): boolean {
  const now = facts.stat(check.path);
  return (
    now !== undefined &&
    now.sizeBytes === check.sizeBytes &&
    now.modifiedMs === check.modifiedMs &&
    now.inode === check.inode
  );
}
