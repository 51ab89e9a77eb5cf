/**
 * disk: what venvoy keeps where, and the rules for touching it. Untrusted names and archives -> safe paths and trees; system errors -> failures
 * that a person understands; stage -> sync -> rename. Invariants: nothing half-done gets its final name; a path from
 * outside never leaves the root that it was joined to. No I/O of its own: everything goes through the `Fs` port.
 */
export type { ArchivePathRules } from "./archive-path.ts";
export { checkArchivePath, isWindowsDevice, safeJoin } from "./archive-path.ts";
export type { ArchiveTreeRules } from "./archive-tree.ts";
export { ArchiveTree, foldedName } from "./archive-tree.ts";
export { archivePathInvalid, diskError, explainingDisk, systemError } from "./errors.ts";
export { checkFreeSpace } from "./free-space.ts";
export type { DataLayout } from "./layout.ts";
export { dataLayout } from "./layout.ts";
export type { LinkModes } from "./link-modes.ts";
export { linkModes } from "./link-modes.ts";
export { posixPaths, windowsPaths } from "./path-style.ts";
export { publishDir } from "./publish-dir.ts";
export { sharedAccess } from "./shared-access.ts";
export { sweepStages, withStage } from "./stage.ts";
export type { TarPacking, UnpackTarOptions } from "./unpack/tar.ts";
export { packingOf, unpackTar } from "./unpack/tar.ts";
export { unpackZip } from "./unpack/zip.ts";
export type { LockPurpose } from "./with-lock.ts";
export { withLock } from "./with-lock.ts";
