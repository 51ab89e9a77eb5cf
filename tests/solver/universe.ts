import { CandidateSet, type Derivation, type Outcome, type Provider, solve } from "../../src/solver/index.ts";

/** A need of one candidate: the candidates of `on` that will do. */
export interface Need {
  readonly on: string;
  readonly allowed: readonly number[];
  readonly ifPresent?: boolean;
}

/** Packages by name; each candidate is its list of needs, or the reason why it can't be used. */
export type Universe = Readonly<Record<string, readonly (readonly Need[] | string)[]>>;

export interface UniverseOptions {
  readonly later?: boolean;
  readonly wholes?: Readonly<Record<string, string>>;
  readonly onPrefetch?: (names: readonly string[]) => void;
  readonly signal?: AbortSignal;
}

/** A provider that prefers the highest candidate. */
export function providerOf(universe: Universe, options: UniverseOptions = {}): Provider<string, string> {
  const candidatesOf = (name: string): readonly (readonly Need[] | string)[] => universe[name] ?? [];
  const answer = <T>(value: T): T | Promise<T> => (options.later === true ? Promise.resolve(value) : value);
  return {
    candidates: (name) => candidatesOf(name).length,
    choose: (name, allowed) => {
      const candidates = candidatesOf(name);
      for (let at = allowed.highest(); at >= 0; at = allowed.highest(at - 1)) {
        if (typeof candidates[at] !== "string") return answer(at);
      }
      return answer(
        [...allowed].map((at) => ({ versions: CandidateSet.of(candidates.length, at), why: String(candidates[at]) })),
      );
    },
    dependencies: (name, candidate) => {
      const needs = candidatesOf(name)[candidate];
      if (needs === undefined || typeof needs === "string") return answer({ refused: needs ?? "no such candidate" });
      return answer(
        needs.map(({ on, allowed, ifPresent = false }) => ({
          package: on,
          allowed: CandidateSet.of(candidatesOf(on).length, ...allowed),
          ifPresent,
          why: `${name} ${candidate} on ${on}`,
        })),
      );
    },
    whole: (name) => options.wholes?.[name],
    prefetch: (wanted) => options.onPrefetch?.(wanted.map((entry) => entry.package)),
  };
}

export function solveUniverse(universe: Universe, options: UniverseOptions = {}): Promise<Outcome<string, string>> {
  return solve(providerOf(universe, options), "root", options.signal === undefined ? {} : { signal: options.signal });
}

/** Whether the choice satisfies everything that the chosen candidates need, and every part is where its whole is. */
export function isValid(
  universe: Universe,
  chosen: ReadonlyMap<string, number>,
  wholes: Readonly<Record<string, string>> = {},
): boolean {
  if (chosen.get("root") !== 0) return false;
  for (const [part, whole] of Object.entries(wholes)) {
    if (chosen.has(part) && chosen.get(part) !== chosen.get(whole)) return false;
  }
  for (const [name, at] of chosen) {
    const needs = universe[name]?.[at];
    if (needs === undefined || typeof needs === "string") return false;
    for (const { on, allowed, ifPresent } of needs) {
      const there = chosen.get(on);
      if (there === undefined ? ifPresent !== true : !allowed.includes(there)) return false;
    }
  }
  return true;
}

/** Every choice, one after the other: the slow truth that the solver is compared with. */
export function isSolvable(universe: Universe, wholes: Readonly<Record<string, string>> = {}): boolean {
  const names = Object.keys(universe).filter((name) => name !== "root");
  const chosen = new Map<string, number>([["root", 0]]);
  const attempt = (at: number): boolean => {
    const name = names[at];
    if (name === undefined) return isValid(universe, chosen, wholes);
    if (attempt(at + 1)) return true;
    const count = universe[name]?.length ?? 0;
    for (let candidate = 0; candidate < count; candidate++) {
      chosen.set(name, candidate);
      if (attempt(at + 1)) {
        chosen.delete(name);
        return true;
      }
      chosen.delete(name);
    }
    return false;
  };
  return attempt(0);
}

/** Checks that every leaf of a proof is a fact and that every step follows from its two causes. */
export function proofFault(universe: Universe, proof: Derivation<string, string>): string | undefined {
  const seen = new Set<Derivation<string, string>>();
  const stack = [proof];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const { cause } = node;
    if (cause.kind === "derived") {
      if (!follows(node, cause.left, cause.right)) return "a step does not follow from its causes";
      stack.push(cause.left, cause.right);
    } else if (cause.kind === "dependency") {
      for (const at of cause.versions) {
        const needs = universe[cause.package]?.[at];
        const said = Array.isArray(needs) ? (needs as readonly Need[]) : [];
        const same = said.some(
          (need) =>
            need.on === cause.dependency &&
            CandidateSet.of(cause.allowed.count, ...need.allowed).equals(cause.allowed) &&
            (need.ifPresent ?? false) === cause.ifPresent,
        );
        if (!same) return `${cause.package} ${at} never asked that of ${cause.dependency}`;
      }
    } else if (cause.kind === "refused") {
      for (const at of cause.versions) {
        if (typeof universe[cause.package]?.[at] !== "string") return `${cause.package} ${at} is fine`;
      }
    }
  }
  return undefined;
}

/** True when every assignment that makes all terms of `node` true makes `left` or `right` true. */
function follows(
  node: Derivation<string, string>,
  left: Derivation<string, string>,
  right: Derivation<string, string>,
): boolean {
  const termOf = (of: Derivation<string, string>, name: string): CandidateSet | undefined =>
    of.terms.find((term) => term.package === name)?.set;
  const names = new Set([...left.terms, ...right.terms].map((term) => term.package));
  let pivots = 0;
  for (const name of names) {
    const a = termOf(left, name);
    const b = termOf(right, name);
    const mine = termOf(node, name);
    const both = a === undefined ? b : b === undefined ? a : a.and(b);
    const any = CandidateSet.any((both as CandidateSet).count);
    if ((mine ?? any).isSubsetOf(both as CandidateSet)) continue;
    pivots += 1;
    const either = a === undefined || b === undefined ? any : a.or(b);
    if (!(mine ?? any).isSubsetOf(either)) return false;
  }
  return pivots <= 1;
}
