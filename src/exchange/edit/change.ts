import type { SourceLine } from "../../codec/index.ts";
import { parseRequirement, type Requirement } from "../../pep/index.ts";

/** What shall stand in a list of requirements, and what shall go. Everything else stays as it is, to the byte. */
export interface ListChange {
  /** One for a package (and condition) that is there takes its place; others come in. */
  readonly put: readonly string[];
  /** Keys, as `requirementKey` gives them. */
  readonly removed: ReadonlySet<string>;
}

/** One requirement in a list; offsets are into the whole text. */
export interface ListedRequirement {
  readonly text: string;
  readonly requirement: Requirement;
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** Requirements with the same key say something about the same: package and condition. */
export function requirementKey({ name, marker }: Requirement): string {
  return `${name};${marker ?? ""}`;
}

/** `undefined` for what is no requirement by name. */
export function tryRequirement(text: string): Requirement | undefined {
  try {
    return parseRequirement(text);
  } catch {
    return undefined;
  }
}

/** Where a new one goes: before the item given, else behind the last. A list that is sorted stays sorted. */
export function sortedPlace<T extends { readonly requirement: Requirement }>(
  items: readonly T[],
  added: Requirement,
): T | undefined {
  const names = items.map(({ requirement }) => requirement.name as string);
  const isSorted = names.length > 1 && names.every((name, index) => index === 0 || (names[index - 1] ?? "") <= name);
  return isSorted ? items.find(({ requirement }) => requirement.name > added.name) : undefined;
}

/** How lines end here: as the line given does, else as the first one that ends at all. */
export function lineEndNear(lines: readonly SourceLine[], index: number): string {
  return lines[index]?.lineEnd || lines.find(({ lineEnd }) => lineEnd !== "")?.lineEnd || "\n";
}

/** Splits a change against what is there: replacements by item, and what is new, in the order given. */
export function sortChange<T extends { readonly requirement: Requirement }>(
  items: readonly T[],
  change: ListChange,
): { readonly replaced: ReadonlyMap<T, string>; readonly gone: ReadonlySet<T>; readonly added: readonly string[] } {
  const replaced = new Map<T, string>();
  const gone = new Set(items.filter(({ requirement }) => change.removed.has(requirementKey(requirement))));
  const added: string[] = [];
  for (const text of change.put) {
    const wanted = parseRequirement(text);
    const [first, ...others] = items.filter(
      ({ requirement }) => requirementKey(requirement) === requirementKey(wanted),
    );
    if (first === undefined) added.push(text);
    else {
      gone.delete(first);
      for (const other of others) gone.add(other);
      if (first.requirement.toString() !== wanted.toString()) replaced.set(first, text);
    }
  }
  return { replaced, gone, added };
}
