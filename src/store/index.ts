/**
 * store: wheels unpacked once, addressed by sha256. A wheel file -> an artifact whose files are the same in every tree, so
 * that a tree only links. And objects: single files of releases that were pulled, addressed by theirs. Invariants: nothing gets its final name before every byte was checked against RECORD and the
 * archive's own sums; an artifact with a manifest is complete; the store is never written through a tree.
 * Standards: PEP 427 and the binary distribution format, PEP 376 (RECORD, INSTALLER), PEP 3147 (bytecode).
 */
export type { Artifact, ArtifactTree, Section, SectionFiles, StoredFile, TopLevel } from "./artifact.ts";
export { readArtifactTree, readStoredFiles, readStoredRecord, sections, treeFileOf } from "./artifact.ts";
export { cacheTag } from "./bytecode.ts";
export type { EntryPoint } from "./entry-points.ts";
export { parseEntryPoints } from "./entry-points.ts";
export { rewriteScript } from "./launcher.ts";
export type { BringOptions, Brought, ObjectStore, PlacedObject, StoredObject } from "./objects.ts";
export { objectPath, openObjects, parseObjectPath } from "./objects.ts";
export type { PreparedLink, PreparedTree, PreparedTrees, PrepareOptions } from "./prepared.ts";
export type { Collected, Damage, EnsureOptions, Store, WantedWheel } from "./store.ts";
export { openStore } from "./store.ts";
export { markCompiled } from "./trust.ts";
export type { RecordScheme, StoreIo } from "./unpack-wheel.ts";
export { recordOf } from "./unpack-wheel.ts";
