/**
 * launch: starting something that is ready, without deciding anything again. `app/run` writes a memo of what it decided;
 * the process entry reads it back, checks that nothing it rests on has changed, and starts the program.
 * Inputs: words, variables, a few file-system facts. Outputs: program, arguments and variables, or nothing (then decide anew).
 * Invariants: imports nothing that costs time; a damaged, foreign or stale memo is as good as none.
 */
export { launchEnvironment } from "./environment.ts";
export type { FileCheck, LaunchMemo } from "./memo.ts";
export { formatMemo, memoName, parseMemo } from "./memo.ts";
export type { Launch, WarmFacts } from "./warm.ts";
export { warmLaunch } from "./warm.ts";
