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

/** Where a part of a lock is for: a target, and what must be chosen at install for it. */
export interface LockPlace {
  readonly target: Target;
  /** An extra of the lock that chooses among several parts for one target. */
  readonly choice?: string;
}

/** What most often is the reason for a difference comes first. */
const byMeaning: readonly (EnvironmentVariable | "choice")[] = [
  "choice",
  "sys_platform",
  "python_version",
  "platform_machine",
  "implementation_name",
];

/** The choices of a lock, and the one that holds when nobody chooses. */
export interface LockChoices {
  readonly names: readonly string[];
  readonly usual: string;
}

/**
 * The shortest marker that is true on `some` of `all` targets and on no other of them; `undefined` when that is all of
 * them. Targets that no marker tells apart (two C libraries) must stand on the same side.
 */
export function markerFor<P extends LockPlace>(
  some: ReadonlySet<P>,
  all: readonly P[],
  choices?: LockChoices,
): string | undefined {
  if (some.size === all.length) return undefined;
  const termOf = (name: (typeof byMeaning)[number], { target, choice }: P): string =>
    name === "choice" ? choiceTerm(choice, choices) : `${name} == ${JSON.stringify(target.markers[name])}`;
  const telling = byMeaning.filter((name) => new Set(all.map((place) => termOf(name, place))).size > 1);
  for (const variables of subsets(telling)) {
    const keyOf = (place: P): string => variables.map((name) => termOf(name, place)).join(" and ");
    const keys = new Set([...some].map(keyOf));
    if (all.every((place) => keys.has(keyOf(place)) === some.has(place))) {
      const isLong = variables.length > 1 || (variables[0] === "choice" && (choices?.names.length ?? 0) > 2);
      return joined([...keys], isLong);
    }
  }
  throw new Error("no marker tells these targets apart");
}

/** The usual choice holds also when nobody makes one, so that tools without a word for extras install something. */
function choiceTerm(choice: string | undefined, choices: LockChoices | undefined): string {
  if (choice === undefined || choices === undefined) return "";
  if (choice !== choices.usual) return `${JSON.stringify(choice)} in extras`;
  const others = choices.names.filter((name) => name !== choice);
  return others.map((name) => `${JSON.stringify(name)} not in extras`).join(" and ");
}

function joined(terms: readonly string[], isLong: boolean): string {
  return terms.map((term) => (terms.length > 1 && isLong ? `(${term})` : term)).join(" or ");
}

/** The smallest first; among those of one size in the order of the items. */
function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  const all: T[][] = [[]];
  for (const item of items) all.push(...all.map((set) => [...set, item]));
  return all.filter((set) => set.length > 0).sort((a, b) => a.length - b.length);
}
