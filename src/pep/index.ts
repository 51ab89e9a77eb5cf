/**
 * pep: the packaging standards, one per file. Text in, values out; no I/O, no platform.
 * Invariants: a value that exists is valid; parse after print gives the same value.
 */
export type { MarkerEnvironment, Target } from "./target.ts";
