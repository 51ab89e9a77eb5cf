import { VenvoyError } from "../../base/index.ts";
import type { Claim } from "../../env/index.ts";
import { parseRequirement } from "../../pep/index.ts";
import type { AskedRequirement } from "../../resolve/index.ts";
import { digestHeader, type HeaderRequirement, type ScriptHeader } from "../../script/index.ts";
import type { Context } from "../context.ts";
import type { AskedBy } from "../outcomes.ts";
import type { ResolveChoices } from "../requests.ts";
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

export function headerAsks({ header, label }: Runnable): HeaderAsks {
  if (header === undefined || header.kind === "none") return noAsks;
  const lines: { text: string; line: number }[] = [];
  const notes: string[] = [];
  for (const item of header.requirements) {
    if (item.requirement !== undefined && !item.editable)
      lines.push({ text: item.requirement.toString(), line: item.line });
    else if (item.provider === "pip") throw notYet(label, item);
    else notes.push(`${label} line ${item.line}: \`${item.provider}\` references are for its host, and left out here`);
  }
  const pip = header.requirements.flatMap((item) => item.options);
  return { lines, python: pythonOf(header), digest: digestHeader(header), choices: choicesOf(header, pip), notes };
}

function pythonOf(header: ScriptHeader): string | undefined {
  if (header.requiresPython !== undefined) return header.requiresPython.text;
  const version = header.language?.version;
  // `#! python 3` means any Python 3, which is every Python that environments are made for.
  return version === undefined || version === "3" ? undefined : version;
}

/** `[tool.uv]` and `[tool.venvoy]` of the block, and pip's options beside a reference. */
function choicesOf(header: ScriptHeader, pip: HeaderRequirement["options"]): ResolveChoices {
  const { settings } = header;
  const ofPip = (name: string): string[] =>
    pip.flatMap((option) => (option.name === name && option.value !== undefined ? [option.value] : []));
  const defaultIndex =
    settings.indexes.find((one) => one.isDefault)?.url ?? settings.indexUrl ?? ofPip("index-url").at(-1);
  const extra = [
    ...settings.indexes.filter((one) => !one.isDefault && !one.explicit).map((one) => one.url),
    ...settings.extraIndexUrls,
    ...ofPip("extra-index-url"),
  ];
  const links = [...settings.findLinks, ...ofPip("find-links")];
  return {
    ...(defaultIndex === undefined ? {} : { indexUrl: defaultIndex }),
    ...(extra.length === 0 ? {} : { extraIndexUrls: extra }),
    ...(links.length === 0 ? {} : { findLinks: links }),
    ...(settings.noIndex === true || pip.some((option) => option.name === "no-index") ? { noIndex: true } : {}),
    ...(settings.excludeNewer === undefined ? {} : { excludeNewer: settings.excludeNewer }),
    ...known("indexStrategy", settings.indexStrategy, ["first-index", "unsafe-first-match", "unsafe-best-match"]),
    ...known("prerelease", settings.prerelease, ["if-necessary-or-explicit", "allow", "disallow"]),
    ...known("resolution", settings.resolution, ["highest", "lowest", "lowest-direct"]),
  };
}

function known<K extends keyof ResolveChoices>(
  key: K,
  value: string | undefined,
  allowed: readonly string[],
): ResolveChoices {
  return value !== undefined && allowed.includes(value) ? { [key]: value } : {};
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
