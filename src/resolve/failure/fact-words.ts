import { printable } from "../../base/index.ts";
import { hostFaultClause } from "../../native/index.ts";
import type { Requirement, Target } from "../../pep/index.ts";
import type { CandidateSet } from "../../solver/index.ts";
import { askedClause, originSubject } from "../origin.ts";
import type { ExtraPackage, Project } from "../project.ts";
import { projectOf } from "../pypi-provider.ts";
import { readRequiresPython, type Unusable } from "../wheel-choice.ts";
import type { Fact } from "./facts.ts";
import { tagsInWords, targetInWords } from "./tag-words.ts";
import { extremes, listed, type VersionWords, versionWords } from "./version-words.ts";

/** What sentences need to know besides the fact. */
export interface Telling {
  readonly target: Target;
  /** The releases of a project that are in question, by what a person asks for. */
  readonly within: (project: Project) => CandidateSet;
}

/** One fact as a clause: no capital, no final period. */
export function factClause(fact: Fact, telling: Telling): string {
  switch (fact.kind) {
    case "asked":
      return `${askedClause(fact.asked)}${absence(fact.project, fact.allowed)}`;
    case "constraint":
      if (fact.asked.origin.kind === "host")
        return `${originSubject(fact.asked.origin)} brings ${quoted(fact.asked.requirement)}`;
      return `${originSubject(fact.asked.origin)} allows only ${quoted(fact.asked.requirement)}`;
    case "needs": {
      const { requirement, override } = fact.why;
      const by = override === undefined ? "" : `, as ${originSubject(override.origin)} overrides it`;
      const subject = subjectWords(fact.of, fact.versions, telling);
      return `${subject.text} ${subject.isPlural ? "need" : "needs"} ${quoted(requirement)}${by}${absence(fact.project, fact.allowed)}`;
    }
    case "series": {
      const { text, isPlural } = subjectWords(fact.of, fact.versions, telling);
      const [from, to] = [fact.first, fact.last].map(({ why }) => quoted(why.requirement));
      return `${text} ${isPlural ? "need" : "needs"} another \`${fact.project.name}\` for each version, from ${from} to ${to}`;
    }
    case "refused":
      return refusedClause(fact, telling);
  }
}

/** ", but there is no such version: the newest is 2.4.1", or nothing when there are versions. */
function absence(project: Project, allowed: CandidateSet): string {
  if (!allowed.isEmpty) return "";
  return `, but ${absenceClause(project)}`;
}

export function absenceClause(project: Project): string {
  switch (project.missing) {
    case "unknown":
      return `no index has a package named \`${project.name}\``;
    case "offline":
      return `nothing is known of \`${project.name}\` on this machine, and the network is not used`;
    case "quarantined":
      return `the index holds \`${project.name}\` back as suspicious`;
    case undefined: {
      const known = extremes(project);
      if (known === undefined) return `\`${project.name}\` has no release`;
      if (known.oldest === known.newest) return `there is no such version: the only one is ${known.newest}`;
      return `there is no such version: they go from ${known.oldest} to ${known.newest}`;
    }
  }
}

interface Subject {
  readonly text: string;
  readonly isPlural: boolean;
}

/** "`pandas` 3.0", "every version of `pandas`", "`pandas[excel]` 1.0 to 1.4", "12 versions of `pandas` from 1.0 to 3.1". */
function subjectWords(of: Project | ExtraPackage, versions: CandidateSet, { within }: Telling): Subject {
  const project = projectOf(of);
  const name = of.kind === "extra" ? `\`${project.name}[${of.extra}]\`` : `\`${project.name}\``;
  const universe = within(project);
  // Only those in question are told, but told by their place among all.
  const found =
    versionWords(project, versions.and(universe)) ?? versionWords(project, versions) ?? plainWords(project, versions);
  if (found.isEvery && !/^[0-9]/.test(found.text)) return { text: `every version of ${name}`, isPlural: false };
  const counted = /^([0-9]+ versions) ?(.*)$/.exec(found.text);
  const text = counted === null ? `${name} ${found.text}` : `${counted[1]} of ${name} ${counted[2]}`.trimEnd();
  return { text, isPlural: found.isPlural };
}

