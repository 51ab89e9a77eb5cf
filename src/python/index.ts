/**
 * python: which Pythons are on this machine, what each of them is, and the stable links that environments stand on.
 * In: a request as a person writes it, PATH, the places of other tools. Out: an `Interpreter`, a `Target`, a `Base`.
 * Invariants: an interpreter is asked once and never guessed at; an environment is seen through to its base; one that
 * is broken is told with its reason and never stops a search; a choice that was made before starts no process.
 * Standards: PEP 405 (pyvenv.cfg), 514 (registry), 425 and 508 (tags and markers), 668 (EXTERNALLY-MANAGED), 703.
 */
export type { Answer, AskOptions, PythonIo } from "./ask/ask.ts";
export { newestPip } from "./ask/bundled-wheels.ts";
export type { Base, BaseLink, BaseSight, OpenedBase } from "./base.ts";
export { ensureBase, findBase, listBases, openBase, repairBase, seeBase } from "./base.ts";
export type { BaseFacts } from "./base-key.ts";
export { baseKey, parseBaseKey } from "./base-key.ts";
export { markersOfBase } from "./base-markers.ts";
export type { ChooseOptions } from "./choose.ts";
export { chooseInterpreter } from "./choose.ts";
export type { BytecodeForm, SourceToCompile } from "./compile-sources.ts";
export { compileSources } from "./compile-sources.ts";
export { describedInterpreter, isAlike } from "./described.ts";
export type { Implementation, Interpreter, InterpreterReport, PathScheme, Source } from "./interpreter.ts";
export { interpreterName, isSupported, supportedMinors } from "./interpreter.ts";
export type { NamedTarget } from "./named-target.ts";
export { parseTarget } from "./named-target.ts";
export type { PythonRequest, RangeRequest, VersionRequest } from "./request.ts";
export { fits, parsePythonRequest, requiresPythonRequest } from "./request.ts";
export { findInterpreters, inspect } from "./search/find.ts";
export { parsePyvenvCfg } from "./search/see-through.ts";
export type { VersionFile } from "./search/version-file.ts";
export { readVersionFile } from "./search/version-file.ts";
export { versionFileRequest } from "./search/version-file-request.ts";
export { launcherPrograms, registeredPrograms } from "./search/windows.ts";
export { targetOf } from "./target.ts";
export { generationPin } from "./tree/generation-pin.ts";
export type { PyvenvCfg, VenvLayout } from "./tree/venv-layout.ts";
export { pyvenvCfg, venvLayout } from "./tree/venv-layout.ts";
