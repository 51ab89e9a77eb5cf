import type { ItemEnvironment } from "./check-item.ts";
import type { Crowded } from "./other-claims.ts";
import type { State } from "./report-parts.ts";
import type { Moves } from "./write-lines.ts";

/** The scripts of each shared environment, parted as the lanes part them; the largest part goes first. */
export function movesApart({ solos, grouping, labelsOf }: State, crowded: readonly Crowded[]): readonly Moves[] {
  const parts = new Map<ItemEnvironment, (readonly string[])[]>();
  const others = new Set(crowded.map(({ item }) => item));
  for (const members of grouping.lanes) {
    const items = members.flatMap((member) => solos[member]?.item ?? []);
    for (const environment of new Set(items.map((item) => item.environment))) {
      const here = items.filter((item) => item.environment === environment);
      const known = parts.get(environment) ?? [];
      const fitting = here.filter((item) => !others.has(item)).flatMap(labelsOf);
      const apart = here.filter((item) => others.has(item)).flatMap(labelsOf);
      parts.set(
        environment,
        [...known, fitting, apart].filter((part) => part.length > 0),
      );
    }
  }
  return [...parts].flatMap(([environment, all]) => {
    if (environment.kind !== "named") return [];
    const isCrowded = (part: readonly string[]): boolean =>
      crowded.some(({ labels }) => labels.some((one) => part.includes(one)));
    const sorted = [...all].sort((a, b) => Number(isCrowded(a)) - Number(isCrowded(b)) || b.length - a.length);
    const [first = [], ...rest] = sorted;
    return [{ environment, moves: isCrowded(first) ? sorted : rest }];
  });
}
