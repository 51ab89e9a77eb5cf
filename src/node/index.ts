/**
 * node: the real adapters of the ports, on Node and on Bun. Purpose: everything that touches the machine, and nothing
 * that decides. Invariants: system errors come through with their `code`; what may take long is asynchronous, what the
 * page cache answers is not; whatever is Bun's is loaded only there (`exec.ts`, which `main.ts` may load by itself).
 */
export { nodeClock } from "./clock.ts";
export { nodeFs } from "./fs.ts";
export { nodeHttp } from "./http.ts";
export { nodePorts } from "./ports.ts";
export { nodeProc } from "./proc.ts";
export { keyringSecrets } from "./secrets.ts";
export { readStdin } from "./stdin.ts";
export { nodeSystem } from "./system.ts";
export { nodeTerminal, wantsColour } from "./terminal.ts";
export { typedLines } from "./typed-lines.ts";
