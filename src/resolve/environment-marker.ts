import type { Target } from "../pep/index.ts";

/** What tells environments of a lock apart; in the order in which markers name them. */
const environmentVariables = ["implementation_name", "python_version", "platform_machine", "sys_platform"] as const;

type EnvironmentVariable = (typeof environmentVariables)[number];

/** The marker that is true where a lock for this target may be used. */
export function environmentMarker({ markers }: Target): string {
  return environmentVariables
    .filter((variable) => markers[variable] !== "")
    .map((variable) => `${variable} == ${JSON.stringify(markers[variable])}`)
    .join(" and ");
}

/** What most often is the reason for a difference comes first. */
const byMeaning: readonly EnvironmentVariable[] = [
  "sys_platform",
  "python_version",
  "platform_machine",
  "implementation_name",
];

/**
 * The shortest marker that is true on `some` of `all` targets and on no other of them; `undefined` when that is all of
 * them. Targets that no marker tells apart (two C libraries) must stand on the same side.
 */
export function markerFor(some: ReadonlySet<Target>, all: readonly Target[]): string | undefined {
  if (some.size === all.length) return undefined;
  const telling = byMeaning.filter((name) => new Set(all.map(({ markers }) => markers[name])).size > 1);
  for (const variables of subsets(telling)) {
    const keyOf = ({ markers }: Target): string =>
      variables.map((name) => `${name} == ${JSON.stringify(markers[name])}`).join(" and ");
    const keys = new Set([...some].map(keyOf));
    if (all.every((target) => keys.has(keyOf(target)) === some.has(target))) return joined([...keys], variables.length);
  }
  throw new Error("no marker tells these targets apart");
}

function joined(terms: readonly string[], length: number): string {
  return terms.map((term) => (terms.length > 1 && length > 1 ? `(${term})` : term)).join(" or ");
}

/** The smallest first; among those of one size in the order of the items. */
function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  const all: T[][] = [[]];
  for (const item of items) all.push(...all.map((set) => [...set, item]));
  return all.filter((set) => set.length > 0).sort((a, b) => a.length - b.length);
}
