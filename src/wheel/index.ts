/**
 * wheel: unpacked wheels -> a tree. Purpose: hard links, reflinks, copies, or one symbolic link for a whole directory
 * (`fold`); bytecode linked along; what differs per tree written beside. Invariants: the store is never written through a
 * tree; the tree is an ordinary environment for every other tool. Standards: PEP 376, 427, 610, 3147.
 */
export { bytecodeKind } from "./bytecode-list.ts";
export type { CompileIo, CompileOptions } from "./compile.ts";
export { compileArtifacts } from "./compile.ts";
export { checkFits } from "./fits.ts";
export type { LinkIo, LinkOptions, LinkSummary } from "./link-artifacts.ts";
export { linkArtifacts } from "./link-artifacts.ts";
export { linkBytecode } from "./link-bytecode.ts";
export type { InstalledPlace, PackedWheel } from "./pack-installed.ts";
export { packedWheelName, packInstalled } from "./pack-installed.ts";
export type { KnownFile } from "./tree-digests.ts";
export { treeDigests } from "./tree-digests.ts";
export type { TreePaths } from "./tree-paths.ts";
export { sectionTarget } from "./tree-paths.ts";
