import { anyVersion, parseVersion, type Requirement, Specifier, SpecifierSet } from "../../pep/index.ts";

/** Which side of a requirement's versions was let go. */
export type Loosened = "above" | "below" | "all";

export interface LooserRequirement {
  readonly requirement: Requirement;
  readonly loosened: Loosened;
}

/**
 * Looser forms of a requirement, the least change first: without its upper bound, without its lower one, without any.
 * Forms that mean the same as an earlier one, or as the requirement itself, are left out.
 */
export function looserForms(requirement: Requirement): readonly LooserRequirement[] {
  if (requirement.url !== undefined || requirement.specifier.isEmpty) return [];
  const clauses = requirement.specifier.specifiers;
  const forms: LooserRequirement[] = [
    { loosened: "above", requirement: requirement.withSpecifier(new SpecifierSet(clauses.flatMap(withoutUpper))) },
    { loosened: "below", requirement: requirement.withSpecifier(new SpecifierSet(clauses.flatMap(withoutLower))) },
    { loosened: "all", requirement: requirement.withSpecifier(anyVersion) },
  ];
  const seen = new Set([requirement.specifier.toString()]);
  return forms.filter((form) => {
    const text = form.requirement.specifier.toString();
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew;
  });
}

/** What of a clause says "from here on"; a clause that says nothing of the sort goes. */
function withoutUpper(clause: Specifier): readonly Specifier[] {
  switch (clause.operator) {
    case ">":
    case ">=":
    case "!=":
      return [clause];
    case "==":
    case "~=":
      return [new Specifier(">=", startOf(clause))];
    default:
      return [];
  }
}

function withoutLower(clause: Specifier): readonly Specifier[] {
  switch (clause.operator) {
    case "<":
    case "<=":
    case "!=":
      return [clause];
    case "==":
      return [
        clause.isWildcard ? new Specifier("<", nextAfter(startOf(clause), 0)) : new Specifier("<=", startOf(clause)),
      ];
    case "~=":
      return [new Specifier("<", nextAfter(startOf(clause), 1))];
    default:
      return [];
  }
}

function startOf(clause: Specifier): string {
  return clause.isWildcard ? clause.versionText.slice(0, -2) : clause.versionText.replace(/\+.*$/, "");
}

/** The first version after all that begin like `text`, its last `dropped` numbers not counted: `1.4.2` with 1 is `1.5`. */
function nextAfter(text: string, dropped: number): string {
  const { release, epoch } = parseVersion(text);
  const kept = release.slice(0, Math.max(release.length - dropped, 1));
  const last = kept.length - 1;
  const numbers = kept.map((number, at) => (at === last ? number + 1 : number));
  return `${epoch === 0 ? "" : `${epoch}!`}${numbers.join(".")}`;
}
