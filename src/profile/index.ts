/**
 * profile: the files that shells read at their start. In: a shell, and where its hook lies. Out: which files need one line
 * to load it, that line, and the change of each file. Invariants: no byte of a person's file changes but that line; it goes
 * as it came, so that a file is afterwards what it was before; links, modes and line ends stay; a file that is not to be
 * written is named, with the line to add by hand.
 */
export type { ProfileChange } from "./change.ts";
export { applyProfileChange, planAdding, planEdit, planRemoving } from "./change.ts";
export { detectShell } from "./detect.ts";
export type { ProfileTarget } from "./targets.ts";
export { profilePlaces, profileTargets } from "./targets.ts";
