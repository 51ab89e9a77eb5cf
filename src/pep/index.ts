/**
 * pep: the packaging standards, one per file. Text in, values out; no I/O, no platform.
 * Invariants: a value that exists is valid; parse after print gives the same value.
 */

export type { IndexFile, SimplePage } from "./index-file.ts";
export { androidPlatforms, iosPlatforms, linuxPlatforms, macPlatforms, windowsPlatforms } from "./platform-tags.ts";
export type { RequirementsLine } from "./requirements-file.ts";
export { parseRequirementsFile } from "./requirements-file.ts";
export { parseSimplePage } from "./simple-index.ts";
export type { TagTarget } from "./tags.ts";
export { compatibleTags, parseTag, TagRank } from "./tags.ts";
export type { MarkerEnvironment, Target } from "./target.ts";
