/**
 * relocate: absolute paths in trees that others made, and moving such a tree to another place. In: a directory. Out: every
 * path that counts, with what breaks by it; and the same tree for another place. Invariants: examining changes nothing and
 * follows no link; a fix is whole or not there, after a kill the next run finishes or undoes it; files are replaced, never
 * written in place, so what they share with other trees stays.
 * Standards: PEP 405 (pyvenv.cfg), 376 and 427 (RECORD), 552 (.pyc), 610; conda's prefix replacement; ELF, Mach-O, PE.
 */
export { formerUnclear } from "./errors.ts";
export type { RelocateIo, TreeExamination } from "./examine-tree.ts";
export { examineTree } from "./examine-tree.ts";
export type { FixOutcome } from "./fix-tree.ts";
export { applyFix, planFix } from "./fix-tree.ts";
export type { Unfinished } from "./journal.ts";
export { finish, unfinishedFix } from "./journal.ts";
export type { Harm, Kind, LeftPath } from "./kinds.ts";
export { kinds } from "./kinds.ts";
export { isAbsolutePath } from "./path-forms.ts";
export type { StableLink } from "./stable-link.ts";
export { stableLinkFor } from "./stable-link.ts";
export { moveOf } from "./target.ts";
export type { Said, TreeKind } from "./tree-facts.ts";
export type { Skipped } from "./walk.ts";
export { workDirectory } from "./walk.ts";
