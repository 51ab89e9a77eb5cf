import { byCodePoint } from "../../base/index.ts";
import type { CandidateSet, Derivation } from "../../solver/index.ts";
import type { ExtraPackage, Project } from "../project.ts";
import { type Pack, projectOf } from "../pypi-provider.ts";
import type { Reason } from "../reasons.ts";
import type { AskedRequirement } from "../request.ts";

/** A plain fact that a failure rests on. */
export type Fact =
  | {
      readonly kind: "asked";
      readonly asked: AskedRequirement;
      readonly project: Project;
      readonly allowed: CandidateSet;
    }
  | { readonly kind: "constraint"; readonly asked: AskedRequirement; readonly project: Project }
  | {
      readonly kind: "needs";
      readonly of: Project | ExtraPackage;
      readonly versions: CandidateSet;
      readonly project: Project;
      readonly allowed: CandidateSet;
      readonly why: Extract<Reason, { kind: "needs" }>;
    }
  /** Many versions that each want something else of the same package. */
  | {
      readonly kind: "series";
      readonly of: Project | ExtraPackage;
      readonly versions: CandidateSet;
      readonly project: Project;
      readonly first: Extract<Fact, { kind: "needs" }>;
      readonly last: Extract<Fact, { kind: "needs" }>;
    }
  | {
      readonly kind: "refused";
      readonly of: Project | ExtraPackage;
      readonly versions: CandidateSet;
      readonly why: Exclude<Reason, { kind: "asked" | "needs" | "constraint" }>;
    };

/** The facts at the leaves of a derivation, joined where they say the same of several versions, from the root outwards. */
export function factsOf(derivation: Derivation<Pack, Reason>): Fact[] {
  return inOrder(summarised(joined(leaves(derivation))));
}

/** What was asked for, as far as facts rest on it. */
export function askedIn(facts: readonly Fact[]): AskedRequirement[] {
  return facts.flatMap((fact) => (fact.kind === "asked" || fact.kind === "constraint" ? [fact.asked] : []));
}

function leaves(derivation: Derivation<Pack, Reason>): Fact[] {
  const facts: Fact[] = [];
  const seen = new Set<Derivation<Pack, Reason>>();
  const stack = [derivation];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.cause.kind === "derived") stack.push(node.cause.right, node.cause.left);
    else {
      const fact = factOf(node);
      if (fact !== undefined) facts.push(fact);
    }
  }
  return facts;
}

function factOf({ cause }: Derivation<Pack, Reason>): Fact | undefined {
  if (cause.kind === "refused") {
    if (cause.package.kind === "root") return undefined;
    if (cause.why.kind === "constraint") {
      return { kind: "constraint", asked: cause.why.asked, project: projectOf(cause.package) };
    }
    if (cause.why.kind === "asked" || cause.why.kind === "needs") return undefined;
    return { kind: "refused", of: cause.package, versions: cause.versions, why: cause.why };
  }
  if (cause.kind !== "dependency" || cause.dependency.kind === "root") return undefined;
  const project = projectOf(cause.dependency);
  if (cause.why.kind === "asked") return { kind: "asked", asked: cause.why.asked, project, allowed: cause.allowed };
  if (cause.why.kind !== "needs" || cause.package.kind === "root") return undefined;
  return {
    kind: "needs",
    of: cause.package,
    versions: cause.versions,
    project,
    allowed: cause.allowed,
    why: cause.why,
  };
}

function joined(facts: readonly Fact[]): Fact[] {
  const byKey = new Map<string, Fact>();
  const numbers = new Map<object, number>();
  const numberOf = (thing: object): number => {
    const known = numbers.get(thing) ?? numbers.size;
    numbers.set(thing, known);
    return known;
  };
  for (const fact of facts) {
    const key = keyOf(fact, numberOf);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { ...fact });
    else if ("versions" in known && "versions" in fact) byKey.set(key, merged(known, fact));
  }
  return [...byKey.values()];
}

function merged(known: VersionedFact, fact: VersionedFact): Fact {
  const versions = known.versions.or(fact.versions);
  if (known.kind !== "refused" || fact.kind !== "refused") return { ...known, versions };
  const [a, b] = [known.why, fact.why];
  if (a.kind !== "unusable" || b.kind !== "unusable") return { ...known, versions };
  // Of releases without any wheel and releases with wheels for others, the latter say more.
  const platform = [a.unusable, b.unusable].find((one) => one.kind === "platform");
  if (platform?.kind !== "platform") return { ...known, versions };
  const hasSource = [a.unusable, b.unusable].some(
    (one) => one.kind === "source" || (one.kind === "platform" && one.hasSource),
  );
  return { ...known, versions, why: { kind: "unusable", unusable: { ...platform, hasSource } } };
}

