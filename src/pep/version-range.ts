import { aboveLocals, abovePosts, increment, justAbove, type KeyParts, keyOf } from "./version-key.ts";

/** The versions whose key is at least `from` and below `to` (no upper bound when `undefined`). */
export interface KeyRange {
  readonly from: string;
  readonly to: string | undefined;
}

/** Below every version. */
const lowest = "";

export type OrderedOperator = "~=" | "==" | "!=" | "<=" | ">=" | "<" | ">";

export const everything: readonly KeyRange[] = [{ from: lowest, to: undefined }];

/**
 * The ranges of versions that one clause of PEP 440 admits, ascending and disjoint; policy on pre-releases apart. `at`
 * is the version's key; its parts are asked for only where there is arithmetic to do.
 */
export function rangesOf(
  operator: OrderedOperator,
  at: string,
  parts: () => KeyParts,
  isWildcard: boolean,
): readonly KeyRange[] {
  switch (operator) {
    case ">=":
      return [{ from: at, to: undefined }];
    case "<=":
      return below(aboveLocals(parts()));
    case ">":
      return [{ from: firstAbove(parts()), to: undefined }];
    case "<":
      return below(firstExcluded(at, parts()));
    case "~=":
      return [{ from: at, to: devOfNext(withoutLast(parts())) }];
    case "==":
      return [included(at, parts(), isWildcard)];
    case "!=": {
      const hole = included(at, parts(), isWildcard);
      return hole.to === undefined ? below(hole.from) : [...below(hole.from), { from: hole.to, to: undefined }];
    }
  }
}

function below(key: string): readonly KeyRange[] {
  return [{ from: lowest, to: key }];
}

/** What `==` admits: all of a prefix, one version with every local label, or one local version. */
function included(at: string, version: KeyParts, isWildcard: boolean): KeyRange {
  if (isWildcard) return { from: devOf(version), to: devOfNext(version) };
  return { from: at, to: version.local === undefined ? aboveLocals(version) : justAbove(at) };
}

/** `<1.0` also excludes the pre-releases of 1.0, unless the bound is itself one. */
function firstExcluded(at: string, version: KeyParts): string {
  return version.pre === undefined && version.dev === undefined ? keyOf({ ...version, dev: "0" }) : at;
}

/** `>1.0` excludes the post-releases and local forms of 1.0; `>1.0.post1` and `>1.0.dev1` only their own local forms. */
function firstAbove(version: KeyParts): string {
  if (version.dev !== undefined) return keyOf({ ...version, dev: increment(version.dev), local: undefined });
  if (version.post !== undefined) {
    return keyOf({ ...version, post: increment(version.post), dev: "0", local: undefined });
  }
  return abovePosts(version);
}

function withoutLast({ epoch, release }: KeyParts): KeyParts {
  return { epoch, release: release.slice(0, -1) };
}

function devOf({ epoch, release }: KeyParts): string {
  return keyOf({ epoch, release, dev: "0" });
}

/** The first version after all that share the release as a prefix: 1.2 -> 1.3.dev0. */
function devOfNext({ epoch, release }: KeyParts): string {
  const last = release[release.length - 1] ?? "0";
  return devOf({ epoch, release: [...release.slice(0, -1), increment(last)] });
}

/** What lies in both lists of ranges, each ascending and disjoint. */
function intersect(left: readonly KeyRange[], right: readonly KeyRange[]): readonly KeyRange[] {
  const both: KeyRange[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const a = left[i];
    const b = right[j];
    if (a === undefined || b === undefined) return both;
    let from = a.from;
    if (b.from > from) from = b.from;
    const aEndsFirst = b.to === undefined || (a.to !== undefined && a.to < b.to);
    const to = aEndsFirst ? a.to : b.to;
    if (to === undefined || from < to) both.push({ from, to });
    if (aEndsFirst) i++;
    else j++;
  }
}

/** What lies in all lists. By halves, so that thousands of `!=` clauses don't cost their square. */
export function intersectAll(lists: readonly (readonly KeyRange[])[]): readonly KeyRange[] {
  if (lists.length < 2) return lists[0] ?? everything;
  const middle = lists.length >> 1;
  return intersect(intersectAll(lists.slice(0, middle)), intersectAll(lists.slice(middle)));
}

/** True when a version with this key lies in one of the ranges. */
export function inRanges(ranges: readonly KeyRange[], key: string): boolean {
  for (const range of ranges) {
    if (key < range.from) return false;
    if (range.to === undefined || key < range.to) return true;
  }
  return false;
}
