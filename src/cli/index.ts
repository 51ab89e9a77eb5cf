/**
 * cli: words -> an operation of app/ -> text or JSON. Commands are data (`spec.ts`); the same table makes parsing, help and
 * the reference page. Invariants: stdout is the answer, everything else goes to stderr; nobody is asked without a terminal.
 */
export { commands } from "./commands/index.ts";
export type { CompletionHost } from "./completion/reply.ts";
export { completionReply } from "./completion/reply.ts";
export { argWord, flagWord, usageLine } from "./help.ts";
export type { CliHost } from "./main.ts";
export { runCli } from "./main.ts";
export { flagsOf, parseCommand, splitPassthrough } from "./parse.ts";
export { failureText } from "./render/failure.ts";
export { liveReporter, progressFrame } from "./render/progress.ts";
export { terminalStyle } from "./render/style.ts";
export type { Command } from "./spec.ts";
export { foreignWords } from "./words.ts";
