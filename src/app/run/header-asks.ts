import { VenvoyError } from "../../base/index.ts";
import type { Claim } from "../../env/index.ts";
import { parseRequirement } from "../../pep/index.ts";
import type { AskedRequirement } from "../../resolve/index.ts";
import { digestHeader, type HeaderRequirement, type ScriptHeader } from "../../script/index.ts";
import type { Context } from "../context.ts";
import type { AskedBy } from "../outcomes.ts";
import type { ResolveChoices } from "../requests.ts";
import { headerChoices, withSource } from "./header-choices.ts";
import type { Runnable } from "./runnable.ts";

/** What a header asks of pip; other providers' lines are the host's business and are told as notes. */
export interface HeaderAsks {
  readonly lines: readonly { readonly text: string; readonly line: number }[];
  readonly python: string | undefined;
  readonly digest: string;
  readonly choices: ResolveChoices;
  readonly notes: readonly string[];
}

const noAsks: HeaderAsks = { lines: [], python: undefined, digest: "none", choices: {}, notes: [] };

export function headerAsks(runnable: Runnable): HeaderAsks {
  const { header, label } = runnable;
  if (header === undefined || header.kind === "none") return noAsks;
  const lines: { text: string; line: number }[] = [];
  const notes: string[] = [];
  for (const item of header.requirements) {
    if (item.requirement !== undefined && !item.editable)
      lines.push({ text: withSource(runnable, item.requirement), line: item.line });
    else if (item.provider === "pip") throw notYet(label, item);
    else notes.push(`${label} line ${item.line}: \`${item.provider}\` references are for its host, and left out here`);
  }
  for (const { severity, message, line } of header.problems)
    if (severity === "warning") notes.push(`${label} line ${line}: ${message}`);
  return {
    lines,
    python: pythonOf(header),
    digest: digestHeader(header),
    choices: headerChoices(header, label),
    notes,
  };
}

/** The Python that a header asks for. */
export function pythonOf(header: ScriptHeader | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (header.requiresPython !== undefined) return header.requiresPython.text;
  const version = header.language?.version;
  // `#! python 3` means any Python 3, which is every Python that environments are made for.
  return version === undefined || version === "3" ? undefined : version;
}

/** For the person who is shown what a run will make: the lines that ask, with the one that names the environment. */
export function askedByScript(
  { header, label }: Runnable,
  asks: HeaderAsks,
  { own }: { readonly own: boolean },
): AskedBy {
  const venv = own || header?.venv === undefined ? [] : [header.venv.line];
  const lines = new Set([...venv, ...asks.lines.map(({ line }) => line)]);
  return {
    script: label,
    packages: asks.lines.map(({ text }) => text),
    lines: [...lines].sort((a, b) => a - b),
    own,
  };
}

export function claimFrom(context: Context, script: string, asks: HeaderAsks): Claim {
  return { script, digest: asks.digest, requirements: asks.lines, python: asks.python, seenMs: context.clock.now() };
}

/** The header's lines for the resolver, when the script has an environment of its own. */
export function askedByHeader(label: string, asks: HeaderAsks): readonly AskedRequirement[] {
  return asks.lines.map(({ text, line }) => ({
    requirement: parseRequirement(text),
    origin: { kind: "script", file: label, line, text },
  }));
}

function notYet(label: string, item: HeaderRequirement): VenvoyError {
  return new VenvoyError(
    "HEADER_INVALID",
    `\`${label}\` line ${item.line}: \`${item.text}\` is built from its source, which venvoy can't do yet`,
    {
      hint: "name a released package instead",
      data: { file: label, line: item.line, column: item.column },
    },
  );
}
