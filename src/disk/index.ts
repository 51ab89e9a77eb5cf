/**
 * disk: what venvoy keeps where, and the rules for touching it. Untrusted names -> safe paths; system errors -> failures
 * that a person understands; stage -> sync -> rename. Invariants: nothing half-done gets its final name; a path from
 * outside never leaves the root that it was joined to. No I/O of its own: everything goes through the `Fs` port.
 */
export { posixPaths, windowsPaths } from "./path-style.ts";
