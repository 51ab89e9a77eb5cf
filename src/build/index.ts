/**
 * build: sources -> wheels. Source archives and trees in; unpacked sources, their metadata and built wheels out.
 * Invariants: an archive writes only below the directory that it was given; sources run no code before somebody asked
 * for a build. Standards: PEP 517, 518, 625, 643, 660, 706, 721.
 */
export type { Address } from "./address.ts";
export { parseAddress } from "./address.ts";
export type { BuildEnvironments, BuildOptions } from "./builder.ts";
export { buildNeeds, buildWheel, metadataOf, staticMetadata } from "./builder.ts";
export type { ConfigSettings } from "./call-hook.ts";
export { checkout, resolveCommit } from "./git.ts";
export type { BuildSystem } from "./project-file.ts";
export { readBuildSystem } from "./project-file.ts";
export { canConfine } from "./sandbox.ts";
export { unpackArchive } from "./unpack-archive.ts";
