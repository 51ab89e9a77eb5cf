/**
 * doctor: what is wrong with an environment or the shell around it, and what would mend it. In: a `Patient`, read before.
 * Out: findings, each with a code, a sentence, a place, and what to type. Checks change nothing; the mending is an
 * operation of the rooms above, named by `mending`, so that it is the same change that a person could ask for.
 * Invariants: a healthy environment has no finding; one finding per cause, not per symptom; nothing starts a process.
 * Standards: PEP 376 and 627 (RECORD), PEP 405 (pyvenv.cfg).
 */
export { examine } from "./examine.ts";
export type { Finding, FindingCode, Mending } from "./finding.ts";
export { finding, findingCodes } from "./finding.ts";
export type { DoctorIo, Patient } from "./patient.ts";
export type { PythonState } from "./python-check.ts";
export { rewriteDeadScripts } from "./script-check.ts";
export type { ShellSubject } from "./shell-check.ts";
export { checkShell, hiddenByPythonPath } from "./shell-check.ts";
export { damagedPackages } from "./store-check.ts";
