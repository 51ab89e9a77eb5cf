import type { CandidateSet } from "../../solver/index.ts";
import { isFile, type Project } from "../project.ts";

/** A set of releases in words. */
export interface VersionWords {
  /** "every version", "2.0", "1.0 to 1.4", "from 2.0 on", "1.0 and 1.2", "12 versions from 1.0 to 3.1"; never empty. */
  readonly text: string;
  readonly isPlural: boolean;
  readonly isEvery: boolean;
}

const mostRuns = 3;

/**
 * Words for `versions` among the releases in `within` (all by default). Pre-releases and files newer than the cut-off
 * date are passed over when there is anything else, so that they don't break a range apart.
 */
export function versionWords(
  project: Project,
  versions: CandidateSet,
  within: CandidateSet = project.all,
): VersionWords | undefined {
  const universe = shown(project, within.candidates());
  const wanted = new Set(shown(project, versions.candidates().and(within)));
  const inside = universe.filter((index) => wanted.has(index));
  if (inside.length === 0) return undefined;
  const text = (index: number): string => project.release(index).versionText;
  if (inside.length === universe.length) {
    if (inside.length === 1) return { text: text(inside[0] as number), isPlural: false, isEvery: true };
    return { text: "every version", isPlural: false, isEvery: true };
  }
  const runs = runsOf(universe, wanted);
  if (runs.length > mostRuns) {
    const [first, last] = [text(inside[0] as number), text(inside[inside.length - 1] as number)];
    return { text: `${inside.length} versions from ${first} to ${last}`, isPlural: true, isEvery: false };
  }
  const parts = runs.map(([from, to]) => {
    if (from === to) return text(universe[from] as number);
    if (from === 0) return `up to ${text(universe[to] as number)}`;
    if (to === universe.length - 1) return `from ${text(universe[from] as number)} on`;
    return `${text(universe[from] as number)} to ${text(universe[to] as number)}`;
  });
  return { text: listed(parts), isPlural: parts.length > 1, isEvery: false };
}

/** The newest and oldest releases that could be installed as far as anybody can see, for "the newest is 2.4.1". */
export function extremes(project: Project): { readonly oldest: string; readonly newest: string } | undefined {
  const all = shown(project, project.all);
  if (all.length === 0) return undefined;
  const text = (index: number | undefined): string => project.release(index as number).versionText;
  return { oldest: text(all[0]), newest: text(all[all.length - 1]) };
}

/** "a", "a and b", "a, b and c". */
export function listed(parts: readonly string[], word = "and"): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} ${word} ${parts[parts.length - 1]}`;
}

function shown(project: Project, set: CandidateSet): number[] {
  const present = [...set].filter((index) => !isTooNew(project, index));
  const final = present.filter((index) => !project.release(index).version.isPrerelease);
  return final.length > 0 ? final : present;
}

function isTooNew(project: Project, index: number): boolean {
  const file = project.file(index);
  return !isFile(file) && (file.kind === "too-new" || file.kind === "no-files");
}

/** Unbroken stretches of `wanted` in `universe`, as positions. */
function runsOf(universe: readonly number[], wanted: ReadonlySet<number>): (readonly [number, number])[] {
  const runs: (readonly [number, number])[] = [];
  for (let at = 0; at < universe.length; at++) {
    if (!wanted.has(universe[at] as number)) continue;
    let to = at;
    while (to + 1 < universe.length && wanted.has(universe[to + 1] as number)) to += 1;
    runs.push([at, to]);
    at = to;
  }
  return runs;
}
