import type { CandidateSet } from "./candidate-set.ts";
import type { Clauses } from "./clauses.ts";
import { type Incompatibility, type PackageId, resolveOn, termOf } from "./incompatibility.ts";
import type { PartialSolution } from "./partial-solution.ts";

/** A conflict that was met and learned from: `affected` could not stay as it was because of `learned`. */
export interface Conflict<Why> {
  readonly affected: PackageId;
  readonly learned: Incompatibility<Why>;
}

export type Propagated<Why> =
  | { readonly kind: "stable"; readonly conflicts: readonly Conflict<Why>[] }
  | { readonly kind: "impossible"; readonly proof: Incompatibility<Why> };

/** Draws every consequence that follows from what changed about `starts`; learns from the conflicts it meets. */
export function propagate<Why>(
  solution: PartialSolution<Why>,
  clauses: Clauses<Why>,
  starts: readonly PackageId[],
): Propagated<Why> {
  const conflicts: Conflict<Why>[] = [];
  const changed: PackageId[] = [...starts];
  for (let id = changed.pop(); id !== undefined; id = changed.pop()) {
    const broken = visit(solution, clauses, id, changed);
    if (broken === undefined) continue;
    const resolved = resolveConflict(solution, clauses, broken);
    if (resolved.kind === "impossible") return resolved;
    conflicts.push(resolved);
    const { affected, learned, again } = resolved;
    const term = termOf(learned, affected) as CandidateSet;
    solution.derive(affected, solution.left(affected).minus(term), learned);
    clauses.markContradicted(learned, solution.level);
    changed.length = 0;
    changed.push(...again, affected);
  }
  return { kind: "stable", conflicts };
}

/** Looks at every incompatibility about one package; the first that holds whole is a conflict and is returned. */
function visit<Why>(
  solution: PartialSolution<Why>,
  clauses: Clauses<Why>,
  id: PackageId,
  changed: PackageId[],
): Incompatibility<Why> | undefined {
  const about = clauses.about(id);
  for (let i = about.length - 1; i >= 0; i--) {
    const incompat = about[i] as Incompatibility<Why>;
    if (incompat.contradictedAt >= 0) continue;
    const open = openTerm(solution, incompat);
    if (open === manyOpen) continue;
    if (open === contradicted) {
      clauses.markContradicted(incompat, solution.level);
      continue;
    }
    if (open === allHold) return incompat;
    const target = incompat.packages[open] as PackageId;
    const left = solution.left(target).minus(incompat.sets[open] as CandidateSet);
    solution.derive(target, left, incompat);
    clauses.markContradicted(incompat, solution.level);
    if (!changed.includes(target)) changed.push(target);
  }
  return undefined;
}

const allHold = -1;
const manyOpen = -2;
const contradicted = -3;

/** The position of the only term that is neither true nor false, or one of the three constants. */
function openTerm<Why>(solution: PartialSolution<Why>, incompat: Incompatibility<Why>): number {
  let open = allHold;
  for (let i = 0; i < incompat.packages.length; i++) {
    const left = solution.left(incompat.packages[i] as PackageId);
    const set = incompat.sets[i] as CandidateSet;
    if (left.isDisjointFrom(set)) return contradicted;
    if (open === manyOpen || left.isSubsetOf(set)) continue;
    open = open === allHold ? i : manyOpen;
  }
  return open;
}

/** Follows a conflict back to its root cause and forgets what was built on it. */
function resolveConflict<Why>(
  solution: PartialSolution<Why>,
  clauses: Clauses<Why>,
  broken: Incompatibility<Why>,
):
  | ({ readonly kind: "learned"; readonly again: readonly PackageId[] } & Conflict<Why>)
  | { readonly kind: "impossible"; readonly proof: Incompatibility<Why> } {
  let current = broken;
  for (;;) {
    if (isFinal(current)) return { kind: "impossible", proof: current };
    const satisfier = solution.satisfier(current);
    if ("cause" in satisfier) {
      current = resolveOn(current, satisfier.cause, satisfier.package);
      continue;
    }
    solution.backtrack(satisfier.backTo);
    const again = clauses.backtrack(satisfier.backTo);
    // Something unconditional was met too late; from here on it is known before anything is built on it.
    if (broken.packages.length === 1) again.push(broken.packages[0] as PackageId);
    if (current !== broken) clauses.add(current);
    return { kind: "learned", affected: satisfier.package, learned: current, again };
  }
}

/** Nothing is left to give up: no term, or only the root. */
function isFinal<Why>(incompat: Incompatibility<Why>): boolean {
  if (incompat.packages.length === 0) return true;
  return incompat.packages.length === 1 && incompat.packages[0] === 0 && (incompat.sets[0] as CandidateSet).isPositive;
}