type VersionedFact = Extract<Fact, { readonly versions: CandidateSet }>;

/** More needs than this of one package for another are told as a series. */
const mostNeeds = 3;

function summarised(facts: readonly Fact[]): Fact[] {
  const groups = new Map<string, Extract<Fact, { kind: "needs" }>[]>();
  for (const fact of facts) {
    if (fact.kind !== "needs" || fact.allowed.isEmpty) continue;
    const extra = fact.of.kind === "extra" ? fact.of.extra : "";
    const key = `${projectOf(fact.of).name}[${extra}] ${fact.project.name}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [fact]);
    else known.push(fact);
  }
  const long = [...groups.values()].filter((group) => group.length > mostNeeds);
  const dropped = new Set<Fact>(long.flat());
  return [...facts.filter((fact) => !dropped.has(fact)), ...long.map(seriesOf)];
}

function seriesOf(group: readonly Extract<Fact, { kind: "needs" }>[]): Fact {
  const sorted = [...group].sort(byFirstVersion);
  const first = sorted[0] as Extract<Fact, { kind: "needs" }>;
  const last = sorted[sorted.length - 1] as Extract<Fact, { kind: "needs" }>;
  const versions = sorted.reduce((all, fact) => all.or(fact.versions), first.versions);
  return { kind: "series", of: first.of, versions, project: first.project, first, last };
}

function keyOf(fact: Fact, numberOf: (thing: object) => number): string {
  switch (fact.kind) {
    case "asked":
    case "constraint":
      return `${fact.kind} ${numberOf(fact.asked)}`;
    case "needs": {
      const extra = fact.of.kind === "extra" ? fact.of.extra : "";
      const { name, specifier } = fact.why.requirement;
      return `needs ${numberOf(projectOf(fact.of))} ${extra} ${name} ${specifier} ${fact.why.override !== undefined}`;
    }
    case "series":
      return `series ${numberOf(projectOf(fact.of))} ${numberOf(fact.project)}`;
    case "refused":
      return `refused ${numberOf(projectOf(fact.of))} ${refusalKey(fact.why)}`;
  }
}

function refusalKey(why: Extract<Fact, { kind: "refused" }>["why"]): string {
  // Releases without a wheel that fits are one story, whatever the tags.
  if (why.kind === "unusable" && (why.unusable.kind === "source" || why.unusable.kind === "platform"))
    return "no wheel";
  if (why.kind === "unusable" && why.unusable.kind === "yanked") return "yanked";
  // Each release names its own file.
  if (why.kind === "unusable" && why.unusable.kind === "host") return `host ${why.unusable.needs} ${why.unusable.has}`;
  return JSON.stringify(why);
}

/** What is asked first, then each project's own facts as it is reached from there. */
function inOrder(facts: readonly Fact[]): Fact[] {
  const ordered: Fact[] = facts.filter((fact) => fact.kind === "asked");
  const queue = ordered.map((fact) => (fact.kind === "asked" ? fact.project : undefined));
  const done = new Set<Project>();
  for (let at = 0; at < queue.length; at++) {
    const project = queue[at];
    if (project === undefined || done.has(project)) continue;
    done.add(project);
    const own = facts.filter((fact) => fact.kind !== "asked" && subjectOf(fact) === project).sort(byFirstVersion);
    ordered.push(...own);
    for (const fact of own) if (fact.kind === "needs" || fact.kind === "series") queue.push(fact.project);
  }
  ordered.push(...facts.filter((fact) => !ordered.includes(fact)));
  return ordered;
}

function byFirstVersion(a: Fact, b: Fact): number {
  const first = (fact: Fact): number => ("versions" in fact ? fact.versions.lowest() : -1);
  const name = (fact: Fact): string => ("project" in fact ? fact.project.name : "");
  return first(a) - first(b) || byCodePoint(name(a), name(b));
}

function subjectOf(fact: Fact): Project {
  return fact.kind === "asked" || fact.kind === "constraint" ? fact.project : projectOf(fact.of);
}