/** Releases that are never told beside others: pre-releases, or newer than the limit. */
function plainWords(project: Project, versions: CandidateSet): VersionWords {
  const texts = [...versions].map((index) => project.release(index).versionText);
  const shown = texts.length > 3 ? [`${texts.length} versions`] : texts;
  return { text: listed(shown), isPlural: texts.length > 1, isEvery: false };
}

/** False for a fact about nothing but pre-releases and releases past the date limit, where final ones are the story. */
export function isTelling(fact: Fact, { within }: Telling): boolean {
  if (!("versions" in fact)) return true;
  const project = projectOf(fact.of);
  return versionWords(project, fact.versions, within(project)) !== undefined;
}

function refusedClause({ of, versions, why }: Extract<Fact, { kind: "refused" }>, telling: Telling): string {
  const { text, isPlural } = subjectWords(of, versions, telling);
  switch (why.kind) {
    case "unusable":
      return unusableClause(text, isPlural, { project: projectOf(of), versions, unusable: why.unusable, telling });
    case "metadata-python":
      return pythonClause(text, isPlural, why.requiresPython, telling.target);
    case "prerelease":
      return `${text} ${isPlural ? "are pre-releases" : "is a pre-release"}, and those are not allowed`;
    case "broken":
      return `${text} can't be used: ${printable(why.detail, { newlines: false })}`;
    case "offline":
      return `${text} ${isPlural ? "are" : "is"} not on this machine, and the network is not used`;
    case "address":
      return `${text} ${isPlural ? "need" : "needs"} ${quoted(why.requirement)}, and only what a person asks for may name an address`;
  }
}

interface UnusableFact {
  readonly project: Project;
  readonly versions: CandidateSet;
  readonly unusable: Unusable;
  readonly telling: Telling;
}

function unusableClause(text: string, isPlural: boolean, fact: UnusableFact): string {
  const { unusable, telling } = fact;
  switch (unusable.kind) {
    case "python":
      return pythonClause(text, isPlural, unusable.requiresPython, telling.target);
    case "platform": {
      const has = isPlural ? "have" : "has";
      const source = unusable.hasSource ? ", and its source can't be built here" : "";
      return `${text} ${has} no wheel for ${targetInWords(telling.target)}, only for ${tagsInWords(allTags(fact), telling.target)}${source}`;
    }
    case "source":
      return `${text} ${isPlural ? "come" : "comes"} as source only, which can't be built here`;
    case "yanked": {
      // Several releases have several reasons.
      const reason =
        unusable.reason === "" || !fact.versions.isSingle
          ? ""
          : ` (${printable(unusable.reason, { newlines: false })})`;
      return `${text} ${isPlural ? "were" : "was"} withdrawn by the authors${reason}`;
    }
    case "too-new":
      return `${text} ${isPlural ? "are" : "is"} newer than the date that is set as the limit`;
    case "host":
      return hostFaultClause(text, isPlural, unusable);
    case "no-files":
      return `${text} ${isPlural ? "have" : "has"} no file that can be installed`;
  }
}

/** The tags of all wheels of the releases that one fact joins. */
function allTags({ project, versions }: UnusableFact): string[] {
  const tags: string[] = [];
  for (const index of versions) {
    const file = project.file(index);
    if ("kind" in file && file.kind === "platform") tags.push(...file.tags);
  }
  return tags;
}

function pythonClause(text: string, isPlural: boolean, requiresPython: string, target: Target): string {
  const wanted = readRequiresPython(requiresPython)?.describe() ?? printable(requiresPython, { newlines: false });
  return `${text} ${isPlural ? "need" : "needs"} Python ${wanted}, and this is Python ${target.pythonVersion}`;
}

/** A requirement in backticks, without its marker: it holds here, or it would not be told. */
function quoted(requirement: Requirement): string {
  const { displayName, extras, specifier, url } = requirement;
  const address = url === undefined ? "" : " @ an address";
  const text = `${displayName}${extras.length === 0 ? "" : `[${extras.join(",")}]`}${specifier}${address}`;
  return `\`${printable(text, { newlines: false })}\``;
}
