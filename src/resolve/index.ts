/**
 * resolve: requirements -> lock. What was asked, a target and a source of packages in; exact wheels out, or an error
 * that explains in plain sentences why nothing fits.
 * Invariants: the same listings and request give the same lock; only wheels that the target can use; no I/O but through
 * the source and the ports. Standards: PEP 440, 503, 508, 592, 685, 751.
 */
export type { HeldBack, Repair } from "./cooldown.ts";
export { heldBack, repairsOf } from "./cooldown.ts";
export type { LockChoices, LockPlace } from "./environment-marker.ts";
export { environmentMarker } from "./environment-marker.ts";
export type { Lock, LockedFile, LockedPackage } from "./lock.ts";
export { isUnbuilt, withDigests } from "./lock.ts";
export { lockFromPylock, lockToPylock } from "./lock-file.ts";
export type { LockedSource, PlaceOf } from "./lock-sources.ts";
export { sourceKey } from "./lock-sources.ts";
export type { SolutionMemo } from "./memo.ts";
export { solutionMemo } from "./memo.ts";
export type { MergeOptions, TargetLock } from "./merged-lock.ts";
export { lockedBackends, lockedTargets, mergeLocks } from "./merged-lock.ts";
export type { MissingPin, Pin, PinOptions } from "./pins.ts";
export { isWheelFor, lockOfPins } from "./pins.ts";
export type { OtherPython, Proposal, ProposedChange, ProposeOptions } from "./proposals/propose.ts";
export { propose } from "./proposals/propose.ts";
export { proposalSentence } from "./proposals/words.ts";
export type { AskedRequirement, Origin, PackageChoice, ResolvePolicy, ResolveRequest } from "./request.ts";
export { allPackages, defaultPolicy, isChosen, noPackages } from "./request.ts";
export type { Resolution } from "./resolve.ts";
export { resolve } from "./resolve.ts";
export type { UsableFile } from "./usable.ts";
export { usableFiles } from "./usable.ts";
export type { UnfitFiles } from "./wheel-choice.ts";
export { unfitKey } from "./wheel-choice.ts";
