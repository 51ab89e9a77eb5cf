/**
 * runtime: Pythons that are brought along. Release archives -> installations that lie anywhere; what a directory or a
 * list of checksums offers -> the release for a request and a machine. Invariants: an archive is believed after its
 * digest alone; nothing half-unpacked is ever found as a Python; a tree that was made movable names no place of its own.
 * Standards: python-build-standalone's archive names and layout, python.org's embeddable and NuGet packages, PEP 739.
 */

export { bringLibraries } from "./carry/bring.ts";
export type { CarriedFacts, PreparedPython } from "./carry/carry.ts";
export { placePython, preparePython } from "./carry/carry.ts";
export { readChecksums } from "./checksums.ts";
export type { RuntimeMachine } from "./choose-release.ts";
export { chooseRelease, isAskedFor, isMadeFor } from "./choose-release.ts";
export { defaultMirrorUrl } from "./default-mirror.ts";
export { releaseInvalid } from "./errors.ts";
export { movedRunPath } from "./movable/run-path.ts";
export type { Movable } from "./movable/tree.ts";
export { makeMovable } from "./movable/tree.ts";
export type { PythonRelease, ReleaseForm } from "./release-name.ts";
export { machineName, parseReleaseName, releaseKey } from "./release-name.ts";
export type { UnpackedRelease } from "./unpack-release.ts";
export { unpackRelease } from "./unpack-release.ts";
