import type { CandidateSet } from "./candidate-set.ts";
import type { Cause, Derivation } from "./provider.ts";

/** Packages are small integers inside the solver; `0` is the root. */
export type PackageId = number;

export type InnerCause<Why> =
  | { readonly kind: "root" }
  | {
      readonly kind: "dependency";
      readonly package: PackageId;
      readonly versions: CandidateSet;
      readonly dependency: PackageId;
      readonly allowed: CandidateSet;
      readonly ifPresent: boolean;
      readonly why: Why;
    }
  | { readonly kind: "refused"; readonly package: PackageId; readonly versions: CandidateSet; readonly why: Why }
  | { readonly kind: "whole"; readonly part: PackageId; readonly whole: PackageId }
  | { readonly kind: "derived"; readonly left: Incompatibility<Why>; readonly right: Incompatibility<Why> };

/** Terms that can't all hold. `packages` and `sets` run in parallel; no term is always true. */
export interface Incompatibility<Why> {
  readonly packages: readonly PackageId[];
  readonly sets: readonly CandidateSet[];
  readonly cause: InnerCause<Why>;
  /** The decision level at which it was found contradicted, so that propagation may skip it; -1 for none. */
  contradictedAt: number;
}

/** Joins terms about one package, drops those that are always true. `undefined` when it can never apply. */
export function incompatibility<Why>(
  terms: readonly (readonly [PackageId, CandidateSet])[],
  cause: InnerCause<Why>,
): Incompatibility<Why> | undefined {
  const packages: PackageId[] = [];
  const sets: CandidateSet[] = [];
  for (const [id, set] of terms) {
    if (set.isAny) continue;
    const at = packages.indexOf(id);
    if (at < 0) {
      packages.push(id);
      sets.push(set);
    } else {
      sets[at] = (sets[at] as CandidateSet).and(set);
    }
  }
  if (sets.some((set) => set.isEmpty)) return undefined;
  return { packages, sets, cause, contradictedAt: -1 };
}

export function termOf<Why>(incompat: Incompatibility<Why>, id: PackageId): CandidateSet | undefined {
  const at = incompat.packages.indexOf(id);
  return at < 0 ? undefined : incompat.sets[at];
}

/** The rule of resolution: what follows from two incompatibilities that disagree about `pivot`. */
export function resolveOn<Why>(
  left: Incompatibility<Why>,
  right: Incompatibility<Why>,
  pivot: PackageId,
): Incompatibility<Why> {
  const packages: PackageId[] = [];
  const sets: CandidateSet[] = [];
  const a = termOf(left, pivot);
  const b = termOf(right, pivot);
  const joined = a === undefined ? b : b === undefined ? a : a.or(b);
  if (joined !== undefined && !joined.isAny) {
    packages.push(pivot);
    sets.push(joined);
  }
  for (const side of [left, right]) {
    for (let i = 0; i < side.packages.length; i++) {
      const id = side.packages[i] as PackageId;
      const set = side.sets[i] as CandidateSet;
      if (id === pivot) continue;
      const at = packages.indexOf(id);
      if (at < 0) {
        packages.push(id);
        sets.push(set);
      } else {
        sets[at] = (sets[at] as CandidateSet).and(set);
      }
    }
  }
  return { packages, sets, cause: { kind: "derived", left, right }, contradictedAt: -1 };
}

/** The same graph in the provider's own names; shared nodes stay shared. */
export function toDerivation<P, Why>(root: Incompatibility<Why>, nameOf: (id: PackageId) => P): Derivation<P, Why> {
  const done = new Map<Incompatibility<Why>, Derivation<P, Why>>();
  const stack: Incompatibility<Why>[] = [root];
  while (stack.length > 0) {
    const top = stack[stack.length - 1] as Incompatibility<Why>;
    if (done.has(top)) {
      stack.pop();
      continue;
    }
    if (top.cause.kind === "derived") {
      const open = [top.cause.left, top.cause.right].filter((side) => !done.has(side));
      if (open.length > 0) {
        stack.push(...open);
        continue;
      }
    }
    stack.pop();
    const terms = top.packages.map((id, i) => ({ package: nameOf(id), set: top.sets[i] as CandidateSet }));
    done.set(top, { terms, cause: outerCause(top.cause, nameOf, done) });
  }
  return done.get(root) as Derivation<P, Why>;
}

function outerCause<P, Why>(
  cause: InnerCause<Why>,
  nameOf: (id: PackageId) => P,
  done: ReadonlyMap<Incompatibility<Why>, Derivation<P, Why>>,
): Cause<P, Why> {
  switch (cause.kind) {
    case "root":
      return cause;
    case "dependency":
      return { ...cause, package: nameOf(cause.package), dependency: nameOf(cause.dependency) };
    case "refused":
      return { ...cause, package: nameOf(cause.package) };
    case "whole":
      return { kind: "whole", part: nameOf(cause.part), whole: nameOf(cause.whole) };
    case "derived":
      return {
        kind: "derived",
        left: done.get(cause.left) as Derivation<P, Why>,
        right: done.get(cause.right) as Derivation<P, Why>,
      };
  }
}
