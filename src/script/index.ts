/**
 * script: what a script says about what it needs. Text or bytes -> header with the place of every item; edits in place;
 * the digest of what is asked; one helpful line after a crash.
 * Invariants: reading never throws for what a script holds; an edit changes only the bytes it must; no I/O.
 * Standards: PEP 723; the directives of Rhino's script editor.
 */

export type { CrashFacts, HintFacts } from "./crash-hint.ts";
export { crashHint } from "./crash-hint.ts";
export { readDeclaration } from "./declarations.ts";
export { digestHeader } from "./digest-header.ts";
export { addRequirement, removeRequirement, setEnvironment } from "./edit-header.ts";
export type {
  HeaderItem,
  HeaderProblem,
  HeaderRequirement,
  HeaderVenv,
  PipOption,
  Place,
  ScriptHeader,
} from "./header.ts";
export { crashHintFiles, hintProgram } from "./hint-program.ts";
export type { InlineIndex, InlineSettings, InlineSource } from "./inline-settings.ts";
export type { ScriptLanguage } from "./language.ts";
export { readHeader, requireSound } from "./read-header.ts";
