import { type ErrorCode, nearest, VenvoyError } from "../../base/index.ts";
import type { CandidateSet, Derivation } from "../../solver/index.ts";
import { originText } from "../origin.ts";
import type { Project } from "../project.ts";
import { type Pack, projectOf } from "../pypi-provider.ts";
import type { Reason } from "../reasons.ts";
import type { AskedRequirement, ResolveRequest } from "../request.ts";
import { derivationData } from "./derivation-data.ts";
import { absenceClause, factClause, isTelling, type Telling } from "./fact-words.ts";
import { askedIn, type Fact, factsOf } from "./facts.ts";
import { hintFor } from "./hint.ts";
import { listed } from "./version-words.ts";

const mostAsked = 5;
const mostFacts = 12;

/** The error for a request that can't be satisfied: who asks for what, and the facts that stand against it. */
export async function failureOf(derivation: Derivation<Pack, Reason>, request: ResolveRequest): Promise<VenvoyError> {
  const facts = factsOf(derivation);
  const telling: Telling = { target: request.target, within: questionOf(facts) };
  const unknown = unknownIn(facts);
  const near = unknown === undefined ? [] : await nearNames(unknown, request);
  const code = codeOf(facts);
  const others = facts.filter((fact) => fact.kind !== "asked");
  const told = others.some((fact) => isTelling(fact, telling))
    ? others.filter((fact) => isTelling(fact, telling))
    : others;
  const reasons = told.map((fact) => factClause(fact, telling));
  return new VenvoyError(code, messageOf(facts, reasons), {
    hint: hintFor(facts, { near, unknown, target: request.target }),
    data: {
      asked: askedIn(facts).map(({ requirement, origin }) => ({ requirement: String(requirement), origin })),
      reasons,
      ...(unknown === undefined ? {} : { name: unknown.name }),
      disputed: disputedIn(facts),
      ...(near.length === 0 ? {} : { nearest: near }),
      ...unfitData(facts),
      derivation: derivationData(derivation, (leaf) => leafClause(leaf, telling)),
    },
  });
}

/** Names of which different versions are wanted, so that none serves all. */
function disputedIn(facts: readonly Fact[]): readonly string[] {
  const common = new Map<Project, CandidateSet>();
  for (const fact of facts) {
    if (fact.kind !== "asked" && fact.kind !== "needs") continue;
    common.set(fact.project, (common.get(fact.project) ?? fact.project.all).and(fact.allowed));
  }
  return [...common].flatMap(([project, allowed]) => (allowed.isEmpty ? [project.name] : []));
}

/** Packages whose wheels don't run on the machine, with what they need. */
function unfitData(facts: readonly Fact[]): { readonly unfit?: readonly Readonly<Record<string, unknown>>[] } {
  const unfit = facts.flatMap((fact) => {
    if (fact.kind !== "refused" || fact.why.kind !== "unusable" || fact.why.unusable.kind !== "host") return [];
    const { needs, has, file } = fact.why.unusable;
    return [{ name: projectOf(fact.of).name, needs, has, file }];
  });
  return unfit.length === 0 ? {} : { unfit };
}

function leafClause(leaf: Derivation<Pack, Reason>, telling: Telling): string | undefined {
  const [fact] = factsOf(leaf);
  return fact === undefined ? undefined : factClause(fact, telling);
}

/** By project: the releases that satisfy all that is asked of it directly. */
function questionOf(facts: readonly Fact[]): (project: Project) => CandidateSet {
  const sets = new Map<Project, CandidateSet>();
  for (const fact of facts) {
    if (fact.kind !== "asked") continue;
    const narrowed = (sets.get(fact.project) ?? fact.project.all).and(fact.allowed);
    if (!narrowed.isEmpty) sets.set(fact.project, narrowed);
  }
  return (project) => sets.get(project) ?? project.all;
}

/** The project that no index has, when that is the whole story: asked for, or needed by what is asked for. */
function unknownIn(facts: readonly Fact[]): Project | undefined {
  const others = facts.filter((fact) => fact.kind !== "asked");
  const missing = facts.find(
    (fact) => (fact.kind === "asked" || others.length <= 2) && "project" in fact && fact.project.missing === "unknown",
  );
  return missing !== undefined && "project" in missing ? missing.project : undefined;
}

function codeOf(facts: readonly Fact[]): ErrorCode {
  if (unknownIn(facts) !== undefined) return "PACKAGE_UNKNOWN";
  const missing = facts.flatMap((fact) => ("project" in fact && fact.project.missing ? [fact.project.missing] : []));
  const refused = facts.filter((fact) => fact.kind === "refused");
  if (missing.includes("offline") || refused.some(({ why }) => why.kind === "offline")) return "OFFLINE_MISSING";
  const asked = facts.filter((fact) => fact.kind === "asked");
  const onlySource = refused.length > 0 && refused.every(needsBuild);
  return onlySource && asked.length === 1 ? "PACKAGE_BLOCKED" : "RESOLUTION_IMPOSSIBLE";
}

function needsBuild({ why }: Extract<Fact, { kind: "refused" }>): boolean {
  if (why.kind !== "unusable") return false;
  return why.unusable.kind === "source" || (why.unusable.kind === "platform" && why.unusable.hasSource);
}

/** "`numpy<2` (a.py line 3) and `pandas>=3` can't be installed together: …". */
function messageOf(facts: readonly Fact[], reasons: readonly string[]): string {
  const asked = askedIn(facts);
  const gaps = facts.flatMap((fact) =>
    fact.kind === "asked" && fact.allowed.isEmpty ? [absenceClause(fact.project)] : [],
  );
  const told = [...gaps, ...reasons];
  const headline = headlineOf(asked);
  if (told.length === 0) return `${headline}: ${nothingIsBoth(facts)}`;
  if (told.length === 1) return `${headline}: ${told[0]}`;
  const lines = told.slice(0, mostFacts).map((line) => `\n  - ${line}`);
  const rest = told.length - lines.length;
  return `${headline}:${lines.join("")}${rest > 0 ? `\n  - and ${rest} more facts like these` : ""}`;
}

function headlineOf(asked: readonly AskedRequirement[]): string {
  const texts = [...new Set(asked.map(({ origin }) => originText(origin)))];
  if (texts.length === 0) return "What is asked for can't be installed";
  if (texts.length === 1) return `${texts[0]} can't be installed`;
  if (texts.length <= mostAsked) return `${listed(texts)} can't be installed together`;
  const rest = texts.length - mostAsked;
  return `${texts.slice(0, mostAsked).join(", ")} and ${rest} more can't be installed together`;
}

function nothingIsBoth(facts: readonly Fact[]): string {
  const names = new Set(facts.flatMap((fact) => ("project" in fact ? [fact.project.name] : [])));
  const [name] = names;
  return name === undefined ? "they contradict each other" : `no version of \`${name}\` satisfies all of them`;
}

async function nearNames({ name }: Project, { source }: ResolveRequest): Promise<readonly string[]> {
  try {
    return nearest(name, await source.names(name));
  } catch {
    // The suggestion is a courtesy; the failure itself must come through.
    return [];
  }
}
