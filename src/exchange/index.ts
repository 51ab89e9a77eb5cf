/**
 * exchange: environments in other tools' words. Out: what an environment is, as requirements, pyproject, pylock,
 * environment.yml, `pip freeze` or a script's header. In: those files, the locks of uv, Poetry, PDM
 * and Pipenv, and the environments that other tools made, read
 * without starting their Python. Also the edits that keep a project's file in step with an environment.
 * Invariants: the same environment gives the same bytes; nothing of another tool's is changed; what can't be read is
 * told, and the rest is read. Standards: PEP 376, 405, 610, 621, 723, 751; pip's requirements format; conda's conda-meta.
 */
export type { CondaFile } from "./conda-file.ts";
export { readCondaFile } from "./conda-file.ts";
export type { Contents } from "./contents.ts";
export { dependencyTexts } from "./contents.ts";
export type { ListChange, ListedRequirement } from "./edit/change.ts";
export { requirementKey } from "./edit/change.ts";
export type { Followed } from "./edit/follow.ts";
export { followChange } from "./edit/follow.ts";
export type { ProjectText } from "./edit/project-lines.ts";
export { editProject, listProject } from "./edit/project-lines.ts";
export type { RequirementsText } from "./edit/requirements-lines.ts";
export { editRequirements, listRequirements } from "./edit/requirements-lines.ts";
export type { Distribution, Distributions, LeftOut } from "./foreign/distribution.ts";
export { readDistributions } from "./foreign/distribution.ts";
export type { ForeignEnvironment, ForeignPackage } from "./foreign/environment.ts";
export { readForeign } from "./foreign/environment.ts";
export type { ForeignFound } from "./foreign/homes.ts";
export { findForeign } from "./foreign/homes.ts";
export type { ForeignKind, ForeignPlace } from "./foreign/kinds.ts";
export type { ForeignWishes } from "./foreign/wanted.ts";
export { foreignWishes } from "./foreign/wanted.ts";
export type { FreezeOptions, Repository } from "./freeze.ts";
export { freezeText } from "./freeze.ts";
export type { LockWish, OtherFile, OtherLock, OtherLocked } from "./locks/locked.ts";
export { isOtherLock, pythonOfOtherLock, readOtherLock } from "./locks/read.ts";
export { writeCondaFile } from "./write-conda.ts";
export { writeLock } from "./write-lock.ts";
export { writeInlineHeader, writeProject, writeRhinoHeader } from "./write-project.ts";
export type { RequirementsOptions } from "./write-requirements.ts";
export { writeRequirements } from "./write-requirements.ts";
