/**
 * lanes: which scripts can share a process. In: sets of versions, and a question that somebody else answers ("can these
 * live together?"). Out: where two sets differ, and the fewest groups.
 * Invariants: no I/O; what follows from earlier answers is never asked (a subset of what fits fits, a superset of what
 * doesn't never does); the same answers give the same groups. See ADR 21.
 */
export type { Difference, Sharing, VersionSet } from "./can-share.ts";
export { canShare, joinVersions } from "./can-share.ts";
export { clashingSets } from "./clashing-sets.ts";
export type { Grouping, GroupOptions } from "./group-scripts.ts";
export { groupScripts } from "./group-scripts.ts";
export type { Fits, Verdict } from "./knowledge.ts";
export { Knowledge } from "./knowledge.ts";
