import { evaluateMarker, parseRequirement, parseVersion, type Requirement, type Target } from "../../src/pep/index.ts";
import type { MadeIndex, MadeRelease } from "./memory-source.ts";

/** What is asked, as plain requirements. */
export interface PlainQuestion {
  readonly index: MadeIndex;
  readonly requirements: readonly Requirement[];
  readonly constraints: readonly Requirement[];
  readonly target: Target;
}

interface Chosen {
  readonly version: string;
  readonly release: MadeRelease;
  readonly extras: ReadonlySet<string>;
}

/** Whether any set of releases satisfies a question, by trying all in turn: knows nothing of the resolver. */
export function isSatisfiable(question: PlainQuestion): boolean {
  return extend(question, question.requirements, new Map());
}

function extend(
  question: PlainQuestion,
  waiting: readonly Requirement[],
  chosen: ReadonlyMap<string, Chosen>,
): boolean {
  const [next, ...rest] = waiting;
  if (next === undefined) return true;
  if (next.marker !== undefined && !evaluateMarker(next.marker, question.target.markers))
    return extend(question, rest, chosen);
  const known = chosen.get(next.name);
  if (known !== undefined) {
    if (!next.specifier.contains(readVersion(known.version))) return false;
    const more = next.extras.filter((extra) => !known.extras.has(extra));
    const with_ = new Map(chosen).set(next.name, { ...known, extras: new Set([...known.extras, ...more]) });
    return extend(question, [...needs(known.release, more), ...rest], with_);
  }
  const limits = [next, ...question.constraints.filter(({ name }) => name === next.name)];
  return Object.entries(question.index[next.name] ?? {}).some(([version, release]) => {
    const parsed = readVersion(version);
    if (!limits.every(({ specifier }) => specifier.contains(parsed)) || !runsOn(release, question.target)) return false;
    const with_ = new Map(chosen).set(next.name, { version, release, extras: new Set(next.extras) });
    const plain = (release.requires ?? []).map(readLine);
    return extend(question, [...plain, ...needs(release, next.extras), ...rest], with_);
  });
}

function needs({ extras = {} }: MadeRelease, wanted: readonly string[]): Requirement[] {
  return wanted.flatMap((extra) => (extras[extra] ?? []).map(readLine));
}

/** Each text is read once: it is met thousands of times. */
function remembered<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const value = known.get(text) ?? read(text);
    known.set(text, value);
    return value;
  };
}

const readLine = remembered((text) => parseRequirement(text));
const readVersion = remembered((text) => parseVersion(text));

/** `Requires-Python` is a lower bound here, tags are `py3-none-any` or those of one CPython. */
function runsOn({ requiresPython, wheelTags = ["py3-none-any"] }: MadeRelease, { markers }: Target): boolean {
  const minor = Number(markers.python_version.split(".")[1]);
  const least = Number(/>=3\.(\d+)/.exec(requiresPython ?? "")?.[1] ?? 0);
  return minor >= least && wheelTags.some((tag) => tag.startsWith("py3-") || tag.startsWith(`cp3${minor}-`));
}
