/**
 * base: what every room may use. Errors and their catalogue, branded types, ordering, redaction, bounded concurrency.
 * Invariants: no I/O, no globals, no imports from other rooms.
 */
export { assert, never } from "./assert.ts";
export type { AbsPath, EnvId, EnvName, PackageName, Sha256 } from "./brands.ts";
export { absPath, parseSha256 } from "./brands.ts";
export { compareDotted } from "./dotted.ts";
export type { CodeSpec, ErrorCode } from "./error-codes.ts";
export { errorCodes } from "./error-codes.ts";
export type { VenvoyErrorOptions } from "./errors.ts";
export { hasCode, isVenvoyError, VenvoyError } from "./errors.ts";
export { mapLimit } from "./map-limit.ts";
export { nearest } from "./nearest.ts";
export { onAbort } from "./on-abort.ts";
export { byCodePoint, compareCodePoints } from "./order.ts";
export { printable } from "./printable.ts";
export { SafeUrl } from "./safe-url.ts";
export { toolVersion } from "./tool-version.ts";
export { typedWord } from "./typed-word.ts";
